// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <unistd.h>

#include "../crash/human.h"
#include "progress.h"

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/**
 * progress_start() - start to report the progress of work
 * @progress:	the work
 * @what:	name of the work; the pointer is kept
 * @total:	number of bytes
 */
void progress_start(struct progress *progress, const char *what, u64 total)
{
	*progress = (struct progress){ .what = what, .total = total };
	if (terminal(STDERR_FILENO))
		progress->next = now() + 2;
}

/**
 * progress_show() - write the line, once a second
 * @progress:	the work
 * @done:	number of bytes that are done
 */
void progress_show(struct progress *progress, u64 done)
{
	char of[16], text[16];

	if (!progress->next || now() < progress->next)
		return;
	progress->next = now() + 1;
	progress->shown = true;
	fprintf(stderr, "\r  %s: %s of %s, %3.0f%% ", progress->what,
		human(done, text, sizeof(text)),
		human(progress->total, of, sizeof(of)),
		progress->total ? 100.0 * done / progress->total : 100.0);
	fflush(stderr);
}

/* Erase the line. */
void progress_end(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}

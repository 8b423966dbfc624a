/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress of long work, as a line on standard error, if that is a terminal and the
 * work takes more than a second.  This file uses human.h and the C library.
 */
#ifndef _TOOLS_MINIDUMP_PROGRESS_H
#define _TOOLS_MINIDUMP_PROGRESS_H

#include <time.h>

#include <linux/types.h>

/**
 * struct progress - a piece of work
 * @what:	name of the work
 * @total:	number of bytes
 * @next:	time at which the line is written next; 0 for never
 * @shown:	the line was written
 */
struct progress {
	const char *what;
	u64 total;
	time_t next;
	bool shown;
};

void progress_start(struct progress *progress, const char *what, u64 total);
void progress_show(struct progress *progress, u64 done);
void progress_end(struct progress *progress);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a tool's output.  Uses the C library and nothing else. */
#ifndef _TOOLS_CRASH_STDOUT_H
#define _TOOLS_CRASH_STDOUT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Called last: an error may show no earlier than when the stream is closed.
 * Returns @status if all that was printed is written, or 2 after a message.
 */
static inline int close_stdout(const char *tool, int status)
{
	bool failed = ferror(stdout);

	if (fclose(stdout))
		failed = true;
	if (!failed)
		return status;
	fprintf(stderr, "%s: standard output cannot be written\n", tool);
	return 2;
}

#endif

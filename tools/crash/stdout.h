/* SPDX-License-Identifier: GPL-2.0-only */
/* Closing of a tool's output.  This file uses the C library and nothing else. */
#ifndef _TOOLS_CRASH_STDOUT_H
#define _TOOLS_CRASH_STDOUT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Call this last: some errors are reported only when the stream is closed.
 * Returns @status if all output was written, or 2 after a message.
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

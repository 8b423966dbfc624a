/* SPDX-License-Identifier: GPL-2.0-only */
/* Formatting of the tools' output for people. */
#ifndef _TOOLS_CRASH_HUMAN_H
#define _TOOLS_CRASH_HUMAN_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/types.h>

/* Print a number of bytes with a unit to @buf. */
static inline const char *human(u64 bytes, char *buf, size_t size)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int i = 0;
	double value = bytes;

	while (value >= 1024 && i < 6) {
		value /= 1024;
		i++;
	}
	snprintf(buf, size, i ? "%.1f %s" : "%.0f %s", value, unit[i]);
	return buf;
}

/* True if lines may be coloured or overwritten. */
static inline bool terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb");
}

/* Start a colour, or end it with "0": on a terminal only, unless NO_COLOR has a value. */
static inline void colour(const char *code)
{
	const char *no = getenv("NO_COLOR");

	if (terminal(STDOUT_FILENO) && !(no && *no))
		printf("\033[%sm", code);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* How the tools write what people read. */
#ifndef _TOOLS_CRASH_HUMAN_H
#define _TOOLS_CRASH_HUMAN_H

#include <stdio.h>
#include <unistd.h>

#include <linux/types.h>

/* Bytes with a unit, in @buf. */
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

/* A colour, on a terminal only; "0" ends it. */
static inline void colour(const char *code)
{
	if (isatty(STDOUT_FILENO))
		printf("\033[%sm", code);
}

#endif

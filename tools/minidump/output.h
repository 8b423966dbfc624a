/* SPDX-License-Identifier: GPL-2.0-only */
/* A file that is seen under its name when it is complete. */
#ifndef _TOOLS_MINIDUMP_OUTPUT_H
#define _TOOLS_MINIDUMP_OUTPUT_H

#include <linux/types.h>

/**
 * struct output - a file while it is written
 * @dir:	its directory
 * @name:	its name in there
 * @temporary:	and the name until it is complete
 * @fd:		the file
 */
struct output {
	int dir;
	const char *name;
	char *temporary;
	int fd;
};

int output_open(struct output *output, int dir, const char *name);
int output_finish(struct output *output, u64 size, bool failed);
int write_fully(int fd, const char *name, const void *buf, u64 size, u64 offset);

#endif

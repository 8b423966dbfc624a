/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that is seen under its name when it is complete, or bytes for what is no
 * regular file.  Uses faults.h and the C library.
 */
#ifndef _TOOLS_MINIDUMP_OUTPUT_H
#define _TOOLS_MINIDUMP_OUTPUT_H

#include <sys/stat.h>

#include <linux/types.h>

/**
 * struct output - a file while it is written
 * @path:	how it is named in messages
 * @fd:		where it is written, in any order
 * @dir:	its directory, or -1 if it goes to @sink
 * @name:	its name in there
 * @temporary:	and the name until it is complete
 * @replace:	it may take the place of a file
 * @sink:	what is no regular file, and gets it from the first byte to the last
 * @to_stdout:	@sink is standard output
 */
struct output {
	char *path;
	int fd;
	int dir;
	char *name;
	char *temporary;
	bool replace;
	int sink;
	bool to_stdout;
};

/* Whether a file is one of those that the output is made of. */
typedef bool (*is_input_t)(const void *priv, const struct stat *st);

int output_open(struct output *output, const char *path, bool replace,
		is_input_t is_input, const void *priv);
int output_finish(struct output *output, u64 size, bool failed);
int write_fully(int fd, const char *name, const void *buf, u64 size, u64 offset);

#endif

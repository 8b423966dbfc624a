/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that gets its name when it is complete, or a sequence of bytes for a device, a
 * FIFO or standard output.  This file uses faults.h and the C library.
 */
#ifndef _TOOLS_MINIDUMP_OUTPUT_H
#define _TOOLS_MINIDUMP_OUTPUT_H

#include <sys/stat.h>

#include <linux/types.h>

/**
 * struct output - a file while it is written
 * @path:	name in messages
 * @fd:		file descriptor for writes, in any order
 * @dir:	file descriptor of the directory, or -1 if the bytes go to @sink
 * @name:	name in the directory
 * @temporary:	name in the directory until the file is complete
 * @replace:	an existing file may be replaced
 * @sink:	a device, a FIFO or standard output, which receives the bytes in sequence
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

/* Returns true if a file is one of the inputs of the output. */
typedef bool (*is_input_t)(const void *priv, const struct stat *st);

int output_open(struct output *output, const char *path, bool replace,
		is_input_t is_input, const void *priv);
int output_finish(struct output *output, u64 size, bool failed);
int write_fully(int fd, const char *name, const void *buf, u64 size, u64 offset);

#endif

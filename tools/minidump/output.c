// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "output.h"

/* Returns 0, or -1 after a message. */
int write_fully(int fd, const char *name, const void *buf, u64 size, u64 offset)
{
	const u8 *from = buf;

	while (size) {
		ssize_t n = pwrite(fd, from, size, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			error("%s: %s", name, n ? strerror(errno) : "nothing written");
			return -1;
		}
		from += n;
		size -= n;
		offset += n;
	}
	return 0;
}

/**
 * output_open() - begin to write a file
 * @output:	the file
 * @dir:	its directory
 * @name:	its name in there
 *
 * Return: 0, or -1 after a message.
 */
int output_open(struct output *output, int dir, const char *name)
{
	output->dir = dir;
	output->name = name;
	output->temporary = must_print(".%s.%d", name, getpid());
	output->fd = openat(dir, output->temporary,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (output->fd >= 0)
		return 0;
	error("%s: %s", output->temporary, strerror(errno));
	free(output->temporary);
	return -1;
}

/**
 * output_finish() - give the file its name, or take it away
 * @output:	the file
 * @size:	bytes that it has; those that were not written are zero
 * @failed:	it is not to be kept
 *
 * Return: 0, or -1, after a message if it was to be kept.
 */
int output_finish(struct output *output, u64 size, bool failed)
{
	if (!failed && (ftruncate(output->fd, size) || close(output->fd) ||
			renameat(output->dir, output->temporary, output->dir,
				 output->name))) {
		error("%s: %s", output->name, strerror(errno));
		failed = true;
	} else if (failed) {
		close(output->fd);
	}
	if (failed)
		unlinkat(output->dir, output->temporary, 0);
	free(output->temporary);
	return failed ? -1 : 0;
}

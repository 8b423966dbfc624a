// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "faults.h"
#include "output.h"

#define CHUNK (1u << 16)

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

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Open a nameless file: output is written in any order, but @sink needs it in sequence. */
static int open_scratch(struct output *output, int sink)
{
	FILE *file;

	if (isatty(sink)) {
		error("%s is a terminal, and a core is not for reading", output->path);
		return -1;
	}
	file = tmpfile();
	output->fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 0) : -1;
	if (output->fd < 0)
		error("no temporary file: %s", strerror(errno));
	if (file)
		fclose(file);
	output->sink = sink;
	return output->fd < 0 ? -1 : 0;
}

static int open_temporary(struct output *output)
{
	const char *slash = strrchr(output->path, '/');
	int length = slash ? slash - output->path + 1 : 0;
	char *dir = length ? must_print("%.*s", length, output->path) : must_print(".");

	output->name = must_print("%s", output->path + length);
	output->temporary = must_print(".%s.%d", output->name, getpid());
	output->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (output->dir < 0)
		error("%s: %s", dir, strerror(errno));
	else
		output->fd = openat(output->dir, output->temporary,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
				    0600);
	if (output->dir >= 0 && output->fd < 0)
		error("%.*s%s: %s", length, output->path, output->temporary, strerror(errno));
	free(dir);
	return output->fd < 0 ? -1 : 0;
}

/* Only a regular file is replaced; a device, a FIFO or standard output is written to. */
static int open_by_kind(struct output *output, is_input_t is_input, const void *priv)
{
	const char *path = output->path;
	struct stat st, target, out;
	int sink;

	if (lstat(path, &st)) {
		if (errno == ENOENT && *path)
			return open_temporary(output);
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	if (S_ISLNK(st.st_mode)) {
		if (stat(path, &target)) {
			error("%s is a symbolic link that leads nowhere: name another file", path);
			return -1;
		}
		output->to_stdout = !fstat(STDOUT_FILENO, &out) && same_file(&target, &out);
		if (S_ISREG(target.st_mode) && !output->to_stdout) {
			error("%s is a symbolic link: name the file that it leads to", path);
			return -1;
		}
		st = target;
	}
	if (is_input(priv, &st)) {
		error("%s is read from: name another file", path);
		return -1;
	}
	if (output->to_stdout)
		return open_scratch(output, dup(STDOUT_FILENO));
	if (S_ISREG(st.st_mode) && !output->replace) {
		error("%s is there already; --force replaces it", path);
		return -1;
	}
	if (S_ISREG(st.st_mode))
		return open_temporary(output);
	if (!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode)) {
		error("%s is %s: name a file", path, S_ISDIR(st.st_mode) ? "a directory" :
		      S_ISBLK(st.st_mode) ? "a block device" : "a socket");
		return -1;
	}
	sink = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (sink < 0) {
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	return open_scratch(output, sink);
}

static void forget(struct output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	if (output->dir >= 0)
		close(output->dir);
	if (output->sink >= 0)
		close(output->sink);
	free(output->temporary);
	free(output->name);
	free(output->path);
}

/**
 * output_open() - begin to write a file
 * @output:	the file
 * @path:	path of the file; - is standard output
 * @replace:	an existing regular file may be replaced
 * @is_input:	returns true for files that must not be replaced
 * @priv:	argument for @is_input
 *
 * Return: 0, and the caller must call output_finish(); or -1 after a message.
 */
int output_open(struct output *output, const char *path, bool replace,
		is_input_t is_input, const void *priv)
{
	int ret;

	*output = (struct output){
		.path		= must_print("%s", path),
		.replace	= replace,
		.fd		= -1,
		.dir		= -1,
		.sink		= -1,
	};
	if (!strcmp(path, "-")) {
		free(output->path);
		output->path = must_print("standard output");
		output->to_stdout = true;
		ret = open_scratch(output, dup(STDOUT_FILENO));
	} else {
		ret = open_by_kind(output, is_input, priv);
	}
	if (ret)
		forget(output);
	return ret;
}

/* Copy all bytes to the sink, in sequence.  Returns 0, or -1 after a message. */
static int pour(const struct output *output, u64 size)
{
	u8 *buf = must_alloc(1, CHUNK);
	ssize_t n = 0, done = 0;
	u64 at;

	for (at = 0; at < size && n >= 0; at += n) {
		n = pread(output->fd, buf, min((u64)CHUNK, size - at), at);
		if (n <= 0) {
			n = n < 0 && errno == EINTR ? 0 : -1;
			continue;
		}
		for (ssize_t sent = 0; sent < n; sent += max(done, (ssize_t)0)) {
			done = write(output->sink, buf + sent, n - sent);
			if (done > 0 || (done < 0 && errno == EINTR))
				continue;
			n = -1;
			break;
		}
	}
	if (n < 0)
		error("%s: %s", output->path, strerror(errno));
	free(buf);
	return n < 0 ? -1 : 0;
}

/* Unless files may be replaced, one that was created since output_open() is kept, too. */
static int rename_new(const struct output *output)
{
	unsigned int flags = output->replace ? 0 : RENAME_NOREPLACE;
	int ret = renameat2(output->dir, output->temporary, output->dir, output->name, flags);

	/* Some file systems cannot check and rename in one step. */
	if (ret && flags && errno == EINVAL &&
	    faccessat(output->dir, output->name, F_OK, AT_SYMLINK_NOFOLLOW))
		ret = renameat(output->dir, output->temporary, output->dir, output->name);
	return ret;
}

/**
 * output_finish() - give the file its name, or remove it
 * @output:	the file
 * @size:	size of the file; bytes that were not written are zero
 * @failed:	remove the file
 *
 * Return: 0, or -1; there is a message unless @failed.
 */
int output_finish(struct output *output, u64 size, bool failed)
{
	if (!failed && ftruncate(output->fd, size)) {
		error("%s: %s", output->path, strerror(errno));
		failed = true;
	}
	if (!failed && output->dir < 0)
		failed = pour(output, size);
	if (output->dir >= 0) {
		/* A full disk may be reported as late as here. */
		int ret = close(output->fd);

		output->fd = -1;
		if (!failed && (ret || rename_new(output))) {
			error("%s: %s", output->path, strerror(errno));
			failed = true;
		}
		if (failed)
			unlinkat(output->dir, output->temporary, 0);
	}
	forget(output);
	return failed ? -1 : 0;
}

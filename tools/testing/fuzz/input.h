/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers for the inputs of the fuzzers.  Uses the C library and nothing else. */
#ifndef _FUZZ_INPUT_H
#define _FUZZ_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define INPUT_PATH 64

/* An error in the fuzzer's environment is no finding: exit without a report. */
static inline void give_up(const char *what)
{
	perror(what);
	_exit(3);
}

/* Return the path of a file with these bytes; it is valid until the next call. */
static inline const char *input_file(const void *data, size_t size)
{
	static char path[INPUT_PATH];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("input", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (fd < 0 || ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		give_up("input");
	return path;
}

/* Report a finding unless a condition holds that must hold for every input. */
static inline void must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#endif

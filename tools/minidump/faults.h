/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults of a dump, and error messages. */
#ifndef _TOOLS_MINIDUMP_FAULTS_H
#define _TOOLS_MINIDUMP_FAULTS_H

#include <linux/types.h>

/* The type as which a u64 is printed. */
typedef unsigned long long ull;

/**
 * struct fault - one fault
 * @where:	place of the fault, such as a region, file or program header
 * @what:	description of the fault
 */
struct fault {
	char *where;
	char *what;
};

/**
 * struct faults - all faults, in the order in which they were found
 * @v:		the faults
 * @nr:		number of faults
 * @room:	allocated entries of @v
 */
struct faults {
	struct fault *v;
	size_t nr;
	size_t room;
};

void fault(struct faults *faults, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void faults_free(struct faults *faults);

/* Print an error as one line on standard error. */
void error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Allocate memory, or end the program. */
void *must_alloc(size_t nr, size_t size);
void *must_grow(void *old, size_t nr, size_t size);
char *must_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

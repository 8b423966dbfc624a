/* SPDX-License-Identifier: GPL-2.0-only */
/* What is wrong with a dump, and messages about what stops us. */
#ifndef _TOOLS_MINIDUMP_FAULTS_H
#define _TOOLS_MINIDUMP_FAULTS_H

#include <linux/types.h>

/* What a u64 is printed as. */
typedef unsigned long long ull;

/**
 * struct fault - one thing that is wrong
 * @where:	the region, file or program header
 * @what:	what is wrong with it
 */
struct fault {
	char *where;
	char *what;
};

/**
 * struct faults - all of them, in the order in which they were found
 * @v:		them
 * @nr:		how many
 * @room:	of @v
 */
struct faults {
	struct fault *v;
	size_t nr;
	size_t room;
};

void fault(struct faults *faults, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void faults_free(struct faults *faults);

/* What stops us: one line on standard error. */
void error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Memory, or the end of the program. */
void *must_alloc(size_t nr, size_t size);
void *must_grow(void *old, size_t nr, size_t size);
char *must_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

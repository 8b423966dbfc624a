// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "faults.h"

static void *or_exit(void *memory)
{
	if (!memory) {
		fputs("minidump: out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

void *must_alloc(size_t nr, size_t size)
{
	return or_exit(calloc(nr ? nr : 1, size));
}

void *must_grow(void *old, size_t nr, size_t size)
{
	return or_exit(reallocarray(old, nr, size));
}

static char *print(const char *fmt, va_list args)
{
	char *text;

	return or_exit(vasprintf(&text, fmt, args) < 0 ? NULL : text);
}

/* Names are untrusted: replace characters that a terminal may obey. */
static char *scrub(char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
	return text;
}

char *must_print(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = print(fmt, args);
	va_end(args);
	return text;
}

void error(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = scrub(print(fmt, args));
	va_end(args);
	fprintf(stderr, "minidump: %s\n", text);
	free(text);
}

/**
 * fault() - add a fault
 * @faults:	receives the fault
 * @where:	place of the fault, such as a region, file or program header
 * @fmt:	format of its description
 */
void fault(struct faults *faults, const char *where, const char *fmt, ...)
{
	va_list args;

	if (faults->nr == faults->room) {
		faults->room = faults->room ? 2 * faults->room : 16;
		faults->v = must_grow(faults->v, faults->room, sizeof(*faults->v));
	}
	va_start(args, fmt);
	faults->v[faults->nr].what = scrub(print(fmt, args));
	va_end(args);
	faults->v[faults->nr++].where = scrub(must_print("%s", where));
}

void faults_free(struct faults *faults)
{
	while (faults->nr--) {
		free(faults->v[faults->nr].where);
		free(faults->v[faults->nr].what);
	}
	free(faults->v);
	*faults = (struct faults){};
}

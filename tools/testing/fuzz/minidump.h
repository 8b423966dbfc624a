/* SPDX-License-Identifier: GPL-2.0-only */
/* The tool minidump, to be called with its words again and again. */
#ifndef _FUZZ_MINIDUMP_H
#define _FUZZ_MINIDUMP_H

#define main minidump_main
#include "../../minidump/main.c"
#undef main

#include "input.h"

/* Words up to NULL, the first of which is the command.  Returns the exit status. */
static inline int minidump(const char *const *words)
{
	struct arguments args = {};
	struct dump dump = { .fd = -1 };
	const char *argv[16] = { "minidump" };
	int argc = 1, ret = 2;

	for (; words[argc - 1]; argc++)
		argv[argc] = words[argc - 1];
	/* From the start. */
	optind = 0;
	if (!parse(&args, argc, (char **)argv))
		ret = run_command(&args, &dump);
	dump_close(&dump);
	ram_free(&args.ram);
	return ret;
}

#endif

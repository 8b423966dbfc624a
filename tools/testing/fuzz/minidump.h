/* SPDX-License-Identifier: GPL-2.0-only */
/* The tool minidump, as a function that can be called again and again. */
#ifndef _FUZZ_MINIDUMP_H
#define _FUZZ_MINIDUMP_H

#define main minidump_main
#include "../../minidump/main.c"
#undef main

#include "input.h"

/* Run the command @words[0] with the words up to NULL; return the exit status. */
static inline int minidump(const char *const *words)
{
	struct arguments args = {};
	struct dump dump = { .fd = -1 };
	const char *argv[16] = { "minidump" };
	int argc = 1, ret = 2;

	for (; words[argc - 1]; argc++)
		argv[argc] = words[argc - 1];
	/* Make getopt start again from the first word. */
	optind = 0;
	if (!parse(&args, argc, (char **)argv))
		ret = run_command(&args, &dump);
	dump_close(&dump);
	ram_free(&args.ram);
	return ret;
}

#endif

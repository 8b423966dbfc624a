/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random histories that can be repeated: the options of a test, and its random
 * numbers.  Uses the C library and the shim's types.
 */
#ifndef _CRASHPOINT_HISTORY_H
#define _CRASHPOINT_HISTORY_H

#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

static unsigned int seed;
static u64 rnd_state;

/* A number from 0 to @below - 1. */
static inline u32 rnd(u32 below)
{
	rnd_state = rnd_state * 6364136223846793005ull + 1442695040888963407ull;
	return (rnd_state >> 33) % below;
}

/* Read --histories and --seed; return the number of histories. */
static inline unsigned long read_options(int argc, char **argv)
{
	unsigned long histories = 20000;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--histories"))
			histories = strtoul(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--seed"))
			seed = strtoul(argv[i + 1], NULL, 0);
	}
	rnd_state = seed;
	return histories;
}

#endif

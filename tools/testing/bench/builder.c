// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measure the nanoseconds of one operation of the builder, by number of ranges.
 * An operation removes or adds a random block, as hotplug does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/elfcorehdr.h>

#define VA	0xffff888000000000ull
#define BLOCK	(128ull << 20)

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static int cmp(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Each range is a block with a free block after it, so that no ranges are joined. */
static double measure(u32 nr, u32 operations)
{
	static const struct elfcorehdr_machine machine = { .machine = EM_X86_64 };
	size_t size = elfcorehdr_bytes(nr + 8);
	struct elfcorehdr_error err;
	struct elfcorehdr hdr;
	u64 state = 1, begin;
	u16 *index;
	void *buf;
	u32 i;

	buf = aligned_alloc(4096, (size + 4095) & ~4095ull);
	index = calloc(nr + 8, sizeof(*index));
	elfcorehdr_init(&hdr, buf, size, &machine);
	elfcorehdr_append_note(&hdr, 4096, 368);
	for (i = 0; i < nr; i++)
		elfcorehdr_append_load(&hdr, VA + 2 * i * BLOCK, 2 * i * BLOCK,
				       BLOCK);
	if (elfcorehdr_open(&hdr, buf, size, &machine, VA, index, &err)) {
		fprintf(stderr, "builder: %s\n", err.what);
		exit(1);
	}

	begin = now();
	for (i = 0; i < operations; i += 2) {
		u64 start;

		state = state * 6364136223846793005ull + 1442695040888963407ull;
		start = 2 * ((state >> 33) % nr) * BLOCK;
		if (elfcorehdr_remove(&hdr, start, start + BLOCK - 1) ||
		    elfcorehdr_add(&hdr, start, start + BLOCK - 1))
			exit(1);
	}
	begin = now() - begin;
	free(buf);
	free(index);
	return (double)begin / operations;
}

int main(void)
{
	static const u32 sizes[] = { 64, 1024, 8192 };
	unsigned int i, run;

	printf("  %8s  %s\n", "ranges", "ns an operation (median of 9 runs; lowest, highest)");
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		double ns[9];

		for (run = 0; run < 9; run++)
			ns[run] = measure(sizes[i], 100000);
		qsort(ns, 9, sizeof(*ns), cmp);
		printf("  %8u  %6.0f  (%.0f, %.0f)\n", sizes[i], ns[4], ns[0], ns[8]);
	}
	return 0;
}

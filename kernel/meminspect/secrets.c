// SPDX-License-Identifier: GPL-2.0-only
/*
 * Secrets: memory that no image may contain, such as the state of the random
 * generator.  MEMINSPECT_SECRET() names it, and the image cuts it out of its runs,
 * byte by byte, even if other memory on the same page is registered.
 *
 * Uses memory.h alone.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include <asm/sections.h>

#include "memory.h"
#include "secrets.h"

/* Secrets closer together than this are cut out as one range. */
#define NEAR_BYTES	256

/**
 * struct secret_range - memory that is cut out
 * @start:	physical address
 * @end:	first byte behind it
 */
struct secret_range {
	u64 start;
	u64 end;
};

/* Ascending, apart.  Not written after boot. */
static struct secret_range *ranges __ro_after_init;
static unsigned int nr_ranges __ro_after_init;

static int __init cmp_range(const void *a, const void *b)
{
	const struct secret_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Note a range for each physically contiguous part; or only count them. */
static void __init note_range(const void *va, size_t size, bool count)
{
	struct meminspect_walk walk = { .va = va, .left = size };

	while (meminspect_next_run(&walk) > 0) {
		if (!count) {
			/* In whole words, as the rest must be. */
			ranges[nr_ranges].start = ALIGN_DOWN(walk.pa, 8);
			ranges[nr_ranges].end = ALIGN(walk.pa + walk.size, 8);
		}
		nr_ranges++;
	}
}

static void __init note_secrets(bool count)
{
	const struct meminspect_secret *secret;
	unsigned int cpu;

	nr_ranges = 0;
	for (secret = __inspect_secrets; secret < __inspect_secrets_end; secret++) {
		if (!secret->percpu) {
			note_range(secret->va, secret->size, count);
			continue;
		}
		for_each_possible_cpu(cpu)
			note_range(per_cpu_ptr((void __percpu __force *)secret->va,
					       cpu), secret->size, count);
	}
}

static void __init merge_ranges(void)
{
	unsigned int i, nr = 0;

	sort(ranges, nr_ranges, sizeof(*ranges), cmp_range, NULL);
	for (i = 0; i < nr_ranges; i++) {
		if (nr && ranges[i].start < ranges[nr - 1].end + NEAR_BYTES)
			ranges[nr - 1].end = max(ranges[nr - 1].end,
						 ranges[i].end);
		else
			ranges[nr++] = ranges[i];
	}
	nr_ranges = nr;
}

/**
 * meminspect_secrets_init() - look up the physical addresses of all secrets
 *
 * Return: 0; or -ENOMEM, in which case there must be no image.
 */
int __init meminspect_secrets_init(void)
{
	note_secrets(true);
	ranges = kcalloc(nr_ranges + 1, sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return -ENOMEM;
	note_secrets(false);
	merge_ranges();
	return 0;
}

/* How many ranges there are: each may make two runs of one. */
unsigned int meminspect_secrets(void)
{
	return nr_ranges;
}

/**
 * meminspect_secret_in() - find the first secret in memory
 * @start:	physical address of the memory
 * @end:	first byte behind it
 * @secret_end:	receives the first byte behind the secret
 *
 * Context: any.
 *
 * Return: the secret's first byte, or @end if there is none.
 */
u64 meminspect_secret_in(u64 start, u64 end, u64 *secret_end)
{
	unsigned int low = 0, high = nr_ranges;

	/* The first that ends behind the start. */
	while (low < high) {
		const unsigned int mid = low + (high - low) / 2;

		if (ranges[mid].end <= start)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == nr_ranges || ranges[low].start >= end) {
		*secret_end = end;
		return end;
	}
	*secret_end = ranges[low].end;
	return max(start, ranges[low].start);
}

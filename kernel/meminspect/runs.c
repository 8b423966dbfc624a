// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of memory: entries may overlap, and PT_LOADs must not.
 *
 * Pure: takes no lock, allocates nothing, knows no state of the kernel.  Uses
 * nothing else of this directory.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "runs.h"

/* Whether two runs overlap or touch in both address spaces; @a starts first. */
static bool runs_join(const struct meminspect_region *a,
		      const struct meminspect_region *b)
{
	return b->start < a->end ||
	       (b->start == a->end && b->va - b->start == a->va - a->start);
}

/* Extend @a by @b, which joins it and does not start before it. */
static void extend_run(struct meminspect_region *a,
		       const struct meminspect_region *b)
{
	a->end = max(a->end, b->end);
	a->rank = min(a->rank, b->rank);
}

/* How many runs do not start behind an address. */
static unsigned int runs_up_to(const struct meminspect_runs *runs, u64 start)
{
	unsigned int low = 0, high = runs->nr;

	while (low < high) {
		const unsigned int mid = low + (high - low) / 2;

		if (runs->run[mid].start <= start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void mark_changed_from(struct meminspect_runs *runs, unsigned int i)
{
	runs->changed = min(runs->changed, i);
}

static void remove_run(struct meminspect_runs *runs, unsigned int i)
{
	memmove(&runs->run[i], &runs->run[i + 1],
		(runs->nr - i - 1) * sizeof(*runs->run));
	runs->nr--;
	mark_changed_from(runs, i);
}

/**
 * meminspect_runs_insert() - add a run
 * @runs:	ascending and disjoint, before and after
 * @new:	the run to add
 *
 * Context: any; the caller serializes.
 *
 * Return: true; or false if there are @runs->max already and it joins none of
 * them, in which case nothing has changed.
 */
bool meminspect_runs_insert(struct meminspect_runs *runs,
			    const struct meminspect_region *new)
{
	unsigned int i = runs_up_to(runs, new->start);
	struct meminspect_region *run = runs->run;
	struct meminspect_region joined;

	if (i && runs_join(&run[i - 1], new)) {
		if (new->end <= run[i - 1].end && new->rank >= run[i - 1].rank)
			return true;
		extend_run(&run[--i], new);
	} else if (i < runs->nr && runs_join(new, &run[i])) {
		joined = *new;
		extend_run(&joined, &run[i]);
		run[i] = joined;
	} else {
		if (runs->nr >= runs->max)
			return false;
		memmove(&run[i + 1], &run[i], (runs->nr - i) * sizeof(*run));
		run[i] = *new;
		runs->nr++;
	}
	mark_changed_from(runs, i);
	/* The run may join its successors now. */
	while (i + 1 < runs->nr && runs_join(&run[i], &run[i + 1])) {
		extend_run(&run[i], &run[i + 1]);
		remove_run(runs, i + 1);
	}
	return true;
}

/* The first run that ends behind an address; or the number of runs. */
static unsigned int first_run_behind(const struct meminspect_runs *runs, u64 address)
{
	const unsigned int i = runs_up_to(runs, address);

	return i && runs->run[i - 1].end > address ? i - 1 : i;
}

/**
 * meminspect_runs_remove() - remove the first run that overlaps a range
 * @runs:	has one run less afterwards
 * @start:	first byte of the range
 * @end:	first byte behind it
 * @removed:	receives the run
 *
 * Context: any; the caller serializes.
 *
 * Return: false if there is none.
 */
bool meminspect_runs_remove(struct meminspect_runs *runs, u64 start, u64 end,
			    struct meminspect_region *removed)
{
	const unsigned int i = first_run_behind(runs, start);

	if (i == runs->nr || runs->run[i].start >= end)
		return false;
	*removed = runs->run[i];
	remove_run(runs, i);
	return true;
}

/**
 * meminspect_runs_alias() - whether a run overlaps one that is mapped elsewhere
 * @runs:	the runs
 * @new:	the run
 *
 * Runs that overlap become one, with the mapping of the part that starts first.  If
 * the mappings differ, the result depends on the order in which they are inserted.
 *
 * Context: any; the caller serializes.
 *
 * Return: true if one of @runs has another mapping and overlaps @new.
 */
bool meminspect_runs_alias(const struct meminspect_runs *runs,
			   const struct meminspect_region *new)
{
	const struct meminspect_region *run;
	unsigned int i;

	for (i = first_run_behind(runs, new->start); i < runs->nr; i++) {
		run = &runs->run[i];
		if (run->start >= new->end)
			break;
		if (run->va - run->start != new->va - new->start)
			return true;
	}
	return false;
}

/**
 * meminspect_runs_evict() - remove the run of the highest rank
 * @runs:	has one run less afterwards
 * @rank:	only runs of a higher rank may be removed
 *
 * Context: any; the caller serializes.
 *
 * Return: false if there is no run of a higher rank.
 */
bool meminspect_runs_evict(struct meminspect_runs *runs, unsigned int rank)
{
	struct meminspect_region *run = runs->run;
	unsigned int i, found = runs->nr;

	for (i = 0; i < runs->nr; i++) {
		if (run[i].rank > rank) {
			rank = run[i].rank;
			found = i;
		}
	}
	if (found == runs->nr)
		return false;
	remove_run(runs, found);
	return true;
}

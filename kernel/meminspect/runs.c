// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of memory: from entries, which may overlap, to PT_LOADs, which must not.
 *
 * Pure: no lock, no allocation, nothing of the kernel's state.
 */
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

#include "internal.h"

static int cmp_run(const void *a, const void *b)
{
	const struct meminspect_run *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return 0;
}

/* True if two runs overlap or touch in both spaces; @a starts first. */
static bool join(const struct meminspect_run *a, const struct meminspect_run *b)
{
	return b->start < a->end ||
	       (b->start == a->end && b->va - b->start == a->va - a->start);
}

/* Extend @a by @b, which joins it and does not start before it. */
static void extend(struct meminspect_run *a, const struct meminspect_run *b)
{
	a->end = max(a->end, b->end);
	a->rank = min(a->rank, b->rank);
}

/**
 * meminspect_runs_merge() - sort runs, and merge those that join
 * @runs:	as many as there are in; ascending and apart afterwards
 */
void meminspect_runs_merge(struct meminspect_runs *runs)
{
	struct meminspect_run *run = runs->run;
	unsigned int i, nr = 0;

	sort(run, runs->nr, sizeof(*run), cmp_run, NULL);
	for (i = 0; i < runs->nr; i++) {
		if (nr && join(&run[nr - 1], &run[i]))
			extend(&run[nr - 1], &run[i]);
		else
			run[nr++] = run[i];
	}
	runs->nr = nr;
}

/* How many runs start before another one. */
static unsigned int runs_before(const struct meminspect_runs *runs,
				const struct meminspect_run *new)
{
	unsigned int low = 0, high = runs->nr;

	while (low < high) {
		const unsigned int mid = low + (high - low) / 2;

		if (cmp_run(&runs->run[mid], new) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * meminspect_runs_insert() - add one
 * @runs:	ascending, apart, and so they stay
 * @new:	what to add
 *
 * Return: true; or false if there are @runs->max already and it joins none of
 * them, with nothing changed.
 */
bool meminspect_runs_insert(struct meminspect_runs *runs,
			    const struct meminspect_run *new)
{
	struct meminspect_run *run = runs->run, joined = *new;
	unsigned int first = runs_before(runs, new), last = first;

	/* It joins run[first] up to but not including run[last]. */
	if (first && join(&run[first - 1], new)) {
		joined = run[--first];
		extend(&joined, new);
	}
	for (; last < runs->nr && join(&joined, &run[last]); last++)
		extend(&joined, &run[last]);
	if (first == last && runs->nr >= runs->max)
		return false;

	memmove(&run[first + 1], &run[last], (runs->nr - last) * sizeof(*run));
	run[first] = joined;
	runs->nr = runs->nr + 1 - (last - first);
	return true;
}

/**
 * meminspect_runs_evict() - remove the run of the highest rank
 * @runs:	one less afterwards
 * @rank:	only runs of a higher rank may be removed
 *
 * Return: false if there is no run of a higher rank.
 */
bool meminspect_runs_evict(struct meminspect_runs *runs, unsigned int rank)
{
	struct meminspect_run *run = runs->run;
	unsigned int i, found = runs->nr;

	for (i = 0; i < runs->nr; i++) {
		if (run[i].rank > rank) {
			rank = run[i].rank;
			found = i;
		}
	}
	if (found == runs->nr)
		return false;
	memmove(&run[found], &run[found + 1],
		(runs->nr - found - 1) * sizeof(*run));
	runs->nr--;
	return true;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "ranges.h"

/**
 * ranges_add() - append a range to a set
 * @set:	set, which then needs ranges_normalize() to be normalized again
 * @start:	first byte
 * @end:	last byte
 */
void ranges_add(struct ranges *set, u64 start, u64 end)
{
	if (set->nr == set->room) {
		set->room = set->room ? 2 * set->room : 64;
		set->r = realloc(set->r, set->room * sizeof(*set->r));
		if (!set->r) {
			fprintf(stderr, "elfcorehdr: out of memory\n");
			exit(2);
		}
	}
	set->r[set->nr++] = (struct range){ start, end };
}

static int cmp_start(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return 0;
}

/**
 * ranges_normalize() - sort a set, and join ranges that touch or overlap
 * @set:	set
 * @overlaps:	receives the ranges that were in @set more than once, or NULL
 */
void ranges_normalize(struct ranges *set, struct ranges *overlaps)
{
	size_t i, n = 0;

	if (!set->nr)
		return;
	qsort(set->r, set->nr, sizeof(*set->r), cmp_start);
	for (i = 1; i < set->nr; i++) {
		struct range *last = &set->r[n], *next = &set->r[i];

		if (next->start <= last->end && overlaps)
			ranges_add(overlaps, next->start,
				   next->end < last->end ? next->end : last->end);
		if (next->start <= last->end || next->start - 1 == last->end) {
			if (next->end > last->end)
				last->end = next->end;
		} else {
			set->r[++n] = *next;
		}
	}
	set->nr = n + 1;
}

/**
 * ranges_subtract() - find the ranges that are in one set and not in another
 * @result:	receives these ranges
 * @from:	normalized set
 * @what:	normalized set that is subtracted
 */
void ranges_subtract(struct ranges *result, const struct ranges *from,
		     const struct ranges *what)
{
	size_t i, j = 0;

	for (i = 0; i < from->nr; i++) {
		u64 start = from->r[i].start, end = from->r[i].end;
		size_t k;

		while (j < what->nr && what->r[j].end < start)
			j++;
		for (k = j; k < what->nr && what->r[k].start <= end; k++) {
			if (what->r[k].start > start)
				ranges_add(result, start, what->r[k].start - 1);
			if (what->r[k].end >= end)
				goto next;
			start = what->r[k].end + 1;
		}
		ranges_add(result, start, end);
next:
		;
	}
}

/* Number of bytes in a normalized set. */
u64 ranges_total(const struct ranges *set)
{
	u64 total = 0;
	size_t i;

	for (i = 0; i < set->nr; i++)
		total += set->r[i].end - set->r[i].start + 1;
	return total;
}

void ranges_free(struct ranges *set)
{
	free(set->r);
	*set = (struct ranges){};
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare the live header with the memory that the machine has, and mend it.
 *
 * This file may use the true state (memory.c), the changes of one range
 * (segment.c) and the builder.  It takes no lock, allocates nothing and knows
 * nothing of images and events.
 */
#include <linux/elfcorehdr.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "internal.h"

/*
 * struct reconcile - one round
 * @seg:	live header
 * @left:	bytes that the round could not change
 * @next:	first byte that is not known to be true or stale yet
 * @ended:	a true range ended the address space, nothing is above it
 * @joined:	@start to @end is a run of true ranges that touch each other,
 *		still to be added
 * @start:	first byte of the run
 * @end:	last byte of the run
 */
struct reconcile {
	struct crash_segment *seg;
	struct crash_segment_left left;
	u64 next;
	bool ended;
	bool joined;
	u64 start;
	u64 end;
};

static void drop_gap(struct reconcile *r, u64 end)
{
	/* Only the split of one entry that covers all of the gap can fail. */
	if (crash_segment_remove(r->seg, r->next, end))
		r->left.stale += end - r->next + 1;
}

static int drop_below(u64 start, u64 end, void *arg)
{
	struct reconcile *r = arg;

	if (start > r->next)
		drop_gap(r, start - 1);
	r->next = end + 1;
	r->ended = end == U64_MAX;
	return 0;
}

static void add_run(struct reconcile *r)
{
	/* Only a run that touches no entry can fail. */
	if (crash_segment_change(r->seg, r->start, r->end, elfcorehdr_add))
		r->left.missing += r->end - r->start + 1;
}

static int collect_range(u64 start, u64 end, void *arg)
{
	struct reconcile *r = arg;

	if (r->joined && start == r->end + 1) {
		r->end = end;
		return 0;
	}
	if (r->joined)
		add_run(r);
	r->joined = true;
	r->start = start;
	r->end = end;
	return 0;
}

/* Drop all stale pieces, then add all true ranges; a full table ends neither. */
static int reconcile_round(struct crash_segment *seg,
			   struct crash_segment_left *left)
{
	struct reconcile r = { .seg = seg };
	int ret;

	ret = crash_memory_walk(drop_below, &r);
	if (ret)
		return ret;
	if (!r.ended)
		drop_gap(&r, U64_MAX);

	ret = crash_memory_walk(collect_range, &r);
	if (ret)
		return ret;
	if (r.joined)
		add_run(&r);

	*left = r.left;
	return 0;
}

/**
 * crash_segment_reconcile() - make the header agree with the machine's memory
 * @seg:	live header
 * @left:	receives how much of the memory could not be mended, or NULL
 *
 * Two rounds do all that there is room for.  True ranges that touch each other
 * form a run.  After the first round every entry begins where a run begins and
 * ends where a run ends: the drops without a split have deleted or trimmed the
 * rest, and the adds have joined all entries that touch a run into one.  So
 * each operation that is left is either the split of an entry between two of
 * its runs, or the add of a run that touches no entry, and needs exactly one
 * free entry.  If there are n entries, each covers k >= 1 runs, and m runs are
 * missing, then sum(k - 1) + m = runs - n operations are left, and the table
 * ends with as many entries as there are runs.  If the runs fit, the second
 * round does all of it; else it fills the table.
 *
 * Context: process context; kexec_lock held, and as crash_memory_walk() has
 * it.  Allocates nothing.
 *
 * Return: 0 if the header is exact; -ENOSPC if the table is full, with @left
 * not zero; an error of crash_memory_walk().
 */
int crash_segment_reconcile(struct crash_segment *seg,
			    struct crash_segment_left *left)
{
	struct crash_segment_left rest = {};
	int ret;

	ret = reconcile_round(seg, &rest);
	if (!ret && (rest.missing || rest.stale))
		ret = reconcile_round(seg, &rest);
	if (left)
		*left = rest;
	if (!ret && (rest.missing || rest.stale))
		ret = -ENOSPC;
	return ret;
}

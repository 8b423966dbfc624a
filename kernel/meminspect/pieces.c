// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pieces: the parts of the table's entries that the image wants.
 *
 * An entry is widened to whole pages, unless it is exact.  Secrets and pages that are
 * poisoned are cut out of it.
 *
 * Uses the slots, runs, secrets, the allow list, and memory.h.
 */
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>

#include "allow.h"
#include "memory.h"
#include "pieces.h"
#include "runs.h"
#include "secrets.h"
#include "slots.h"

/* The runs that the pieces of all entries make.  Guarded by the slots' lock. */
static struct meminspect_runs runs_of_all;

/**
 * struct piece_walk - the parts of a run that the image may have
 * @at:		physical address at which the next may start
 * @end:	first byte behind the run
 * @piece:	the part found
 */
struct piece_walk {
	u64 at;
	u64 end;
	struct meminspect_region piece;
};

/* Where the first page that is broken starts, or the end. */
static u64 first_poisoned(u64 start, u64 end)
{
#ifdef CONFIG_MEMORY_FAILURE
	u64 pa;

	if (likely(!atomic_long_read(&num_poisoned_pages)))
		return end;
	for (pa = ALIGN_DOWN(start, PAGE_SIZE); pa < end; pa += PAGE_SIZE)
		if (PageHWPoison(pfn_to_page(PHYS_PFN(pa))))
			return max(start, pa);
#endif
	return end;
}

/* Secrets are cut out, and pages that nobody may read any more. */
static bool next_piece(struct piece_walk *walk)
{
	u64 stop, poisoned, next;

	while (walk->at < walk->end) {
		stop = meminspect_secret_in(walk->at, walk->end, &next);
		poisoned = first_poisoned(walk->at, stop);
		if (poisoned < stop) {
			stop = poisoned;
			next = ALIGN_DOWN(poisoned, PAGE_SIZE) + PAGE_SIZE;
		}
		walk->piece.va += walk->at - walk->piece.start;
		walk->piece.start = walk->at;
		walk->piece.end = stop;
		walk->at = next;
		if (walk->piece.start < walk->piece.end)
			return true;
	}
	return false;
}

/* Insert the parts of a run; returns false if there was no room for one. */
static bool insert_pieces(struct meminspect_runs *runs,
			  const struct meminspect_region *run,
			  bool (*insert)(struct meminspect_runs *runs,
					 const struct meminspect_region *run))
{
	struct piece_walk walk = {
		.at = run->start, .end = run->end, .piece = *run,
	};
	bool fits = true;

	while (next_piece(&walk))
		fits &= insert(runs, &walk.piece);
	return fits;
}

static bool is_wanted(const struct meminspect_slot *slot)
{
	return slot->ie.id > MEMINSPECT_ID_VMCOREINFO &&
	       !(slot->ie.properties & MEMINSPECT_NOT_IN_IMAGE) &&
	       meminspect_allowed(&slot->ie) &&
	       meminspect_reachable(slot->ie.pa, slot->ie.size);
}

static bool is_unreported(struct meminspect_slot *slot, bool left_out)
{
	slot->left_out = left_out;
	return left_out && !slot->reported;
}

/* Returns whether the log is to be told that the entry is left out. */
static bool insert_if_room(struct meminspect_runs *runs,
			   struct meminspect_slot *slot)
{
	if (!meminspect_reachable(slot->ie.pa, slot->ie.size))
		return is_unreported(slot, true);
	return is_unreported(slot, is_wanted(slot) &&
				   !insert_pieces(runs, &slot->run,
						  meminspect_runs_insert));
}

/**
 * meminspect_pieces_update() - make the runs of all entries anew
 *
 * Marks the entries that the sink can't reach.
 *
 * Context: the slots locked.
 *
 * Return: true if the log is to be told that an entry is left out.
 */
bool meminspect_pieces_update(void)
{
	struct meminspect_slot *slot;
	bool unreported = false;

	meminspect_assert_begun();
	runs_of_all.nr = 0;
	list_for_each_entry(slot, &meminspect_slots, node)
		if (slot_shown(slot))
			unreported |= insert_if_room(&runs_of_all, slot);
	return unreported;
}

/**
 * meminspect_pieces_runs() - the runs that all pieces make
 *
 * Context: the slots locked, after meminspect_pieces_update().
 *
 * Return: the runs; the caller must not write to them.
 */
struct meminspect_runs *meminspect_pieces_runs(void)
{
	meminspect_assert_begun();
	return &runs_of_all;
}

/**
 * meminspect_pieces_by_rank() - make runs of as many entries as there is room for
 * @runs:	receives them; those of the lowest ranks first, and of one rank those
 *		of the lowest ids
 *
 * Marks the entries that are left out.
 *
 * Context: the slots locked, after meminspect_pieces_update().
 *
 * Return: true if the log is to be told that an entry is left out.
 */
bool meminspect_pieces_by_rank(struct meminspect_runs *runs)
{
	struct meminspect_slot *slot;
	bool unreported = false;
	unsigned int rank, id;

	meminspect_assert_begun();
	runs->nr = 0;
	for (rank = 0; rank < NR_RANKS; rank++) {
		/* A slot that leaves has no id any more, and stays until its successor comes. */
		list_for_each_entry(slot, &meminspect_slots, node)
			if (slot->rank == rank && slot->state == SLOT_LEAVING)
				unreported |= insert_if_room(runs, slot);
		for (id = 1; id < MEMINSPECT_ID_MAX; id++) {
			slot = meminspect_slot(id);
			if (slot && slot->rank == rank &&
			    slot->state == SLOT_HERE)
				unreported |= insert_if_room(runs, slot);
		}
	}
	return unreported;
}

/* The pieces of an entry that may not be shown yet. */
static bool insert_slot(struct meminspect_runs *runs,
			const struct meminspect_slot *slot)
{
	return insert_pieces(runs, &slot->run, meminspect_runs_insert);
}

/**
 * meminspect_count_runs() - how many runs there would be of entries up to a rank
 * @runs:	room for all; overwritten
 * @rank:	that rank
 *
 * Counts the entries as the holder of the mutex sees them.
 *
 * Context: the slots locked.
 *
 * Return: the number; UINT_MAX if @runs has no room for so many.
 */
unsigned int meminspect_count_runs(struct meminspect_runs *runs,
				   unsigned int rank)
{
	const struct meminspect_slot *slot;

	meminspect_assert_begun();
	runs->nr = 0;
	list_for_each_entry(slot, &meminspect_slots, node)
		if (slot_present(slot) && slot->rank <= rank &&
		    is_wanted(slot) && !insert_slot(runs, slot))
			return UINT_MAX;
	return runs->nr;
}

/**
 * meminspect_add_part() - add memory that is in no slot
 * @runs:	where to
 * @what:	its name
 * @class:	its class; memory of MEMINSPECT_CLASS_TASK is not widened
 * @va:		its virtual address
 * @size:	bytes
 * @insert:	called for each run that it has; as meminspect_runs_insert()
 *
 * Context: a panic.
 */
void meminspect_add_part(struct meminspect_runs *runs, const char *what,
			 enum meminspect_class class, const void *va,
			 size_t size,
			 bool (*insert)(struct meminspect_runs *runs,
					const struct meminspect_region *run))
{
	const struct inspect_entry ie = { .class = class, .name = what };
	const u64 align = class == MEMINSPECT_CLASS_TASK ? sizeof(u64) : PAGE_SIZE;
	struct meminspect_walk walk = { .va = va, .left = size };
	struct meminspect_region run = {
		.kind = MEMINSPECT_REGION_RUN,
		.rank = class == MEMINSPECT_CLASS_CORE ? RANK_CORE :
			class == MEMINSPECT_CLASS_TASK ? RANK_TASK : RANK_STACK,
	};

	if (!meminspect_allowed(&ie))
		return;
	meminspect_name_region(&run, what);
	for (va = walk.va; meminspect_next_run(&walk) > 0; va = walk.va) {
		if (!meminspect_reachable(walk.pa, walk.size))
			continue;
		run.start = ALIGN_DOWN((u64)walk.pa, align);
		run.end = ALIGN((u64)walk.pa + walk.size, align);
		run.va = (unsigned long)kasan_reset_tag(va) -
			 (walk.pa - run.start);
		insert_pieces(runs, &run, insert);
	}
}

/* How many pieces there may be, and thus runs: each secret makes two of one. */
unsigned int meminspect_pieces_max(void)
{
	return MEMINSPECT_SLOTS + meminspect_secrets();
}

/**
 * meminspect_pieces_init() - allocate the memory for the runs
 *
 * Context: boot, after the secrets are known.
 *
 * Return: 0, or -ENOMEM.
 */
int __init meminspect_pieces_init(void)
{
	runs_of_all.max = meminspect_pieces_max();
	runs_of_all.run = kvcalloc(runs_of_all.max, sizeof(*runs_of_all.run),
				   GFP_KERNEL);
	return runs_of_all.run ? 0 : -ENOMEM;
}

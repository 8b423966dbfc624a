// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pieces: the parts of the table's entries that the image wants.
 *
 * An entry is widened to whole pages, unless it is exact.  Secrets and pages that are
 * poisoned are cut out of it.  The pieces of all entries stay sorted while entries
 * come and leave, and the runs that they make are kept up to date: an update of the
 * image handles the pieces of the changed entries alone.
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

/**
 * struct piece - a part of an entry
 * @run:	its memory
 * @slot:	the entry's slot
 * @serial:	serial number of @slot; if @slot has another one, the piece is void
 */
struct piece {
	struct meminspect_region run;
	const struct meminspect_slot *slot;
	u32 serial;
};

/*
 * The pieces in use, ascending by @run.start, and behind them the unused ones.  Guarded
 * by the slots' lock.
 */
static struct piece **pieces;
static unsigned int nr_pieces;
static unsigned int max_pieces;
/* The runs that all of them make. */
static struct meminspect_runs runs_of_all;
/* meminspect_removals() at the last update: pieces may be void if it has changed. */
static u32 seen_removals;
/* The pieces, or the runs of them, had no room for all entries. */
static bool crowded;

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

/* Where the pieces are that start behind an address. */
static unsigned int pieces_up_to(u64 start)
{
	unsigned int low = 0, high = nr_pieces;

	while (low < high) {
		const unsigned int mid = low + (high - low) / 2;

		if (pieces[mid]->run.start <= start)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Rebuild the runs that overlap a range from their pieces, in ascending order. */
static void rebuild_runs(u64 start, u64 end)
{
	struct meminspect_region run;
	unsigned int i;

	while (meminspect_runs_remove(&runs_of_all, start, end, &run)) {
		start = min(start, run.start);
		end = max(end, run.end);
	}
	/* Each piece of these runs starts in the range. */
	for (i = start ? pieces_up_to(start - 1) : 0; i < nr_pieces; i++) {
		if (pieces[i]->run.start >= end)
			break;
		meminspect_runs_insert(&runs_of_all, &pieces[i]->run);
	}
}

/* Returns false if there is no room for all of an entry. */
static bool add_pieces(const struct meminspect_slot *slot)
{
	struct piece_walk walk = {
		.at = slot->run.start, .end = slot->run.end, .piece = slot->run,
	};
	struct piece *piece;
	unsigned int at;

	while (next_piece(&walk)) {
		if (nr_pieces == max_pieces) {
			crowded = true;
			return false;
		}
		at = pieces_up_to(walk.piece.start);
		piece = pieces[nr_pieces];
		memmove(&pieces[at + 1], &pieces[at],
			(nr_pieces - at) * sizeof(*pieces));
		pieces[at] = piece;
		nr_pieces++;
		piece->run = walk.piece;
		piece->slot = slot;
		piece->serial = slot->serial;
		if (meminspect_runs_alias(&runs_of_all, &piece->run))
			rebuild_runs(piece->run.start, piece->run.end);
		else
			meminspect_runs_insert(&runs_of_all, &piece->run);
	}
	return true;
}

static bool is_void(const struct piece *piece)
{
	return piece->slot->serial != piece->serial || !slot_shown(piece->slot);
}

static void drop_pieces(void)
{
	struct piece *piece;
	unsigned int i;

	for (i = nr_pieces; i--;) {
		piece = pieces[i];
		if (!is_void(piece))
			continue;
		nr_pieces--;
		memmove(&pieces[i], &pieces[i + 1],
			(nr_pieces - i) * sizeof(*pieces));
		pieces[nr_pieces] = piece;
		rebuild_runs(piece->run.start, piece->run.end);
	}
}

/* Returns whether the log is to be told that an entry is left out. */
static bool consider_slot(struct meminspect_slot *slot)
{
	slot->considered = true;
	if (!meminspect_reachable(slot->ie.pa, slot->ie.size))
		return is_unreported(slot, true);
	return is_unreported(slot, is_wanted(slot) && !add_pieces(slot));
}

/**
 * meminspect_pieces_update() - follow the entries that have come or left
 *
 * Marks the entries that the sink can't reach.
 *
 * Context: the slots locked.
 *
 * Return: true if the log is to be told that an entry is left out.
 */
bool meminspect_pieces_update(void)
{
	const bool anew = meminspect_take_all_changed() || crowded;
	const u32 removals = meminspect_removals();
	struct meminspect_slot *slot;
	bool unreported = false;

	meminspect_assert_begun();
	crowded = false;
	if (anew) {
		nr_pieces = 0;
		runs_of_all.nr = 0;
		runs_of_all.changed = 0;
	} else if (removals != seen_removals) {
		drop_pieces();
	}
	seen_removals = removals;
	list_for_each_entry(slot, &meminspect_slots, node)
		if ((anew || !slot->considered) && slot_shown(slot))
			unreported |= consider_slot(slot);
	return unreported;
}

/**
 * meminspect_pieces_runs() - the runs that all pieces make
 *
 * Context: the slots locked, after meminspect_pieces_update().
 *
 * Return: the runs; the caller may write to @changed, and must not to the rest.  NULL
 * if there was no room for all pieces.
 */
struct meminspect_runs *meminspect_pieces_runs(void)
{
	meminspect_assert_begun();
	return crowded ? NULL : &runs_of_all;
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
	crowded = true;
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
 * meminspect_pieces_init() - allocate the memory for the pieces
 *
 * Context: boot, after the secrets are known.
 *
 * Return: 0, or -ENOMEM.
 */
int __init meminspect_pieces_init(void)
{
	struct piece *all;
	unsigned int i;

	max_pieces = meminspect_pieces_max();
	all = kvcalloc(max_pieces, sizeof(*all), GFP_KERNEL);
	pieces = kvcalloc(max_pieces, sizeof(*pieces), GFP_KERNEL);
	runs_of_all.run = kvcalloc(max_pieces, sizeof(*runs_of_all.run),
				   GFP_KERNEL);
	runs_of_all.max = max_pieces;
	if (!all || !pieces || !runs_of_all.run) {
		kvfree(all);
		kvfree(pieces);
		kvfree(runs_of_all.run);
		return -ENOMEM;
	}
	for (i = 0; i < max_pieces; i++)
		pieces[i] = &all[i];
	return 0;
}

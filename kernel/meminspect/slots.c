// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slots of the table: one for each entry, and its life cycle.
 *
 * A spinlock guards them.  Its holder neither allocates memory nor waits, and
 * calls no code outside this directory but the back end's publish(), which is one
 * store.  So the time that it is held is bounded: the longest section builds one
 * image.  It is taken in softirqs and under kexec_lock; only the locks of the CPUs'
 * windows nest inside.
 *
 * A mutex orders producers and consumers besides (register.c, consumers.c).  It is
 * outside of the spinlock and is never taken under kexec_lock.
 *
 * Uses memory.h and type.h alone.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/init.h>
#include <linux/io.h>
#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/irqflags.h>
#include <linux/kasan.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "memory.h"
#include "slots.h"
#include "type.h"

#define CREATE_TRACE_POINTS
#include <trace/events/meminspect.h>

/* Ids that tasks, stacks and their page tables must not take. */
#define SPARE_IDS	64
#define REGION_NAME_CHARS 8U
#define DYNAMIC_IDS	(MEMINSPECT_ID_MAX - MEMINSPECT_ID_DYNAMIC)

static DEFINE_SPINLOCK(slots_lock);

/* All slots in use, ascending by the start of their runs. */
LIST_HEAD(meminspect_slots);
static struct meminspect_slot all_slots[MEMINSPECT_SLOTS];
/* Slots that were in use, and those of @all_slots that have ever been. */
static LIST_HEAD(free_slots);
static unsigned int nr_ever_used;
/* The slot of each id that is present, or NULL; and those ids. */
static struct meminspect_slot *by_id[MEMINSPECT_ID_MAX];
static DECLARE_BITMAP(taken_ids, MEMINSPECT_ID_MAX);
static unsigned int nr_entries;
static unsigned int nr_dynamic;
static u32 last_serial;
static u32 removals;
/* Something has changed since the last commit; or the rules for all entries have. */
static bool dirty;
static bool all_changed;
/* Some consumer is still to be told of a change. */
static bool untold;
static bool consumed;
static void (*commit_slots)(void);

/* The limits of the sink. */
static struct {
	unsigned int regions;
	unsigned int reserved;
	u64 address;
} limits = { .regions = CONFIG_MEMINSPECT_MAX_REGIONS };

struct meminspect_stats meminspect_stats;

const char *const meminspect_class_names[MEMINSPECT_NR_CLASSES] = {
	[MEMINSPECT_CLASS_UNSPECIFIED]	= "unspecified",
	[MEMINSPECT_CLASS_DRIVER]	= "driver",
	[MEMINSPECT_CLASS_CORE]		= "core",
	[MEMINSPECT_CLASS_LOG]		= "log",
	[MEMINSPECT_CLASS_SYMBOLS]	= "symbols",
	[MEMINSPECT_CLASS_CPU]		= "cpu",
	[MEMINSPECT_CLASS_TASK]		= "task",
	[MEMINSPECT_CLASS_STACK]	= "stack",
	[MEMINSPECT_CLASS_PAGE_TABLE]	= "page_table",
	[MEMINSPECT_CLASS_MEMORY]	= "memory",
};

const char *const meminspect_reason_names[MEMINSPECT_NR_REASONS] = {
	[MEMINSPECT_UNREGISTERED]	= "unregistered",
	[MEMINSPECT_MEMORY_OFFLINE]	= "memory_offline",
	[MEMINSPECT_MODULE_GONE]	= "module_gone",
	[MEMINSPECT_CPU_DEAD]		= "cpu_dead",
};

/**
 * meminspect_begin() - lock the slots
 *
 * Context: any but a hard interrupt.  Interrupts are off early in boot alone,
 * before there is a softirq that takes it.
 */
void meminspect_begin(void)
	__acquires(&slots_lock)
{
	if (irqs_disabled())
		spin_lock(&slots_lock);
	else
		spin_lock_bh(&slots_lock);
}

/**
 * meminspect_end() - commit the changes, and unlock the slots
 */
void meminspect_end(void)
	__releases(&slots_lock)
{
	if (dirty && commit_slots) {
		dirty = false;
		commit_slots();
	}
	if (irqs_disabled())
		spin_unlock(&slots_lock);
	else
		spin_unlock_bh(&slots_lock);
}

/**
 * meminspect_set_commit() - have a function called at the end of each change
 * @commit:	called by meminspect_end(), the slots locked, if the image may have to
 *		change; must not sleep
 *
 * Context: boot, the slots locked.
 */
void __init meminspect_set_commit(void (*commit)(void))
{
	meminspect_assert_begun();
	commit_slots = commit;
	dirty = true;
}

/**
 * meminspect_set_consumed() - say whether there are consumers
 * @yes:	there are
 *
 * Context: the slots locked.
 */
void meminspect_set_consumed(bool yes)
{
	meminspect_assert_begun();
	consumed = yes;
	untold |= yes;
}

/**
 * meminspect_take_untold() - whether consumers are to be told of a change
 *
 * Context: the slots locked; or not, if the next change asks again.
 *
 * Return: true once after changes that consumers have not been told of.
 */
bool meminspect_take_untold(void)
{
	if (!READ_ONCE(untold))
		return false;
	WRITE_ONCE(untold, false);
	return READ_ONCE(consumed);
}

/* Complains if the slots are not locked by the caller. */
void meminspect_assert_begun(void)
{
	lockdep_assert_held(&slots_lock);
}

/**
 * meminspect_touch() - commit when the slots are unlocked
 *
 * Context: the slots locked; something that the image shows has changed.
 */
void meminspect_touch(void)
{
	meminspect_assert_begun();
	dirty = true;
}

/**
 * meminspect_touch_all() - commit, and look at all entries again
 *
 * Context: the slots locked; the rules for entries have changed.
 */
void meminspect_touch_all(void)
{
	meminspect_assert_begun();
	meminspect_touch();
	all_changed = true;
}

/* Whether meminspect_touch_all() has been called since.  The slots are locked. */
bool meminspect_take_all_changed(void)
{
	const bool was = all_changed;

	meminspect_assert_begun();
	all_changed = false;
	return was;
}

/* Changes whenever an entry leaves the image.  The slots are locked. */
u32 meminspect_removals(void)
{
	meminspect_assert_begun();
	return removals;
}

/* Of 2^31 registrations one returns to a number that was used. */
struct meminspect_cookie meminspect_new_cookie(void)
{
	static struct meminspect_cookie last;

	meminspect_assert_begun();
	last.nr = last.nr == INT_MAX ? 1 : last.nr + 1;
	return last;
}

struct meminspect_slot *meminspect_slot(unsigned int id)
{
	return by_id[id];
}

/* The entry of an id, or NULL; valid while the slots or the table are locked. */
const struct inspect_entry *meminspect_entry(unsigned int id)
{
	return by_id[id] ? &by_id[id]->ie : NULL;
}

unsigned int meminspect_count(void)
{
	return nr_entries;
}

/* How many runs the image may have. */
unsigned int meminspect_limit(void)
{
	return limits.regions - MEMINSPECT_FIXED_REGIONS - limits.reserved;
}

/**
 * meminspect_reserve() - reserve regions of the sink's limit for windows
 * @regions:	how many
 *
 * Context: the slots locked.
 */
void meminspect_reserve(unsigned int regions)
{
	meminspect_assert_begun();
	limits.reserved = regions;
	meminspect_touch();
}

/* Whether the sink can read that memory. */
bool meminspect_reachable(phys_addr_t pa, size_t size)
{
	return !limits.address || (u64)pa + size <= limits.address;
}

/**
 * meminspect_set_limits() - set the limits of the sink
 * @regions:	that many, or 0 for as many as the table is made for
 * @address:	from there on nothing, or 0 for no such limit
 * @least:	runs that it must have room for
 *
 * Context: the slots locked.
 *
 * Return: 0, or -ENOSPC if there is no room for these or for any, with the limits as
 * they were.
 */
int meminspect_set_limits(unsigned int regions, u64 address,
			  unsigned int least)
{
	meminspect_assert_begun();
	if (!regions || regions > CONFIG_MEMINSPECT_MAX_REGIONS)
		regions = CONFIG_MEMINSPECT_MAX_REGIONS;
	if (regions <= MEMINSPECT_FIXED_REGIONS + limits.reserved ||
	    regions - MEMINSPECT_FIXED_REGIONS - limits.reserved < least)
		return -ENOSPC;
	limits.regions = regions;
	limits.address = address;
	meminspect_touch_all();
	return 0;
}

/**
 * meminspect_covers() - whether memory is in an entry that lasts long enough
 * @va:		its virtual address, in the linear map
 * @cookie:	of entries that last long enough although they are a CPU's
 * @rank:	up to that rank the image takes the entry before this memory
 *
 * Context: the slots locked.
 *
 * Return: true if it is.
 */
bool meminspect_covers(const void *va, struct meminspect_cookie cookie, u8 rank)
{
	const u64 pa = virt_to_phys((void *)va);
	const struct meminspect_slot *slot;

	meminspect_assert_begun();
	list_for_each_entry(slot, &meminspect_slots, node) {
		if (slot->run.start > pa)
			break;
		if (pa >= slot->ie.pa && pa < slot->ie.pa + slot->ie.size &&
		    slot_present(slot) && slot->rank <= rank &&
		    !(slot->ie.properties & MEMINSPECT_NOT_IN_IMAGE) &&
		    (slot->cpu == NO_CPU || slot->ie.cookie.nr == cookie.nr))
			return true;
	}
	return false;
}

static struct meminspect_slot *find_free_slot(void)
{
	if (!list_empty(&free_slots))
		return list_first_entry(&free_slots, struct meminspect_slot, node);
	return nr_ever_used < MEMINSPECT_SLOTS ? &all_slots[nr_ever_used] : NULL;
}

static unsigned int find_free_id(unsigned int id)
{
	if (id != MEMINSPECT_ID_DYNAMIC)
		return by_id[id] ? MEMINSPECT_ID_NONE : id;
	id = find_next_zero_bit(taken_ids, MEMINSPECT_ID_MAX, id);
	return id < MEMINSPECT_ID_MAX ? id : MEMINSPECT_ID_NONE;
}

/**
 * meminspect_name_region() - make a name that each sink can take as it is
 * @region:	all zero where its name is
 * @name:	the name
 *
 * Context: any.
 */
void meminspect_name_region(struct meminspect_region *region, const char *name)
{
	unsigned int i;

	for (i = 0; i < REGION_NAME_CHARS && name[i]; i++)
		region->name[i] = isalnum(name[i]) ? name[i] : '_';
	/* There the region's number follows in the name of a file. */
	if (!i || isdigit(region->name[i - 1]))
		region->name[min(i, REGION_NAME_CHARS - 1)] = '_';
}

static void make_run(struct meminspect_slot *slot)
{
	const u64 align = slot->ie.properties & MEMINSPECT_EXACT ? sizeof(u64) :
								   PAGE_SIZE;
	struct meminspect_region *run = &slot->run;

	run->start = ALIGN_DOWN((u64)slot->ie.pa, align);
	run->end = ALIGN((u64)slot->ie.pa + slot->ie.size, align);
	run->va = (unsigned long)slot->ie.va - (slot->ie.pa - run->start);
	run->kind = MEMINSPECT_REGION_RUN;
	run->rank = slot->rank;
	meminspect_name_region(run, slot->name);
}

/* Put a slot among those in use, where it belongs. */
static void use_slot(struct meminspect_slot *slot)
{
	struct meminspect_slot *before;

	make_run(slot);
	if (slot == &all_slots[nr_ever_used])
		nr_ever_used++;
	else
		list_del(&slot->node);
	list_for_each_entry_reverse(before, &meminspect_slots, node)
		if (before->run.start <= slot->run.start)
			break;
	list_add(&slot->node, &before->node);
}

static void fill_slot(struct meminspect_slot *slot, unsigned int id,
		      const struct inspect_entry *request,
		      const struct meminspect_place *place, const void *va,
		      phys_addr_t pa, size_t size)
{
	strscpy(slot->name, request->name ?: "", sizeof(slot->name));
	strscpy(slot->type_name, request->type_name ?: "",
		sizeof(slot->type_name));
	slot->cpu = place->cpu;
	slot->rank = place->rank;
	slot->state = place->state;
	slot->ie = *request;
	slot->ie.id = id;
	slot->ie.va = kasan_reset_tag(va);
	slot->ie.pa = pa;
	slot->ie.size = size;
	slot->ie.name = slot->name;
	slot->ie.type_name = slot->type_name;
	slot->ie.cookie = place->cookie;
	slot->ie.reason = 0;
	if (!slot->ie.type)
		slot->ie.type = meminspect_type_id(slot->type_name, false);
	slot->serial = ++last_serial;
	use_slot(slot);
	by_id[id] = slot;
	__set_bit(id, taken_ids);
	nr_entries++;
	nr_dynamic += id >= MEMINSPECT_ID_DYNAMIC;
	dirty |= slot->state == SLOT_HERE;
	untold |= slot->state == SLOT_HERE;
	meminspect_stats.registered++;
	trace_meminspect_register(&slot->ie);
}

/* Free a slot.  No consumer has to be told of its entry any more. */
void meminspect_free_slot(struct meminspect_slot *slot)
{
	meminspect_assert_begun();
	list_del(&slot->node);
	memset(slot, 0, sizeof(*slot));
	list_add(&slot->node, &free_slots);
}

/* Give the id of an entry that leaves free. */
static void vacate_slot(struct meminspect_slot *slot)
{
	by_id[slot->ie.id] = NULL;
	__clear_bit(slot->ie.id, taken_ids);
	nr_entries--;
	nr_dynamic -= slot->ie.id >= MEMINSPECT_ID_DYNAMIC;
}

/* Drop an entry from the image; the slot stays until consumers are told. */
static void drop_entry(struct meminspect_slot *slot)
{
	dirty = true;
	removals++;
	slot->waited |= slot->state == SLOT_LEAVING;
	slot->state = SLOT_GONE;
	/* Consumers that were not told of its arrival need not be told of its end. */
	if (!slot->told || !consumed)
		meminspect_free_slot(slot);
	else
		untold = true;
}

/**
 * meminspect_remove() - take an entry out
 * @slot:	where it is
 * @reason:	why
 * @state:	SLOT_LEAVING for the holder of the mutex, which settles it later;
 *		else SLOT_GONE
 *
 * Context: the slots locked.
 */
void meminspect_remove(struct meminspect_slot *slot,
		       enum meminspect_reason reason, u8 state)
{
	meminspect_assert_begun();
	if (slot_present(slot)) {
		vacate_slot(slot);
		slot->ie.reason = reason;
		if (reason == MEMINSPECT_UNREGISTERED) {
			meminspect_stats.unregistered++;
			trace_meminspect_unregister(&slot->ie);
		} else {
			meminspect_stats.dropped++;
			trace_meminspect_drop(&slot->ie);
		}
		if (slot->state == SLOT_COMING) {
			meminspect_free_slot(slot);
			return;
		}
		slot->state = SLOT_LEAVING;
	}
	if (slot->state == SLOT_LEAVING && state == SLOT_GONE) {
		/* The producer that has begun to remove it waits for consumers. */
		slot->ie.reason = reason;
		drop_entry(slot);
	}
}

/*
 * Remove all entries of a cookie; arguments as of meminspect_remove().  If consumers
 * are still to be told that an entry was dropped, the caller waits for that as well.
 */
void meminspect_remove_cookie(struct meminspect_cookie cookie,
			      enum meminspect_reason reason, u8 state)
{
	struct meminspect_slot *slot, *next;

	list_for_each_entry_safe(slot, next, &meminspect_slots, node) {
		if (slot->ie.cookie.nr != cookie.nr)
			continue;
		if (slot_present(slot))
			meminspect_remove(slot, reason, state);
		else if (slot->state == SLOT_GONE && state == SLOT_LEAVING)
			slot->waited = true;
	}
}

/**
 * meminspect_settle() - commit the changes of the holder of the mutex in one step
 *
 * Context: table and slots locked.
 */
void meminspect_settle(void)
{
	struct meminspect_slot *slot, *next;

	meminspect_assert_begun();
	list_for_each_entry_safe(slot, next, &meminspect_slots, node) {
		if (slot->state == SLOT_COMING) {
			slot->state = SLOT_HERE;
			slot->waited = true;
			dirty = true;
		} else if (slot->state == SLOT_LEAVING) {
			slot->waited = true;
			drop_entry(slot);
		}
	}
}

/* Remove the runs of a request that does not fit as a whole. */
static void undo_additions(struct meminspect_slot *const *added, unsigned int nr)
{
	while (nr--) {
		vacate_slot(added[nr]);
		meminspect_free_slot(added[nr]);
		meminspect_stats.registered--;
	}
}

/* Add one run.  Id and slot are found before anything changes. */
static struct meminspect_slot *add_run(const struct inspect_entry *request,
				       const struct meminspect_place *place,
				       const void *va, phys_addr_t pa,
				       size_t size)
{
	struct meminspect_slot *slot = find_free_slot();
	const unsigned int id = find_free_id(request->id);

	if (id == MEMINSPECT_ID_NONE && request->id != MEMINSPECT_ID_DYNAMIC)
		return ERR_PTR(-EEXIST);
	if (!slot || id == MEMINSPECT_ID_NONE ||
	    (place->rank >= RANK_TASK && nr_dynamic + SPARE_IDS >= DYNAMIC_IDS))
		return ERR_PTR(-ENOSPC);
	fill_slot(slot, id, request, place, va, pa, size);
	return slot;
}

/**
 * meminspect_add() - add an entry, one for each run of pages
 * @request:	the request, checked: its memory is RAM and online
 * @place:	further properties of the entry
 *
 * Context: the slots locked.  Allocates nothing.
 *
 * Return: 0; or -EEXIST, -E2BIG, -EFAULT or -ENOSPC as meminspect_register()
 * has them, with nothing added.
 */
int meminspect_add(const struct inspect_entry *request,
		   const struct meminspect_place *place)
{
	/* Guarded by the lock of the slots. */
	static struct meminspect_slot *added[MEMINSPECT_SLOTS];
	struct meminspect_walk walk = {
		.va = request->va, .left = request->size,
	};
	struct meminspect_slot *slot;
	unsigned int nr = 0;
	const void *va;
	int ret;

	meminspect_assert_begun();
	if (!request->va) {
		slot = add_run(request, place, phys_to_virt(request->pa),
			       request->pa, request->size);
		return PTR_ERR_OR_ZERO(slot);
	}
	for (va = walk.va; (ret = meminspect_next_run(&walk)) > 0; va = walk.va) {
		if (nr && request->id != MEMINSPECT_ID_DYNAMIC)
			slot = ERR_PTR(-E2BIG);
		else
			slot = add_run(request, place, va, walk.pa, walk.size);
		if (IS_ERR(slot)) {
			ret = PTR_ERR(slot);
			break;
		}
		added[nr++] = slot;
	}
	if (ret)
		undo_additions(added, nr);
	return ret;
}

/**
 * meminspect_drop() - drop all entries that @match selects
 * @match:	returns true for an entry to be dropped
 * @arg:	for @match
 * @reason:	why, for the notifiers
 * @state:	as for meminspect_remove()
 *
 * Context: the slots locked.
 *
 * Return: whether consumers are still to be told of any, now for that reason.
 */
bool meminspect_drop(meminspect_match_t match, const void *arg,
		     enum meminspect_reason reason, u8 state)
{
	struct meminspect_slot *slot, *next;
	bool gone = false;

	list_for_each_entry_safe(slot, next, &meminspect_slots, node) {
		if (slot->ie.id <= MEMINSPECT_ID_VMCOREINFO ||
		    !match(&slot->ie, arg))
			continue;
		meminspect_remove(slot, reason, state);
		/* It may have been on its way out for another one. */
		if (slot->state == SLOT_GONE) {
			slot->ie.reason = reason;
			slot->waited |= state == SLOT_LEAVING;
			gone = true;
		}
	}
	return gone;
}

void meminspect_drop_cpu(unsigned int cpu)
{
	struct meminspect_slot *slot, *next;

	list_for_each_entry_safe(slot, next, &meminspect_slots, node)
		if (slot->cpu == cpu)
			meminspect_remove(slot, MEMINSPECT_CPU_DEAD, SLOT_GONE);
}

/* Update the entry of the ELF header, which is at another place in each image. */
void meminspect_set_elf(phys_addr_t pa, void *va)
{
	struct meminspect_slot *slot = by_id[MEMINSPECT_ID_ELF];

	if (slot) {
		slot->ie.pa = pa;
		slot->ie.va = va;
	}
}

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
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/init.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/kasan.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/meminspect.h>

/* Ids that are not for tasks, nor for what maps stacks. */
#define SPARE_IDS	64
#define DYNAMIC_IDS	(MEMINSPECT_ID_MAX - MEMINSPECT_ID_DYNAMIC)

struct meminspect_slot meminspect_slots[MEMINSPECT_SLOTS];
/* The slot of each id that is present, or NULL. */
static struct meminspect_slot *by_id[MEMINSPECT_ID_MAX];
static unsigned int nr_entries;
static unsigned int nr_dynamic;
/* Regions that the consumer takes. */
static unsigned int limit = CONFIG_MEMINSPECT_MAX_REGIONS;
/* Regions of @limit that are reserved for windows. */
static unsigned int reserved;
static u64 max_address;

static DEFINE_SPINLOCK(slots_lock);
/* Something has changed since the image was made. */
static bool dirty;

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
 * meminspect_end() - publish what has changed, and unlock the slots
 */
void meminspect_end(void)
	__releases(&slots_lock)
{
	if (dirty && meminspect_image_ready()) {
		dirty = false;
		meminspect_image_update();
	}
	if (irqs_disabled())
		spin_unlock(&slots_lock);
	else
		spin_unlock_bh(&slots_lock);
}

void meminspect_assert_begun(void)
{
	lockdep_assert_held(&slots_lock);
}

/* Something that the image shows has changed. */
void meminspect_touch(void)
{
	meminspect_assert_begun();
	dirty = true;
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
	return limit - IMAGE_REGIONS - reserved;
}

/* Reserve regions of the back end's limit for windows. */
void meminspect_reserve(unsigned int regions)
{
	reserved = regions;
	meminspect_touch();
}

/* Whether the consumer can read what is there. */
bool meminspect_reachable(phys_addr_t pa, size_t size)
{
	return !max_address || (u64)pa + size <= max_address;
}

/* Whether all of the kernel's own can be reached. */
static bool core_below(u64 address)
{
	const struct meminspect_slot *slot;

	/* The header is at another one of its places after each change. */
	if (meminspect_image_end() > address)
		return false;
	for (slot = meminspect_slots; slot < SLOTS_END; slot++)
		if (slot_present(slot) && slot->rank == RANK_CORE &&
		    slot->ie.pa + slot->ie.size > address)
			return false;
	return true;
}

/**
 * meminspect_set_limits() - what a consumer takes
 * @regions:	that many, or 0 for as many as the table is made for
 * @address:	from there on nothing, or 0 for no such limit
 *
 * Context: the slots locked.
 *
 * Return: 0, or -ENOSPC or -ERANGE if the kernel's own, without which no reader
 * opens the image, is more already, with the limits as they were.
 */
int meminspect_set_limits(unsigned int regions, u64 address)
{
	const unsigned int before = limit;
	int ret;

	meminspect_assert_begun();
	if (!regions || regions > CONFIG_MEMINSPECT_MAX_REGIONS)
		regions = CONFIG_MEMINSPECT_MAX_REGIONS;
	if (address && !core_below(address))
		return -ERANGE;
	if (regions <= IMAGE_REGIONS + reserved)
		return -ENOSPC;
	limit = regions;
	ret = meminspect_image_room(RANK_CORE);
	if (ret) {
		limit = before;
		return ret;
	}
	max_address = address;
	meminspect_touch();
	return 0;
}

/*
 * True if @va lies in an entry that is not tied to a CPU, or in one of @cookie, and
 * if the image takes that entry at @rank or before.
 */
bool meminspect_covers(const void *va, struct meminspect_cookie cookie, u8 rank)
{
	const struct meminspect_slot *slot;

	va = kasan_reset_tag(va);
	for (slot = meminspect_slots; slot < SLOTS_END; slot++)
		if (slot_present(slot) && slot->rank <= rank &&
		    va >= slot->ie.va &&
		    !(slot->ie.properties & MEMINSPECT_NOT_IN_IMAGE) &&
		    va < slot->ie.va + slot->ie.size &&
		    (slot->cpu == NO_CPU || slot->ie.cookie.nr == cookie.nr))
			return true;
	return false;
}

static struct meminspect_slot *find_free_slot(void)
{
	struct meminspect_slot *slot;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++)
		if (slot->state == SLOT_FREE)
			return slot;
	return NULL;
}

static unsigned int find_free_id(unsigned int id)
{
	if (id != MEMINSPECT_ID_DYNAMIC)
		return by_id[id] ? MEMINSPECT_ID_NONE : id;
	for (; id < MEMINSPECT_ID_MAX; id++)
		if (!by_id[id])
			return id;
	return MEMINSPECT_ID_NONE;
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
	by_id[id] = slot;
	nr_entries++;
	nr_dynamic += id >= MEMINSPECT_ID_DYNAMIC;
	dirty |= slot->state == SLOT_HERE;
	meminspect_stats.registered++;
	trace_meminspect_register(&slot->ie);
}

/* Free a slot, of which no consumer has to be told any more. */
void meminspect_free_slot(struct meminspect_slot *slot)
{
	meminspect_assert_begun();
	memset(slot, 0, sizeof(*slot));
}

/* Give the id of an entry that leaves free. */
static void vacate(struct meminspect_slot *slot)
{
	by_id[slot->ie.id] = NULL;
	nr_entries--;
	nr_dynamic -= slot->ie.id >= MEMINSPECT_ID_DYNAMIC;
}

/* Drop an entry from the image; the slot stays until consumers are told. */
static void let_go(struct meminspect_slot *slot)
{
	dirty = true;
	slot->waited |= slot->state == SLOT_LEAVING;
	slot->state = SLOT_GONE;
	/* Consumers that were not told of its arrival need not be told of its end. */
	if (!slot->told || !meminspect_consumed())
		meminspect_free_slot(slot);
}

/**
 * meminspect_remove() - take an entry out
 * @slot:	where it is
 * @reason:	why
 * @state:	SLOT_LEAVING for the holder of the mutex, who settles it later;
 *		else SLOT_GONE
 *
 * Context: the slots locked.
 */
void meminspect_remove(struct meminspect_slot *slot,
		       enum meminspect_reason reason, u8 state)
{
	meminspect_assert_begun();
	if (slot_present(slot)) {
		vacate(slot);
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
		let_go(slot);
	}
}

/*
 * Take out all entries of a cookie; arguments as of meminspect_remove().  What has
 * left by itself and is still to be told is waited for by who takes it out.
 */
void meminspect_remove_cookie(struct meminspect_cookie cookie,
			      enum meminspect_reason reason, u8 state)
{
	struct meminspect_slot *slot;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (slot->ie.cookie.nr != cookie.nr)
			continue;
		if (slot_present(slot))
			meminspect_remove(slot, reason, state);
		else if (slot->state == SLOT_GONE && state == SLOT_LEAVING)
			slot->waited = true;
	}
}

/**
 * meminspect_settle() - make one step of what the holder of the mutex did
 *
 * Context: table and slots locked.
 */
void meminspect_settle(void)
{
	struct meminspect_slot *slot;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (slot->state == SLOT_COMING) {
			slot->state = SLOT_HERE;
			slot->waited = true;
			dirty = true;
		} else if (slot->state == SLOT_LEAVING) {
			slot->waited = true;
			let_go(slot);
		}
	}
}

/* Remove the runs of a request that does not fit as a whole. */
static void undo(struct meminspect_slot *const *added, unsigned int nr)
{
	while (nr--) {
		vacate(added[nr]);
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
 * @request:	what it is, checked: RAM that is online
 * @place:	what goes with it
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
		undo(added, nr);
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
	struct meminspect_slot *slot;
	bool gone = false;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (slot->state == SLOT_FREE ||
		    slot->ie.id <= MEMINSPECT_ID_VMCOREINFO ||
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
	struct meminspect_slot *slot;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++)
		if (slot->state != SLOT_FREE && slot->cpu == cpu)
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

/*
 * Check entries that were registered before pages and resources could be looked
 * up.  No other CPU runs drivers yet.
 */
static void __init judge_early(void)
{
	struct meminspect_slot *slot;
	int ret;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (!slot_present(slot))
			continue;
		ret = meminspect_check_ram(slot->ie.pa, slot->ie.size);
		if (!ret)
			continue;
		pr_warn("%s (%zu bytes) is dropped: %d\n", slot->name,
			slot->ie.size, ret);
		meminspect_begin();
		meminspect_remove(slot, MEMINSPECT_UNREGISTERED, SLOT_GONE);
		meminspect_end();
	}
}

static int __init meminspect_init(void)
{
	int ret;

	ret = meminspect_secrets_init() ?: meminspect_image_init();
	if (ret) {
		pr_err("no image: %d\n", ret);
		return ret;
	}
	judge_early();
	meminspect_compiled_init();
	meminspect_regions_init();
	pr_info("%u entries, %u of %u regions in use\n", nr_entries,
		meminspect_image_current()->runs.nr + IMAGE_REGIONS, limit);
	return 0;
}

/* After vmcoreinfo, which is made by a subsys_initcall(). */
fs_initcall(meminspect_init);

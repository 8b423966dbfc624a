// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table: what is in it, who may come in, and how entries leave.
 *
 * A fixed array, an id is a place in it.  One mutex guards it, which its holder
 * may take again: a notifier or a traversal may call whatever it likes.  When
 * the last of the nested locks is dropped, the image is made anew if anything
 * has changed, so that all that happened under it is one step to those outside.
 *
 * The mutex nests inside kexec_lock and the locks of CPU and memory hotplug.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/err.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kasan.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/meminspect.h>

/**
 * struct table_slot - a place in the table
 * @ie:		the entry; @ie.id is MEMINSPECT_ID_NONE while it is free
 * @name:	what @ie.name points to
 * @type_name:	what @ie.type_name points to
 * @cpu:	the CPU that it lives and dies with, or NO_CPU
 * @serial:	ascends with every entry that comes
 * @leaving:	its removal is being told
 */
struct table_slot {
	struct inspect_entry ie;
	char name[MEMINSPECT_NAME_BYTES];
	char type_name[MEMINSPECT_NAME_BYTES];
	int cpu;
	u64 serial;
	bool leaving;
};

static struct table_slot slots[MEMINSPECT_ID_MAX];
static unsigned int nr_entries;
static u64 last_serial;
/* What the consumer takes. */
static unsigned int limit = MEMINSPECT_ID_MAX - 1;
/* What of that is not for entries. */
static unsigned int reserved;
static u64 max_address;

static DEFINE_MUTEX(table_mutex);
/* Who holds the mutex, and how often; written by the holder alone. */
static struct task_struct *table_owner;
static unsigned int table_depth;
/* Something has changed since the image was made. */
static bool table_dirty;

SRCU_NOTIFIER_HEAD_STATIC(meminspect_chain);

struct meminspect_stats meminspect_stats;

const char *const meminspect_class_names[MEMINSPECT_NR_CLASSES] = {
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

/**
 * meminspect_table_lock() - lock the table
 *
 * May be taken again by its holder, in a notifier or a traversal say.
 *
 * Context: process.  Not under a lock that a notifier of the table takes.
 */
void meminspect_table_lock(void)
{
	/* Only its holder finds itself in there. */
	if (!meminspect_table_is_mine()) {
		mutex_lock(&table_mutex);
		WRITE_ONCE(table_owner, current);
	}
	table_depth++;
}
EXPORT_SYMBOL_NS_GPL(meminspect_table_lock, MEMINSPECT_NS);

/**
 * meminspect_table_unlock() - unlock the table
 *
 * What was changed is in the image, as one step, when the outermost lock has
 * been dropped: memory that was unregistered may be freed from then on.
 */
void meminspect_table_unlock(void)
{
	meminspect_assert_locked();
	if (table_depth == 1) {
		meminspect_commit();
		WRITE_ONCE(table_owner, NULL);
		table_depth = 0;
		mutex_unlock(&table_mutex);
		return;
	}
	table_depth--;
}
EXPORT_SYMBOL_NS_GPL(meminspect_table_unlock, MEMINSPECT_NS);

/* Publish what has changed, if anything has. */
void meminspect_commit(void)
{
	meminspect_assert_locked();
	if (table_dirty && meminspect_image_ready()) {
		table_dirty = false;
		meminspect_image_update();
	}
}

bool meminspect_table_is_mine(void)
{
	return READ_ONCE(table_owner) == current;
}

void meminspect_assert_locked(void)
{
	lockdep_assert_held(&table_mutex);
	WARN_ON_ONCE(!meminspect_table_is_mine());
}

/* Something that the image shows has changed. */
void meminspect_touch(void)
{
	meminspect_assert_locked();
	table_dirty = true;
}

/* Of 2^31 registrations one returns to a number that was used. */
int meminspect_new_cookie(void)
{
	static int last;

	meminspect_assert_locked();
	last = last == INT_MAX ? 1 : last + 1;
	return last;
}

const struct inspect_entry *meminspect_entry(unsigned int id)
{
	return slots[id].ie.id ? &slots[id].ie : NULL;
}

unsigned int meminspect_count(void)
{
	return nr_entries;
}

unsigned int meminspect_limit(void)
{
	return limit - reserved;
}

/* Take regions of the consumer's for something else than entries. */
void meminspect_reserve(unsigned int regions)
{
	meminspect_assert_locked();
	reserved = regions;
}

/**
 * meminspect_set_limits() - what a consumer takes
 * @entries:	that many, or 0 for as many as the table holds
 * @address:	from there on nothing, or 0 for no such limit
 *
 * Context: the table locked.
 *
 * Return: 0, or -ENOSPC or -ERANGE if there is more already, with the limits as
 * they were.
 */
int meminspect_set_limits(unsigned int entries, u64 address)
{
	unsigned int id;

	meminspect_assert_locked();
	if (!entries || entries > MEMINSPECT_ID_MAX - 1)
		entries = MEMINSPECT_ID_MAX - 1;
	if (nr_entries + reserved > entries)
		return -ENOSPC;
	for (id = 1; address && id < MEMINSPECT_ID_MAX; id++)
		if (slots[id].ie.id &&
		    slots[id].ie.pa + slots[id].ie.size > address)
			return -ERANGE;
	/* The header is at another one of its places after each change. */
	if (address && meminspect_image_end() > address)
		return -ERANGE;
	limit = entries;
	max_address = address;
	return 0;
}

/* Whether the consumer can read what is there. */
bool meminspect_reachable(phys_addr_t pa, size_t size)
{
	return !max_address || (u64)pa + size <= max_address;
}

static int check_address(phys_addr_t pa, size_t size)
{
	int ret = meminspect_check_ram(pa, size);

	if (!ret && !meminspect_reachable(pa, size))
		ret = -ERANGE;
	return ret;
}

/*
 * Whether an address is in an entry that lasts, or in one of that cookie.  What
 * the image does not take is none.
 */
bool meminspect_covers(const void *va, int cookie)
{
	const struct table_slot *slot;

	va = kasan_reset_tag(va);
	for (slot = slots; slot < slots + MEMINSPECT_ID_MAX; slot++)
		if (slot->ie.id && va >= slot->ie.va &&
		    !(slot->ie.properties & MEMINSPECT_NOT_IN_IMAGE) &&
		    va < slot->ie.va + slot->ie.size &&
		    (slot->cpu == NO_CPU || slot->ie.cookie == cookie))
			return true;
	return false;
}

static unsigned int find_free(unsigned int id)
{
	for (; id < MEMINSPECT_ID_MAX; id++)
		if (!slots[id].ie.id)
			return id;
	return MEMINSPECT_ID_NONE;
}

static unsigned int free_dynamic_ids(void)
{
	unsigned int id, nr = 0;

	for (id = MEMINSPECT_ID_DYNAMIC; id < MEMINSPECT_ID_MAX; id++)
		nr += !slots[id].ie.id;
	return nr;
}

/* Returns the serial number, which the slot keeps until its entry is taken out. */
static u64 fill_slot(unsigned int id, const struct inspect_entry *request,
		     void *va, phys_addr_t pa, size_t size, int cpu, int cookie)
{
	struct table_slot *slot = &slots[id];
	const u64 serial = ++last_serial;

	meminspect_assert_locked();
	strscpy(slot->name, request->name ?: "", sizeof(slot->name));
	strscpy(slot->type_name, request->type_name ?: "",
		sizeof(slot->type_name));
	slot->cpu = cpu;
	slot->ie = *request;
	slot->ie.id = id;
	slot->ie.va = kasan_reset_tag(va);
	slot->serial = serial;
	slot->ie.pa = pa;
	slot->ie.size = size;
	slot->ie.name = slot->name;
	slot->ie.type_name = slot->type_name;
	slot->ie.cookie = cookie;
	slot->ie.reason = 0;
	if (!slot->ie.type)
		slot->ie.type = meminspect_type_id(slot->type_name,
						   cpu == NO_CPU);
	nr_entries++;
	table_dirty = true;
	meminspect_stats.registered++;
	trace_meminspect_register(&slot->ie);
	srcu_notifier_call_chain(&meminspect_chain, MEMINSPECT_NOTIFIER_ADD,
				 &slot->ie);
	return serial;
}

static void clear_slot(unsigned int id, enum meminspect_reason reason)
{
	struct table_slot *slot = &slots[id];

	meminspect_assert_locked();
	/* A notifier that is told of it may try to do the same. */
	if (slot->leaving)
		return;
	slot->leaving = true;
	slot->ie.reason = reason;
	if (reason == MEMINSPECT_UNREGISTERED) {
		meminspect_stats.unregistered++;
		trace_meminspect_unregister(&slot->ie);
	} else {
		meminspect_stats.dropped++;
		trace_meminspect_drop(&slot->ie);
	}
	srcu_notifier_call_chain(&meminspect_chain, MEMINSPECT_NOTIFIER_REMOVE,
				 &slot->ie);
	memset(slot, 0, sizeof(*slot));
	nr_entries--;
	table_dirty = true;
}

static int check_id(unsigned int id, unsigned int runs)
{
	if (id == MEMINSPECT_ID_NONE || id >= MEMINSPECT_ID_MAX)
		return -EINVAL;
	if (nr_entries + runs > meminspect_limit())
		return -ENOSPC;
	if (id == MEMINSPECT_ID_DYNAMIC)
		return free_dynamic_ids() < runs ? -ENOSPC : 0;
	if (slots[id].ie.id)
		return -EEXIST;
	return runs > 1 ? -E2BIG : 0;
}

/* An address of the kernel's image or the linear map, or one to be walked. */
static void walk_begin(struct meminspect_walk *walk,
		       const struct inspect_entry *request)
{
	walk->va = request->va;
	walk->left = request->size;
	walk->pa = request->pa;
	walk->size = request->size;
}

static int count_runs(const struct inspect_entry *request)
{
	struct meminspect_walk walk;
	struct vm_struct *area;
	int ret, runs = 0;

	if (request->class >= MEMINSPECT_NR_CLASSES)
		return -EINVAL;

	if (!request->va) {
		ret = check_address(request->pa, request->size);
		return ret ?: 1;
	}
	if (!request->size)
		return -EINVAL;
	/* A device's memory, behind which there need not be a struct page. */
	area = is_vmalloc_addr(request->va) ? find_vm_area(request->va) : NULL;
	if (area && area->flags & VM_IOREMAP)
		return -ENXIO;
	if ((unsigned long)request->va + request->size - 1 <
	    (unsigned long)request->va)
		return -EOVERFLOW;

	walk_begin(&walk, request);
	while ((ret = meminspect_next_run(&walk)) > 0) {
		ret = check_address(walk.pa, walk.size);
		if (ret)
			return ret;
		runs++;
	}
	return ret ?: runs;
}

/* Take out what one request has put in. */
static void undo(int cookie, u64 before)
{
	unsigned int id;

	for (id = 1; id < MEMINSPECT_ID_MAX; id++)
		if (slots[id].ie.id && slots[id].ie.cookie == cookie &&
		    slots[id].serial > before)
			clear_slot(id, MEMINSPECT_UNREGISTERED);
}

/* As meminspect_register(), with the CPU that it goes with and its cookie. */
int meminspect_add(const struct inspect_entry *request, int cpu, int cookie)
{
	const u64 before = last_serial;
	struct meminspect_walk walk;
	const void *va;
	unsigned int id;
	u64 serial;
	int runs, ret;

	meminspect_assert_locked();
	runs = count_runs(request);
	ret = runs < 0 ? runs : check_id(request->id, runs);
	if (ret) {
		meminspect_stats.refused++;
		return ret;
	}

	if (!request->va) {
		fill_slot(find_free(request->id), request,
			  phys_to_virt(request->pa), request->pa,
			  request->size, cpu, cookie);
		return cookie;
	}
	walk_begin(&walk, request);
	for (va = walk.va; meminspect_next_run(&walk) > 0; va = walk.va) {
		id = find_free(request->id);
		/* A notifier may have taken what was free. */
		if (id == MEMINSPECT_ID_NONE ||
		    nr_entries >= meminspect_limit()) {
			undo(cookie, before);
			return -ENOSPC;
		}
		serial = fill_slot(id, request, (void *)va, walk.pa, walk.size,
				   cpu, cookie);
		/* Or have taken this one back, and with it all of the cookie. */
		if (slots[id].serial != serial)
			break;
	}
	return cookie;
}

/**
 * meminspect_register() - put memory into the table
 * @request:	what it is: @request->id, @request->size, and either
 *		@request->va or @request->pa are needed
 *
 * The memory has to be RAM that is online, and stays its owner's, who has to
 * take it out of the table before it is freed; should the memory go offline or
 * @request->owner go away before that, the entry leaves by itself.
 *
 * What is contiguous in virtual memory only (vmalloc(), a module's data) needs
 * one entry for each run of pages, and a dynamic id; one cookie stands for all.
 *
 * Context: process, with meminspect_table_lock() held; at any time in boot.
 *
 * Return: the cookie, above zero, for meminspect_unregister().
 * -EINVAL	no size, no such class or id, or an id of the image's own
 * -EOVERFLOW	address and size wrap around, or leave the address space
 * -EEXIST	the id is taken
 * -ENXIO	not RAM, but a device's memory, or nothing at all
 * -ENODEV	RAM that is offline
 * -ERANGE	RAM that the consumer can't reach
 * -EIO		RAM that is broken
 * -EFAULT	virtual memory with nothing behind it
 * -E2BIG	one id for memory that is not physically contiguous
 * -ENOSPC	the table is full, or the consumer takes no more
 */
int meminspect_register(const struct inspect_entry *request)
{
	if (request->id <= MEMINSPECT_ID_VMCOREINFO)
		return -EINVAL;
	return meminspect_add(request, NO_CPU, meminspect_new_cookie());
}
EXPORT_SYMBOL_NS_GPL(meminspect_register, MEMINSPECT_NS);

/**
 * meminspect_unregister() - take out what a registration has put in
 * @cookie:	what it returned; what has left already is no error, nor is
 *		an errno
 *
 * Context: process, with meminspect_table_lock() held.  The memory may be freed
 * when the lock has been dropped.
 */
void meminspect_unregister(int cookie)
{
	unsigned int id;

	meminspect_assert_locked();
	if (cookie <= 0)
		return;
	meminspect_percpu_drop(cookie);
	for (id = 1; id < MEMINSPECT_ID_MAX; id++)
		if (slots[id].ie.id && slots[id].ie.cookie == cookie)
			clear_slot(id, MEMINSPECT_UNREGISTERED);
}
EXPORT_SYMBOL_NS_GPL(meminspect_unregister, MEMINSPECT_NS);

/**
 * meminspect_unregister_id() - take out an entry by its id
 * @id:		its id; one that is not there is no error
 *
 * Where the id is dynamic, meminspect_unregister() is to be preferred: an entry
 * that has left by itself may have given its id to somebody else's.
 *
 * Context: as meminspect_unregister().
 */
void meminspect_unregister_id(enum meminspect_uid id)
{
	meminspect_assert_locked();
	/* The image's own stay. */
	if (id > MEMINSPECT_ID_VMCOREINFO && id < MEMINSPECT_ID_MAX &&
	    slots[id].ie.id)
		clear_slot(id, MEMINSPECT_UNREGISTERED);
}
EXPORT_SYMBOL_NS_GPL(meminspect_unregister_id, MEMINSPECT_NS);

/**
 * meminspect_unregister_pa() - take out an entry by its memory
 * @pa:		its physical address
 * @size:	its size; an entry that is not there is no error
 *
 * Context: as meminspect_unregister().
 */
void meminspect_unregister_pa(phys_addr_t pa, size_t size)
{
	unsigned int id;

	meminspect_assert_locked();
	for (id = MEMINSPECT_ID_VMCOREINFO + 1; id < MEMINSPECT_ID_MAX; id++) {
		if (slots[id].ie.id && slots[id].ie.pa == pa &&
		    slots[id].ie.size == size) {
			clear_slot(id, MEMINSPECT_UNREGISTERED);
			return;
		}
	}
}
EXPORT_SYMBOL_NS_GPL(meminspect_unregister_pa, MEMINSPECT_NS);

/**
 * meminspect_unregister_va() - take out what was registered by an address
 * @va:		its virtual address
 * @size:	its size; what is not there is no error
 *
 * Context: as meminspect_unregister().
 */
void meminspect_unregister_va(const void *va, size_t size)
{
	struct meminspect_walk walk = { .va = va, .left = size };

	if ((unsigned long)va + size - 1 < (unsigned long)va)
		return;
	while (meminspect_next_run(&walk) > 0)
		meminspect_unregister_pa(walk.pa, walk.size);
}
EXPORT_SYMBOL_NS_GPL(meminspect_unregister_va, MEMINSPECT_NS);

/**
 * meminspect_drop() - take out what has lost its ground
 * @match:	whether an entry has
 * @arg:	for @match
 * @reason:	why, for the notifiers
 *
 * Context: the table locked.
 */
void meminspect_drop(meminspect_match_t match, const void *arg,
		     enum meminspect_reason reason)
{
	unsigned int id;

	for (id = MEMINSPECT_ID_VMCOREINFO + 1; id < MEMINSPECT_ID_MAX; id++)
		if (slots[id].ie.id && match(&slots[id].ie, arg))
			clear_slot(id, reason);
}

void meminspect_drop_cpu(unsigned int cpu)
{
	unsigned int id;

	for (id = MEMINSPECT_ID_VMCOREINFO + 1; id < MEMINSPECT_ID_MAX; id++)
		if (slots[id].ie.id && slots[id].cpu == cpu)
			clear_slot(id, MEMINSPECT_CPU_DEAD);
}

/**
 * meminspect_traverse() - call a function for each entry
 * @priv:	handed through
 * @cb:		the function
 *
 * Ascending by id: the ELF header first, vmcoreinfo second.  Entries that come
 * or go meanwhile, by the function's own doing, may be seen or not.
 *
 * Context: process, with meminspect_table_lock() held.
 */
void meminspect_traverse(void *priv, meminspect_iter_cb_t cb)
{
	unsigned int id;

	meminspect_assert_locked();
	for (id = 1; id < MEMINSPECT_ID_MAX; id++)
		if (slots[id].ie.id)
			cb(priv, &slots[id].ie);
}
EXPORT_SYMBOL_NS_GPL(meminspect_traverse, MEMINSPECT_NS);

/**
 * meminspect_notifier_register() - be told of entries that come and go
 * @nb:		called with MEMINSPECT_NOTIFIER_ADD after one has come, and with
 *		MEMINSPECT_NOTIFIER_REMOVE before one goes, and the entry, whose
 *		@reason says why it goes; the table is locked, and the callback
 *		may sleep
 *
 * Who holds the table locked while it registers and traverses misses nothing
 * and sees nothing twice.
 *
 * Context: process; in a notifier too.
 *
 * Return: 0, or -EEXIST.
 */
int meminspect_notifier_register(struct notifier_block *nb)
{
	return srcu_notifier_chain_register(&meminspect_chain, nb);
}
EXPORT_SYMBOL_NS_GPL(meminspect_notifier_register, MEMINSPECT_NS);

/**
 * meminspect_notifier_unregister() - the opposite
 * @nb:		notifier, not called any more when this returns
 *
 * Context: process, but not in a notifier of the table: waits for them.
 *
 * Return: 0, or -ENOENT.
 */
int meminspect_notifier_unregister(struct notifier_block *nb)
{
	return srcu_notifier_chain_unregister(&meminspect_chain, nb);
}
EXPORT_SYMBOL_NS_GPL(meminspect_notifier_unregister, MEMINSPECT_NS);

/* The image's own entry moves with each image, which is no change of it. */
void meminspect_set_elf(phys_addr_t pa, void *va)
{
	slots[MEMINSPECT_ID_ELF].ie.pa = pa;
	slots[MEMINSPECT_ID_ELF].ie.va = va;
}

/*
 * What was registered before there were pages and resources to look up is
 * judged now.
 */
static void __init judge_early(void)
{
	unsigned int id;
	int ret;

	for (id = 1; id < MEMINSPECT_ID_MAX; id++) {
		if (!slots[id].ie.id)
			continue;
		ret = meminspect_check_ram(slots[id].ie.pa, slots[id].ie.size);
		if (ret) {
			pr_warn("%s (%zu bytes) is dropped: %d\n",
				slots[id].name, slots[id].ie.size, ret);
			clear_slot(id, MEMINSPECT_UNREGISTERED);
		}
	}
}

static int __init meminspect_init(void)
{
	int ret;

	ret = meminspect_image_init();
	if (ret) {
		pr_err("no image: %d\n", ret);
		return ret;
	}
	meminspect_table_lock();
	judge_early();
	meminspect_table_unlock();
	meminspect_compiled_init();
	meminspect_regions_init();
	pr_info("%u of %u entries in use\n", nr_entries,
		meminspect_limit());
	return 0;
}

/* After vmcoreinfo, which is made by a subsys_initcall(). */
fs_initcall(meminspect_init);

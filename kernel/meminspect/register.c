// SPDX-License-Identifier: GPL-2.0-only
/*
 * Producers: registration, its checks, and unregistration.
 *
 * Whether memory is RAM that is online is asked before the slots are locked,
 * under which nothing of the kind can be asked; and again if memory has come or
 * gone meanwhile.
 *
 * Uses request.h, the slots, percpu.h, consumers.h, type.h and publish.h.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/export.h>
#include <linux/init.h>
#include <linux/printk.h>

#include "consumers.h"
#include "memory.h"
#include "percpu.h"
#include "publish.h"
#include "register.h"
#include "request.h"
#include "slots.h"
#include "type.h"

static int check_request(const struct inspect_entry *request)
{
	if (request->class >= MEMINSPECT_NR_CLASSES ||
	    request->id <= MEMINSPECT_ID_VMCOREINFO ||
	    request->id >= MEMINSPECT_ID_MAX || !request->size)
		return -EINVAL;
	return 0;
}

static unsigned int count_runs(const struct inspect_entry *request)
{
	struct meminspect_walk walk = {
		.va = request->va, .left = request->size,
	};
	unsigned int nr = !request->va;

	while (request->va && meminspect_next_run(&walk) > 0)
		nr++;
	return nr;
}

/* The slots are locked. */
static int add_request(const struct inspect_entry *request,
		       struct meminspect_cookie *cookie)
{
	struct meminspect_place place = {
		.rank	= meminspect_rank_of(request, count_runs(request)),
		.state	= SLOT_COMING,
		.cpu	= NO_CPU,
		.cookie	= meminspect_new_cookie(),
	};
	int ret = meminspect_add(request, &place);

	if (!ret)
		ret = meminspect_image_room(place.rank);
	if (ret)
		meminspect_remove_cookie(place.cookie, MEMINSPECT_UNREGISTERED,
					 SLOT_GONE);
	*cookie = place.cookie;
	return ret;
}

static struct meminspect_cookie
check_and_add(const struct inspect_entry *request)
{
	struct meminspect_cookie cookie;
	u64 seq;
	int ret;

	do {
		seq = meminspect_memory_seq();
		ret = meminspect_check_memory(request);
		meminspect_begin();
		if (seq == meminspect_memory_seq())
			break;
		meminspect_end();
	} while (true);
	if (!ret)
		ret = add_request(request, &cookie);
	if (ret) {
		meminspect_stats.refused++;
		cookie.nr = ret;
	}
	meminspect_end();
	return cookie;
}

static struct meminspect_cookie refuse_request(int error)
{
	meminspect_begin();
	meminspect_stats.refused++;
	meminspect_end();
	return (struct meminspect_cookie){ .nr = error };
}

/**
 * meminspect_register() - put memory into the table
 * @request:	the request: @request->id, @request->size, and either
 *		@request->va or @request->pa are needed
 *
 * The memory has to be RAM that is online.  Its owner keeps it, and has to
 * unregister it before it is freed; if the memory goes offline or @request->owner
 * is unloaded before that, the entry is dropped.
 *
 * Memory that is contiguous in virtual addresses only (vmalloc(), a module's
 * data) needs one entry for each run of pages, and a dynamic id; one cookie stands
 * for all.
 *
 * The image has the whole pages of the memory, including other owners' objects on
 * them; with MEMINSPECT_EXACT it has these bytes alone.
 *
 * Context: process, with meminspect_table_lock() held; at any time in boot.  For
 * code that is built in; modules call meminspect_lock_register().
 *
 * Return: the cookie, which meminspect_error() makes one of
 * -EINVAL	no size, no such class or id, or an id of the image's own
 * -EOVERFLOW	address and size wrap around, or leave the address space
 * -EEXIST	the id is taken
 * -ENXIO	not RAM, but a device's memory, or nothing at all
 * -ENODEV	RAM that is offline
 * -ERANGE	RAM that the consumer can't reach
 * -EIO		RAM that is broken
 * -EFAULT	virtual memory with nothing behind it
 * -E2BIG	one id for memory that is not physically contiguous
 * -ENOSPC	the image has no room for it, or the table no id
 */
struct meminspect_cookie
meminspect_register(const struct inspect_entry *request)
{
	struct inspect_entry copy = *request;
	int ret = check_request(request);

	meminspect_assert_locked();
	if (ret)
		return refuse_request(ret);
	if (copy.class == MEMINSPECT_CLASS_UNSPECIFIED)
		copy.class = copy.id < MEMINSPECT_ID_DYNAMIC ?
			     MEMINSPECT_CLASS_CORE : MEMINSPECT_CLASS_DRIVER;
	if (!copy.type && copy.type_name)
		copy.type = meminspect_type_id(copy.type_name, true);
	return check_and_add(&copy);
}

/**
 * meminspect_lock_register() - put memory into the table
 * @request:	as for meminspect_register()
 *
 * Context: process, the table not locked; at any time in boot.
 *
 * Return: as meminspect_register().
 */
struct meminspect_cookie
meminspect_lock_register(const struct inspect_entry *request)
{
	struct meminspect_cookie cookie;

	meminspect_table_lock();
	cookie = meminspect_register(request);
	meminspect_table_unlock();
	return cookie;
}
EXPORT_SYMBOL_NS_GPL(meminspect_lock_register, MEMINSPECT_NS);

/**
 * meminspect_unregister() - remove the entries of a registration
 * @cookie:	returned by the registration; no error if the entry has been
 *		dropped, or if the registration had failed
 *
 * Context: process, with meminspect_table_lock() held.  The memory may be freed
 * when the lock has been dropped.
 */
void meminspect_unregister(struct meminspect_cookie cookie)
{
	meminspect_assert_locked();
	if (cookie.nr <= 0)
		return;
	meminspect_percpu_drop(cookie);
	meminspect_begin();
	meminspect_remove_cookie(cookie, MEMINSPECT_UNREGISTERED, SLOT_LEAVING);
	meminspect_end();
}

/**
 * meminspect_lock_unregister() - remove the entries of a registration
 * @cookie:	as for meminspect_unregister()
 *
 * Context: process, the table not locked.  The memory may be freed when this
 * returns.
 */
void meminspect_lock_unregister(struct meminspect_cookie cookie)
{
	meminspect_table_lock();
	meminspect_unregister(cookie);
	meminspect_table_unlock();
}
EXPORT_SYMBOL_NS_GPL(meminspect_lock_unregister, MEMINSPECT_NS);

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
	struct meminspect_slot *slot;

	meminspect_assert_locked();
	/* The image's own stay. */
	if (id <= MEMINSPECT_ID_VMCOREINFO || id >= MEMINSPECT_ID_MAX)
		return;
	meminspect_begin();
	slot = meminspect_slot(id);
	if (slot)
		meminspect_remove(slot, MEMINSPECT_UNREGISTERED, SLOT_LEAVING);
	meminspect_end();
}

/**
 * meminspect_lock_unregister_id() - take out an entry by its id
 * @id:		as for meminspect_unregister_id()
 *
 * Context: as meminspect_lock_unregister().
 */
void meminspect_lock_unregister_id(enum meminspect_uid id)
{
	meminspect_table_lock();
	meminspect_unregister_id(id);
	meminspect_table_unlock();
}
EXPORT_SYMBOL_NS_GPL(meminspect_lock_unregister_id, MEMINSPECT_NS);

/**
 * meminspect_unregister_pa() - take out an entry by its memory
 * @pa:		its physical address
 * @size:	its size; an entry that is not there is no error
 *
 * Context: as meminspect_unregister().
 */
void meminspect_unregister_pa(phys_addr_t pa, size_t size)
{
	struct meminspect_slot *slot;

	meminspect_assert_locked();
	meminspect_begin();
	list_for_each_entry(slot, &meminspect_slots, node) {
		if (slot_present(slot) && slot->ie.pa == pa &&
		    slot->ie.size == size &&
		    slot->ie.id > MEMINSPECT_ID_VMCOREINFO) {
			meminspect_remove(slot, MEMINSPECT_UNREGISTERED,
					  SLOT_LEAVING);
			break;
		}
	}
	meminspect_end();
}

/**
 * meminspect_lock_unregister_pa() - take out an entry by its memory
 * @pa:		its physical address
 * @size:	as for meminspect_unregister_pa()
 *
 * Context: as meminspect_lock_unregister().
 */
void meminspect_lock_unregister_pa(phys_addr_t pa, size_t size)
{
	meminspect_table_lock();
	meminspect_unregister_pa(pa, size);
	meminspect_table_unlock();
}
EXPORT_SYMBOL_NS_GPL(meminspect_lock_unregister_pa, MEMINSPECT_NS);

/**
 * meminspect_unregister_va() - remove entries by their virtual address
 * @va:		its virtual address
 * @size:	its size; memory that is not registered is no error
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

/**
 * meminspect_lock_unregister_va() - remove entries by their virtual address
 * @va:		its virtual address
 * @size:	as for meminspect_unregister_va()
 *
 * Context: as meminspect_lock_unregister().
 */
void meminspect_lock_unregister_va(const void *va, size_t size)
{
	meminspect_table_lock();
	meminspect_unregister_va(va, size);
	meminspect_table_unlock();
}
EXPORT_SYMBOL_NS_GPL(meminspect_lock_unregister_va, MEMINSPECT_NS);

/**
 * meminspect_lock_replace() - register memory in place of the entry of its id
 * @request:	as for meminspect_register(); its id is not dynamic
 *
 * No dump lacks both, or has both.
 *
 * Context: process, the table not locked.
 *
 * Return: as meminspect_register(); if it fails, nothing has the id.
 */
struct meminspect_cookie
meminspect_lock_replace(const struct inspect_entry *request)
{
	struct meminspect_cookie cookie;

	meminspect_table_lock();
	meminspect_unregister_id(request->id);
	cookie = meminspect_register(request);
	meminspect_table_unlock();
	return cookie;
}
EXPORT_SYMBOL_NS_GPL(meminspect_lock_replace, MEMINSPECT_NS);

static bool take_untyped(const struct meminspect_slot *slot, char *name)
{
	bool found;

	meminspect_begin();
	found = !slot->ie.type && *slot->type_name;
	if (found)
		memcpy(name, slot->type_name, MEMINSPECT_TYPE_BYTES);
	meminspect_end();
	return found;
}

/**
 * meminspect_register_late_init() - look up the types of early entries
 *
 * Context: late in boot, the table not locked.
 */
void __init meminspect_register_late_init(void)
{
	char name[MEMINSPECT_TYPE_BYTES];
	struct meminspect_slot *slot;
	unsigned int id, type;

	meminspect_table_lock();
	meminspect_types_ready();
	/* By id: a slot may go to another entry meanwhile. */
	for (id = 1; id < MEMINSPECT_ID_MAX; id++) {
		slot = meminspect_slot(id);
		if (!slot || !take_untyped(slot, name))
			continue;
		type = meminspect_type_id(name, true);
		meminspect_begin();
		slot = meminspect_slot(id);
		if (slot && !strcmp(slot->type_name, name))
			slot->ie.type = type;
		meminspect_end();
	}
	meminspect_table_unlock();
}

/**
 * meminspect_register_init() - check the memory of early entries
 *
 * Context: boot, when no other CPU runs drivers yet.
 */
void __init meminspect_register_init(void)
{
	const struct inspect_entry *ie;
	unsigned int id;
	int ret;

	for (id = MEMINSPECT_ID_VMCOREINFO + 1; id < MEMINSPECT_ID_MAX; id++) {
		ie = meminspect_entry(id);
		ret = ie ? meminspect_check_ram(ie->pa, ie->size) : 0;
		if (!ret)
			continue;
		pr_warn("%s (%zu bytes) is dropped: %d\n", ie->name, ie->size,
			ret);
		meminspect_begin();
		meminspect_remove(meminspect_slot(id), MEMINSPECT_UNREGISTERED,
				  SLOT_GONE);
		meminspect_end();
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Producers: registration, its checks, and unregistration.
 *
 * Whether memory is RAM that is online is asked before the slots are locked,
 * under which nothing of the kind can be asked; and again if memory has come or
 * gone meanwhile.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/vmalloc.h>

#include "internal.h"

static int check_address(phys_addr_t pa, size_t size)
{
	int ret = meminspect_check_ram(pa, size);

	if (!ret && !meminspect_reachable(pa, size))
		ret = -ERANGE;
	return ret;
}

/**
 * meminspect_check_memory() - whether what is requested can be in the table
 * @request:	the request
 *
 * Context: process, the slots not locked.
 *
 * Return: 0, or -errno as meminspect_register() has it.
 */
int meminspect_check_memory(const struct inspect_entry *request)
{
	struct meminspect_walk walk = {
		.va = request->va, .left = request->size,
	};
	const struct vm_struct *area;
	int ret;

	if (!request->va)
		return check_address(request->pa, request->size);
	/* A device's memory, behind which there need not be a struct page. */
	area = is_vmalloc_addr(request->va) ? find_vm_area(request->va) : NULL;
	if (area && area->flags & VM_IOREMAP)
		return -ENXIO;
	if ((unsigned long)request->va + request->size - 1 <
	    (unsigned long)request->va)
		return -EOVERFLOW;

	while ((ret = meminspect_next_run(&walk)) > 0) {
		ret = check_address(walk.pa, walk.size);
		if (ret)
			break;
	}
	return ret;
}

static int check_request(const struct inspect_entry *request)
{
	if (request->class >= MEMINSPECT_NR_CLASSES ||
	    request->id <= MEMINSPECT_ID_VMCOREINFO ||
	    request->id >= MEMINSPECT_ID_MAX || !request->size)
		return -EINVAL;
	return 0;
}

static bool is_core(const struct inspect_entry *request)
{
	return !request->owner && (request->class == MEMINSPECT_CLASS_CORE ||
				   request->class == MEMINSPECT_CLASS_LOG ||
				   request->class == MEMINSPECT_CLASS_SYMBOLS ||
				   request->class == MEMINSPECT_CLASS_MEMORY);
}

/**
 * meminspect_rank_of() - the rank of what is registered
 * @request:	the request; its class is not MEMINSPECT_CLASS_UNSPECIFIED
 * @nr:		how many entries it will have
 *
 * Context: the slots locked.
 *
 * Return: enum meminspect_rank.
 */
u8 meminspect_rank_of(const struct inspect_entry *request, unsigned int nr)
{
	const struct meminspect_slot *slot;

	if (is_core(request))
		return RANK_CORE;
	if (!request->owner && request->class == MEMINSPECT_CLASS_CPU)
		return RANK_CPU;
	for (slot = meminspect_slots; slot < SLOTS_END; slot++)
		nr += slot_present(slot) && slot->rank == RANK_QUOTA;
	return nr <= MEMINSPECT_DRIVER_QUOTA ? RANK_QUOTA : RANK_DRIVER;
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
static int add_checked(const struct inspect_entry *request,
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

static struct meminspect_cookie add(const struct inspect_entry *request)
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
		ret = add_checked(request, &cookie);
	if (ret) {
		meminspect_stats.refused++;
		cookie.nr = ret;
	}
	meminspect_end();
	return cookie;
}

static struct meminspect_cookie refuse(int error)
{
	meminspect_begin();
	meminspect_stats.refused++;
	meminspect_end();
	return (struct meminspect_cookie){ .nr = error };
}

/**
 * meminspect_register() - put memory into the table
 * @request:	what it is: @request->id, @request->size, and either
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
		return refuse(ret);
	if (copy.class == MEMINSPECT_CLASS_UNSPECIFIED)
		copy.class = copy.id < MEMINSPECT_ID_DYNAMIC ?
			     MEMINSPECT_CLASS_CORE : MEMINSPECT_CLASS_DRIVER;
	if (!copy.type && copy.type_name)
		copy.type = meminspect_type_id(copy.type_name, true);
	return add(&copy);
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
	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
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

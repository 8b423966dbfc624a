// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of a request to register memory, and its rank.
 *
 * Uses memory.h and slots.h.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "memory.h"
#include "request.h"
#include "slots.h"

static int check_address(phys_addr_t pa, size_t size)
{
	int ret = meminspect_check_ram(pa, size);

	if (!ret && !meminspect_reachable(pa, size))
		ret = -ERANGE;
	return ret;
}

/**
 * meminspect_check_memory() - check that the memory of a request can be in the table
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

static bool is_core_request(const struct inspect_entry *request)
{
	return !request->owner && (request->class == MEMINSPECT_CLASS_CORE ||
				   request->class == MEMINSPECT_CLASS_LOG ||
				   request->class == MEMINSPECT_CLASS_SYMBOLS ||
				   request->class == MEMINSPECT_CLASS_MEMORY);
}

/**
 * meminspect_rank_of() - the rank of an entry
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

	meminspect_assert_begun();
	if (is_core_request(request))
		return RANK_CORE;
	if (!request->owner && request->class == MEMINSPECT_CLASS_CPU)
		return RANK_CPU;
	list_for_each_entry(slot, &meminspect_slots, node)
		nr += slot_present(slot) && slot->rank == RANK_QUOTA;
	return nr <= MEMINSPECT_DRIVER_QUOTA ? RANK_QUOTA : RANK_DRIVER;
}

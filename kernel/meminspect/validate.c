// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which memory may be in the table, and where it is.
 */
#include <linux/init.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <asm/sections.h>

#include "internal.h"

/**
 * meminspect_check_ram() - whether a range may be in the table
 * @pa:		physical address
 * @size:	bytes
 *
 * Context: process, the slots not locked.  The answer is good as long as
 * meminspect_memory_seq() stays.  Early in boot there is nothing
 * to ask yet, and the answer is yes for what can be RAM.
 *
 * Return: 0, or -EINVAL, -EOVERFLOW, -ENXIO, -ENODEV or -EIO
 * as meminspect_register() has them.
 */
int meminspect_check_ram(phys_addr_t pa, size_t size)
{
	unsigned long pfn, last;
	struct page *page;

	if (!size)
		return -EINVAL;
	if (pa + size - 1 < pa ||
	    (u64)pa + size - 1 >= BIT_ULL(MAX_PHYSMEM_BITS))
		return -EOVERFLOW;
	if (!meminspect_image_ready())
		return 0;

	if (region_intersects(pa, size, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_INTERSECTS)
		return -ENXIO;
	last = PHYS_PFN(pa + size - 1);
	for (pfn = PHYS_PFN(pa); pfn <= last; pfn++) {
		if (!pfn_valid(pfn))
			return -ENXIO;
		page = pfn_to_online_page(pfn);
		if (!page)
			return -ENODEV;
		/* Whoever reads it may not survive that. */
		if (PageHWPoison(page))
			return -EIO;
	}
	return 0;
}

/* Whether an address can be one of the linear map. */
static bool is_linear(const void *va)
{
	const unsigned long start = PAGE_OFFSET;

	return (unsigned long)va >= start &&
	       (unsigned long)va - start < BIT_ULL(MAX_PHYSMEM_BITS);
}

static int lookup(const void *va, phys_addr_t *pa)
{
	struct page *page;

	if (is_kernel((unsigned long)va)) {
		*pa = __pa_symbol(va);
		return 0;
	}
	if (is_vmalloc_or_module_addr(va)) {
		page = vmalloc_to_page(va);
		if (!page)
			return -EFAULT;
		*pa = page_to_phys(page) + offset_in_page(va);
		return 0;
	}
	/* What is RAM is not known before there are sections; it is judged later. */
	if (!(slab_is_available() ? virt_addr_valid(va) : is_linear(va)))
		return -EFAULT;
	*pa = virt_to_phys((void *)va);
	return 0;
}

/**
 * meminspect_next_run() - find the next physically contiguous part
 * @walk:	@walk->va and @walk->left say where to go on
 *
 * Return: 1 with @walk->pa and @walk->size filled in and @walk moved on, 0 at
 * the end, or -EFAULT if there is nothing behind an address.
 */
int meminspect_next_run(struct meminspect_walk *walk)
{
	phys_addr_t pa;
	size_t part;
	int ret;

	if (!walk->left)
		return 0;
	ret = lookup(walk->va, &walk->pa);
	if (ret)
		return ret;

	walk->size = 0;
	do {
		part = min(walk->left, PAGE_SIZE - offset_in_page(walk->va));
		walk->size += part;
		walk->left -= part;
		walk->va += part;
		if (!walk->left)
			break;
		ret = lookup(walk->va, &pa);
		if (ret)
			return ret;
	} while (pa == walk->pa + walk->size);
	return 1;
}

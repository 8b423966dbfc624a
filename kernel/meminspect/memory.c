// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: which may be in the table, which physically contiguous runs it has, and
 * which page tables map it.
 *
 * Uses nothing else of this directory.
 */
#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <asm/sections.h>

#include "memory.h"

/* True once pages and resources can be looked up. */
static bool memory_ready;

/* Events of memory hotplug so far. */
static atomic64_t memory_seq = ATOMIC64_INIT(0);

/**
 * meminspect_memory_init() - from now on memory is checked
 *
 * Context: boot, after the resources of RAM are there.
 */
void __init meminspect_memory_init(void)
{
	memory_ready = true;
}

/**
 * meminspect_memory_seq() - the number of the last event of memory hotplug
 *
 * Context: any.
 *
 * Return: a number that changes with every event, before memory is gone and after
 * it has come.
 */
u64 meminspect_memory_seq(void)
{
	return atomic64_read(&memory_seq);
}

/**
 * meminspect_memory_changed() - invalidate the answers that were given so far
 *
 * Context: any.
 */
void meminspect_memory_changed(void)
{
	atomic64_inc(&memory_seq);
}

/**
 * meminspect_check_ram() - whether a range may be in the table
 * @pa:		physical address
 * @size:	bytes
 *
 * Context: process, the slots not locked.  The answer is good as long as
 * meminspect_memory_seq() stays.  Early in boot, before memory can be looked up, the
 * answer is yes for each address that can be RAM.
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
	if (!memory_ready)
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
		/* A read of a poisoned page can be fatal. */
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

static int lookup_page(const void *va, phys_addr_t *pa)
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
	/* RAM can be told only once there are sections; it is checked again then. */
	if (!(slab_is_available() ? virt_addr_valid(va) : is_linear(va)))
		return -EFAULT;
	*pa = virt_to_phys((void *)va);
	return 0;
}

/* Whether memory is mapped as one piece: by the kernel's image, or linearly. */
static bool is_contiguous(const void *va, size_t size)
{
	const unsigned long first = (unsigned long)va, last = first + size - 1;

	if (last < first)
		return false;
	if (is_kernel(first) || is_kernel(last))
		return is_kernel(first) && is_kernel(last);
	return !is_vmalloc_or_module_addr(va) && slab_is_available() &&
	       virt_addr_valid((void *)last);
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
	ret = lookup_page(walk->va, &walk->pa);
	if (ret)
		return ret;

	if (is_contiguous(walk->va, walk->left)) {
		walk->size = walk->left;
		walk->va += walk->left;
		walk->left = 0;
		return 1;
	}
	walk->size = 0;
	do {
		part = min(walk->left, PAGE_SIZE - offset_in_page(walk->va));
		walk->size += part;
		walk->left -= part;
		walk->va += part;
		if (!walk->left)
			break;
		ret = lookup_page(walk->va, &pa);
		if (ret)
			return ret;
	} while (pa == walk->pa + walk->size);
	return 1;
}

static void table_page(const void *entry, meminspect_part_t part, void *priv)
{
	part(priv, "page_table", MEMINSPECT_CLASS_PAGE_TABLE, NULL,
	     (void *)((unsigned long)entry & PAGE_MASK), PAGE_SIZE);
}

/**
 * meminspect_page_tables() - the page tables that map a range
 * @va:		first byte of kernel memory that is mapped page by page
 * @size:	bytes
 * @part:	called for each page of tables, some of them more than once
 * @priv:	for @part
 *
 * Context: the mapping must last.
 */
void meminspect_page_tables(const void *va, size_t size,
			    meminspect_part_t part, void *priv)
{
	unsigned long addr = (unsigned long)va & PAGE_MASK;
	const unsigned long end = (unsigned long)va + size;
	unsigned long next;
	pgd_t *pgd;
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	for (; addr < end && addr >= ((unsigned long)va & PAGE_MASK);
	     addr = next) {
		next = (addr & PMD_MASK) + PMD_SIZE;
		pgd = pgd_offset_k(addr);
		table_page(pgd, part, priv);
		if (pgd_none(*pgd) || pgd_bad(*pgd))
			continue;
		p4d = p4d_offset(pgd, addr);
		table_page(p4d, part, priv);
		if (p4d_none(*p4d) || p4d_leaf(*p4d) || p4d_bad(*p4d))
			continue;
		pud = pud_offset(p4d, addr);
		table_page(pud, part, priv);
		if (pud_none(*pud) || pud_leaf(*pud) || pud_bad(*pud))
			continue;
		pmd = pmd_offset(pud, addr);
		table_page(pmd, part, priv);
		if (pmd_none(*pmd) || pmd_leaf(*pmd) || pmd_bad(*pmd))
			continue;
		table_page(pte_offset_kernel(pmd, addr), part, priv);
	}
}

/**
 * meminspect_last_table() - the page of tables that maps a page by itself
 * @va:		kernel memory that is mapped page by page
 *
 * Context: any; the mapping must last.
 *
 * Return: its address, or NULL if there is none.
 */
const void *meminspect_last_table(const void *va)
{
	const unsigned long addr = (unsigned long)va;
	pgd_t *pgd = pgd_offset_k(addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || p4d_leaf(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_leaf(*pud) || pud_bad(*pud))
		return NULL;
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd) || pmd_leaf(*pmd) || pmd_bad(*pmd))
		return NULL;
	return (void *)((unsigned long)pte_offset_kernel(pmd, addr) & PAGE_MASK);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a task that go into the image, and the page tables that map them.
 *
 * Takes no lock, for the panic path.
 */
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/overflow.h>
#include <linux/pgtable.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>

#include "internal.h"

/* Further entries of a CPU that an architecture adds while it is not dead. */
void __weak meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part,
				void *priv)
{
}

/* Further entries that an architecture adds in a panic. */
void __weak meminspect_arch_panic(meminspect_part_t part, void *priv)
{
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
 * meminspect_task_parts() - what is worth having of a task
 * @task:	the task; it and its stack must last
 * @pid:	its struct pid, which must last too, or NULL
 * @part:	called for each part
 * @priv:	for @part
 */
void meminspect_task_parts(const struct task_struct *task,
			   const struct pid *pid, meminspect_part_t part,
			   void *priv)
{
	const void *stack = task_stack_page(task);
	const struct mm_struct *mm;

	part(priv, "task", MEMINSPECT_CLASS_TASK, "task_struct", task,
	     TASK_BYTES);
	if (pid)
		part(priv, "pid", MEMINSPECT_CLASS_TASK, "pid", pid,
		     struct_size(pid, numbers, pid->level + 1));
	/*
	 * Without a reference, which takes a lock that a task that hangs may
	 * hold: it is memory, whatever becomes of it.
	 */
	mm = READ_ONCE(task->mm);
	if (mm)
		part(priv, "mm", MEMINSPECT_CLASS_TASK, "mm_struct", mm,
		     sizeof(*mm));
	if (!stack)
		return;
	part(priv, "stack", MEMINSPECT_CLASS_STACK, NULL, stack, THREAD_SIZE);
	if (is_vmalloc_addr(stack))
		meminspect_page_tables(stack, THREAD_SIZE, part, priv);
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page tables that map kernel stacks.
 *
 * Where stacks are in vmalloc space, crash stops at once if it can't translate
 * the address of the stack of any task that a CPU was running, whichever that
 * came to be.  So the last-level tables of all stacks are in the table.  They
 * are few: one maps a hundred stacks, and stacks lie close together.
 */
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internal.h"

/* Of each, PMD_SIZE of address space. */
#define MAX_AREAS	64

/**
 * struct stack_areas - address space in which there are stacks
 * @nr:		how many areas there are
 * @addr:	where each starts, ascending
 * @table:	the page of tables that maps each
 */
struct stack_areas {
	unsigned int nr;
	unsigned long addr[MAX_AREAS];
	const void *table[MAX_AREAS];
};

/* What is in the table, and what was found last; changed with it locked. */
static struct stack_areas listed, found;
/* Of all entries. */
static int areas_cookie;

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

static void add_table(void *priv, const char *what, enum meminspect_class class,
		      const char *type_name, const void *va, size_t size)
{
	const struct inspect_entry request = {
		.id	= MEMINSPECT_ID_DYNAMIC,
		.va	= (void *)va,
		.size	= size,
		.class	= class,
		.name	= "stack_map",
	};

	/* Tables near the root serve many areas. */
	if (meminspect_covers(va, areas_cookie))
		return;
	if (meminspect_add(&request, NO_CPU, areas_cookie) < 0)
		meminspect_stats.left_out++;
}

static void note_area(unsigned long addr)
{
	unsigned int i = found.nr;

	addr &= PMD_MASK;
	while (i && found.addr[i - 1] > addr)
		i--;
	if ((i && found.addr[i - 1] == addr) || found.nr == MAX_AREAS)
		return;
	memmove(&found.addr[i + 1], &found.addr[i],
		(found.nr - i) * sizeof(found.addr[0]));
	found.addr[i] = addr;
	found.nr++;
}

static void note_stack(const struct task_struct *task)
{
	unsigned long stack = (unsigned long)READ_ONCE(task->stack);

	if (!is_vmalloc_addr((void *)stack))
		return;
	note_area(stack);
	note_area(stack + THREAD_SIZE - 1);
}

static void find_areas(void)
{
	struct task_struct *leader, *task;
	unsigned int cpu, i;

	memset(&found, 0, sizeof(found));
	for_each_possible_cpu(cpu)
		note_stack(idle_task(cpu));
	/* Of a task that dies, only the address is looked at. */
	rcu_read_lock();
	for_each_process_thread(leader, task)
		note_stack(task);
	rcu_read_unlock();

	for (i = 0; i < found.nr; i++)
		found.table[i] = meminspect_last_table((void *)found.addr[i]);
}

/**
 * meminspect_stacks_update() - look where stacks are
 *
 * A page of tables may make way for a large mapping when nothing is left that
 * it maps: those that no stack needs any more leave at the next look.
 *
 * Context: the table locked.
 */
void meminspect_stacks_update(void)
{
	unsigned int i;

	if (!IS_ENABLED(CONFIG_VMAP_STACK))
		return;
	find_areas();
	if (!memcmp(&found, &listed, sizeof(found)))
		return;

	/* All of them anew: they share the tables above. */
	if (!areas_cookie)
		areas_cookie = meminspect_new_cookie();
	meminspect_unregister(areas_cookie);
	listed = found;
	for (i = 0; i < listed.nr; i++)
		meminspect_page_tables((void *)listed.addr[i], 1, add_table,
				       NULL);
}

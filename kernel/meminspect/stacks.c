// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page tables that map kernel stacks.
 *
 * Where stacks are in vmalloc space, crash stops at once if it can't translate
 * the address of the stack of any task that a CPU was running, whichever that
 * came to be.  So the tables of all stacks are in the table.  They are few: a
 * last-level one maps a hundred stacks, and stacks lie close together.
 *
 * All tasks are walked once, when somebody begins to collect.  From then on a new
 * task is looked at when it is made: whether its stack is in an area of
 * PMD_SIZE that is known, and mapped as it was.  If not, a work enters it: where a
 * task is made there may be no waiting for the slots.  As long as there is a stack in
 * it, an area is mapped by the same page.  Only if there are more areas than fit
 * are the tasks walked again, which removes the areas that have no stack any more.
 *
 * Uses the slots, memory.h, and consumers.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include <trace/events/task.h>

#include "consumers.h"
#include "memory.h"
#include "slots.h"
#include "stacks.h"

/* Of each, PMD_SIZE of address space. */
#define MAX_AREAS	64
/* Between two walks of all tasks. */
#define WALK_INTERVAL	(60 * HZ)

/**
 * struct stack_areas - address space in which there are stacks
 * @nr:		how many areas there are
 * @addr:	where each starts
 * @table:	the page of tables that maps each, as it is in the table
 */
struct stack_areas {
	unsigned int nr;
	unsigned long addr[MAX_AREAS];
	const void *table[MAX_AREAS];
};

/* Changed with the slots locked. */
static struct stack_areas areas;
/* Of all entries. */
static struct meminspect_cookie areas_cookie;
/* True if the probe of new tasks is registered; starts and stops are serialized. */
static bool started;

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
	const struct meminspect_place place = {
		.rank	= RANK_MAP,
		.state	= SLOT_HERE,
		.cpu	= NO_CPU,
		.cookie	= areas_cookie,
	};

	/* Tables near the root serve many areas. */
	if (!meminspect_covers(va, areas_cookie, RANK_MAP))
		meminspect_add(&request, &place);
}

/* The entries of all areas; the slots are locked. */
static void list_areas(void)
{
	unsigned int i;

	meminspect_remove_cookie(areas_cookie, MEMINSPECT_UNREGISTERED,
				 SLOT_GONE);
	areas_cookie = meminspect_new_cookie();
	for (i = 0; i < areas.nr; i++) {
		WRITE_ONCE(areas.table[i],
			   meminspect_last_table((void *)areas.addr[i]));
		meminspect_page_tables((void *)areas.addr[i], 1, add_table,
				       NULL);
	}
}

/* The number of the area of an address, or MAX_AREAS. */
static unsigned int find_area(unsigned long addr)
{
	const unsigned int nr = READ_ONCE(areas.nr);
	unsigned int i;

	addr &= PMD_MASK;
	for (i = 0; i < nr; i++)
		if (READ_ONCE(areas.addr[i]) == addr)
			return i;
	return MAX_AREAS;
}

/* The slots are locked.  Returns whether there was room. */
static bool note_area(unsigned long addr)
{
	meminspect_assert_begun();
	if (find_area(addr) < MAX_AREAS)
		return true;
	if (areas.nr == MAX_AREAS)
		return false;
	WRITE_ONCE(areas.addr[areas.nr], addr & PMD_MASK);
	areas.table[areas.nr] = NULL;
	WRITE_ONCE(areas.nr, areas.nr + 1);
	return true;
}

/* A stack has at most two areas.  As note_area(). */
static bool note_stack(unsigned long stack)
{
	if (!is_vmalloc_addr((void *)stack))
		return true;
	return note_area(stack) & note_area(stack + THREAD_SIZE - 1);
}

/* Of a task that dies, only the address is looked at. */
static void walk_tasks(void)
{
	struct task_struct *leader, *task;
	unsigned long stack;
	unsigned int cpu;

	meminspect_begin();
	areas.nr = 0;
	for_each_possible_cpu(cpu)
		note_stack((unsigned long)idle_task(cpu)->stack);
	meminspect_end();

	rcu_read_lock();
	for_each_process_thread(leader, task) {
		stack = (unsigned long)READ_ONCE(task->stack);
		/* Most are in areas that are known: no lock for those. */
		if (find_area(stack) < MAX_AREAS &&
		    find_area(stack + THREAD_SIZE - 1) < MAX_AREAS)
			continue;
		meminspect_begin();
		note_stack(stack);
		meminspect_end();
	}
	rcu_read_unlock();

	meminspect_begin();
	list_areas();
	meminspect_end();
}

static void walk_again(struct work_struct *work)
{
	walk_tasks();
	meminspect_tell_later();
}

static DECLARE_DELAYED_WORK(walk_work, walk_again);

#ifdef CONFIG_TRACEPOINTS
/* New stacks for the work to enter; with more, all tasks are walked. */
#define MAX_NEW	16
static unsigned long new_stacks[MAX_NEW];

static void enter_stacks(struct work_struct *work)
{
	unsigned long stack;
	bool fits = true;
	unsigned int i;

	meminspect_begin();
	for (i = 0; i < MAX_NEW; i++) {
		stack = xchg(&new_stacks[i], 0);
		if (stack)
			fits &= note_stack(stack);
	}
	list_areas();
	meminspect_end();
	meminspect_tell_later();
	if (!fits)
		schedule_delayed_work(&walk_work, WALK_INTERVAL);
}

static DECLARE_WORK(enter_work, enter_stacks);

/* Lockless: one that has just come may be missed, and is looked at again. */
static bool is_known(unsigned long addr)
{
	const unsigned int i = find_area(addr);

	return i < MAX_AREAS &&
	       READ_ONCE(areas.table[i]) == meminspect_last_table((void *)addr);
}

static void note_new(unsigned long stack)
{
	unsigned int i;

	for (i = 0; i < MAX_NEW; i++)
		if (!READ_ONCE(new_stacks[i]) && !cmpxchg(&new_stacks[i], 0, stack))
			break;
	if (i < MAX_NEW)
		schedule_work(&enter_work);
	else
		schedule_delayed_work(&walk_work, HZ);
}

/* The type that the tracepoint has. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define CLONE_FLAGS	unsigned long
#else
#define CLONE_FLAGS	u64
#endif

/* At the end of fork(): the stack is mapped. */
static void note_task(void *unused, struct task_struct *task,
		      CLONE_FLAGS clone_flags)
{
	const unsigned long stack = (unsigned long)task->stack;

	if (is_vmalloc_addr((void *)stack) &&
	    !(is_known(stack) && is_known(stack + THREAD_SIZE - 1)))
		note_new(stack);
}

static int follow_stacks(void)
{
	return register_trace_task_newtask(note_task, NULL);
}

static void unfollow_stacks(void)
{
	unregister_trace_task_newtask(note_task, NULL);
	tracepoint_synchronize_unregister();
	cancel_work_sync(&enter_work);
}
#else
/* Without tracepoints a new area is known when a task in it is seen running. */
static int follow_stacks(void)
{
	return 0;
}

static void unfollow_stacks(void)
{
}
#endif

/**
 * meminspect_stacks_start() - add the page tables of all stacks, and of new ones
 *
 * Context: process, the table not locked: takes the lock of CPU hotplug.  Walks
 * all tasks.
 */
void meminspect_stacks_start(void)
{
	if (!IS_ENABLED(CONFIG_VMAP_STACK))
		return;
	/* Before the walk, so that none is missed. */
	started = !follow_stacks();
	walk_tasks();
}

/**
 * meminspect_stacks_stop() - remove them, and ignore new ones
 *
 * Context: as meminspect_stacks_start().
 */
void meminspect_stacks_stop(void)
{
	if (started)
		unfollow_stacks();
	started = false;
	cancel_delayed_work_sync(&walk_work);
	meminspect_begin();
	areas.nr = 0;
	list_areas();
	meminspect_end();
}

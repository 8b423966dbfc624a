// SPDX-License-Identifier: GPL-2.0-only
/*
 * The task that each CPU runs, from the moment that it is switched to.
 *
 * For each CPU the image has two sets of windows, regions that stay where they
 * are in the file while the memory that they show changes.  At a task switch the
 * set that shows the task before is left alone, and the other one is made to
 * show the next: so the CPU's task is whole in one of them all the time.  With
 * two tasks that take turns, both are shown already, and nothing is written.
 *
 * A set shows a task by its address alone, and holds no reference.  That which
 * is not the running task's may show memory that was freed since, which does no
 * harm until the memory goes offline.
 *
 * What is published is written at task switches, and what will be published next
 * too, from when it is complete until it is replaced.  A CPU's lock guards its
 * sets, and its windows in all copies; it nests inside the runqueue's.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/cpumask.h>
#include <linux/elfcorehdr.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include <asm/sections.h>

#include <trace/events/sched.h>

#include "internal.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "meminspect."

static bool on_switch;
module_param_named(switch, on_switch, bool, 0444);
MODULE_PARM_DESC(switch, "keep the running tasks in the image at each task switch");

/*
 * A window shows the bytes of a task_struct, or of the mm_struct that crash wants
 * of a task that has one, and none of what else is on their pages.  A stack need
 * not be physically contiguous, but it is aligned, so that one page of tables
 * maps it.
 */
#define MM_BYTES	ALIGN(sizeof(struct mm_struct), sizeof(u64))
#define STACK_PAGES	DIV_ROUND_UP(THREAD_SIZE, PAGE_SIZE)

/* Windows of a set. */
enum {
	WINDOW_TASK,
	WINDOW_TABLE,
	WINDOW_MM,
	WINDOW_STACK,
	SET_WINDOWS = WINDOW_STACK + STACK_PAGES,
};

#define CPU_WINDOWS	(2 * SET_WINDOWS)
/* The program header of the notes is in front of theirs. */
#define FIRST_PHDR	1

/* Runs that a CPU has in the image once it is online; an estimate. */
#define CPU_ENTRIES	8

/**
 * struct switch_set - the windows that show one task
 * @task:	the task, not to be followed, or NULL
 * @started:	when it was, which tells it from a later one at the address
 * @mm:		its address space, not to be followed either
 * @views:	what they show
 */
struct switch_set {
	const struct task_struct *task;
	u64 started;
	const struct mm_struct *mm;
	struct elfcorehdr_view views[SET_WINDOWS];
};

/**
 * struct switch_copy - a copy of the header that is kept up to date
 * @elf:	the header; NULL if it is not
 * @elf_pa:	where it is: what regions of closed windows name
 * @regions:	the consumer's table that goes with it, or NULL
 */
struct switch_copy {
	void *elf;
	phys_addr_t elf_pa;
	struct minidump_region *regions;
};

/**
 * struct switch_cpu - the two sets of a CPU
 * @lock:	guards all of it; taken with interrupts off
 * @sets:	the sets
 * @running:	that which shows the running task
 * @copies:	by the image's number
 */
struct switch_cpu {
	raw_spinlock_t lock;
	struct switch_set sets[2];
	unsigned int running;
	struct switch_copy copies[MINIDUMP_TABLES];
};

static struct switch_cpu __percpu *switch_cpus;
/* CPUs that have windows, from the first on; changed once, the slots locked. */
static unsigned int nr_cpus;

/* What runs is not allowed in the image: all windows are closed. */
static bool hidden;

/**
 * meminspect_switch_hide() - close all windows, or none, from the next image on
 * @hide:	whether to
 *
 * Context: the slots locked.
 */
void meminspect_switch_hide(bool hide)
{
	WRITE_ONCE(hidden, hide);
}

/* How many windows an image has. */
unsigned int meminspect_windows(void)
{
	return nr_cpus * CPU_WINDOWS;
}

/* How many bytes a window has. */
size_t meminspect_window_size(unsigned int i)
{
	switch (i % SET_WINDOWS) {
	case WINDOW_TASK:
		return TASK_BYTES;
	case WINDOW_MM:
		return MM_BYTES;
	default:
		return PAGE_SIZE;
	}
}

/* What a window is called: by its CPU, and by what it shows of a task. */
void meminspect_window_name(unsigned int i, char *name, size_t size)
{
	const unsigned int kind = i % SET_WINDOWS;

	snprintf(name, size, "cur%u%c", i / CPU_WINDOWS,
		 kind >= WINDOW_STACK ? 's' : kind >= WINDOW_MM ? 'm' :
		 kind == WINDOW_TABLE ? 'p' : 't');
}

/* Let the windows of a set show in one copy what they shall. */
static void move(const struct switch_copy *copy, unsigned int cpu,
		 unsigned int nr, const struct switch_set *set)
{
	const unsigned int first = cpu * CPU_WINDOWS + nr * SET_WINDOWS;
	struct minidump_region *region;
	unsigned int i;
	u64 pa;

	elfcorehdr_close(copy->elf, FIRST_PHDR + first, SET_WINDOWS);
	if (copy->regions) {
		region = &copy->regions[IMAGE_REGIONS + first];
		for (i = 0; i < SET_WINDOWS; i++) {
			pa = set->views[i].paddr;
			/* The consumer needs something that it can read. */
			if (pa == ELFCOREHDR_CLOSED)
				pa = copy->elf_pa;
			WRITE_ONCE(region[i].address, cpu_to_le64(pa));
		}
	}
	elfcorehdr_show(copy->elf, FIRST_PHDR + first, SET_WINDOWS, set->views);
}

/*
 * Say in one copy which set shows the running task: one, or none for an instant.
 * Not where stacks are smaller than a page, which has others' in it too.
 */
static void mark(const struct switch_copy *copy, unsigned int cpu,
		 unsigned int nr)
{
	const u32 stack = FIRST_PHDR + cpu * CPU_WINDOWS + WINDOW_STACK;

	elfcorehdr_mark(copy->elf, stack + !nr * SET_WINDOWS, false);
	/* Whoever sees the one must not see the other as it was. */
	dma_wmb();
	elfcorehdr_mark(copy->elf, stack + nr * SET_WINDOWS,
			THREAD_SIZE >= PAGE_SIZE);
}

static void mark_all(const struct switch_cpu *sc, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < MINIDUMP_TABLES; i++)
		if (sc->copies[i].elf)
			mark(&sc->copies[i], cpu, sc->running);
}

static void move_all(const struct switch_cpu *sc, unsigned int cpu,
		     unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < MINIDUMP_TABLES; i++)
		if (sc->copies[i].elf)
			move(&sc->copies[i], cpu, nr, &sc->sets[nr]);
}

static phys_addr_t address_of(const void *va)
{
	return __is_kernel((unsigned long)va) ? __pa_symbol(va) :
						virt_to_phys((void *)va);
}

static void view(struct switch_set *set, unsigned int i, const void *va,
		 phys_addr_t pa)
{
	set->views[i].vaddr = (unsigned long)va;
	set->views[i].paddr = pa;
}

static void close_view(struct switch_set *set, unsigned int i)
{
	set->views[i].vaddr = 0;
	set->views[i].paddr = ELFCOREHDR_CLOSED;
}

/*
 * What the consumer can't reach, it must not be told of.  The next one may be
 * able to: when the task runs again it is looked at anew.
 */
static void close_unreachable(struct switch_set *set)
{
	unsigned int i;

	/* As a rule there is nothing that it can't, nor must not. */
	if (meminspect_reachable(0, SIZE_MAX) && !READ_ONCE(hidden))
		return;
	for (i = 0; i < SET_WINDOWS; i++) {
		if (set->views[i].paddr == ELFCOREHDR_CLOSED ||
		    (!READ_ONCE(hidden) &&
		     meminspect_reachable(set->views[i].paddr,
					  meminspect_window_size(i))))
			continue;
		close_view(set, i);
		set->task = NULL;
	}
}

static void view_stack(struct switch_set *set, const struct task_struct *task)
{
	const struct vm_struct *area = task_stack_vm_area(task);
	const void *stack = kasan_reset_tag(task_stack_page(task));
	const void *table = area ? meminspect_last_table(stack) : NULL;
	const void *va;
	unsigned int i;

	if (table)
		view(set, WINDOW_TABLE, table, virt_to_phys((void *)table));
	else
		close_view(set, WINDOW_TABLE);
	for (i = 0; i < STACK_PAGES; i++) {
		va = stack + i * PAGE_SIZE;
		view(set, WINDOW_STACK + i, va,
		     area ? page_to_phys(area->pages[i]) : address_of(va));
	}
}

static void view_mm(struct switch_set *set)
{
	const void *va = kasan_reset_tag(set->mm);

	if (va)
		view(set, WINDOW_MM, va, address_of(va));
	else
		close_view(set, WINDOW_MM);
}

static void set_task(struct switch_set *set, const struct task_struct *task)
{
	const void *va = kasan_reset_tag(task);

	set->task = task;
	set->started = task->start_time;
	set->mm = task->mm;
	view(set, WINDOW_TASK, va, address_of(va));
	view_mm(set);
	view_stack(set, task);
	close_unreachable(set);
}

static void clear_set(struct switch_set *set)
{
	unsigned int i;

	set->task = NULL;
	for (i = 0; i < SET_WINDOWS; i++)
		close_view(set, i);
}

/* The runqueue is locked, and interrupts are off. */
static void note_switch(void *unused, bool preempt, struct task_struct *prev,
			struct task_struct *next, unsigned int prev_state)
{
	const unsigned int cpu = raw_smp_processor_id();
	struct switch_cpu *sc;
	struct switch_set *set;

	if (cpu >= READ_ONCE(nr_cpus))
		return;
	sc = per_cpu_ptr(switch_cpus, cpu);
	raw_spin_lock(&sc->lock);
	sc->running = !sc->running;
	set = &sc->sets[sc->running];
	if (set->task != next || set->started != next->start_time ||
	    set->mm != next->mm) {
		set_task(set, next);
		move_all(sc, cpu, sc->running);
	}
	mark_all(sc, cpu);
	raw_spin_unlock(&sc->lock);
}

/**
 * meminspect_switch_show() - keep the windows of a copy up to date from now on
 * @copy:	number of the image
 * @elf:	its header, complete
 * @elf_pa:	where that is
 * @regions:	the consumer's table that goes with it, complete, or NULL if
 *		there is none, or none any more
 *
 * Context: the slots locked, so that nobody else does it.
 */
void meminspect_switch_show(unsigned int copy, void *elf, phys_addr_t elf_pa,
			    struct minidump_region *regions)
{
	const struct switch_copy new = {
		.elf = elf, .elf_pa = elf_pa, .regions = regions,
	};
	struct switch_cpu *sc;
	unsigned long flags;
	unsigned int cpu, nr;

	for_each_possible_cpu(cpu) {
		if (cpu >= nr_cpus)
			break;
		sc = per_cpu_ptr(switch_cpus, cpu);
		raw_spin_lock_irqsave(&sc->lock, flags);
		sc->copies[copy] = new;
		for (nr = 0; nr < ARRAY_SIZE(sc->sets); nr++) {
			close_unreachable(&sc->sets[nr]);
			move(&new, cpu, nr, &sc->sets[nr]);
		}
		mark(&new, cpu, sc->running);
		raw_spin_unlock_irqrestore(&sc->lock, flags);
	}
}

/**
 * meminspect_switch_leave() - let a copy alone from now on
 * @copy:	number of the image
 *
 * Context: as meminspect_switch_show().
 */
void meminspect_switch_leave(unsigned int copy)
{
	struct switch_cpu *sc;
	unsigned long flags;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (cpu >= nr_cpus)
			break;
		sc = per_cpu_ptr(switch_cpus, cpu);
		raw_spin_lock_irqsave(&sc->lock, flags);
		sc->copies[copy].elf = NULL;
		raw_spin_unlock_irqrestore(&sc->lock, flags);
	}
}

/*
 * Close what shows a part of that memory.  What else shows the task stays: its
 * mm_struct may be one that it has left, and that was freed.
 */
static bool close_range(struct switch_set *set, u64 start, u64 end)
{
	bool closed = false;
	unsigned int i;
	u64 pa;

	for (i = 0; i < SET_WINDOWS; i++) {
		pa = set->views[i].paddr;
		if (pa == ELFCOREHDR_CLOSED || pa > end ||
		    pa + meminspect_window_size(i) - 1 < start)
			continue;
		close_view(set, i);
		set->task = NULL;
		closed = true;
	}
	return closed;
}

static void drop(unsigned int cpu, u64 start, u64 end)
{
	struct switch_cpu *sc = per_cpu_ptr(switch_cpus, cpu);
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&sc->lock, flags);
	for (nr = 0; nr < ARRAY_SIZE(sc->sets); nr++)
		if (close_range(&sc->sets[nr], start, end))
			move_all(sc, cpu, nr);
	raw_spin_unlock_irqrestore(&sc->lock, flags);
}

/**
 * meminspect_switch_drop() - show nothing of memory that goes
 * @start:	first byte
 * @end:	last byte
 *
 * No task has its stack there any more, and none will.
 *
 * Context: the slots locked.
 */
void meminspect_switch_drop(u64 start, u64 end)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (cpu < nr_cpus)
			drop(cpu, start, end);
}

/*
 * A CPU is about to run, and its idle task to be on it without a switch to it.
 * The slots are locked.
 */
void meminspect_switch_online(unsigned int cpu)
{
	struct switch_cpu *sc;
	unsigned long flags;

	if (cpu >= nr_cpus)
		return;
	sc = per_cpu_ptr(switch_cpus, cpu);
	raw_spin_lock_irqsave(&sc->lock, flags);
	set_task(&sc->sets[sc->running], idle_task(cpu));
	move_all(sc, cpu, sc->running);
	mark_all(sc, cpu);
	raw_spin_unlock_irqrestore(&sc->lock, flags);
}

/* A CPU is dead.  The slots are locked. */
void meminspect_switch_offline(unsigned int cpu)
{
	if (cpu < nr_cpus)
		drop(cpu, 0, U64_MAX);
}

/* How many CPUs can have windows; room is left for what will come. */
static unsigned int __init cpus_that_fit(void)
{
	const unsigned int used = meminspect_image_current()->runs.nr +
				  MEMINSPECT_DRIVER_QUOTA +
				  (nr_cpu_ids - num_online_cpus()) * CPU_ENTRIES;
	const unsigned int limit = meminspect_limit();

	if (!meminspect_allows_tasks())
		return 0;
	return min(nr_cpu_ids, limit > used ? (limit - used) / CPU_WINDOWS : 0);
}

static int __init alloc_cpus(void)
{
	struct switch_cpu *sc;
	unsigned int cpu;

	switch_cpus = alloc_percpu(struct switch_cpu);
	if (!switch_cpus)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		sc = per_cpu_ptr(switch_cpus, cpu);
		raw_spin_lock_init(&sc->lock);
		clear_set(&sc->sets[0]);
		clear_set(&sc->sets[1]);
	}
	return 0;
}

/* Not with the slots locked: it takes the lock of CPU hotplug. */
static int __init start(void)
{
	int ret = alloc_cpus();

	if (ret)
		return ret;
	ret = register_trace_sched_switch(note_switch, NULL);
	if (ret)
		free_percpu(switch_cpus);
	return ret;
}

static int __init meminspect_switch_init(void)
{
	unsigned int fit;
	int ret;

	if (!on_switch || !meminspect_image_ready())
		return 0;
	meminspect_begin();
	fit = cpus_that_fit();
	meminspect_reserve(fit * CPU_WINDOWS);
	meminspect_end();
	if (fit < nr_cpu_ids)
		pr_warn("switch: room for %u of %u CPUs\n", fit, nr_cpu_ids);

	ret = fit ? start() : -ENOSPC;
	meminspect_begin();
	if (ret) {
		meminspect_reserve(0);
	} else {
		/* What is noted from now on is shown by each image to come. */
		WRITE_ONCE(nr_cpus, fit);
		meminspect_touch();
	}
	meminspect_end();
	if (ret) {
		on_switch = false;
		pr_err("switch: can't be had: %d\n", ret);
	}
	return ret;
}
late_initcall(meminspect_switch_init);

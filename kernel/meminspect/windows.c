// SPDX-License-Identifier: GPL-2.0-only
/*
 * Windows: the image shows the task that each CPU runs, from the task switch on.
 *
 * A window is a region of fixed size and at a fixed place of the file, whose memory
 * changes while the image is published.  Each CPU has two sets of windows.  At a task
 * switch the set that shows the previous task is left alone, and the other set is
 * written to show the next task: at every instant one of the two shows the task that
 * the CPU runs, and all of it.  If two tasks take turns, the sets show both of them
 * already, and only the mark of the running one is written.
 *
 * A set names its task by address and start_time, and holds no reference.  The set of
 * a task that does not run may show memory that was freed since.  That is harmless
 * until the memory goes offline; meminspect_windows_drop() closes the windows before.
 *
 * Task switches write to each image from the moment that it is complete until another
 * one has replaced it.  switch_cpu.lock guards the sets of a CPU and
 * its windows in all images.  It nests inside the runqueue lock.
 *
 * Uses memory.h, the slots, and the allow list.
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

#include "allow.h"
#include "memory.h"
#include "slots.h"
#include "task_parts.h"
#include "windows.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "meminspect."

static bool on_switch;
module_param_named(switch, on_switch, bool, 0444);
MODULE_PARM_DESC(switch, "keep the running tasks in the image at each task switch");

/*
 * A window shows the bytes of a task_struct, or of the mm_struct that crash needs of a
 * task, without the other objects on their pages.  A stack need not be physically
 * contiguous, but it is aligned, so that one page of tables maps it.
 */
#define MM_BYTES	ALIGN(sizeof(struct mm_struct), sizeof(u64))
#define STACK_PAGES	DIV_ROUND_UP(THREAD_SIZE, PAGE_SIZE)

/* The windows of a set, by their index. */
enum {
	WINDOW_TASK,
	WINDOW_TABLE,
	WINDOW_MM,
	WINDOW_STACK,
	SET_WINDOWS = WINDOW_STACK + STACK_PAGES,
};

#define CPU_WINDOWS	(2 * SET_WINDOWS)
/* Slot of the first window's program header, which follows that of the notes. */
#define FIRST_PHDR	1

/* How many runs the image has of each online CPU, as an estimate. */
#define CPU_ENTRIES	8

/**
 * struct switch_set - the windows that show one task
 * @task:	the task, or NULL; must not be dereferenced
 * @started:	start_time of @task, to detect that its address was reused
 * @mm:		address space of @task; must not be dereferenced
 * @views:	the memory that each window shows
 */
struct switch_set {
	const struct task_struct *task;
	u64 started;
	const struct mm_struct *mm;
	struct elfcorehdr_view views[SET_WINDOWS];
};

/**
 * struct switch_copy - an image whose windows are kept up to date
 * @elf:	its ELF header, or NULL if its windows are not kept up to date
 * @elf_pa:	physical address of @elf, which the regions of closed windows name
 * @addresses:	where the sink's table that goes with it has the windows' addresses
 */
struct switch_copy {
	void *elf;
	phys_addr_t elf_pa;
	struct meminspect_addresses addresses;
};

/**
 * struct switch_cpu - the two sets of a CPU
 * @lock:	guards the other fields; taken with interrupts off
 * @sets:	the sets
 * @running:	index of the set that shows the running task
 * @copies:	the images, by their numbers
 */
struct switch_cpu {
	raw_spinlock_t lock;
	struct switch_set sets[2];
	unsigned int running;
	struct switch_copy copies[MEMINSPECT_IMAGES];
};

static struct switch_cpu __percpu *switch_cpus;
/* CPUs that have windows, from the first on; changed once, the slots locked. */
static unsigned int nr_cpus;

/* The allow list has no tasks: all windows are closed. */
static bool hidden;

/**
 * meminspect_windows_hide() - set whether windows show anything
 * @hide:	true to keep them closed
 *
 * Windows that are open are closed in the next image, and at the next switches of
 * their CPUs.  Windows that are closed open at these switches alone.
 *
 * Context: the slots locked.
 */
void meminspect_windows_hide(bool hide)
{
	meminspect_assert_begun();
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

/* Name a window by its CPU and by the part of the task that it shows. */
void meminspect_window_name(unsigned int i, char *name, size_t size)
{
	const unsigned int kind = i % SET_WINDOWS;

	snprintf(name, size, "cur%u%c", i / CPU_WINDOWS,
		 kind >= WINDOW_STACK ? 's' : kind >= WINDOW_MM ? 'm' :
		 kind == WINDOW_TABLE ? 'p' : 't');
}

/* Tell the sink where the memory of a window is. */
static void write_address(const struct meminspect_addresses *addresses,
			  unsigned int i, u64 pa)
{
	__le64 *to = (void *)addresses->first + i * addresses->stride;

	WRITE_ONCE(*to, cpu_to_le64(pa));
}

/* Write a set's views to its windows in one image. */
static void show_set(const struct switch_copy *copy, unsigned int cpu,
		     unsigned int nr, const struct switch_set *set)
{
	const unsigned int first = cpu * CPU_WINDOWS + nr * SET_WINDOWS;
	unsigned int i;
	u64 pa;

	elfcorehdr_close(copy->elf, FIRST_PHDR + first, SET_WINDOWS);
	if (copy->addresses.first) {
		for (i = 0; i < SET_WINDOWS; i++) {
			pa = set->views[i].paddr;
			/* The sink needs memory that it can read. */
			if (pa == ELFCOREHDR_CLOSED)
				pa = copy->elf_pa;
			write_address(&copy->addresses, first + i, pa);
		}
	}
	elfcorehdr_show(copy->elf, FIRST_PHDR + first, SET_WINDOWS, set->views);
}

/*
 * Mark in one image the set that shows the running task; for an instant none is marked.
 * Stacks that are smaller than a page are not marked: their pages have other stacks.
 */
static void mark_running(const struct switch_copy *copy, unsigned int cpu,
			 unsigned int nr)
{
	const u32 stack = FIRST_PHDR + cpu * CPU_WINDOWS + WINDOW_STACK;

	elfcorehdr_mark(copy->elf, stack + !nr * SET_WINDOWS, false);
	/* A reader that sees the new mark must not see the old one as well. */
	dma_wmb();
	elfcorehdr_mark(copy->elf, stack + nr * SET_WINDOWS,
			THREAD_SIZE >= PAGE_SIZE);
}

static void mark_all(const struct switch_cpu *sc, unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < MEMINSPECT_IMAGES; i++)
		if (sc->copies[i].elf)
			mark_running(&sc->copies[i], cpu, sc->running);
}

static void show_set_in_all(const struct switch_cpu *sc, unsigned int cpu,
			    unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < MEMINSPECT_IMAGES; i++)
		if (sc->copies[i].elf)
			show_set(&sc->copies[i], cpu, nr, &sc->sets[nr]);
}

static phys_addr_t task_address(const void *va)
{
	return __is_kernel((unsigned long)va) ? __pa_symbol(va) :
						virt_to_phys((void *)va);
}

static void open_view(struct switch_set *set, unsigned int i, const void *va,
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
 * Close the windows that the sink can't reach, or that the allow list leaves out.  A
 * later sink may reach them: forget the task, so that its next switch looks anew.
 */
static void close_unreachable(struct switch_set *set)
{
	unsigned int i;

	/* Common case: the sink reaches all memory, and the list allows tasks. */
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
		open_view(set, WINDOW_TABLE, table, virt_to_phys((void *)table));
	else
		close_view(set, WINDOW_TABLE);
	for (i = 0; i < STACK_PAGES; i++) {
		va = stack + i * PAGE_SIZE;
		open_view(set, WINDOW_STACK + i, va,
			  area ? page_to_phys(area->pages[i]) : task_address(va));
	}
}

static void view_mm(struct switch_set *set)
{
	const void *va = kasan_reset_tag(set->mm);

	if (va)
		open_view(set, WINDOW_MM, va, task_address(va));
	else
		close_view(set, WINDOW_MM);
}

static void set_task(struct switch_set *set, const struct task_struct *task)
{
	const void *va = kasan_reset_tag(task);

	set->task = task;
	set->started = task->start_time;
	set->mm = task->mm;
	open_view(set, WINDOW_TASK, va, task_address(va));
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
		show_set_in_all(sc, cpu, sc->running);
	}
	mark_all(sc, cpu);
	raw_spin_unlock(&sc->lock);
}

/**
 * meminspect_windows_show() - keep the windows of an image up to date from now on
 * @image:	the image, complete
 * @addresses:	where the sink's table that goes with it, and is complete, has the
 *		addresses of the windows; or of nothing, if there is no sink
 *
 * Context: the slots locked.
 */
void meminspect_windows_show(const struct meminspect_image *image,
			     struct meminspect_addresses addresses)
{
	const struct switch_copy new = {
		.elf = image->elf, .elf_pa = image->elf_pa,
		.addresses = addresses,
	};
	struct switch_cpu *sc;
	unsigned long flags;
	unsigned int cpu, nr;

	meminspect_assert_begun();
	for_each_possible_cpu(cpu) {
		if (cpu >= nr_cpus)
			break;
		sc = per_cpu_ptr(switch_cpus, cpu);
		raw_spin_lock_irqsave(&sc->lock, flags);
		sc->copies[image->copy] = new;
		for (nr = 0; nr < ARRAY_SIZE(sc->sets); nr++) {
			close_unreachable(&sc->sets[nr]);
			show_set(&new, cpu, nr, &sc->sets[nr]);
		}
		mark_running(&new, cpu, sc->running);
		raw_spin_unlock_irqrestore(&sc->lock, flags);
	}
}

/**
 * meminspect_windows_leave() - let an image alone from now on
 * @image:	the image
 *
 * Context: as meminspect_windows_show().
 */
void meminspect_windows_leave(const struct meminspect_image *image)
{
	struct switch_cpu *sc;
	unsigned long flags;
	unsigned int cpu;

	meminspect_assert_begun();
	for_each_possible_cpu(cpu) {
		if (cpu >= nr_cpus)
			break;
		sc = per_cpu_ptr(switch_cpus, cpu);
		raw_spin_lock_irqsave(&sc->lock, flags);
		sc->copies[image->copy].elf = NULL;
		raw_spin_unlock_irqrestore(&sc->lock, flags);
	}
}

/*
 * Close the windows that show a part of that memory.  Other windows of the set stay
 * open: memory that goes offline can only have an mm_struct that the task has left.
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

static void drop_range_of_cpu(unsigned int cpu, u64 start, u64 end)
{
	struct switch_cpu *sc = per_cpu_ptr(switch_cpus, cpu);
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&sc->lock, flags);
	for (nr = 0; nr < ARRAY_SIZE(sc->sets); nr++)
		if (close_range(&sc->sets[nr], start, end))
			show_set_in_all(sc, cpu, nr);
	raw_spin_unlock_irqrestore(&sc->lock, flags);
}

/**
 * meminspect_windows_drop() - show nothing of memory that goes
 * @start:	first byte
 * @end:	last byte
 *
 * No task has its stack there any more, and none will.
 *
 * Context: the slots locked.
 */
void meminspect_windows_drop(u64 start, u64 end)
{
	unsigned int cpu;

	meminspect_assert_begun();
	for_each_possible_cpu(cpu)
		if (cpu < nr_cpus)
			drop_range_of_cpu(cpu, start, end);
}

/*
 * A CPU is about to run its idle task, and there is no task switch to it.  The slots
 * are locked.
 */
void meminspect_windows_online(unsigned int cpu)
{
	struct switch_cpu *sc;
	unsigned long flags;

	meminspect_assert_begun();
	if (cpu >= nr_cpus)
		return;
	sc = per_cpu_ptr(switch_cpus, cpu);
	raw_spin_lock_irqsave(&sc->lock, flags);
	set_task(&sc->sets[sc->running], idle_task(cpu));
	show_set_in_all(sc, cpu, sc->running);
	mark_all(sc, cpu);
	raw_spin_unlock_irqrestore(&sc->lock, flags);
}

/* A CPU is dead.  The slots are locked. */
void meminspect_windows_offline(unsigned int cpu)
{
	meminspect_assert_begun();
	if (cpu < nr_cpus)
		drop_range_of_cpu(cpu, 0, U64_MAX);
}

/* How many CPUs can have windows; room is left for later entries. */
static unsigned int __init cpus_that_fit(unsigned int nr_runs)
{
	const unsigned int used = nr_runs + MEMINSPECT_DRIVER_QUOTA +
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

/* Takes the lock of CPU hotplug; thus the slots must not be locked. */
static int __init start_windows(void)
{
	int ret = alloc_cpus();

	if (ret)
		return ret;
	ret = register_trace_sched_switch(note_switch, NULL);
	if (ret)
		free_percpu(switch_cpus);
	return ret;
}

/**
 * meminspect_windows_init() - have windows from now on, if that is asked for
 * @nr_runs:	runs that the image has now
 *
 * Context: late in boot, the table not locked: takes the lock of CPU hotplug.
 */
void __init meminspect_windows_init(unsigned int nr_runs)
{
	unsigned int fit;
	int ret;

	if (!on_switch)
		return;
	meminspect_begin();
	fit = cpus_that_fit(nr_runs);
	meminspect_reserve(fit * CPU_WINDOWS);
	meminspect_end();
	if (fit < nr_cpu_ids)
		pr_warn("switch: the image has room for %u of %u CPUs\n", fit, nr_cpu_ids);

	ret = fit ? start_windows() : -ENOSPC;
	meminspect_begin();
	if (ret) {
		meminspect_reserve(0);
	} else {
		/* Each image to come shows the tasks that run from now on. */
		WRITE_ONCE(nr_cpus, fit);
		meminspect_touch();
	}
	meminspect_end();
	if (ret) {
		on_switch = false;
		pr_err("switch: cannot follow task switches (%d), disabled\n", ret);
	}
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tasks of the CPUs: the idle one of each, and the one that it runs.
 *
 * A task switch must not cost anything, unless that is asked for (switch.c), so
 * that the running tasks are looked at from time to time, by any CPU that still
 * can.  A CPU that hangs runs one task for as long as it hangs, which is in the
 * table after one period at most.  In a panic all of them are looked at.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/moduleparam.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/smpboot.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "../sched/sched.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "meminspect."

static uint watch_ms = 1000;
module_param(watch_ms, uint, 0444);
MODULE_PARM_DESC(watch_ms, "how often the running tasks are looked at, 0 for never");

/**
 * struct pinned_task - a task that stays as long as it is needed
 * @task:	with a reference, on its stack too; or NULL
 * @pid:	its struct pid, with a reference; or NULL
 */
struct pinned_task {
	struct task_struct *task;
	struct pid *pid;
};

/**
 * struct watched_task - the task that a CPU was seen running
 * @now:	that task; none for the idle task
 * @left:	the one before, until after the next look: the image lacks it
 * @mm:	its address space, when that was looked at
 * @cookie:	of the entries of @now
 * @looked:	when that was, in jiffies
 *
 * Changed with the table locked.
 */
struct watched_task {
	struct pinned_task now;
	struct pinned_task left;
	const struct mm_struct *mm;
	int cookie;
	unsigned long looked;
};

static DEFINE_PER_CPU(struct watched_task, watched_task);

/* What an architecture has of each CPU, as long as it is not dead. */
void __weak meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part,
				void *priv)
{
}

/* What it has to say in a panic. */
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
	     sizeof(*task));
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
 * struct table_add - parts that go into the table
 * @cpu:	the CPU that they live and die with
 * @cookie:	of all of them
 */
struct table_add {
	unsigned int cpu;
	int cookie;
};

static void table_part(void *priv, const char *what,
		       enum meminspect_class class, const char *type_name,
		       const void *va, size_t size)
{
	const struct table_add *add = priv;
	char name[MEMINSPECT_NAME_BYTES];
	const struct inspect_entry request = {
		.id		= MEMINSPECT_ID_DYNAMIC,
		.va		= (void *)va,
		.size		= size,
		.class		= class,
		.name		= name,
		.type_name	= type_name,
	};

	/* Tables near the root serve many mappings. */
	if (class == MEMINSPECT_CLASS_PAGE_TABLE &&
	    meminspect_covers(va, add->cookie))
		return;
	if (meminspect_count() + MEMINSPECT_RESERVE >= meminspect_limit()) {
		meminspect_stats.left_out++;
		return;
	}
	snprintf(name, sizeof(name), "%s%u", what, add->cpu);
	if (meminspect_add(&request, add->cpu, add->cookie) < 0)
		meminspect_stats.left_out++;
}

/* A CPU is about to run.  The table is locked. */
void meminspect_tasks_online(unsigned int cpu)
{
	struct table_add add = {
		.cpu	= cpu,
		.cookie	= meminspect_new_cookie(),
	};
	struct task_struct *idle = idle_task(cpu);

	/* Its stack tells nothing but that it idles. */
	table_part(&add, "idle", MEMINSPECT_CLASS_TASK, "task_struct", idle,
		   sizeof(*idle));
	meminspect_arch_cpu(cpu, table_part, &add);
}

static void release(struct pinned_task *pinned)
{
	if (pinned->task) {
		put_task_stack(pinned->task);
		put_task_struct(pinned->task);
	}
	put_pid(pinned->pid);
	memset(pinned, 0, sizeof(*pinned));
}

/* The published image has it until the table is unlocked. */
static void unwatch(struct watched_task *watched)
{
	if (!watched->now.task)
		return;
	meminspect_unregister(watched->cookie);
	/* There is none from before: it takes a look to have a new one. */
	watched->left = watched->now;
	memset(&watched->now, 0, sizeof(watched->now));
}

/* Let go of what has left the image.  Never in an event: it frees. */
static void release_left(void)
{
	unsigned int cpu;

	meminspect_commit();
	for_each_possible_cpu(cpu)
		release(&per_cpu_ptr(&watched_task, cpu)->left);
}

/* A CPU is dead.  The table is locked. */
void meminspect_tasks_offline(unsigned int cpu)
{
	unwatch(per_cpu_ptr(&watched_task, cpu));
	meminspect_switch_offline(cpu);
}

/**
 * meminspect_running_task() - the task that a CPU runs, or ran last
 * @cpu:	any possible CPU
 *
 * Context: rcu_read_lock(), or a panic, the other CPUs stopped.  Takes no lock:
 * a CPU that hangs may hold that of its runqueue.
 *
 * Return: the task.
 */
struct task_struct *meminspect_running_task(unsigned int cpu)
{
	return rcu_dereference_raw(cpu_rq(cpu)->curr);
}

/* The task that a CPU runs, pinned, or none if it idles. */
static struct pinned_task pin_running(unsigned int cpu)
{
	struct pinned_task pinned = {};
	struct task_struct *task;

	rcu_read_lock();
	task = meminspect_running_task(cpu);
	if (!is_idle_task(task) && tryget_task_struct(task)) {
		if (try_get_task_stack(task))
			pinned.task = task;
		else
			put_task_struct(task);
	}
	rcu_read_unlock();
	if (pinned.task)
		pinned.pid = get_task_pid(pinned.task, PIDTYPE_PID);
	return pinned;
}

static void watch_cpu(unsigned int cpu)
{
	struct watched_task *watched = per_cpu_ptr(&watched_task, cpu);
	struct pinned_task now = pin_running(cpu);
	struct table_add add = { .cpu = cpu };

	/* A task that executes a program gets another address space. */
	if (now.task == watched->now.task &&
	    (!now.task || READ_ONCE(now.task->mm) == watched->mm)) {
		release(&now);
		return;
	}
	unwatch(watched);
	if (!now.task)
		return;
	/* Always the same: it is not in use any more. */
	if (!watched->cookie)
		watched->cookie = meminspect_new_cookie();
	add.cookie = watched->cookie;
	watched->now = now;
	watched->mm = READ_ONCE(now.task->mm);
	meminspect_task_parts(now.task, now.pid, table_part, &add);
}

/*
 * On every CPU, since it isn't known which of them will hang.  Each looks at the
 * others, at which nobody has looked just now; of itself it would only see the
 * thread that looks.
 */
static void look(unsigned long age)
{
	static unsigned long stacks_looked = INITIAL_JIFFIES;
	struct watched_task *watched;
	unsigned int cpu;

	meminspect_table_lock();
	if (!time_before(jiffies, stacks_looked + age)) {
		stacks_looked = jiffies;
		meminspect_stacks_update();
	}
	/* One that dies meanwhile is waiting for the table to drop its own. */
	for_each_online_cpu(cpu) {
		watched = per_cpu_ptr(&watched_task, cpu);
		if (cpu == raw_smp_processor_id() ||
		    time_before(jiffies, watched->looked + age))
			continue;
		watched->looked = jiffies;
		watch_cpu(cpu);
	}
	release_left();
	meminspect_table_unlock();
}

static DEFINE_PER_CPU(struct task_struct *, watch_thread);

static int watch_should_run(unsigned int cpu)
{
	return true;
}

/*
 * What a CPU does before it hangs must not stop, for as long as it hangs, a
 * thread that holds the table's lock or is next to get it: one that could be
 * preempted by it would keep all others from looking.
 */
static void watch_setup(unsigned int cpu)
{
	sched_set_fifo_low(current);
}

/*
 * Once a period, each CPU at its own time, so that one does not see the others
 * at the same work.  By a timer that stays on its CPU: one that may go wherever
 * a CPU is busy would go to the one that hangs.
 */
static void watch(unsigned int cpu)
{
	const u64 period = (u64)watch_ms * NSEC_PER_MSEC;
	const u64 now = ktime_get_ns();
	ktime_t next;
	u64 phase;

	div64_u64_rem(now + period - div_u64(period * cpu, nr_cpu_ids), period,
		      &phase);
	next = ns_to_ktime(now + period - phase);
	set_current_state(TASK_IDLE);
	/* Whoever parks it sets this first, and wakes it then. */
	if (kthread_should_park() || kthread_should_stop()) {
		__set_current_state(TASK_RUNNING);
		return;
	}
	if (!schedule_hrtimeout_range(&next, 0, HRTIMER_MODE_ABS_PINNED))
		look(msecs_to_jiffies(watch_ms) / 2);
}

static struct smp_hotplug_thread watch_threads = {
	.store			= &watch_thread,
	.thread_should_run	= watch_should_run,
	.thread_fn		= watch,
	.setup			= watch_setup,
	.thread_comm		= "meminspect/%u",
};

static int __init meminspect_tasks_init(void)
{
	if (!meminspect_image_ready())
		return 0;
	if (!watch_ms) {
		meminspect_table_lock();
		meminspect_stacks_update();
		meminspect_table_unlock();
		return 0;
	}
	look(0);
	return smpboot_register_percpu_thread(&watch_threads);
}
late_initcall(meminspect_tasks_init);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tasks of the CPUs: the idle one of each, and the one that it was seen to
 * run.
 *
 * A task switch must not cost anything, unless that is asked for (windows.c), so
 * that the running tasks are looked at from time to time (watch.c).  A CPU that
 * hangs runs one task for as long as it hangs, which is in the table after one
 * period at most.  In a panic all of them are looked at.
 *
 * Uses the slots, task_parts.h, and consumers.h.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/workqueue.h>

#include "consumers.h"
#include "slots.h"
#include "task_parts.h"
#include "tasks.h"

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
 * @left:	the one before, until it has been released: the image lacks it, but
 *		consumers may still be to be told of that
 * @left_cookie: of the entries of @left
 * @mm:		its address space, when that was looked at
 * @cookie:	of the entries of @now
 *
 * Changed with the slots locked.
 */
struct watched_task {
	struct pinned_task now;
	struct pinned_task left;
	struct meminspect_cookie left_cookie;
	const struct mm_struct *mm;
	struct meminspect_cookie cookie;
};

static DEFINE_PER_CPU(struct watched_task, watched_task);

/* CPUs whose own memory's page tables are in the table.  Guarded by the slots' lock. */
static struct cpumask have_tables;

/* Further entries of a CPU that an architecture adds while it is not dead. */
void __weak meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part,
				void *priv)
{
}

static u8 rank_of(enum meminspect_class class)
{
	return class == MEMINSPECT_CLASS_TASK ? RANK_TASK : RANK_STACK;
}

static void table_part(void *priv, const char *what,
		       enum meminspect_class class, const char *type_name,
		       const void *va, size_t size)
{
	struct meminspect_place place = *(const struct meminspect_place *)priv;
	char name[MEMINSPECT_NAME_BYTES];
	const struct inspect_entry request = {
		.id		= MEMINSPECT_ID_DYNAMIC,
		.va		= (void *)va,
		.size		= size,
		.class		= class,
		/* Other tasks' registers are on the same pages. */
		.properties	= class == MEMINSPECT_CLASS_TASK ?
				  MEMINSPECT_EXACT : 0,
		.name		= name,
		.type_name	= type_name,
	};

	if (place.rank != RANK_CPU)
		place.rank = rank_of(class);
	if (class == MEMINSPECT_CLASS_PAGE_TABLE) {
		/* The tables that map a CPU's own memory stay when it goes. */
		if (place.rank == RANK_CPU) {
			if (cpumask_test_cpu(place.cpu, &have_tables))
				return;
			place.cpu = NO_CPU;
		}
		/* Tables near the root serve many mappings. */
		if (meminspect_covers(va, place.cookie, place.rank))
			return;
	}
	if (place.cpu == NO_CPU)
		strscpy(name, what);
	else
		snprintf(name, sizeof(name), "%s%u", what, place.cpu);
	meminspect_add(&request, &place);
}

/* A CPU is about to run.  The slots are locked. */
void meminspect_tasks_online(unsigned int cpu)
{
	struct meminspect_place place = {
		.rank	= RANK_CPU,
		.state	= SLOT_HERE,
		.cpu	= cpu,
		.cookie	= meminspect_new_cookie(),
	};
	struct task_struct *idle = idle_task(cpu);

	meminspect_assert_begun();
	/* Its stack tells nothing but that it idles. */
	table_part(&place, "idle", MEMINSPECT_CLASS_TASK, "task_struct", idle,
		   TASK_BYTES);
	meminspect_arch_cpu(cpu, table_part, &place);
	cpumask_set_cpu(cpu, &have_tables);
}

static void release_task_of(struct pinned_task *pinned)
{
	if (pinned->task) {
		put_task_stack(pinned->task);
		put_task_struct(pinned->task);
	}
	put_pid(pinned->pid);
}

static bool is_untold(struct meminspect_cookie cookie)
{
	const struct meminspect_slot *slot;

	list_for_each_entry(slot, &meminspect_slots, node)
		if (slot->state == SLOT_GONE && slot->ie.cookie.nr == cookie.nr)
			return true;
	return false;
}

static void unwatch_task(struct watched_task *watched);

/* Take a task that has left the image, once consumers have been told. */
static struct pinned_task take_left(struct watched_task *watched)
{
	struct pinned_task left = {};

	meminspect_begin();
	if (!is_untold(watched->left_cookie)) {
		left = watched->left;
		memset(&watched->left, 0, sizeof(watched->left));
		/* The task of a CPU that died while @left was in use. */
		if (IS_ERR(watched->mm))
			unwatch_task(watched);
	}
	meminspect_end();
	return left;
}

static void release_left(struct work_struct *work)
{
	struct pinned_task left;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		left = take_left(per_cpu_ptr(&watched_task, cpu));
		release_task_of(&left);
	}
}

static DECLARE_WORK(release_work, release_left);

/* Have the tasks released that have left the image.  Any context. */
static void release_later(void)
{
	schedule_work(&release_work);
}

/**
 * meminspect_tasks_init() - release tasks when consumers were told of their end
 */
void __init meminspect_tasks_init(void)
{
	meminspect_set_after_told(release_later);
}

/* Remove the entries of a task; it is published until the slots are unlocked. */
static void unwatch_task(struct watched_task *watched)
{
	if (!watched->now.task)
		return;
	/* @left is still in use: take_left() removes this task after it. */
	if (watched->left.task) {
		watched->mm = ERR_PTR(-ESRCH);
		return;
	}
	meminspect_remove_cookie(watched->cookie, MEMINSPECT_UNREGISTERED,
				 SLOT_GONE);
	watched->left = watched->now;
	watched->left_cookie = watched->cookie;
	watched->mm = NULL;
	memset(&watched->now, 0, sizeof(watched->now));
	release_later();
}

/* A CPU is dead.  The slots are locked. */
void meminspect_tasks_offline(unsigned int cpu)
{
	meminspect_assert_begun();
	unwatch_task(per_cpu_ptr(&watched_task, cpu));
}

/* The task that a CPU runs, pinned, or none if it idles. */
static struct pinned_task pin_running(unsigned int cpu)
{
	struct pinned_task pinned = {};
	struct task_struct *task;

	rcu_read_lock();
	task = meminspect_cpu_curr(cpu);
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

static bool still_runs(const struct watched_task *watched, unsigned int cpu)
{
	const struct task_struct *task;
	bool same;

	rcu_read_lock();
	task = meminspect_cpu_curr(cpu);
	/* A task that executes a program gets another address space. */
	same = watched->now.task ? task == watched->now.task &&
				   READ_ONCE(task->mm) == watched->mm :
				   is_idle_task(task);
	rcu_read_unlock();
	return same;
}

static void look_at(unsigned int cpu)
{
	struct watched_task *watched = per_cpu_ptr(&watched_task, cpu);
	struct meminspect_place place = {
		.state	= SLOT_HERE,
		.cpu	= cpu,
	};

	/* @left is still in use: keep the old task until the next look. */
	if (still_runs(watched, cpu) || watched->left.task)
		return;
	unwatch_task(watched);
	watched->now = pin_running(cpu);
	if (!watched->now.task)
		return;
	watched->mm = READ_ONCE(watched->now.task->mm);
	watched->cookie = meminspect_new_cookie();
	place.cookie = watched->cookie;
	meminspect_task_parts(watched->now.task, watched->now.pid, table_part,
			      &place);
}

/**
 * meminspect_tasks_look() - record the tasks that the other CPUs run
 *
 * The CPU itself is left out: it runs the watcher.
 *
 * Context: the slots locked.  Allocates nothing, frees nothing.
 */
void meminspect_tasks_look(void)
{
	unsigned int cpu;

	meminspect_assert_begun();
	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			look_at(cpu);
}

/**
 * meminspect_tasks_forget() - remove and release all running tasks
 *
 * A task is released after consumers have been told of its removal.
 *
 * Context: process, no watcher runs any more.
 */
void meminspect_tasks_forget(void)
{
	unsigned int cpu;

	meminspect_begin();
	for_each_possible_cpu(cpu)
		unwatch_task(per_cpu_ptr(&watched_task, cpu));
	meminspect_end();
	release_later();
}

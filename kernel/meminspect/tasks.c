// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tasks of the CPUs: the idle one of each, and the one that it was seen to
 * run.
 *
 * A task switch must not cost anything, unless that is asked for (switch.c), so
 * that the running tasks are looked at from time to time (watch.c).  A CPU that
 * hangs runs one task for as long as it hangs, which is in the table after one
 * period at most.  In a panic all of them are looked at.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/workqueue.h>

#include "internal.h"

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
	/* Tables near the root serve many mappings. */
	if (class == MEMINSPECT_CLASS_PAGE_TABLE &&
	    meminspect_covers(va, place.cookie, place.rank))
		return;
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

	/* Its stack tells nothing but that it idles. */
	table_part(&place, "idle", MEMINSPECT_CLASS_TASK, "task_struct", idle,
		   TASK_BYTES);
	meminspect_arch_cpu(cpu, table_part, &place);
}

static void release(struct pinned_task *pinned)
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

	for (slot = meminspect_slots; slot < SLOTS_END; slot++)
		if (slot->state == SLOT_GONE && slot->ie.cookie.nr == cookie.nr)
			return true;
	return false;
}

static void unwatch(struct watched_task *watched);

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
			unwatch(watched);
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
		release(&left);
	}
}

static DECLARE_WORK(release_work, release_left);

/**
 * meminspect_tasks_release() - queue the release of tasks that have left the image
 *
 * Context: any.
 */
void meminspect_tasks_release(void)
{
	schedule_work(&release_work);
}

/* Remove the entries of a task; it is published until the slots are unlocked. */
static void unwatch(struct watched_task *watched)
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
	meminspect_tasks_release();
}

/* A CPU is dead.  The slots are locked. */
void meminspect_tasks_offline(unsigned int cpu)
{
	unwatch(per_cpu_ptr(&watched_task, cpu));
	meminspect_switch_offline(cpu);
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
	unwatch(watched);
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
		unwatch(per_cpu_ptr(&watched_task, cpu));
	meminspect_end();
	meminspect_tasks_release();
}

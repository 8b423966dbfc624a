// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watchers: CPUs that look at the running tasks of all others.
 *
 * There are three, each with a timer of its own, and each looks at all other CPUs
 * once a period.  If a watcher hangs, the other two see its task, and replace it by
 * another CPU after two periods.  They look in a softirq: a task that does not
 * leave its CPU cannot delay that, and no thread of real-time priority is needed.
 *
 * There are watchers only while a back end is registered.
 *
 * Uses tasks, stacks, the slots, and consumers.
 */
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/moduleparam.h>
#include <linux/sched/isolation.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "consumers.h"
#include "slots.h"
#include "stacks.h"
#include "tasks.h"
#include "watch.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "meminspect."

static uint watch_ms = 1000;
module_param(watch_ms, uint, 0444);
MODULE_PARM_DESC(watch_ms, "how often the running tasks are looked at, 0 for never");

#define NR_WATCHERS	3

/**
 * struct watcher - a CPU that looks at the others
 * @timer:	its timer, which stays on it
 * @cpu:	which one it is, or nr_cpu_ids for none
 * @looked:	when it looked last, in jiffies
 */
struct watcher {
	struct timer_list timer;
	unsigned int cpu;
	unsigned long looked;
};

static struct watcher watchers[NR_WATCHERS];
/* Guards the watchers; the slots' lock nests inside. */
static DEFINE_SPINLOCK(watch_lock);
/* Changed with the slots locked. */
static bool watching;
/*
 * Back ends that are registered.  Their mutex is outside of all others, as
 * registering the probe of new tasks takes the lock of CPU hotplug.
 */
static unsigned int users;
static DEFINE_MUTEX(users_mutex);

static unsigned long watch_period(void)
{
	return max(msecs_to_jiffies(watch_ms), 1UL);
}

static bool is_watcher(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < NR_WATCHERS; i++)
		if (watchers[i].cpu == cpu)
			return true;
	return false;
}

/* A CPU that does not watch yet, a housekeeping one if possible. */
static unsigned int find_cpu(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (housekeeping_cpu(cpu, HK_TYPE_TIMER) && !is_watcher(cpu))
			return cpu;
	for_each_online_cpu(cpu)
		if (!is_watcher(cpu))
			return cpu;
	return nr_cpu_ids;
}

/* The lock is held, and the timer is not pending. */
static void arm_watcher(struct watcher *watcher, unsigned int cpu, unsigned long delay)
{
	watcher->cpu = cpu;
	watcher->looked = jiffies;
	if (cpu >= nr_cpu_ids)
		return;
	watcher->timer.expires = jiffies + delay;
	add_timer_on(&watcher->timer, cpu);
}

static bool is_late(const struct watcher *watcher)
{
	return watcher->cpu >= nr_cpu_ids || !cpu_online(watcher->cpu) ||
	       time_after(jiffies, watcher->looked + 2 * watch_period() + HZ / 10);
}

/* Replace watchers that are late by CPUs that do not watch yet. */
static void replace_late_watchers(const struct watcher *self)
{
	struct watcher *watcher;
	unsigned int cpu;

	for (watcher = watchers; watcher < watchers + NR_WATCHERS; watcher++) {
		if (watcher == self || !is_late(watcher))
			continue;
		cpu = find_cpu();
		if (cpu >= nr_cpu_ids)
			continue;
		timer_delete(&watcher->timer);
		arm_watcher(watcher, cpu, watch_period());
	}
}

static void look_at_tasks(void)
{
	const u64 begin = ktime_get_mono_fast_ns();

	meminspect_begin();
	/* A timer that was late may run after the last back end has gone. */
	if (watching) {
		meminspect_tasks_look();
		meminspect_stats.looks++;
		meminspect_stats.look_ns = ktime_get_mono_fast_ns() - begin;
	}
	meminspect_end();
	meminspect_tell_later();
}

/* A timer moves when its CPU goes away, to where another may be already. */
static unsigned int own_cpu(struct watcher *self)
{
	const unsigned int this_cpu = raw_smp_processor_id();
	unsigned int cpu;

	self->cpu = nr_cpu_ids;
	if (!is_watcher(this_cpu))
		return this_cpu;
	cpu = find_cpu();
	return cpu < nr_cpu_ids ? cpu : this_cpu;
}

static void watch_tasks(struct timer_list *timer)
{
	struct watcher *self = container_of(timer, struct watcher, timer);

	look_at_tasks();

	spin_lock(&watch_lock);
	/* Not if another CPU has been put in this one's place meanwhile. */
	if (watching && !timer_pending(timer)) {
		replace_late_watchers(self);
		arm_watcher(self, own_cpu(self), watch_period());
	}
	spin_unlock(&watch_lock);
}

static void set_watching(bool on)
{
	spin_lock_bh(&watch_lock);
	meminspect_begin();
	watching = on;
	meminspect_end();
	spin_unlock_bh(&watch_lock);
}

static void start_watching(void)
{
	const unsigned long delay = watch_period();
	unsigned int i;

	meminspect_stacks_start();
	meminspect_tell_later();
	if (!watch_ms)
		return;
	set_watching(true);
	look_at_tasks();
	spin_lock_bh(&watch_lock);
	for (i = 0; i < NR_WATCHERS; i++) {
		timer_setup(&watchers[i].timer, watch_tasks, TIMER_PINNED);
		watchers[i].cpu = nr_cpu_ids;
	}
	/* At different times, so that one does not see the others looking. */
	for (i = 0; i < NR_WATCHERS; i++)
		arm_watcher(&watchers[i], find_cpu(), delay * (i + 1) / NR_WATCHERS);
	spin_unlock_bh(&watch_lock);
}

static void stop_watching(void)
{
	unsigned int i;

	set_watching(false);
	if (watch_ms)
		for (i = 0; i < NR_WATCHERS; i++)
			timer_delete_sync(&watchers[i].timer);
	meminspect_stacks_stop();
	meminspect_tasks_forget();
	meminspect_tell_later();
}

/**
 * meminspect_watch_get() - start the watchers for the first back end
 *
 * Context: process, the table not locked, late enough in boot for timers.  The
 * first one walks all tasks.
 */
void meminspect_watch_get(void)
{
	mutex_lock(&users_mutex);
	if (!users++)
		start_watching();
	mutex_unlock(&users_mutex);
}

/**
 * meminspect_watch_put() - stop the watchers after the last back end
 *
 * Context: as meminspect_watch_get().
 */
void meminspect_watch_put(void)
{
	mutex_lock(&users_mutex);
	if (!--users)
		stop_watching();
	mutex_unlock(&users_mutex);
}

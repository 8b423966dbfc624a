// SPDX-License-Identifier: GPL-2.0-only
/*
 * What events of CPU and memory hotplug mean to the loaded crash image.
 *
 * An event that gets kexec_lock changes the header at once.  One that finds it
 * taken is counted and remembered, and as soon as the lock is dropped a work
 * item compares the header with the true state.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/crash_hotplug.h>
#include <linux/kexec.h>
#include <linux/memory_hotplug.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "../kexec_internal.h"
#include "internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/crash_hotplug.h>

struct crash_hotplug_stats crash_hotplug_stats;

const char *const crash_hotplug_action_names[CRASH_HP_NR_ACTIONS] = {
	[CRASH_HP_CPU_ONLINE]		= "cpu_online",
	[CRASH_HP_CPU_OFFLINE]		= "cpu_offline",
	[CRASH_HP_MEM_GOING_ONLINE]	= "mem_going_online",
	[CRASH_HP_MEM_CANCEL_ONLINE]	= "mem_cancel_online",
	[CRASH_HP_MEM_OFFLINE]		= "mem_offline",
};

/* An event was deferred, and the header not compared with the truth since. */
static bool crash_hotplug_pending;

static void crash_hotplug_work_fn(struct work_struct *work);
static DECLARE_WORK(crash_hotplug_work, crash_hotplug_work_fn);

/**
 * crash_hotplug_unlocked() - kexec_lock was dropped
 *
 * Context: whoever drops it, but for the crash path.
 */
void crash_hotplug_unlocked(void)
{
	/*
	 * The store that freed the lock, before the load of the flag.  Pairs
	 * with those in defer() and crash_hotplug_work_fn(), where the flag is
	 * set before the lock is looked at: one of the two sees the other.
	 */
	smp_mb();
	if (unlikely(READ_ONCE(crash_hotplug_pending)))
		queue_work(system_unbound_wq, &crash_hotplug_work);
}

static void defer(const struct crash_hotplug_event *event)
{
	atomic_long_inc(&crash_hotplug_stats.deferred);
	trace_deferred(event->action, event->start, event->end);

	WRITE_ONCE(crash_hotplug_pending, true);
	/* Pairs with crash_hotplug_unlocked(). */
	smp_mb();
	if (atomic_read(&__kexec_lock) == KEXEC_LOCK_FREE)
		queue_work(system_unbound_wq, &crash_hotplug_work);
}

/*
 * What did not fit is tried again, by a comparison, as soon as something else
 * has changed; until it fits, crash_hotplug reads 0 and user space reloads.
 */
static void update_failed(struct crash_segment *seg, bool removal)
{
	crash_hotplug_stats.failed++;
	if (seg->failed)
		return;
	WRITE_ONCE(seg->failed, true);
	if (removal)
		pr_err("elfcorehdr is full (%u program headers): kdump would read memory that is gone; load it again, with a larger CRASH_MAX_MEMORY_RANGES\n",
		       seg->hdr.capacity);
	else
		pr_err("elfcorehdr is full (%u program headers): kdump does not cover all memory; load it again, with a larger CRASH_MAX_MEMORY_RANGES\n",
		       seg->hdr.capacity);
}

static void account(u64 begin)
{
	u64 ns = ktime_get_mono_fast_ns() - begin;

	crash_hotplug_stats.last_ns = ns;
	if (ns > crash_hotplug_stats.longest_ns)
		crash_hotplug_stats.longest_ns = ns;
}

/*
 * All possible CPUs are in the header from the load on, so that a CPU changes
 * nothing in it.
 */
static int image_update(struct kimage *image,
			const struct crash_hotplug_event *event)
{
	struct crash_segment *seg = image->crash_segment;

	switch (event->action) {
	case CRASH_HP_MEM_GOING_ONLINE:
		return crash_segment_add(seg, event->start, event->end);
	case CRASH_HP_MEM_CANCEL_ONLINE:
	case CRASH_HP_MEM_OFFLINE:
		return crash_segment_remove(seg, event->start, event->end);
	default:
		return 0;
	}
}

static int image_reconcile(struct kimage *image)
{
	return crash_segment_reconcile(image->crash_segment, NULL);
}

static void meminspect_event(const struct crash_hotplug_event *event, u64 seq)
{
	meminspect_hotplug(event->action, event->start, event->end, seq);
}

/**
 * crash_hotplug_event() - follow an event of CPU or memory hotplug
 * @event:	the event
 *
 * One event, one critical section: the crash segment and the table of
 * meminspect change together.  If kexec_lock is taken, the segment follows when
 * it is dropped; the table can't wait, as it must not name memory that is gone.
 *
 * Context: notifiers of CPU and memory hotplug.  noinline, so that it has a
 * name in traces and for breakpoints.
 */
noinline void crash_hotplug_event(const struct crash_hotplug_event *event)
{
	/* Of the events that got kexec_lock, which guards it. */
	static u64 seq;
	struct crash_segment *seg;
	struct kimage *image;
	u64 begin;
	int ret;

	atomic_long_inc(&crash_hotplug_stats.events[event->action]);
	if (!kexec_lock_update()) {
		defer(event);
		meminspect_event(event, 0);
		return;
	}
	seq++;

	image = kexec_crash_image;
	seg = image ? image->crash_segment : NULL;
	if (seg) {
		begin = ktime_get_mono_fast_ns();
		/* What changes now may make room for what did not fit. */
		if (seg->failed)
			WRITE_ONCE(crash_hotplug_pending, true);
		ret = image_update(image, event);
		if (ret)
			update_failed(seg, event->action !=
					   CRASH_HP_MEM_GOING_ONLINE);
		account(begin);
		trace_update(seq, event->action, event->start, event->end, ret);
	}
	meminspect_event(event, seq);

	kexec_unlock_update();
}

static void crash_hotplug_work_fn(struct work_struct *work)
{
	struct crash_segment *seg;
	struct kimage *image;
	u64 begin;
	int ret;

	/* Out of this, a block that is going online would be dropped again. */
	get_online_mems();

	/* Pairs with crash_hotplug_unlocked(): who holds it, wakes us again. */
	smp_mb();
	if (!kexec_lock_update())
		goto out;

	WRITE_ONCE(crash_hotplug_pending, false);
	image = kexec_crash_image;
	seg = image ? image->crash_segment : NULL;
	if (seg) {
		begin = ktime_get_mono_fast_ns();
		ret = image_reconcile(image);
		if (ret)
			update_failed(seg, false);
		else
			WRITE_ONCE(seg->failed, false);
		account(begin);
		crash_hotplug_stats.reconciled++;
	}
	kexec_unlock_update();
out:
	put_online_mems();
}

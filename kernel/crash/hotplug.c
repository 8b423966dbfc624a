// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loaded crash image follows the events of CPU and memory hotplug.
 *
 * An event that gets kexec_lock changes the header at once.  An event that finds
 * it taken is counted and remembered, and the task that drops the lock compares
 * the header with the true state before it goes on.  Nothing between the event
 * and the exact header waits for anything but that lock.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/atomic.h>
#include <linux/crash_hotplug.h>
#include <linux/kexec.h>
#include <linux/timekeeping.h>

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

/* Said once; until all fits again, crash_hotplug reads 0 and user space reloads. */
static void update_failed(struct crash_segment *seg,
			  const struct crash_segment_left *left)
{
	crash_hotplug_stats.failed++;
	if (seg->failed)
		return;
	WRITE_ONCE(seg->failed, true);
	pr_err("elfcorehdr is full (%u program headers): kdump misses %llu MiB of memory and would read %llu MiB that are gone; load it again, with a larger CRASH_MAX_MEMORY_RANGES\n",
	       seg->hdr.capacity, left->missing >> 20, left->stale >> 20);
}

static void account_update(u64 begin)
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
static int segment_update(struct crash_segment *seg,
			  const struct crash_hotplug_event *event)
{
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

static bool meminspect_event(const struct crash_hotplug_event *event, u64 seq)
{
	return meminspect_hotplug(event->action, event->start, event->end, seq);
}

/* kexec_lock is held as an updater. */
static void reconcile_segment(struct crash_segment *seg)
{
	struct crash_segment_left left;

	kexec_assert_locked();
	if (crash_segment_reconcile(seg, &left))
		update_failed(seg, &left);
	else
		WRITE_ONCE(seg->failed, false);
}

/* The segment of the loaded image, or NULL.  kexec_lock is held. */
static struct crash_segment *current_segment(void)
{
	struct kimage *image = kexec_crash_image;

	kexec_assert_locked();
	return image ? image->crash_segment : NULL;
}

static void reconcile_pending(void)
{
	struct crash_segment *seg = current_segment();
	u64 begin = ktime_get_mono_fast_ns();

	crash_hotplug_clear_pending();
	if (!seg)
		return;
	reconcile_segment(seg);
	account_update(begin);
	crash_hotplug_stats.reconciled++;
}

void crash_hotplug_unlocked(void)
{
	for (;;) {
		/*
		 * Order the store that freed the lock before the load of the flag.
		 * Pairs with defer_event(), where the flag is set before the lock is
		 * tried: one of the two tasks sees the other.
		 */
		smp_mb();
		if (likely(!crash_hotplug_is_pending()) || !kexec_lock_update())
			return;
		reconcile_pending();
		kexec_release_update();
	}
}

void kexec_unlock_update(void)
{
	kexec_release_update();
	crash_hotplug_unlocked();
}

static void defer_event(const struct crash_hotplug_event *event)
{
	atomic_long_inc(&crash_hotplug_stats.deferred);
	trace_deferred(event->action, event->start, event->end);

	/* Pairs with reconcile_pending() and crash_hotplug_unlocked(). */
	crash_hotplug_set_pending();
	crash_hotplug_unlocked();
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
	/* Number of the events that got kexec_lock, which guards it. */
	static u64 seq;
	struct crash_segment *seg;
	bool untold;
	u64 begin;
	int ret;

	atomic_long_inc(&crash_hotplug_stats.events[event->action]);
	if (!kexec_lock_update()) {
		defer_event(event);
		if (meminspect_event(event, 0))
			meminspect_hotplug_tell();
		return;
	}
	seq++;

	seg = current_segment();
	if (seg) {
		begin = ktime_get_mono_fast_ns();
		ret = segment_update(seg, event);
		/* Room may be found, or this event may have made some. */
		if (ret || seg->failed)
			reconcile_segment(seg);
		account_update(begin);
		trace_update(seq, event->action, event->start, event->end, ret);
	}
	untold = meminspect_event(event, seq);

	kexec_unlock_update();
	/* Consumers may sleep, so they are told after the unlock. */
	if (untold)
		meminspect_hotplug_tell();
}

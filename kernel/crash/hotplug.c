// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU and memory events, and the loaded crash image.
 *
 * An event that gets kexec_lock changes the header at once.  One that finds it
 * taken is counted and remembered, and as soon as the lock is dropped a work
 * item compares the header with the true state.
 */
#include <linux/cpuhotplug.h>
#include <linux/crash_hotplug.h>
#include <linux/init.h>
#include <linux/kexec.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/notifier.h>
#include <linux/sched/clock.h>
#include <linux/workqueue.h>

#include "../kexec_internal.h"
#include "internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/crash_hotplug.h>

#undef pr_fmt
#define pr_fmt(fmt) "crash hotplug: " fmt

struct crash_hotplug_stats crash_hotplug_stats;

const char *const crash_hotplug_action_names[CRASH_HP_NR_ACTIONS] = {
	[CRASH_HP_CPU_ONLINE]		= "cpu_online",
	[CRASH_HP_CPU_OFFLINE]		= "cpu_offline",
	[CRASH_HP_MEM_GOING_ONLINE]	= "mem_going_online",
	[CRASH_HP_MEM_CANCEL_ONLINE]	= "mem_cancel_online",
	[CRASH_HP_MEM_OFFLINE]		= "mem_offline",
};

/**
 * struct crash_hotplug_event - one event
 * @action:	what happens
 * @start:	first byte of the memory, or the CPU's number
 * @end:	last byte of the memory, or the CPU's number
 * @arg:	what the notifier was given, for an architecture's own update
 */
struct crash_hotplug_event {
	enum crash_hotplug_action action;
	u64 start;
	u64 end;
	void *arg;
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
		schedule_work(&crash_hotplug_work);
}

static void defer(const struct crash_hotplug_event *event)
{
	atomic_long_inc(&crash_hotplug_stats.deferred);
	trace_deferred(event->action, event->start, event->end);

	WRITE_ONCE(crash_hotplug_pending, true);
	/* Pairs with crash_hotplug_unlocked(). */
	smp_mb();
	if (atomic_read(&__kexec_lock) == KEXEC_LOCK_FREE)
		schedule_work(&crash_hotplug_work);
}

static void update_failed(struct crash_segment *seg, int err)
{
	crash_hotplug_stats.failed++;
	if (seg->failed)
		return;
	WRITE_ONCE(seg->failed, true);
	pr_err("elfcorehdr is full (%u program headers, error %d): kdump does not cover all memory; load it again, with a larger CRASH_MAX_MEMORY_RANGES\n",
	       seg->hdr.capacity, err);
}

static void account(u64 begin)
{
	u64 ns = local_clock() - begin;

	crash_hotplug_stats.last_ns = ns;
	if (ns > crash_hotplug_stats.longest_ns)
		crash_hotplug_stats.longest_ns = ns;
}

/*
 * All possible CPUs are in the header from the load on, so that a CPU changes
 * nothing in it.
 */
static int update(struct crash_segment *seg,
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

#ifdef CONFIG_CRASH_HOTPLUG_ARCH_UPDATE
/* The architecture has segments of its own to update, as powerpc's FDT. */
static void arch_update(struct kimage *image,
			const struct crash_hotplug_event *event)
{
	static const unsigned int hp_action[CRASH_HP_NR_ACTIONS] = {
		[CRASH_HP_CPU_ONLINE]	= KEXEC_CRASH_HP_ADD_CPU,
		[CRASH_HP_CPU_OFFLINE]	= KEXEC_CRASH_HP_REMOVE_CPU,
		[CRASH_HP_MEM_GOING_ONLINE] = KEXEC_CRASH_HP_ADD_MEMORY,
		[CRASH_HP_MEM_CANCEL_ONLINE] = KEXEC_CRASH_HP_REMOVE_MEMORY,
		[CRASH_HP_MEM_OFFLINE]	= KEXEC_CRASH_HP_REMOVE_MEMORY,
	};

	if (!image->hotplug_support || image->elfcorehdr_index < 0)
		return;

	arch_kexec_unprotect_crashkres();
	image->hp_action = hp_action[event->action];
	arch_crash_handle_hotplug_event(image, event->arg);
	image->hp_action = KEXEC_CRASH_HP_NONE;
	image->elfcorehdr_updated = true;
	arch_kexec_protect_crashkres();
}

int crash_check_hotplug_support(void)
{
	int ret = 0;

	if (!kexec_trylock())
		return 0;
	if (kexec_crash_image)
		ret = kexec_crash_image->hotplug_support;
	kexec_unlock();
	return ret;
}
#else
static void arch_update(struct kimage *image,
			const struct crash_hotplug_event *event)
{
}
#endif

/*
 * One event, one critical section.  noinline, so that it has a name in traces
 * and for breakpoints.
 */
static noinline void crash_hotplug_event(const struct crash_hotplug_event *event)
{
	struct kimage *image;
	u64 begin;
	int ret;

	atomic_long_inc(&crash_hotplug_stats.events[event->action]);
	if (!kexec_lock_update()) {
		defer(event);
		return;
	}

	image = kexec_crash_image;
	if (image && image->crash_segment) {
		begin = local_clock();
		ret = update(image->crash_segment, event);
		if (ret)
			update_failed(image->crash_segment, ret);
		account(begin);
		trace_update(event->action, event->start, event->end, ret);
	} else if (image) {
		arch_update(image, event);
	}

	kexec_unlock_update();
}

static void crash_hotplug_work_fn(struct work_struct *work)
{
	struct crash_segment *seg;
	u64 begin;
	int ret;

	/* Out of this, a block that is going online would be dropped again. */
	get_online_mems();

	/* Pairs with crash_hotplug_unlocked(): who holds it, wakes us again. */
	smp_mb();
	if (!kexec_lock_update())
		goto out;

	WRITE_ONCE(crash_hotplug_pending, false);
	seg = kexec_crash_image ? kexec_crash_image->crash_segment : NULL;
	if (seg) {
		begin = local_clock();
		ret = crash_segment_reconcile(seg);
		if (ret)
			update_failed(seg, ret);
		account(begin);
		crash_hotplug_stats.reconciled++;
	}
	kexec_unlock_update();
out:
	put_online_mems();
}

/*
 * Memory comes and goes by blocks.  With memmap_on_memory the notifier's range
 * lacks the block's first pages, which hold its struct pages: no dump can do
 * without those.
 */
static int crash_memory_event(enum crash_hotplug_action action,
			      struct memory_notify *notify)
{
	const u64 block = memory_block_size_bytes();
	const u64 start = PFN_PHYS(notify->start_pfn);
	const u64 end = start + PFN_PHYS(notify->nr_pages);
	struct crash_hotplug_event event = {
		.action	= action,
		.start	= ALIGN_DOWN(start, block),
		.end	= ALIGN(end, block) - 1,
		.arg	= notify,
	};

	crash_hotplug_event(&event);
	return NOTIFY_OK;
}

/* In the header before the first page is used, until after the last one was. */
static int crash_memory_notify(struct notifier_block *nb, unsigned long action,
			       void *arg)
{
	switch (action) {
	case MEM_GOING_ONLINE:
		return crash_memory_event(CRASH_HP_MEM_GOING_ONLINE, arg);
	case MEM_CANCEL_ONLINE:
		return crash_memory_event(CRASH_HP_MEM_CANCEL_ONLINE, arg);
	case MEM_OFFLINE:
		return crash_memory_event(CRASH_HP_MEM_OFFLINE, arg);
	default:
		return NOTIFY_OK;
	}
}

static struct notifier_block crash_memory_nb = {
	.notifier_call = crash_memory_notify,
};

static int crash_cpu_event(enum crash_hotplug_action action, unsigned int cpu)
{
	struct crash_hotplug_event event = {
		.action	= action,
		.start	= cpu,
		.end	= cpu,
	};

	crash_hotplug_event(&event);
	return 0;
}

static int crash_cpu_online(unsigned int cpu)
{
	return crash_cpu_event(CRASH_HP_CPU_ONLINE, cpu);
}

static int crash_cpu_offline(unsigned int cpu)
{
	return crash_cpu_event(CRASH_HP_CPU_OFFLINE, cpu);
}

static int __init crash_hotplug_init(void)
{
	int ret = 0;

	if (IS_ENABLED(CONFIG_MEMORY_HOTPLUG))
		ret = register_memory_notifier(&crash_memory_nb);
	if (ret || !IS_ENABLED(CONFIG_HOTPLUG_CPU))
		return ret;

	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "crash/hotplug",
					crash_cpu_online, crash_cpu_offline);
	return ret < 0 ? ret : 0;
}
subsys_initcall(crash_hotplug_init);

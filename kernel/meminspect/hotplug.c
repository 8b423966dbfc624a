// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of CPU and memory hotplug.
 *
 * All changes of one event are one step: one image, published once, under the
 * slots' lock alone.  Consumers are told after kexec_lock has been dropped.
 */
#include <linux/atomic.h>
#include <linux/crash_hotplug.h>

#include "internal.h"

#include <trace/events/meminspect.h>

/* Events of memory so far. */
static atomic64_t memory_seq = ATOMIC64_INIT(0);

/* Changes with every event of memory hotplug. */
u64 meminspect_memory_seq(void)
{
	return atomic64_read(&memory_seq);
}

/* First and last byte of memory that goes. */
struct memory_range {
	u64 start;
	u64 end;
};

static bool meets(const struct inspect_entry *ie, const void *arg)
{
	const struct memory_range *range = arg;

	return ie->pa <= range->end && ie->pa + ie->size - 1 >= range->start;
}

/**
 * meminspect_drop_range() - drop all entries in memory that goes offline
 * @start:	first byte
 * @end:	last byte
 *
 * Context: the slots locked.
 *
 * Return: whether consumers are still to be told of any.
 */
bool meminspect_drop_range(u64 start, u64 end)
{
	const struct memory_range range = { .start = start, .end = end };

	meminspect_switch_drop(start, end);
	return meminspect_drop(meets, &range, MEMINSPECT_MEMORY_OFFLINE,
			       SLOT_GONE);
}

/**
 * meminspect_hotplug() - follow an event
 * @action:	what happens
 * @start:	first byte of the memory, or the CPU's number
 * @end:	last byte of the memory, or the CPU's number
 * @seq:	crash hotplug's number of the event, for traces; 0 if kexec_lock was
 *		taken: entries in memory that goes away can't wait for it
 *
 * Context: notifiers of CPU and memory hotplug, with kexec_lock held for an
 * update or not at all.  Allocates nothing, and waits for no driver.
 *
 * Return: true if consumers know of memory that goes offline: then
 * meminspect_hotplug_tell() must be called before it does, not under kexec_lock.
 */
bool meminspect_hotplug(enum crash_hotplug_action action, u64 start, u64 end,
			u64 seq)
{
	const bool memory = action != CRASH_HP_CPU_ONLINE &&
			    action != CRASH_HP_CPU_OFFLINE;
	struct meminspect_span span = {};
	bool untold = false;

	if (memory && meminspect_image_ready())
		span = action == CRASH_HP_MEM_GOING_ONLINE ?
		       meminspect_image_find_span(start, end) :
		       meminspect_image_find_span(1, 0);

	meminspect_begin();
	switch (action) {
	case CRASH_HP_CPU_ONLINE:
		meminspect_cpu_online(start);
		break;
	case CRASH_HP_CPU_OFFLINE:
		meminspect_tasks_offline(start);
		meminspect_percpu_offline(start);
		break;
	case CRASH_HP_MEM_GOING_ONLINE:
		meminspect_sections_update(start, end, true);
		break;
	case CRASH_HP_MEM_CANCEL_ONLINE:
	case CRASH_HP_MEM_OFFLINE:
		untold = meminspect_drop_range(start, end);
		meminspect_sections_update(start, end, false);
		break;
	default:
		break;
	}
	if (memory) {
		meminspect_image_set_span(&span);
		atomic64_inc(&memory_seq);
	}
	meminspect_end();
	trace_meminspect_hotplug(seq, meminspect_image_current()->generation,
				 meminspect_count());
	if (!untold)
		meminspect_tell_later();
	return untold;
}

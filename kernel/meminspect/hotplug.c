// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an event of CPU or memory hotplug means to the table.
 *
 * All that one event changes is one step: one image, published once.
 */
#include <linux/crash_hotplug.h>

#include "internal.h"

#include <trace/events/meminspect.h>

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
 * meminspect_drop_range() - take out what is in memory that goes
 * @start:	first byte
 * @end:	last byte
 *
 * Context: the table locked.
 */
void meminspect_drop_range(u64 start, u64 end)
{
	const struct memory_range range = { .start = start, .end = end };

	meminspect_drop(meets, &range, MEMINSPECT_MEMORY_OFFLINE);
	meminspect_switch_drop(start, end);
}

/**
 * meminspect_hotplug() - follow an event
 * @action:	what happens
 * @start:	first byte of the memory, or the CPU's number
 * @end:	last byte of the memory, or the CPU's number
 * @seq:	crash hotplug's number of the event, for traces; 0 if kexec_lock was
 *		taken: what is in memory that goes away can't wait for it
 *
 * Context: notifiers of CPU and memory hotplug, with kexec_lock held for an
 * update or not at all.  Allocates nothing.
 */
void meminspect_hotplug(enum crash_hotplug_action action, u64 start, u64 end,
			u64 seq)
{
	meminspect_table_lock();
	switch (action) {
	case CRASH_HP_CPU_ONLINE:
		meminspect_cpu_online(start);
		break;
	case CRASH_HP_CPU_OFFLINE:
		meminspect_tasks_offline(start);
		meminspect_drop_cpu(start);
		break;
	case CRASH_HP_MEM_GOING_ONLINE:
		meminspect_sections_update(start, end, true);
		meminspect_image_set_span(start, end);
		break;
	case CRASH_HP_MEM_CANCEL_ONLINE:
	case CRASH_HP_MEM_OFFLINE:
		meminspect_drop_range(start, end);
		meminspect_sections_update(start, end, false);
		meminspect_image_set_span(1, 0);
		break;
	default:
		break;
	}
	meminspect_commit();
	trace_meminspect_hotplug(seq, meminspect_image_current()->generation,
				 meminspect_count());
	meminspect_table_unlock();
}

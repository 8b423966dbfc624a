// SPDX-License-Identifier: GPL-2.0-only
/*
 * meminspect: a table of the memory that is worth having after a hang, and an image
 * of it that follows CPU and memory hotplug.
 *
 *	memory.c	which memory may be named, and where it is physically
 *	type.c		the BTF id of a type
 *	secrets.c	memory that no image may contain
 *	runs.c		memory in ascending ranges that are disjoint
 *	notes.c		the notes of an image
 *	slots.c		the table: entries, ids, their life cycle, the spinlock
 *	consumers.c	the mutex; traversal and notifiers
 *	allow.c		which entries the image may have
 *	report.c	the log message of entries that are left out
 *	request.c	checks of a request
 *	task_parts.c	the memory of a task that the image has
 *	pieces.c	the parts of the entries that the image has, and their runs
 *	windows.c	the running task of each CPU, shown in images
 *	image.c		from runs to an image
 *	publish.c	the images, and the published one
 *	percpu.c	producer: per-CPU memory
 *	register.c	registration at run time
 *	compiled.c	producer: entries that were made at compile time
 *	regions.c	producer: the kernel's own memory
 *	tasks.c		producer: idle and running tasks
 *	stacks.c	producer: page tables of kernel stacks
 *	devres.c	registrations that a device owns
 *	panic.c		the image of a panic
 *	watch.c		timers that look at the running tasks
 *	sink.c		the way of an image to a back end
 *	kmemdump.c	the interface of kmemdump
 *	debugfs.c	the table and its image, for root to read
 *	debug_kinfo.c	a consumer, which uses the public header alone
 *	main.c		initialization, and events of hotplug, in their order
 *
 * Each file uses those above it, and none below.
 *
 * All changes of one event are one step: one image, published once, under the
 * slots' lock alone.  Consumers are told after kexec_lock has been dropped.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/crash_hotplug.h>
#include <linux/init.h>
#include <linux/mm.h>

#include "compiled.h"
#include "consumers.h"
#include "debugfs.h"
#include "main.h"
#include "memory.h"
#include "panic.h"
#include "percpu.h"
#include "publish.h"
#include "regions.h"
#include "register.h"
#include "secrets.h"
#include "slots.h"
#include "tasks.h"
#include "windows.h"

#include <trace/events/meminspect.h>

/* First and last byte of memory that goes. */
struct memory_range {
	u64 start;
	u64 end;
};

static bool entry_is_in(const struct inspect_entry *ie, const void *arg)
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

	meminspect_assert_begun();
	meminspect_windows_drop(start, end);
	return meminspect_drop(entry_is_in, &range, MEMINSPECT_MEMORY_OFFLINE,
			       SLOT_GONE);
}

static void add_cpu_entries(unsigned int cpu)
{
	meminspect_percpu_online(cpu);
	meminspect_tasks_online(cpu);
	meminspect_windows_online(cpu);
}

static void drop_cpu_entries(unsigned int cpu)
{
	meminspect_tasks_offline(cpu);
	meminspect_windows_offline(cpu);
	meminspect_percpu_offline(cpu);
}

/* Memory is on its way online. */
static void memory_comes(u64 start, u64 end)
{
	meminspect_begin();
	meminspect_sections_update(start, end, true);
	meminspect_span_grow(start, end);
	meminspect_memory_changed();
	meminspect_end();
}

/* Memory has gone offline, or has not come online. */
static bool memory_goes(u64 start, u64 end)
{
	const bool other_span = meminspect_span_ends_in(start, end);
	struct meminspect_span span = {};
	bool untold;

	if (other_span)
		span = meminspect_span_find();
	meminspect_begin();
	untold = meminspect_drop_range(start, end);
	meminspect_sections_update(start, end, false);
	if (other_span)
		meminspect_span_set(&span);
	meminspect_memory_changed();
	meminspect_end();
	return untold;
}

/**
 * meminspect_hotplug() - follow an event
 * @action:	the event
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
	bool untold = false;

	switch (action) {
	case CRASH_HP_CPU_ONLINE:
		meminspect_begin();
		add_cpu_entries(start);
		meminspect_end();
		break;
	case CRASH_HP_CPU_OFFLINE:
		meminspect_begin();
		drop_cpu_entries(start);
		meminspect_end();
		break;
	case CRASH_HP_MEM_GOING_ONLINE:
		memory_comes(start, end);
		break;
	case CRASH_HP_MEM_CANCEL_ONLINE:
	case CRASH_HP_MEM_OFFLINE:
		untold = memory_goes(start, end);
		break;
	default:
		break;
	}
	trace_meminspect_hotplug(seq, meminspect_image_current()->generation,
				 meminspect_count());
	if (!untold)
		meminspect_tell_later();
	return untold;
}

static int __init meminspect_init(void)
{
	unsigned int cpu;
	int ret;

	ret = meminspect_secrets_init() ?: meminspect_publish_init();
	if (ret) {
		pr_err("cannot make the ELF image (%d), disabled\n", ret);
		return ret;
	}
	meminspect_panic_init();
	meminspect_memory_init();
	meminspect_register_init();
	meminspect_compiled_init();
	meminspect_regions_init();
	meminspect_tasks_init();

	cpus_read_lock();
	meminspect_begin();
	for_each_online_cpu(cpu)
		add_cpu_entries(cpu);
	meminspect_end();
	cpus_read_unlock();
	meminspect_regions_init_percpu();
	pr_info("%u entries, %u of %u regions in use\n", meminspect_count(),
		meminspect_image_current()->nr_regions,
		meminspect_limit() + MEMINSPECT_FIXED_REGIONS);
	return 0;
}

/* After vmcoreinfo, which is made by a subsys_initcall(). */
fs_initcall(meminspect_init);

static int __init meminspect_late_init(void)
{
	meminspect_register_late_init();
	if (!meminspect_image_ready())
		return 0;
	meminspect_windows_init(meminspect_image_current()->runs.nr);
	meminspect_debugfs_init();
	return 0;
}

/* BTF is there by now, and debugfs. */
late_initcall(meminspect_late_init);

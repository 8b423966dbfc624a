// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events of CPU and memory hotplug, as their notifiers tell of them.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/cpuhotplug.h>
#include <linux/crash_hotplug.h>
#include <linux/init.h>
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/pfn.h>

#include "internal.h"

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
	};

	if (action == CRASH_HP_MEM_GOING_ONLINE)
		crash_memory_set_going_online(event.start, event.end);
	crash_hotplug_event(&event);
	return NOTIFY_OK;
}

/* Memory is in the header from before its first page is used until none is any more. */
static int crash_memory_notify(struct notifier_block *nb, unsigned long action,
			       void *arg)
{
	switch (action) {
	case MEM_GOING_ONLINE:
		return crash_memory_event(CRASH_HP_MEM_GOING_ONLINE, arg);
	case MEM_ONLINE:
		crash_memory_set_going_online(1, 0);
		crash_reservation_check();
		return NOTIFY_OK;
	case MEM_CANCEL_ONLINE:
		crash_memory_set_going_online(1, 0);
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

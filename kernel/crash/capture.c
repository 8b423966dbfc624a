// SPDX-License-Identifier: GPL-2.0-only
/*
 * The capture kernel's part: it keeps off the memory that it is to dump.
 *
 * May use: the kernel's core.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/crash_dump.h>
#include <linux/crash_hotplug.h>
#include <linux/errno.h>
#include <linux/printk.h>

int crash_hotplug_may_add(u64 start, u64 size)
{
	if (!is_kdump_kernel())
		return 0;
	pr_info_once("capture kernel: no memory is hot-added, as it belongs to the crashed kernel (first: %#llx-%#llx)\n",
		     start, start + size - 1);
	return -EPERM;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The elfcorehdr, as the capture kernel finds it.
 */
#include <linux/cacheflush.h>
#include <linux/crash_hotplug.h>

/*
 * The capture kernel starts with MMU and caches off.  A load cleans the
 * segments to the point of coherency; each later store has to be cleaned, too.
 */
void arch_crash_hotplug_clean(void *start, size_t size)
{
	const unsigned long addr = (unsigned long)start;

	dcache_clean_inval_poc(addr, addr + size);
}

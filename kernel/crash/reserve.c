// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room for the elfcorehdr to grow, for architectures that leave all of it to
 * the generic code.
 */
#include <linux/crash_hotplug.h>
#include <linux/elfcorehdr.h>
#include <linux/kexec.h>
#include <linux/limits.h>

#include <asm-generic/crash_hotplug.h>

/**
 * crash_hotplug_wanted() - whether an image's header shall follow hotplug
 * @image:	crash image that is being loaded
 * @kexec_flags: those of the system call
 *
 * User space says by a flag of kexec_load() that its purgatory does not verify
 * the segment.
 *
 * Return: 1 or 0.
 */
int crash_hotplug_wanted(struct kimage *image, unsigned long kexec_flags)
{
	if (IS_ENABLED(CONFIG_KEXEC_FILE) && image->file_mode)
		return 1;
	return !!(kexec_flags & (KEXEC_UPDATE_ELFCOREHDR |
				 KEXEC_CRASH_HOTPLUG_SUPPORT));
}

/**
 * crash_hotplug_header_size() - how large an elfcorehdr may become
 *
 * /sys/kernel/crash_elfcorehdr_size reads this: notes of each CPU and of
 * vmcoreinfo, the kernel's own mapping, CONFIG_CRASH_MAX_MEMORY_RANGES.
 *
 * Return: bytes.
 */
unsigned int crash_hotplug_header_size(void)
{
	unsigned int nr = CONFIG_NR_CPUS + 2;

	if (IS_ENABLED(CONFIG_MEMORY_HOTPLUG))
		nr += CONFIG_CRASH_MAX_MEMORY_RANGES;
	/* The most that e_phnum can say without a section header. */
	return elfcorehdr_bytes(min_t(unsigned int, nr, PN_XNUM - 1));
}

unsigned long crash_hotplug_reserve(struct kimage *image, unsigned long bytes)
{
	image->elfcorehdr_index = image->nr_segments;
	return max_t(unsigned long, bytes, crash_hotplug_header_size());
}

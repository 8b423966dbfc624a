/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For an architecture whose asm/kexec.h includes this: the generic code alone
 * keeps the elfcorehdr true.
 */
#ifndef _ASM_GENERIC_CRASH_HOTPLUG_H
#define _ASM_GENERIC_CRASH_HOTPLUG_H

struct kimage;

#ifdef CONFIG_CRASH_HOTPLUG_LIVE
int crash_hotplug_wanted(struct kimage *image, unsigned long kexec_flags);
#define arch_crash_hotplug_support	crash_hotplug_wanted

unsigned int crash_hotplug_header_size(void);
#define crash_get_elfcorehdr_size	crash_hotplug_header_size
#endif

#endif /* _ASM_GENERIC_CRASH_HOTPLUG_H */

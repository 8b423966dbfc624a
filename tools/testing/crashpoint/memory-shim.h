/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A make-believe machine with memory that goes online and offline, for the
 * functions that walk it.
 */
#ifndef _CRASHPOINT_MEMORY_SHIM_H
#define _CRASHPOINT_MEMORY_SHIM_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elf.h>
#include <linux/minmax.h>
#include <linux/types.h>

#define CONFIG_MEMORY_HOTPLUG	1
#define CONFIG_CRASH_HOTPLUG_LIVE 1
#define CONFIG_CRASH_EXCLUDE_LOW 0x1000
#define CRASHKERNEL_CMA		1
#define SECTION_SIZE_BITS	14
#define PAGE_SHIFT		12

#define __aligned(x)		__attribute__((aligned(x)))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define PHYS_PFN(x)		((unsigned long)((x) >> PAGE_SHIFT))
#define pfn_to_section_nr(pfn)	((pfn) >> (SECTION_SIZE_BITS - PAGE_SHIFT))
#define DEFINE_SPINLOCK(name)	int name
#define spin_lock(lock)		((void)(lock))
#define spin_unlock(lock)	((void)(lock))

typedef struct { unsigned int sequence; } seqcount_t;
typedef struct { long counter; } atomic_long_t;

struct resource { u64 start, end; };
struct range { u64 start, end; };

extern struct resource crashk_res, crashk_low_res;
extern struct range crashk_cma_ranges[];
extern int crashk_cma_cnt;

bool online_section_nr(unsigned long nr);
int walk_system_ram_res(u64 start, u64 end, void *arg,
			int (*fn)(struct resource *, void *));

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A make-believe machine, for the functions that prepare a header at load
 * time: mainline's and ours, in one program.
 */
#ifndef _CRASHPOINT_KERNEL_SHIM_H
#define _CRASHPOINT_KERNEL_SHIM_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elf.h>
#include <linux/minmax.h>
#include <linux/types.h>

#define __init
#define ELF_ARCH		EM_X86_64
#define ELF_OSABI		ELFOSABI_NONE
#define ELF_CORE_HEADER_ALIGN	4096
#define VMCOREINFO_NOTE_SIZE	0x1024
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define pr_err(...)		((void)0)
#define pr_warn(...)		((void)0)
#define kexec_dprintk(...)	shim_dprintk(__VA_ARGS__)

typedef unsigned long long phys_addr_t;
typedef u32 note_buf_t[92];
typedef struct { int unused; } seqcount_t;
typedef struct { long counter; } atomic_long_t;

struct range { u64 start, end; };
struct crash_mem {
	unsigned int max_nr_ranges;
	unsigned int nr_ranges;
	struct range ranges[];
};

void shim_dprintk(const char *format, ...);

extern unsigned int shim_nr_cpus;
extern note_buf_t *crash_notes;

#define _text			((char *)0xffffffff81000000ul)
#define _end			((char *)0xffffffff82c1c000ul)
#define __aligned(x)		__attribute__((aligned(x)))
#define num_possible_cpus()	shim_nr_cpus
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < shim_nr_cpus; (cpu)++)
#define per_cpu_ptr(p, cpu)	((void *)((unsigned long)(p) + (cpu) * 0x40000ul))
#define per_cpu_ptr_to_phys(p)	((unsigned long)(p) & 0xffffffffull)
#define paddr_vmcoreinfo_note()	0x33e000ull
#define __pa_symbol(p)		((unsigned long)(p) & 0x3fffffff)
#define __va(x)			((void *)(0xffff888000000000ul + (x)))

static inline void *vzalloc(size_t size)
{
	return calloc(1, size);
}

static inline void vfree(void *p)
{
	free(p);
}

int crash_prepare_elf64_headers(struct crash_mem *mem, int need_kernel_map,
				void **addr, unsigned long *sz);
int mainline_prepare_elf64_headers(struct crash_mem *mem, int need_kernel_map,
				   void **addr, unsigned long *sz);

#endif

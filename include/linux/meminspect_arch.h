/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meminspect - entries and hooks of an architecture.
 */
#ifndef _LINUX_MEMINSPECT_ARCH_H
#define _LINUX_MEMINSPECT_ARCH_H

#include <linux/meminspect.h>
#include <linux/types.h>

struct pt_regs;

/**
 * typedef meminspect_part_t - called for memory that belongs to a CPU or a task
 * @priv:	as given to the function that calls it
 * @what:	its name; the CPU's number is appended
 * @class:	its class
 * @type_name:	name of the structure, or NULL if it is none
 * @va:		its virtual address
 * @size:	bytes
 *
 * Context: any, a panic included: takes no lock that its caller does not hold.
 */
typedef void (*meminspect_part_t)(void *priv, const char *what,
				  enum meminspect_class class,
				  const char *type_name, const void *va,
				  size_t size);

void meminspect_page_tables(const void *va, size_t size,
			    meminspect_part_t part, void *priv);

/**
 * meminspect_arch_cpu() - further memory of a CPU, while the CPU is not dead
 * @cpu:	the CPU, which is about to run
 * @part:	called for each piece of memory
 * @priv:	for @part
 *
 * Context: the slots of the table locked.  An architecture may define it.
 */
void meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part, void *priv);

/**
 * meminspect_arch_panic() - further memory that a panic's image has
 * @part:	called for each piece of memory
 * @priv:	for @part
 *
 * Context: a panic, the other CPUs stopped.  An architecture may define it.
 */
void meminspect_arch_panic(meminspect_part_t part, void *priv);

/**
 * meminspect_arch_panic_frame() - move registers to a frame that stays
 * @regs:	registers of a function that panic() has called, to be changed
 *
 * The frames below panic()'s own frame are gone by the time the memory is read.  An
 * architecture whose unwinder goes from frame to frame moves @regs up to panic().
 *
 * Context: as meminspect_arch_panic().
 */
void meminspect_arch_panic_frame(struct pt_regs *regs);

#endif /* _LINUX_MEMINSPECT_ARCH_H */

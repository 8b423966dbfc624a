/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of CPUs, as far as their stacks tell. */
#ifndef _TOOLS_MINIDUMP_REGISTERS_H
#define _TOOLS_MINIDUMP_REGISTERS_H

#include "dump.h"
#include "output.h"

/**
 * struct cpu_registers - where the backtrace of a CPU starts
 * @cpu:	its number
 * @why:	why there is nothing, or NULL
 * @note:	offset in the core of the CPU's note
 * @frames:	how many frame records follow one another up to the stack's end
 * @pc:		a return address
 * @sp:		the stack pointer after the return
 * @fp:		the frame pointer after the return
 */
struct cpu_registers {
	unsigned int cpu;
	const char *why;
	u64 note;
	unsigned int frames;
	u64 pc;
	u64 sp;
	u64 fp;
};

/**
 * struct registers - those of all CPUs that the dump knows
 * @v:		them, by CPU
 * @nr:		how many
 */
struct registers {
	struct cpu_registers *v;
	unsigned int nr;
};

int registers_find(struct registers *registers, struct dump *dump);
int registers_write(const struct registers *registers, const struct output *output);
void registers_free(struct registers *registers);

#endif

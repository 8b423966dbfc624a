/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of CPUs, as far as they can be derived from the stacks. */
#ifndef _TOOLS_MINIDUMP_REGISTERS_H
#define _TOOLS_MINIDUMP_REGISTERS_H

#include "dump.h"
#include "output.h"

/**
 * struct cpu_registers - where the backtrace of a CPU starts
 * @cpu:	number of the CPU
 * @why:	reason why nothing was found, or NULL
 * @note:	offset in the core of the description in the CPU's note
 * @frames:	number of frame records that are linked, up to the stack's end
 * @pc:		return address in the first of them
 * @sp:		stack pointer after that return
 * @fp:		frame pointer after that return
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
 * struct registers - registers of all CPUs that the dump has notes of
 * @v:		registers, by CPU
 * @nr:		number of CPUs
 */
struct registers {
	struct cpu_registers *v;
	unsigned int nr;
};

int registers_find(struct registers *registers, struct dump *dump);
int registers_write(const struct registers *registers, const struct output *output);
void registers_free(struct registers *registers);

#endif

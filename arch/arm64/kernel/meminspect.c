// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries that a minidump of arm64 needs besides: the stacks that interrupts run on,
 * where a CPU that hangs in a handler has its last calls, and registers of a
 * frame that is still there.
 */
#include <linux/kallsyms.h>
#include <linux/meminspect_arch.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/memory.h>
#include <asm/pointer_auth.h>
#include <asm/ptrace.h>
#include <asm/stacktrace.h>

void meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part, void *priv)
{
	const void *stack = per_cpu(irq_stack_ptr, cpu);

	if (!stack)
		return;
	part(priv, "irq_stack", MEMINSPECT_CLASS_STACK, NULL, stack,
	     IRQ_STACK_SIZE);
	if (is_vmalloc_addr(stack))
		meminspect_page_tables(stack, IRQ_STACK_SIZE, part, priv);
}

/* Calls between panic() and the function that asks. */
#define MAX_DEPTH	16

static bool in_panic(unsigned long addr)
{
	char name[KSYM_NAME_LEN], *module;
	unsigned long size, offset;
	const char *found;

	found = kallsyms_lookup(addr, &size, &offset, &module, name);
	return found && (!strcmp(found, "panic") || !strcmp(found, "vpanic"));
}

void meminspect_arch_panic_frame(struct pt_regs *regs)
{
	struct {
		u64 fp;
		u64 lr;
	} record;
	u64 fp = regs->regs[29], pc;
	unsigned int i;

	for (i = 0; i < MAX_DEPTH; i++, fp = record.fp) {
		if (copy_from_kernel_nofault(&record, (void *)fp,
					     sizeof(record)))
			return;
		pc = ptrauth_strip_kernel_insn_pac(record.lr);
		if (!in_panic(pc))
			continue;
		/* A function has its frame record where its stack ends. */
		regs->pc = pc;
		regs->sp = record.fp;
		regs->regs[29] = record.fp;
		return;
	}
}

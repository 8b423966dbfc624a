// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries that a minidump of x86 needs: where KASLR has put things, and how the stacks
 * of interrupts and exceptions are mapped.
 */
#include <linux/meminspect_arch.h>
#include <linux/percpu.h>
#include <linux/pgtable.h>
#include <linux/processor.h>
#include <linux/sched.h>

#include <asm/cpu_entry_area.h>
#include <asm/page.h>
#include <asm/reboot.h>

#ifdef CONFIG_X86_64
#define X86_ENTRY(sym) \
	MEMINSPECT_ENTRY(MEMINSPECT_ID_DYNAMIC, sym, sizeof(sym), \
			 .class = MEMINSPECT_CLASS_CORE)

X86_ENTRY(phys_base);
/* Not an option any more, since there is nothing else. */
#if defined(CONFIG_DYNAMIC_MEMORY_LAYOUT) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
X86_ENTRY(page_offset_base);
X86_ENTRY(vmalloc_base);
X86_ENTRY(vmemmap_base);
#endif

/*
 * The pages themselves are per-CPU data, which has entries; crash reads the
 * stacks where they are mapped.
 */
void meminspect_arch_cpu(unsigned int cpu, meminspect_part_t part, void *priv)
{
	meminspect_page_tables(get_cpu_entry_area(cpu),
			       sizeof(struct cpu_entry_area), part, priv);
}

/*
 * crashing_cpu is of a panic alone.  Until then it has to read as zero, and not
 * as the -1 that it is, or crash goes through the stacks of all running tasks
 * in search of a panic, and stops at the first that it can't read.
 */
void meminspect_arch_panic(meminspect_part_t part, void *priv)
{
	part(priv, "crashing_cpu", MEMINSPECT_CLASS_CORE, NULL, &crashing_cpu,
	     sizeof(crashing_cpu));
}
#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The notes of the image: vmcoreinfo, and one for each possible CPU.
 *
 * All of them are in one PT_NOTE, since crash reads the first one alone.  The
 * registers of a CPU are known in a panic only.  Until then its note is one of
 * no type, which readers skip.  The store of the type makes the note count, after the
 * registers were written.
 *
 * One CPU has a note with type, and zero for registers, from the start: crash
 * takes the CPU that it is for as the one that is to blame, instead of looking
 * for it on the stacks of all running tasks.
 *
 * Uses nothing else of this directory.
 */
#include <linux/elfcore.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/init.h>
#include <linux/kexec.h>
#include <linux/meminspect_arch.h>
#include <linux/mm.h>
#include <linux/objtool.h>
#include <linux/percpu.h>
#include <linux/vmcore_info.h>
#include <asm/sections.h>

#include "notes.h"

#define CPU_NOTE_NAME	"CORE"
/* A note that says nothing, at the end. */
#define FILLER_BYTES	(sizeof(struct elf_note) +			\
			 ALIGN(sizeof(CPU_NOTE_NAME), 4))
#define CPU_NOTE_BYTES	(FILLER_BYTES + ALIGN(sizeof(struct elf_prstatus), 4))
#define NO_TYPE		0

/* The CPUs' notes, CPU_NOTE_BYTES each. */
static void *cpu_notes;

static struct elf_note *cpu_note(unsigned int cpu)
{
	return cpu_notes + cpu * CPU_NOTE_BYTES;
}

/**
 * meminspect_notes_init() - make the notes
 * @pa:		where they are
 * @size:	their bytes, whole pages: the last note fills them up
 *
 * Return: 0, or -ENOMEM.
 */
int __init meminspect_notes_init(phys_addr_t *pa, size_t *size)
{
	struct elf_note *filler;
	size_t info, used;
	unsigned int cpu;
	void *buf;

	if (!vmcoreinfo_data)
		return -ENOMEM;
	/* Readers that walk a stack need these, too; _stext is there already. */
	VMCOREINFO_SYMBOL(_etext);
	VMCOREINFO_SYMBOL(_sinittext);
	VMCOREINFO_SYMBOL(_einittext);
	info = sizeof(struct elf_note) +
	       ALIGN(sizeof(VMCOREINFO_NOTE_NAME), 4) +
	       ALIGN(vmcoreinfo_size, 4);
	used = info + nr_cpu_ids * CPU_NOTE_BYTES;
	*size = PAGE_ALIGN(used + FILLER_BYTES);
	buf = alloc_pages_exact(*size, GFP_KERNEL | __GFP_ZERO);
	if (!buf)
		return -ENOMEM;
	*pa = virt_to_phys(buf);

	append_elf_note(buf, VMCOREINFO_NOTE_NAME, NO_TYPE, vmcoreinfo_data,
			vmcoreinfo_size);
	cpu_notes = buf + info;
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct elf_note *note = cpu_note(cpu);

		note->n_namesz = sizeof(CPU_NOTE_NAME);
		note->n_descsz = sizeof(struct elf_prstatus);
		note->n_type = cpu ? NO_TYPE : NT_PRSTATUS;
		memcpy(note + 1, CPU_NOTE_NAME, sizeof(CPU_NOTE_NAME));
	}
	filler = buf + used;
	filler->n_namesz = sizeof(CPU_NOTE_NAME);
	filler->n_descsz = *size - used - FILLER_BYTES;
	memcpy(filler + 1, CPU_NOTE_NAME, sizeof(CPU_NOTE_NAME));
	return 0;
}

#ifdef CONFIG_CRASH_DUMP
static void *note_desc(struct elf_note *note)
{
	return (void *)(note + 1) + ALIGN(note->n_namesz, 4);
}

void __weak meminspect_arch_panic_frame(struct pt_regs *regs)
{
}

/* The other CPUs have done so when they were stopped. */
static noinline void save_own_registers(void)
{
	struct pt_regs regs;

	crash_setup_regs(&regs, NULL);
	meminspect_arch_panic_frame(&regs);
	crash_save_cpu(&regs, raw_smp_processor_id());
}

/* objtool can't follow how the flags are read. */
STACK_FRAME_NON_STANDARD(save_own_registers);
#endif

/**
 * meminspect_notes_save() - take over the registers that a panic has saved
 *
 * Context: a panic, the other CPUs stopped.
 */
void meminspect_notes_save(void)
{
#ifdef CONFIG_CRASH_DUMP
	struct elf_note *from, *to;
	unsigned int cpu;

	if (!crash_notes)
		return;
	save_own_registers();
	/* Stopped CPUs may count as offline. */
	for_each_possible_cpu(cpu) {
		from = (struct elf_note *)per_cpu_ptr(crash_notes, cpu);
		to = cpu_note(cpu);
		if (from->n_type != NT_PRSTATUS ||
		    from->n_descsz != sizeof(struct elf_prstatus))
			continue;
		memcpy(note_desc(to), note_desc(from), from->n_descsz);
		/* The registers before the type that says they are there. */
		smp_wmb();
		WRITE_ONCE(to->n_type, NT_PRSTATUS);
	}
#endif
}

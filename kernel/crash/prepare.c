// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header for an image that is being loaded, from the running kernel's own
 * notes and the memory ranges that the architecture gives.
 */
#define pr_fmt(fmt) "crash: " fmt

#include <linux/crash_core.h>
#include <linux/elfcorehdr.h>
#include <linux/kexec.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>
#include <linux/vmcore_info.h>

#include <asm/sections.h>

#include "internal.h"

const struct elfcorehdr_machine crash_machine = {
	.machine = ELF_ARCH,
	.osabi = ELF_OSABI,
};

/**
 * crash_append_fixed() - append the program headers that hotplug doesn't change
 * @hdr:	header from elfcorehdr_init(), still empty
 * @need_kernel_map: whether the kernel's own mapping gets a PT_LOAD
 *
 * A PT_NOTE for each possible CPU, so that no CPU event changes the header,
 * one for vmcoreinfo, and the kernel's mapping, which overlaps with the linear
 * one: gdb and crash resolve symbols by it.
 *
 * Return: 0, or -ENOSPC.
 */
int crash_append_fixed(struct elfcorehdr *hdr, bool need_kernel_map)
{
	unsigned int cpu;
	int ret;

	for_each_possible_cpu(cpu) {
		phys_addr_t notes = per_cpu_ptr_to_phys(per_cpu_ptr(crash_notes,
								    cpu));

		ret = elfcorehdr_append_note(hdr, notes, sizeof(note_buf_t));
		if (ret)
			return ret;
	}

	ret = elfcorehdr_append_note(hdr, paddr_vmcoreinfo_note(),
				     VMCOREINFO_NOTE_SIZE);
	if (ret || !need_kernel_map)
		return ret;

	return elfcorehdr_append_load(hdr, (unsigned long)_text,
				      __pa_symbol(_text), _end - _text);
}

/* For kexec -d: the PT_LOAD that was appended last. */
static void log_load(const void *buf)
{
	const Elf64_Ehdr *ehdr = buf;
	const Elf64_Phdr *phdr = &elfcorehdr_phdrs(buf)[ehdr->e_phnum - 1];

	kexec_dprintk("PT_LOAD %d: vaddr %#llx paddr %#llx size %#llx p_offset %#llx e_phnum %d\n",
		      ehdr->e_phnum - 1, phdr->p_vaddr, phdr->p_paddr,
		      phdr->p_filesz, phdr->p_offset, ehdr->e_phnum);
}

/**
 * crash_prepare_elf64_headers() - build the elfcorehdr of an image
 * @mem:	memory ranges, in the order in which they shall appear
 * @need_kernel_map: non-zero for a PT_LOAD of the kernel's own mapping
 * @addr:	receives the header, which the caller frees with vfree()
 * @sz:		receives its size, a multiple of ELF_CORE_HEADER_ALIGN
 *
 * Context: process context, may sleep.
 *
 * Return: 0; -ENOMEM; -ENOSPC for more ranges than e_phnum can count.  A
 * range that ends before it starts is left out.
 */
int crash_prepare_elf64_headers(struct crash_mem *mem, int need_kernel_map,
				void **addr, unsigned long *sz)
{
	size_t nr = num_possible_cpus() + 2ul + mem->nr_ranges;
	struct elfcorehdr hdr;
	unsigned int i;
	size_t size;
	void *buf;
	int ret;

	size = ALIGN(elfcorehdr_bytes(nr), ELF_CORE_HEADER_ALIGN);
	buf = vzalloc(size);
	if (!buf)
		return -ENOMEM;

	ret = elfcorehdr_init(&hdr, buf, size, &crash_machine);
	if (!ret)
		ret = crash_append_fixed(&hdr, need_kernel_map);

	for (i = 0; !ret && i < mem->nr_ranges; i++) {
		u64 start = mem->ranges[i].start;
		u64 end = mem->ranges[i].end;

		if (end < start) {
			pr_warn("range %llx-%llx ends before its start, left out\n", start, end);
			continue;
		}
		ret = elfcorehdr_append_load(&hdr, (unsigned long)__va(start),
					     start, end - start + 1);
		if (ret)
			pr_err("range %llx-%llx does not go into the elfcorehdr (%d)\n",
			       start, end, ret);
		else
			log_load(buf);
	}
	if (ret) {
		vfree(buf);
		return ret;
	}

	*addr = buf;
	*sz = size;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that a header has to cover, as one flag for each unit of memory.
 */
#ifndef _CRASHPOINT_MODEL_H
#define _CRASHPOINT_MODEL_H

#include <linux/elfcorehdr.h>

#define MODEL_UNITS	96
#define MODEL_UNIT	(128ull << 20)
#define MODEL_VA	0xffff888000000000ull

struct model {
	bool covered[MODEL_UNITS];
};

static inline void model_set(struct model *m, unsigned int first,
			     unsigned int last, bool covered)
{
	for (; first <= last; first++)
		m->covered[first] = covered;
}

/*
 * Read the memory ranges of @buf, as any reader of the table would; false if
 * it is not a table that covers whole units, none of them twice.
 */
static inline bool model_read(struct model *m, const void *buf)
{
	const Elf64_Phdr *phdrs = elfcorehdr_phdrs(buf);
	const Elf64_Ehdr *ehdr = buf;
	unsigned int i;
	u64 unit, last;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < ehdr->e_phnum; i++) {
		const Elf64_Phdr *p = &phdrs[i];

		if (p->p_type == PT_NOTE)
			continue;
		if (p->p_type != PT_LOAD)
			return false;
		/* The kernel's own mapping. */
		if (p->p_vaddr - p->p_paddr != MODEL_VA)
			continue;
		if (p->p_offset != p->p_paddr || p->p_filesz != p->p_memsz ||
		    p->p_flags != (PF_R | PF_W | PF_X) || p->p_align ||
		    !p->p_memsz || p->p_paddr % MODEL_UNIT ||
		    p->p_memsz % MODEL_UNIT)
			return false;
		unit = p->p_paddr / MODEL_UNIT;
		last = unit + p->p_memsz / MODEL_UNIT - 1;
		if (last >= MODEL_UNITS)
			return false;
		for (; unit <= last; unit++) {
			if (m->covered[unit])
				return false;
			m->covered[unit] = true;
		}
	}
	return true;
}

#endif

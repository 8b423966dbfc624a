// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <linux/minidump_abi.h>

#include "core.h"
#include "faults.h"

#define VMCOREINFO "VMCOREINFO"

static const char *identify(const void *buf, size_t size)
{
	const Elf64_Ehdr *ehdr = buf;

	if (size < sizeof(*ehdr))
		return "is shorter than an ELF header";
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG))
		return "is not an ELF header";
	if (ehdr->e_ident[EI_CLASS] != ELFCLASS64)
		return "is an ELF header that is not of 64 bits";
	if (ehdr->e_ident[EI_DATA] != ELFDATA2LSB)
		return "is an ELF header that is not little endian";
	if (ehdr->e_ident[EI_VERSION] != EV_CURRENT)
		return "is an ELF header of an unknown version";
	return NULL;
}

static const char *read_phdrs(struct core *core, Elf *elf, size_t size)
{
	const GElf_Ehdr *ehdr = &core->ehdr;
	unsigned int i, nr = ehdr->e_phnum;

	if (!nr)
		return "has no program headers";
	if (nr > CORE_PHDRS)
		return "has a number of program headers that needs a section header";
	if (ehdr->e_phentsize != sizeof(Elf64_Phdr))
		return "has program headers of an unknown size";
	if (ehdr->e_phoff < sizeof(Elf64_Ehdr) || ehdr->e_phoff > size ||
	    nr > (size - ehdr->e_phoff) / sizeof(Elf64_Phdr))
		return "ends before its program headers do";

	core->phdrs = must_alloc(nr, sizeof(*core->phdrs));
	for (i = 0; i < nr; i++)
		if (!gelf_getphdr(elf, i, &core->phdrs[i]))
			return elf_errmsg(-1);
	core->nr = nr;
	return NULL;
}

/**
 * core_parse() - parse the header of a core
 * @core:	receives the header; free it with core_free()
 * @buf:	the header, possibly with more of the core behind it
 * @size:	bytes in @buf
 *
 * Return: NULL, or the reason why the header is not understood.
 */
const char *core_parse(struct core *core, const void *buf, size_t size)
{
	const char *why = identify(buf, size);
	Elf64_Ehdr *copy;
	Elf *elf;

	*core = (struct core){};
	if (why)
		return why;

	/* A core has no sections: don't let libelf follow a header that claims some. */
	copy = must_alloc(1, size);
	memcpy(copy, buf, size);
	copy->e_shoff = 0;
	copy->e_shnum = 0;
	copy->e_shstrndx = 0;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)copy, size);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &core->ehdr))
		why = elf ? "is not understood by libelf" : elf_errmsg(-1);
	else
		why = read_phdrs(core, elf, size);
	elf_end(elf);
	free(copy);
	if (why)
		core_free(core);
	return why;
}

/**
 * core_zero_fill() - find the program header of all RAM, which has no bytes in the core
 * @core:	core
 *
 * Return: that program header, or NULL if the last one is of another kind.
 */
const GElf_Phdr *core_zero_fill(const struct core *core)
{
	const GElf_Phdr *last = core->nr ? &core->phdrs[core->nr - 1] : NULL;

	return last && last->p_type == PT_LOAD && !last->p_filesz ? last : NULL;
}

/* True for a window: a program header whose address may change at any time. */
bool core_is_window(const GElf_Phdr *phdr)
{
	return phdr->p_flags & ELFCOREHDR_WINDOW;
}

/* True for a window that shows no memory: the origin of its bytes is unknown. */
bool core_is_closed(const GElf_Phdr *phdr)
{
	return core_is_window(phdr) && phdr->p_paddr == ELFCOREHDR_CLOSED;
}

void core_free(struct core *core)
{
	free(core->phdrs);
	core->phdrs = NULL;
	core->nr = 0;
}

/**
 * core_check_notes() - check that notes can be read and that VMCOREINFO is among them
 * @buf:	notes
 * @size:	bytes in @buf
 *
 * An empty note, which is three words of zero, is padding.
 *
 * Return: NULL, or a description of the fault, which the caller must free.
 */
char *core_check_notes(const void *buf, size_t size)
{
	const u8 *bytes = buf;
	bool vmcoreinfo = false;
	Elf64_Nhdr note;
	size_t at = 0;
	u64 name, desc;

	while (size - at >= sizeof(note)) {
		memcpy(&note, bytes + at, sizeof(note));
		name = ((u64)note.n_namesz + 3) & ~3ULL;
		desc = ((u64)note.n_descsz + 3) & ~3ULL;
		if (name + desc > size - at - sizeof(note))
			return must_print("the note at 0x%zx, with a name of %u and %u bytes, goes beyond their end",
					  at, note.n_namesz, note.n_descsz);
		at += sizeof(note);
		if (note.n_namesz == sizeof(VMCOREINFO) && note.n_descsz &&
		    !memcmp(bytes + at, VMCOREINFO, sizeof(VMCOREINFO)))
			vmcoreinfo = true;
		at += name + desc;
	}
	for (; at < size; at++)
		if (bytes[at])
			return must_print("after the last note are bytes that are no note");
	if (!vmcoreinfo)
		return must_print("none of them is " VMCOREINFO);
	return NULL;
}

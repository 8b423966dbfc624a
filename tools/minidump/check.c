// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include <linux/minmax.h>

#include "check.h"
#include "names.h"

/* The ELF header is padded to whole pages, and no page is smaller than this. */
#define PAGE 4096

static void check_name(struct dump *dump, unsigned int i, const char *label)
{
	const struct region *region = &dump->regions[i];
	bool elf = !strcmp(region->name, MINIDUMP_NAME_ELF);
	const char *why = name_fault(region->name);

	if (why)
		fault(&dump->faults, label, "%s", why);
	if (!region->padded)
		fault(&dump->faults, label, "its name is not padded with zeros");
	if (!i && !elf)
		fault(&dump->faults, label, "is the first, but not " MINIDUMP_NAME_ELF);
	if (i && elf)
		fault(&dump->faults, label, "is " MINIDUMP_NAME_ELF ", but not the first");
}

/* Windows follow the notes and consist of words: a task_struct need not fill pages. */
#define WORD 8

static void check_window(struct dump *dump, unsigned int i, const char *label)
{
	const struct region *region = &dump->regions[i];

	if (i < 2)
		fault(&dump->faults, label, "is a window, where the %s should be",
		      i ? "notes" : "header");
	else if (i > 2 && !region[-1].window)
		fault(&dump->faults, label, "is a window behind a region that is none");
	if (region->size % WORD || (region->located && region->address % WORD))
		fault(&dump->faults, label,
		      "is a window of 0x%llx bytes at 0x%llx, which are not whole words",
		      (ull)region->size, (ull)region->address);
}

static void check_region(struct dump *dump, unsigned int i)
{
	const struct region *region = &dump->regions[i];
	char label[DUMP_LABEL];

	dump_label(dump, region, label);
	if (dump->kind == DUMP_RAM || region->file)
		check_name(dump, i, label);
	if (!region->size)
		fault(&dump->faults, label, "has no bytes");
	if (region->size % MINIDUMP_ALIGN)
		fault(&dump->faults, label, "its size, 0x%llx, is no multiple of %d",
		      (ull)region->size, MINIDUMP_ALIGN);
	else if (!i && region->size % PAGE)
		fault(&dump->faults, label, "its size, 0x%llx, is not of whole pages",
		      (ull)region->size);
	if (region->located && region->address % MINIDUMP_ALIGN)
		fault(&dump->faults, label, "its address, 0x%llx, is no multiple of %d",
		      (ull)region->address, MINIDUMP_ALIGN);
	if (region->window)
		check_window(dump, i, label);
	else if (i > 2 && !region[-1].window && region->address <= region[-1].address)
		fault(&dump->faults, label,
		      "its address, 0x%llx, is not above that of the one before, 0x%llx",
		      (ull)region->address, (ull)region[-1].address);
}

static int compare_seq(const void *a, const void *b)
{
	const struct region *x = *(const struct region **)a;
	const struct region *y = *(const struct region **)b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int compare_address(const void *a, const void *b)
{
	const struct region *x = *(const struct region **)a;
	const struct region *y = *(const struct region **)b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void check_seqs(struct dump *dump, const struct region **sorted)
{
	char label[DUMP_LABEL], other[DUMP_LABEL];

	for (unsigned int i = 0; i < dump->nr; i++)
		sorted[i] = &dump->regions[i];
	qsort(sorted, dump->nr, sizeof(*sorted), compare_seq);
	for (unsigned int i = 0; i < dump->nr; i++) {
		dump_label(dump, sorted[i], label);
		if (i && sorted[i]->seq == sorted[i - 1]->seq)
			fault(&dump->faults, label, "has the number, %u, of %s",
			      sorted[i]->seq, dump_label(dump, sorted[i - 1], other));
		else if (sorted[i]->seq != sorted[i]->index + 1)
			fault(&dump->faults, label, "has the number %u, not its place",
			      sorted[i]->seq);
	}
}

static void check_overlaps(struct dump *dump, const struct region **sorted)
{
	const struct region *reach = NULL;
	char label[DUMP_LABEL], other[DUMP_LABEL];
	unsigned int i, nr = 0;

	for (i = 0; i < dump->nr; i++) {
		const struct region *region = &dump->regions[i];

		if (region->window)
			continue;
		/* A region that is not all in RAM has been reported already. */
		if (region->located && region->size <= UINT64_MAX - region->address &&
		    (dump->kind != DUMP_RAM || region->have == region->size))
			sorted[nr++] = region;
	}
	qsort(sorted, nr, sizeof(*sorted), compare_address);
	for (i = 0; i < nr; i++) {
		if (reach && sorted[i]->size &&
		    sorted[i]->address < reach->address + reach->size)
			fault(&dump->faults, dump_label(dump, sorted[i], label),
			      "at 0x%llx overlaps %s at 0x%llx",
			      (ull)sorted[i]->address, dump_label(dump, reach, other),
			      (ull)reach->address);
		if (!reach || sorted[i]->address + sorted[i]->size >
			      reach->address + reach->size)
			reach = sorted[i];
	}
}

static void check_ehdr(struct dump *dump)
{
	const GElf_Ehdr *ehdr = &dump->core.ehdr;
	u64 end = ehdr->e_phoff + dump->core.nr * sizeof(Elf64_Phdr);
	char label[DUMP_LABEL];

	dump_label(dump, &dump->regions[0], label);
	if (ehdr->e_type != ET_CORE)
		fault(&dump->faults, label, "its e_type, %u, is not that of a core",
		      ehdr->e_type);
	if (ehdr->e_phoff != sizeof(Elf64_Ehdr))
		fault(&dump->faults, label, "its e_phoff is 0x%llx, not 0x%zx",
		      (ull)ehdr->e_phoff, sizeof(Elf64_Ehdr));
	if (ehdr->e_ehsize != sizeof(Elf64_Ehdr))
		fault(&dump->faults, label, "its e_ehsize is %u, not %zu",
		      ehdr->e_ehsize, sizeof(Elf64_Ehdr));
	if (dump->regions[0].size > CORE_HEADER_PADDED)
		fault(&dump->faults, label, "0x%llx bytes of header are absurd",
		      (ull)dump->regions[0].size);
	if (dump->regions[0].size < end)
		fault(&dump->faults, label,
		      "its program headers end at 0x%llx, beyond its 0x%llx bytes",
		      (ull)end, (ull)dump->regions[0].size);
}

static void check_phdr(struct dump *dump, unsigned int i)
{
	const GElf_Phdr *phdr = &dump->core.phdrs[i];
	u64 offset = i ? phdr[-1].p_offset + phdr[-1].p_filesz :
			 dump->regions[0].size;
	bool last = i + 1 == dump->core.nr;
	char label[DUMP_LABEL];

	dump_phdr_label(i, label);
	if (dump->kind == DUMP_RAM && i + 1 < dump->nr)
		offset = dump->regions[i + 1].offset;
	if (!i && phdr->p_type != PT_NOTE)
		fault(&dump->faults, label, "is the first, but not PT_NOTE");
	if (i && phdr->p_type != PT_LOAD)
		fault(&dump->faults, label, "is %s", phdr->p_type == PT_NOTE ?
		      "another PT_NOTE" : "neither PT_NOTE nor PT_LOAD");
	if (core_is_window(phdr) && (!i || last || phdr->p_type != PT_LOAD))
		fault(&dump->faults, label, "is marked as a window");
	if (phdr->p_memsz > UINT64_MAX - phdr->p_paddr)
		fault(&dump->faults, label,
		      "its 0x%llx bytes at 0x%llx are beyond the last address",
		      (ull)phdr->p_memsz, (ull)phdr->p_paddr);
	if (last && i) {
		if (phdr->p_filesz || !phdr->p_memsz)
			fault(&dump->faults, label,
			      "is the last, but not all of RAM, with no bytes in the core");
		return;
	}
	if (!phdr->p_filesz)
		fault(&dump->faults, label, "has no bytes in the core, but is not the last");
	else if (phdr->p_memsz != phdr->p_filesz && (i || phdr->p_memsz))
		fault(&dump->faults, label, "its p_memsz, 0x%llx, is not its p_filesz, 0x%llx",
		      (ull)phdr->p_memsz, (ull)phdr->p_filesz);
	if (phdr->p_offset != offset)
		fault(&dump->faults, label, "its p_offset is 0x%llx, not 0x%llx",
		      (ull)phdr->p_offset, (ull)offset);
}

static bool covers(const GElf_Phdr *all, u64 address, u64 size)
{
	return address >= all->p_paddr && size <= all->p_memsz &&
	       address - all->p_paddr <= all->p_memsz - size;
}

static void check_covered(struct dump *dump)
{
	const GElf_Phdr *all = core_zero_fill(&dump->core);
	char label[DUMP_LABEL];

	if (!all || all->p_memsz > UINT64_MAX - all->p_paddr)
		return;
	for (unsigned int i = 0; i + 1 < dump->core.nr; i++) {
		const GElf_Phdr *phdr = &dump->core.phdrs[i];
		u64 size = max(phdr->p_memsz, phdr->p_filesz);

		if (phdr->p_type != PT_LOAD || core_is_closed(phdr) ||
		    covers(all, phdr->p_paddr, size))
			continue;
		fault(&dump->faults, dump_phdr_label(i, label),
		      "0x%llx bytes at 0x%llx are not in what the last one covers",
		      (ull)size, (ull)phdr->p_paddr);
	}
}

/* Compare the table with the ELF header. */
static void check_match(struct dump *dump)
{
	char label[DUMP_LABEL];

	if (dump->core.nr != dump->nr)
		fault(&dump->faults, dump_label(dump, &dump->regions[0], label),
		      "has %u program headers, but %u are needed for %u regions",
		      dump->core.nr, dump->nr, dump->nr);
	for (unsigned int i = 1; i < min(dump->nr, dump->core.nr + 1); i++) {
		const struct region *region = &dump->regions[i];
		const GElf_Phdr *phdr = &dump->core.phdrs[i - 1];

		dump_label(dump, region, label);
		if (region->window != core_is_window(phdr))
			fault(&dump->faults, label, "is %s window, but program header %u is %s",
			      region->window ? "a" : "no", i - 1,
			      region->window ? "none" : "one");
		else if (region->address != phdr->p_paddr && !core_is_closed(phdr))
			fault(&dump->faults, label,
			      "is at 0x%llx, but program header %u has 0x%llx",
			      (ull)region->address, i - 1, (ull)phdr->p_paddr);
		if (region->size != phdr->p_filesz)
			fault(&dump->faults, label,
			      "has 0x%llx bytes, but program header %u has 0x%llx",
			      (ull)region->size, i - 1, (ull)phdr->p_filesz);
	}
}

static void check_notes(struct dump *dump)
{
	const struct region *notes = &dump->regions[1];
	char label[DUMP_LABEL];
	char *why = NULL;
	void *buf;

	if (dump->nr < 2 || notes->have < notes->size)
		return;
	dump_label(dump, notes, label);
	if (notes->size > CORE_NOTES) {
		fault(&dump->faults, label, "0x%llx bytes of notes are absurd",
		      (ull)notes->size);
		return;
	}
	buf = must_alloc(1, notes->size);
	if (!dump_read(dump, notes, 0, buf, notes->size))
		fault(&dump->faults, label, "cannot be read");
	else
		why = core_check_notes(buf, notes->size);
	if (why)
		fault(&dump->faults, label, "notes: %s", why);
	free(why);
	free(buf);
}

/* A core must end where its last region ends. */
static void check_end(struct dump *dump)
{
	const struct region *last = &dump->regions[dump->nr - 1];

	if (last->have == last->size && last->offset + last->size < dump->bytes)
		fault(&dump->faults, dump->path, "has 0x%llx bytes more than the ELF header says",
		      (ull)(dump->bytes - last->offset - last->size));
}

/**
 * check_dump() - find the faults of a dump
 * @dump:	dump; receives the faults
 */
void check_dump(struct dump *dump)
{
	const struct region **sorted = must_alloc(dump->nr, sizeof(*sorted));
	unsigned int i;

	for (i = 0; i < dump->nr; i++)
		check_region(dump, i);
	if (dump->kind == DUMP_RAM)
		check_seqs(dump, sorted);
	check_overlaps(dump, sorted);
	free(sorted);

	if (dump->core.nr) {
		check_ehdr(dump);
		if (dump->kind == DUMP_RAM)
			check_match(dump);
		for (i = 0; i < dump->core.nr; i++)
			check_phdr(dump, i);
		check_covered(dump);
	}
	check_notes(dump);
	if (dump->kind == DUMP_CORE)
		check_end(dump);
}

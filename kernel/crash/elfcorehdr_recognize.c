// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the builder that recognizes core headers of kexec-tools.
 *
 * As elfcorehdr.c it knows no lock, no allocator and no kernel state; it needs
 * no other part of the builder.
 */
#include <linux/elf.h>
#include <linux/elfcorehdr.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

/* The program header table, as the ELF header of either class gives it. */
struct phdr_table {
	size_t ehdr_bytes;
	size_t phdr_bytes;
	u64 phoff;
	u16 ehsize;
	u16 phentsize;
	u16 phnum;
};

/* Both classes have the fields up to e_version at the same places. */
static const char *ident_fault(const void *buf, size_t size,
			       const struct elfcorehdr_machine *m)
{
	const Elf32_Ehdr *ehdr = buf;
	u8 class;

	if (size < sizeof(*ehdr))
		return "shorter than an ELF header";
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG))
		return "no ELF magic";
	class = ehdr->e_ident[EI_CLASS];
	if (class != ELFCLASS64 && class != ELFCLASS32)
		return "neither ELF64 nor ELF32";
	if (ehdr->e_ident[EI_DATA] != ELFDATA2LSB)
		return "not little endian";
	if (ehdr->e_ident[EI_VERSION] != EV_CURRENT ||
	    ehdr->e_version != EV_CURRENT)
		return "unknown ELF version";
	if (ehdr->e_type != ET_CORE)
		return "not a core file (e_type)";
	/* kexec-tools as a 32-bit program may write EM_386 on x86_64. */
	if (m && ehdr->e_machine != m->machine &&
	    !(class == ELFCLASS32 && m->machine == EM_X86_64 &&
	      ehdr->e_machine == EM_386))
		return "made for another machine (e_machine)";
	return NULL;
}

static void read_table32(struct phdr_table *t, const Elf32_Ehdr *ehdr)
{
	t->ehdr_bytes = sizeof(Elf32_Ehdr);
	t->phdr_bytes = sizeof(Elf32_Phdr);
	t->phoff = ehdr->e_phoff;
	t->ehsize = ehdr->e_ehsize;
	t->phentsize = ehdr->e_phentsize;
	t->phnum = ehdr->e_phnum;
}

static void read_table64(struct phdr_table *t, const Elf64_Ehdr *ehdr)
{
	t->ehdr_bytes = sizeof(Elf64_Ehdr);
	t->phdr_bytes = sizeof(Elf64_Phdr);
	t->phoff = ehdr->e_phoff;
	t->ehsize = ehdr->e_ehsize;
	t->phentsize = ehdr->e_phentsize;
	t->phnum = ehdr->e_phnum;
}

static const char *table_fault(const struct phdr_table *t, size_t size)
{
	if (t->ehsize != t->ehdr_bytes)
		return "wrong e_ehsize";
	if (t->phentsize != t->phdr_bytes)
		return "wrong e_phentsize";
	if (t->phoff != t->ehdr_bytes)
		return "program headers do not follow the ELF header (e_phoff)";
	if (!t->phnum)
		return "no program headers (e_phnum)";
	if (t->phnum > ELFCOREHDR_MAX_PHDRS)
		return "extended numbering (PN_XNUM) is not supported";
	if (t->ehdr_bytes + t->phnum * t->phdr_bytes > size)
		return "truncated: e_phnum program headers do not fit";
	return NULL;
}

static int refuse_core(struct elfcorehdr_error *err, const char *what, int phdr)
{
	if (err) {
		err->what = what;
		err->phdr = phdr;
	}
	return -EINVAL;
}

/**
 * elfcorehdr_recognize() - whether bytes are a core header of kexec-tools
 * @buf:	the bytes, aligned to 8; nothing in them is trusted
 * @size:	how many there are
 * @m:		the machine that it has to be for, or NULL for any
 * @err:	receives the fault, or NULL
 *
 * For a caller that makes the header anew and has to know only that it may
 * replace these bytes: an ELF core header of class 64 or 32, for this machine,
 * whose program headers are all PT_NOTE or PT_LOAD.  An x86_64 machine may be
 * called EM_386 in class 32 (--elf32-core-headers).  The ranges of the program
 * headers are not looked at: they may overlap, wrap or be empty.
 *
 * Return: 0, or -EINVAL with @err filled in.
 */
int elfcorehdr_recognize(const void *buf, size_t size,
			 const struct elfcorehdr_machine *m,
			 struct elfcorehdr_error *err)
{
	const Elf32_Ehdr *ident = buf;
	struct phdr_table table;
	const char *fault;
	u32 i, type;

	if ((unsigned long)buf % sizeof(u64))
		return refuse_core(err, "buffer not aligned", -1);
	fault = ident_fault(buf, size, m);
	if (fault)
		return refuse_core(err, fault, -1);

	if (ident->e_ident[EI_CLASS] == ELFCLASS32) {
		read_table32(&table, buf);
	} else {
		if (size < sizeof(Elf64_Ehdr))
			return refuse_core(err, "shorter than an ELF header", -1);
		read_table64(&table, buf);
	}
	fault = table_fault(&table, size);
	if (fault)
		return refuse_core(err, fault, -1);

	for (i = 0; i < table.phnum; i++) {
		/* Both classes begin a program header with p_type. */
		type = *(const u32 *)(buf + table.ehdr_bytes +
				      i * table.phdr_bytes);
		if (type != PT_NOTE && type != PT_LOAD)
			return refuse_core(err, "neither PT_NOTE nor PT_LOAD", i);
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elfcorehdr - the ELF64 core header that describes a crashed machine.
 *
 * One builder for every such header.  It knows no lock, no allocator and no
 * kernel state: it works on the caller's buffer, and the same source compiles
 * into the kernel, its tests and the host tools.
 */
#ifndef _LINUX_ELFCOREHDR_H
#define _LINUX_ELFCOREHDR_H

#include <linux/elf.h>
#include <linux/minidump_abi.h>
#include <linux/types.h>

/*
 * Program headers that one header can hold at most: from PN_XNUM on e_phnum
 * says something else, and /proc/vmcore takes it literally.
 */
#define ELFCOREHDR_MAX_PHDRS	(0xffff - 1)

/**
 * struct elfcorehdr_machine - properties of the machine in the header
 * @machine:	e_machine
 * @osabi:	e_ident[EI_OSABI]
 */
struct elfcorehdr_machine {
	u16 machine;
	u8 osabi;
};

/**
 * struct elfcorehdr_write - one program header to be written
 * @slot:	its place in the table
 * @phdr:	its contents
 */
struct elfcorehdr_write {
	u64 slot;
	Elf64_Phdr phdr;
};

/**
 * struct elfcorehdr_journal - redo journal of one elementary step
 * @valid:	1 while @phnum and @write describe a step that may be half
 *		applied to the buffer, else 0
 * @nr_writes:	entries of @write in use
 * @phnum:	e_phnum after the step
 * @write:	program headers that the step changes
 *
 * @valid is set, with release semantics, after the rest of the journal is
 * written and before the first store to the buffer, and cleared, with release
 * semantics, after the last one.  A reader that finds it set after the writer has
 * stopped for good makes the step whole with elfcorehdr_replay().
 */
struct elfcorehdr_journal {
	u32 valid;
	u32 nr_writes;
	u64 phnum;
	struct elfcorehdr_write write[2];
};

/**
 * struct elfcorehdr - a header that is being built or kept up to date
 * @buf:	the header's bytes, aligned to 8
 * @capacity:	program headers that @buf can hold
 * @first:	slot of the first memory range; the slots before it are fixed
 * @nr:		memory ranges, in the slots from @first on
 * @va_offset:	virtual minus physical address in the linear map
 * @index:	slots of the memory ranges by ascending address, or NULL while
 *		the header is only appended to
 * @clean:	called for the bytes that a step has changed, before the step
 *		ends, or NULL; for readers that bypass the caches.  Not called
 *		by elfcorehdr_replay()
 * @journal:	the step in progress
 *
 * The caller serializes all changes.  Only elfcorehdr_replay() may run beside
 * another function, under the conditions that it states.
 */
struct elfcorehdr {
	void *buf;
	u32 capacity;
	u32 first;
	u32 nr;
	u64 va_offset;
	u16 *index;
	void (*clean)(void *start, size_t size);
	struct elfcorehdr_journal journal;
};

/**
 * struct elfcorehdr_error - why a header was refused
 * @what:	a short text that names the fault
 * @phdr:	the program header that has it, or -1 when it is not one's
 */
struct elfcorehdr_error {
	const char *what;
	int phdr;
};

/**
 * struct elfcorehdr_view - the memory that a window shows
 * @vaddr:	virtual address
 * @paddr:	physical address, or ELFCOREHDR_CLOSED
 */
struct elfcorehdr_view {
	u64 vaddr;
	u64 paddr;
};

/* Bytes of a header with @nr program headers. */
static inline size_t elfcorehdr_bytes(size_t nr)
{
	return sizeof(Elf64_Ehdr) + nr * sizeof(Elf64_Phdr);
}

/* Program headers that fit into @size bytes. */
static inline u32 elfcorehdr_capacity(size_t size)
{
	size_t nr;

	if (size < sizeof(Elf64_Ehdr))
		return 0;
	nr = (size - sizeof(Elf64_Ehdr)) / sizeof(Elf64_Phdr);
	return nr < ELFCOREHDR_MAX_PHDRS ? nr : ELFCOREHDR_MAX_PHDRS;
}

static inline const Elf64_Phdr *elfcorehdr_phdrs(const void *buf)
{
	return (const Elf64_Phdr *)((const Elf64_Ehdr *)buf + 1);
}

/* The @i-th memory range by address. */
static inline const Elf64_Phdr *elfcorehdr_range(const struct elfcorehdr *hdr,
						 u32 i)
{
	return &elfcorehdr_phdrs(hdr->buf)[hdr->index[i]];
}

int elfcorehdr_init(struct elfcorehdr *hdr, void *buf, size_t size,
		    const struct elfcorehdr_machine *m);
int elfcorehdr_append(struct elfcorehdr *hdr, const Elf64_Phdr *phdr);
int elfcorehdr_append_window(struct elfcorehdr *hdr, u64 offset, u64 size);
void elfcorehdr_mark(void *buf, u32 slot, bool running);
void elfcorehdr_close(void *buf, u32 first, u32 nr);
void elfcorehdr_show(void *buf, u32 first, u32 nr,
		     const struct elfcorehdr_view *views);

int elfcorehdr_recognize(const void *buf, size_t size,
			 const struct elfcorehdr_machine *m,
			 struct elfcorehdr_error *err);
int elfcorehdr_validate(const void *buf, size_t size,
			const struct elfcorehdr_machine *m,
			struct elfcorehdr_error *err);
int elfcorehdr_parse(const void *buf, size_t size,
		     const struct elfcorehdr_machine *m, u16 *scratch,
		     struct elfcorehdr_error *err);
int elfcorehdr_open(struct elfcorehdr *hdr, void *buf, size_t size,
		    const struct elfcorehdr_machine *m, u64 va_offset,
		    u16 *index, struct elfcorehdr_error *err);

int elfcorehdr_add(struct elfcorehdr *hdr, u64 start, u64 end);
int elfcorehdr_remove(struct elfcorehdr *hdr, u64 start, u64 end);
void elfcorehdr_replay(struct elfcorehdr *hdr);

/**
 * elfcorehdr_next() - where the next program header of a header being built will be
 * @hdr:	header from elfcorehdr_init()
 *
 * A caller that fills it in and passes it to elfcorehdr_append() saves a copy.
 *
 * Return: its address, or NULL if the table is full.
 */
static inline Elf64_Phdr *elfcorehdr_next(struct elfcorehdr *hdr)
{
	Elf64_Ehdr *ehdr = hdr->buf;

	return ehdr->e_phnum < hdr->capacity ?
	       (Elf64_Phdr *)(ehdr + 1) + ehdr->e_phnum : NULL;
}

/**
 * elfcorehdr_keep() - go on with a header that was built before in the same place
 * @hdr:	header from elfcorehdr_init()
 * @nr:		how many of its program headers, which are there, are to stay
 */
static inline void elfcorehdr_keep(struct elfcorehdr *hdr, u32 nr)
{
	((Elf64_Ehdr *)hdr->buf)->e_phnum = nr;
}

/**
 * elfcorehdr_append_note() - append a PT_NOTE to a header that is being built
 * @hdr:	header from elfcorehdr_init(), with no PT_LOAD yet
 * @paddr:	physical address of the note, also the offset in /proc/vmcore's
 *		terms
 * @size:	its bytes
 *
 * Return: as elfcorehdr_append().
 */
static inline int elfcorehdr_append_note(struct elfcorehdr *hdr, u64 paddr,
					 u64 size)
{
	const Elf64_Phdr phdr = {
		.p_type		= PT_NOTE,
		.p_offset	= paddr,
		.p_paddr	= paddr,
		.p_filesz	= size,
		.p_memsz	= size,
	};

	return elfcorehdr_append(hdr, &phdr);
}

/**
 * elfcorehdr_append_load() - append a PT_LOAD to a header that is being built
 * @hdr:	header from elfcorehdr_init()
 * @vaddr:	virtual address at which the crashed kernel had the range
 * @paddr:	physical address, also the offset in /proc/vmcore's terms
 * @size:	its bytes
 *
 * Return: as elfcorehdr_append().
 */
static inline int elfcorehdr_append_load(struct elfcorehdr *hdr, u64 vaddr,
					 u64 paddr, u64 size)
{
	const Elf64_Phdr phdr = {
		.p_type		= PT_LOAD,
		.p_offset	= paddr,
		.p_vaddr	= vaddr,
		.p_paddr	= paddr,
		.p_filesz	= size,
		.p_memsz	= size,
	};

	return elfcorehdr_append(hdr, &phdr);
}

#endif /* _LINUX_ELFCOREHDR_H */

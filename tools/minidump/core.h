/* SPDX-License-Identifier: GPL-2.0-only */
/* The ELF header of a core, and its notes. */
#ifndef _TOOLS_MINIDUMP_CORE_H
#define _TOOLS_MINIDUMP_CORE_H

#include <gelf.h>

#include <linux/types.h>

/* More program headers than this need a section header, which our cores lack. */
#define CORE_PHDRS	(PN_XNUM - 1)
#define CORE_HEADER	(sizeof(Elf64_Ehdr) + CORE_PHDRS * sizeof(Elf64_Phdr))
/* A kernel's image pads the header to whole pages, and no page is larger than 64 KiB. */
#define CORE_HEADER_PADDED	((CORE_HEADER | 0xffff) + 1)
/* Limit for notes: those of a machine with tens of thousands of CPUs are smaller. */
#define CORE_NOTES	(64ULL << 20)

/**
 * struct core - the parsed header of a core
 * @ehdr:	the ELF header
 * @phdrs:	its program headers
 * @nr:		number of program headers; 0 if the header was not understood
 */
struct core {
	GElf_Ehdr ehdr;
	GElf_Phdr *phdrs;
	unsigned int nr;
};

const char *core_parse(struct core *core, const void *buf, size_t size);
const GElf_Phdr *core_zero_fill(const struct core *core);
bool core_is_window(const GElf_Phdr *phdr);
bool core_is_closed(const GElf_Phdr *phdr);
void core_free(struct core *core);

char *core_check_notes(const void *buf, size_t size);

#endif

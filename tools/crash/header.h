/* SPDX-License-Identifier: GPL-2.0-only */
/* A core header, read from a file and parsed. */
#ifndef _TOOLS_CRASH_HEADER_H
#define _TOOLS_CRASH_HEADER_H

#include <stdbool.h>
#include <stdio.h>

#include <linux/elfcorehdr.h>

#include "ranges.h"

#define SYS "/sys"
#define LIVE_HEADER_FILE "kernel/debug/crash_hotplug/elfcorehdr"
#define LIVE_HEADER SYS "/" LIVE_HEADER_FILE

/**
 * struct header - a core header of any origin
 * @buf:	ELF header and program headers
 * @phdrs:	its program headers, PT_NOTEs first, then by physical address
 * @nr:		number of program headers
 * @notes:	number of PT_NOTEs among them
 * @refusal:	reason why the kernel would not take it for a crash image, or NULL
 * @refused:	index of the program header that has this fault, or -1
 * @physical:	there are physical addresses; the core of a process has none
 * @memory:	ranges that PT_LOADs cover, except for the kernel's own mapping
 * @overlaps:	ranges that more than one of those PT_LOADs cover
 * @linear:	virtual minus physical address of the linear map
 */
struct header {
	void *buf;
	Elf64_Phdr *phdrs;
	unsigned int nr;
	unsigned int notes;
	const char *refusal;
	int refused;
	bool physical;
	struct ranges memory;
	struct ranges overlaps;
	u64 linear;
};

int header_read(struct header *h, const char *path);
void header_print_refusal(const struct header *h, FILE *to);
bool header_is_memory(const Elf64_Phdr *p);
bool header_is_kernel_map(const struct header *h, const Elf64_Phdr *p);
void header_free(struct header *h);

#endif

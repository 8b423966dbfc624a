/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CRASH_HOTPLUG_HEADER_H
#define _CRASH_HOTPLUG_HEADER_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_HEADER "/sys/kernel/debug/crash_hotplug/elfcorehdr"
#define MAX_RANGES 1024

struct range {
	uint64_t start;
	uint64_t end;
};

/* Sorted, with adjacent ranges joined. */
struct ranges {
	struct range r[MAX_RANGES];
	size_t nr;
};

/**
 * struct header - the parts of the live header that the tests look at
 * @memory:	ranges of the linear map
 * @notes:	the PT_NOTEs, and the PT_LOAD of the kernel's own mapping
 * @nr_notes:	number of @notes
 */
struct header {
	struct ranges memory;
	Elf64_Phdr notes[MAX_RANGES];
	size_t nr_notes;
};

void ranges_add(struct ranges *set, uint64_t start, uint64_t end);
void ranges_remove(struct ranges *set, uint64_t start, uint64_t end);
bool ranges_equal(const struct ranges *a, const struct ranges *b);

const char *header_read(struct header *h);
bool header_notes_equal(const struct header *a, const struct header *b);

#endif

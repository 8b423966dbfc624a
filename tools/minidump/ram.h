/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a stopped machine, in files. */
#ifndef _TOOLS_MINIDUMP_RAM_H
#define _TOOLS_MINIDUMP_RAM_H

#include <linux/types.h>

#define RAM_PIECES 64

/**
 * struct ram_piece - a part of a file that is RAM
 * @start:	physical address
 * @size:	bytes
 * @bytes:	the bytes, mapped
 * @mapping:	start of the mapping, at a page boundary
 * @mapped:	size of the mapping
 * @fd:		file descriptor of the file
 * @offset:	offset of the bytes in the file
 */
struct ram_piece {
	u64 start;
	u64 size;
	const u8 *bytes;
	void *mapping;
	size_t mapped;
	int fd;
	u64 offset;
};

/**
 * struct ram - all the RAM that was given
 * @pieces:	sorted by address, without overlaps
 * @nr:		number of pieces
 * @total:	sum of their sizes
 */
struct ram {
	struct ram_piece pieces[RAM_PIECES];
	unsigned int nr;
	u64 total;
};

bool parse_number(const char *text, u64 *number);
int ram_add(struct ram *ram, const char *spec);
void ram_free(struct ram *ram);

const u8 *ram_overlap(const struct ram_piece *piece, u64 address, u64 size,
		      u64 *skip, u64 *length);
u64 ram_inside(const struct ram *ram, u64 address, u64 size);
bool ram_copy(const struct ram *ram, u64 address, void *buf, u64 size);

#endif

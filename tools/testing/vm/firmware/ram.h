/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of the machine: files, each at an address of its own. */
#ifndef _FIRMWARE_RAM_H
#define _FIRMWARE_RAM_H

#include <linux/types.h>

#define RAM_BANKS 32

/**
 * struct ram_bank - one file
 * @base:	physical address of its first byte
 * @size:	bytes; @base + @size does not wrap
 * @bytes:	the bytes, mapped
 */
struct ram_bank {
	u64 base;
	u64 size;
	u8 *bytes;
};

/**
 * struct ram - all files
 * @banks:	in the order in which they were given, without overlaps
 * @nr:		number of files
 */
struct ram {
	struct ram_bank banks[RAM_BANKS];
	unsigned int nr;
};

int ram_add(struct ram *ram, const char *spec, bool writable);
void ram_close(struct ram *ram);

const u8 *ram_at(const struct ram *ram, u64 address, u64 *run);
bool ram_holds(const struct ram *ram, u64 address, u64 size);
bool ram_read(const struct ram *ram, u64 address, void *to, u64 size);
bool ram_write(const struct ram *ram, u64 address, const void *from, u64 size);
bool ram_clear(const struct ram *ram, u64 address, u64 size);
u64 ram_end(const struct ram *ram);

#endif

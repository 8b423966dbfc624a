/* SPDX-License-Identifier: GPL-2.0-only */
/* A minidump: in RAM, as the files of its regions, or as a core. */
#ifndef _TOOLS_MINIDUMP_DUMP_H
#define _TOOLS_MINIDUMP_DUMP_H

#include <linux/minidump_abi.h>

#include "core.h"
#include "faults.h"
#include "ram.h"

/**
 * struct region - a part of the core
 * @name:	name as it was found, with a NUL; empty if there is none
 * @padded:	only zeros are behind the name
 * @seq:	number; 0 if unknown
 * @index:	index in the table
 * @address:	physical address
 * @located:	@address is known
 * @window:	@address may change at any time, and may be in other regions, too
 * @size:	bytes that the region should have
 * @have:	bytes of it that dump_read() can read
 * @offset:	offset in the core
 * @room:	bytes that it takes in the core; not @size if that is absurd
 * @file:	name of the file that holds it, or NULL
 */
struct region {
	char name[MINIDUMP_NAME_BYTES + 1];
	bool padded;
	u32 seq;
	u32 index;
	u64 address;
	bool located;
	bool window;
	u64 size;
	u64 have;
	u64 offset;
	u64 room;
	char *file;
};

enum dump_kind { DUMP_RAM, DUMP_FILES, DUMP_CORE };

/**
 * struct dump - a minidump
 * @kind:	its source: RAM, files of regions, or a core
 * @path:	path of the directory or the core
 * @ram:	the RAM, for DUMP_RAM
 * @toc:	physical address of the global ToC in @ram
 * @fd:		file descriptor of the directory or the core
 * @regions:	the regions of the core, in order, without the zero fill
 * @nr:		number of regions
 * @entries:	entries of the table, valid or not
 * @core:	the ELF header
 * @bytes:	size of the core
 * @crc:	CRC-32 of the first region
 * @has_crc:	@crc is known
 * @refusal:	reason why no core can be made of it, or NULL
 * @faults:	the faults that were found
 */
struct dump {
	enum dump_kind kind;
	const char *path;
	const struct ram *ram;
	u64 toc;
	int fd;
	struct region *regions;
	unsigned int nr;
	u32 entries;
	struct core core;
	u64 bytes;
	u32 crc;
	bool has_crc;
	char *refusal;
	struct faults faults;
};

/* Bytes for the name of a region or a program header in a message. */
#define DUMP_LABEL 320

int dump_open_ram(struct dump *dump, const struct ram *ram, const u64 *anchor,
		  const u64 *toc, unsigned int subsystem);
int dump_open_path(struct dump *dump, const char *path);
void dump_close(struct dump *dump);

/* Shared by dump.c and files.c, which reads directories for dump_open_path(). */
int dump_open_files(struct dump *dump);
int dump_open_file(const struct dump *dump, const char *name, u64 *size);
void dump_regions_of_header(struct dump *dump, u64 header);

bool dump_read(const struct dump *dump, const struct region *region, u64 at,
	       void *buf, size_t size);
u64 dump_data(const struct dump *dump, const struct region *region, u64 at);
void dump_header_crc(struct dump *dump);
const char *dump_label(const struct dump *dump, const struct region *region,
		       char *buf);
const char *dump_phdr_label(unsigned int i, char *buf);

#endif

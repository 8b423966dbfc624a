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
 * @name:	its name as it was found, and a NUL; empty if there is none
 * @padded:	nothing but zeros is behind the name
 * @seq:	its number; 0 if not known
 * @index:	its place in the table
 * @address:	physical
 * @located:	@address is known
 * @window:	its address changes at any time, and may be others' too
 * @size:	bytes that it should have
 * @have:	bytes that there are of it
 * @offset:	in the core
 * @room:	bytes in the core, which are not @size if that is absurd
 * @file:	the file that holds it, or NULL
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
 * struct dump - what is known of a minidump
 * @kind:	where it is
 * @path:	the directory or the core
 * @ram:	or the RAM
 * @toc:	physical address of the global ToC in there
 * @fd:		the directory or the core
 * @regions:	what the core is made of, in order, but for the zero fill
 * @nr:		how many
 * @entries:	entries of the table, valid or not
 * @core:	the ELF header
 * @bytes:	of the core
 * @crc:	CRC-32 of the first region
 * @has_crc:	it is known
 * @refusal:	why no core can be made of it, or NULL
 * @faults:	what is wrong with it
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

/* How to say which region, or which program header. */
#define DUMP_LABEL 320

int dump_open_ram(struct dump *dump, const struct ram *ram, const u64 *anchor,
		  const u64 *toc, unsigned int subsystem);
int dump_open_path(struct dump *dump, const char *path);
void dump_close(struct dump *dump);

/* files.c, for dump_open_path() */
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

/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's symbol tables, in RAM. */
#ifndef _TOOLS_MINIDUMP_KALLSYMS_H
#define _TOOLS_MINIDUMP_KALLSYMS_H

#include "faults.h"
#include "ram.h"

/* Limit for symbols: the table by name has three bytes for the number of each. */
#define KALLSYMS_MOST	(1u << 24)
/* Number of tokens, and the most bytes of tokens that a 16-bit index reaches. */
#define KALLSYMS_TOKENS	256
#define KALLSYMS_BYTES	(65536 + 256)

/**
 * struct kallsyms - addresses of the symbol tables, and the tables that were read
 * @ram:	RAM
 * @nr:		number of symbols
 * @name_len:	most bytes of a name, with the NUL
 * @absolute_percpu: offsets that are not negative are virtual addresses
 * @base:	base address of the offsets; 0 if each is relative to its own place
 * @names:	physical address of the names
 * @offsets:	physical address of the offsets
 * @token_table: physical address of the tokens
 * @token_index: physical address of the index of the tokens
 * @markers:	physical address of the positions of each 256th name
 * @seqs:	physical address of the symbols' numbers, ordered by name
 * @tokens:	the tokens, each with a NUL
 * @index:	position of each token in @tokens
 * @offset:	the offsets
 */
struct kallsyms {
	const struct ram *ram;
	u32 nr;
	u32 name_len;
	bool absolute_percpu;
	u64 base;
	u64 names;
	u64 offsets;
	u64 token_table;
	u64 token_index;
	u64 markers;
	u64 seqs;
	u8 *tokens;
	u32 index[KALLSYMS_TOKENS];
	u32 *offset;
};

/**
 * struct symbol - a symbol to look up
 * @name:	name
 * @found:	number of symbols with that name
 * @type:	type of the first of them, as nm prints it
 * @absolute:	@address is virtual, and not in the image
 * @address:	address of the first of them
 */
struct symbol {
	const char *name;
	u32 found;
	char type;
	bool absolute;
	u64 address;
};

bool kallsyms_open(struct kallsyms *ks, struct faults *faults);
bool kallsyms_find(const struct kallsyms *ks, struct symbol *symbols, size_t nr,
		   struct faults *faults);
void kallsyms_close(struct kallsyms *ks);

#endif

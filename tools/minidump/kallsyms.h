/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's symbol tables, in RAM. */
#ifndef _TOOLS_MINIDUMP_KALLSYMS_H
#define _TOOLS_MINIDUMP_KALLSYMS_H

#include "faults.h"
#include "ram.h"

/* Numbers of symbols have three bytes. */
#define KALLSYMS_MOST	(1u << 24)
/* The tokens that names are made of, and all that an index of 16 bits reaches. */
#define KALLSYMS_TOKENS	256
#define KALLSYMS_BYTES	(65536 + 256)

/**
 * struct kallsyms - where the tables are, and what is read of them
 * @ram:	RAM
 * @nr:		symbols
 * @name_len:	most bytes of a name, with the NUL
 * @absolute_percpu: offsets that are not negative are virtual addresses
 * @base:	what offsets count from, or 0 if each counts from where it is
 * @names:	physical address of the names
 * @offsets:	of the offsets
 * @token_table: of the tokens
 * @token_index: of where each token starts
 * @markers:	of where each 256th name starts
 * @seqs:	of the symbols by name
 * @tokens:	the tokens, each with a NUL
 * @index:	where each of them starts
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
 * struct symbol - one that is looked for
 * @name:	its name
 * @found:	how many have that name
 * @type:	as nm has it, of the first of them
 * @absolute:	@address is a virtual one, and not of the image
 * @address:	where it is
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read the symbol tables that scripts/kallsyms writes, from Linux 6.12 to 7.3.  A
 * name is a length and as many indices into a table of 256 tokens.  The length has
 * one byte, or two if the highest bit of the first is set.  The first letter of an
 * expanded name is the symbol's type.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <linux/minmax.h>

#include "kallsyms.h"

#define WHERE "kallsyms"

static bool inside(const struct kallsyms *ks, const char *what, u64 address,
		   u64 size, struct faults *faults)
{
	if (ram_inside(ks->ram, address, size) == size)
		return true;
	fault(faults, WHERE, "its %s, 0x%llx bytes at 0x%llx, are not all in RAM",
	      what, (ull)size, (ull)address);
	return false;
}

/* Read the tokens.  Each follows the NUL of the one before, and the index must say so. */
static bool read_tokens(struct kallsyms *ks, struct faults *faults)
{
	u16 index[KALLSYMS_TOKENS];
	u32 at = 0;

	if (!inside(ks, "token index", ks->token_index, sizeof(index), faults))
		return false;
	ram_copy(ks->ram, ks->token_index, index, sizeof(index));
	ks->tokens = must_alloc(1, KALLSYMS_BYTES + 1);
	ram_copy(ks->ram, ks->token_table, ks->tokens, KALLSYMS_BYTES);
	for (unsigned int i = 0; i < KALLSYMS_TOKENS; i++) {
		ks->index[i] = le16toh(index[i]);
		if (ks->index[i] != at) {
			fault(faults, WHERE, "token %u is at %u, but the one before ends at %u",
			      i, ks->index[i], at);
			return false;
		}
		at += strlen((char *)ks->tokens + at) + 1;
		if (at > KALLSYMS_BYTES) {
			fault(faults, WHERE, "token %u has no end", i);
			return false;
		}
	}
	return inside(ks, "tokens", ks->token_table, at, faults);
}

/**
 * kallsyms_open() - read the tables that are needed to find symbols
 * @ks:		has the addresses of the tables and receives their contents; close it
 *		with kallsyms_close() even after a failure
 * @faults:	receives the faults of the tables
 *
 * Return: true if symbols can be looked up.
 */
bool kallsyms_open(struct kallsyms *ks, struct faults *faults)
{
	if (!ks->nr || ks->nr > KALLSYMS_MOST) {
		fault(faults, WHERE, "%u symbols, which is absurd", ks->nr);
		return false;
	}
	if (ks->name_len < 2) {
		fault(faults, WHERE, "names of %u bytes, which is absurd", ks->name_len);
		return false;
	}
	if (!inside(ks, "offsets", ks->offsets, ks->nr * 4ULL, faults) ||
	    !inside(ks, "markers", ks->markers, (ks->nr + 255ULL) / 256 * 4, faults) ||
	    !inside(ks, "order by name", ks->seqs, ks->nr * 3ULL, faults) ||
	    !read_tokens(ks, faults))
		return false;
	ks->offset = must_alloc(ks->nr, sizeof(*ks->offset));
	ram_copy(ks->ram, ks->offsets, ks->offset, ks->nr * 4ULL);
	return true;
}

void kallsyms_close(struct kallsyms *ks)
{
	free(ks->tokens);
	free(ks->offset);
	ks->tokens = NULL;
	ks->offset = NULL;
}

static void locate(const struct kallsyms *ks, u32 i, struct symbol *symbol)
{
	u32 offset = le32toh(ks->offset[i]);

	symbol->absolute = false;
	if (!ks->base) {
		symbol->address = ks->offsets + 4ULL * i + (int32_t)offset;
	} else if (!ks->absolute_percpu) {
		symbol->address = ks->base + offset;
	} else if ((int32_t)offset >= 0) {
		symbol->absolute = true;
		symbol->address = offset;
	} else {
		symbol->address = ks->base - 1 - (int32_t)offset;
	}
}

/* Expand a name. Returns its length without the NUL, or 0 if it is too long. */
static u32 expand(const struct kallsyms *ks, const u8 *packed, u32 packed_len,
		  char *name)
{
	u32 len = 0, n;

	for (u32 i = 0; i < packed_len; i++) {
		const u8 *token = ks->tokens + ks->index[packed[i]];

		n = strlen((const char *)token);
		/* name_len counts the NUL, but not the type letter in front of the name. */
		if (n > ks->name_len - len)
			return 0;
		memcpy(name + len, token, n);
		len += n;
	}
	name[len] = '\0';
	return len;
}

static bool check_marker(const struct kallsyms *ks, u32 i, u64 at,
			 struct faults *faults)
{
	u32 marker;

	if (i % 256)
		return true;
	ram_copy(ks->ram, ks->markers + i / 256 * 4ULL, &marker, sizeof(marker));
	if (le32toh(marker) == at)
		return true;
	fault(faults, WHERE, "marker %u is 0x%x, but the name of symbol %u is at 0x%llx",
	      i / 256, le32toh(marker), i, (ull)at);
	return false;
}

/* Read the length at @at and advance @at to the name. Returns 0 if it is invalid. */
static u32 packed_length(const struct kallsyms *ks, u64 *at)
{
	u8 byte[2] = {};
	u32 len;

	if (!ram_copy(ks->ram, ks->names + *at, &byte[0], 1))
		return 0;
	*at += 1;
	len = byte[0];
	if (len & 0x80) {
		if (!ram_copy(ks->ram, ks->names + *at, &byte[1], 1))
			return 0;
		*at += 1;
		/* scripts/kallsyms writes no length of more than two bytes. */
		len = byte[1] & 0x80 ? 0 : (len & 0x7f) | (u32)byte[1] << 7;
	}
	return len;
}

static void compare(const struct kallsyms *ks, u32 i, const char *name,
		    struct symbol *symbols, size_t nr)
{
	for (size_t s = 0; s < nr; s++) {
		if (strcmp(symbols[s].name, name + 1))
			continue;
		if (!symbols[s].found++) {
			symbols[s].type = name[0];
			locate(ks, i, &symbols[s]);
		}
	}
}

/* Check that the order by name has the number of each symbol once. */
static void check_order(const struct kallsyms *ks, struct faults *faults)
{
	u8 *order = must_alloc(ks->nr, 3), *seen = must_alloc(ks->nr, 1);
	u32 seq;

	ram_copy(ks->ram, ks->seqs, order, ks->nr * 3ULL);
	for (u32 i = 0; i < ks->nr; i++) {
		seq = (u32)order[3 * i] << 16 | order[3 * i + 1] << 8 | order[3 * i + 2];
		if (seq >= ks->nr || seen[seq]) {
			fault(faults, WHERE, "by name, place %u has symbol %u, which is %s",
			      i, seq, seq >= ks->nr ? "none" : "in another place too");
			break;
		}
		seen[seq] = 1;
	}
	free(order);
	free(seen);
}

/**
 * kallsyms_find() - look symbols up, and check the tables on the way
 * @ks:		tables
 * @symbols:	symbols to look up; receives the results
 * @nr:		number of @symbols
 * @faults:	receives the faults of the tables
 *
 * Return: true if all names could be read and all markers are right.
 */
bool kallsyms_find(const struct kallsyms *ks, struct symbol *symbols, size_t nr,
		   struct faults *faults)
{
	char *name = must_alloc(1, ks->name_len + 1);
	u8 packed[1 << 14];
	bool good = true;
	u64 at = 0, start;
	u32 len;

	for (u32 i = 0; i < ks->nr && good; i++) {
		start = at;
		good = check_marker(ks, i, at, faults);
		if (!good)
			break;
		len = packed_length(ks, &at);
		good = len && ram_copy(ks->ram, ks->names + at, packed, len);
		if (good && expand(ks, packed, len, name) > 1) {
			compare(ks, i, name, symbols, nr);
		} else {
			fault(faults, WHERE, "symbol %u at 0x%llx has no name that can be read",
			      i, (ull)start);
			good = false;
		}
		at += len;
	}
	free(name);
	if (good)
		check_order(ks, faults);
	return good;
}

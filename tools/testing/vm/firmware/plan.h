/* SPDX-License-Identifier: GPL-2.0-only */
/* What is taken of a machine, and what is left out. */
#ifndef _FIRMWARE_PLAN_H
#define _FIRMWARE_PLAN_H

#include "toc.h"

/* The longest is md_K12345678 4294967295 .BIN. */
#define PLAN_FILE 40

/**
 * struct limits - what the loader takes
 * @region:	bytes of one region
 * @all:	bytes of all of them
 */
struct limits {
	u64 region;
	u64 all;
};

/**
 * struct piece - a region that is valid
 * @place:	in the table, counted from 1
 * @name:	of the region, printable
 * @seq:	its number
 * @address:	physical address
 * @size:	bytes
 * @file:	name of its file, if it is taken
 * @why:	why it is left out, or empty
 */
struct piece {
	u32 place;
	char name[MINIDUMP_NAME_BYTES + 1];
	u32 seq;
	u64 address;
	u64 size;
	char file[PLAN_FILE];
	char why[160];
};

/**
 * struct plan - all of them
 * @table:	physical address of the table
 * @pieces:	by their place in it
 * @nr:		how many
 * @taken:	how many of these are taken
 * @bytes:	of those that are taken
 */
struct plan {
	u64 table;
	struct piece pieces[MINIDUMP_MAX_REGIONS];
	unsigned int nr;
	unsigned int taken;
	u64 bytes;
};

int plan_make(struct plan *plan, struct smem *smem, const struct limits *limits);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The plan: the regions of a machine that are taken, and those that are left out. */
#ifndef _FIRMWARE_PLAN_H
#define _FIRMWARE_PLAN_H

#include "toc.h"

/* Bytes of a file name; the longest is md_, K12345678, 4294967295 and .BIN. */
#define PLAN_FILE 40

/**
 * struct limits - how much the loader takes
 * @region:	most bytes of one region
 * @all:	most bytes of all regions
 */
struct limits {
	u64 region;
	u64 all;
};

/**
 * struct piece - a region that is valid
 * @place:	place in the table, counted from 1
 * @name:	name of the region, printable
 * @seq:	its number
 * @address:	physical address
 * @size:	bytes
 * @file:	name of its file, if it is taken
 * @why:	reason for which it is left out, or empty
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
 * struct plan - all valid regions of a table
 * @table:	physical address of the table
 * @pieces:	the regions, in the order of the table
 * @nr:		number of regions
 * @taken:	number of regions that are taken
 * @bytes:	bytes of the regions that are taken
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

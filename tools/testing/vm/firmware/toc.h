/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of contents, as far as the loader reads them. */
#ifndef _FIRMWARE_TOC_H
#define _FIRMWARE_TOC_H

#include <linux/minidump_abi.h>

#include "smem.h"

/* encryption_required of a subsystem that wants its regions encrypted: "YES". */
#define TOC_ENCRYPT_YES MINIDUMP_TAG(0, 'Y', 'E', 'S')

/**
 * struct toc - Linux's table of regions
 * @address:	physical address of the table
 * @count:	its entries
 * @entries:	a copy of them
 */
struct toc {
	u64 address;
	u32 count;
	struct minidump_region entries[MINIDUMP_MAX_REGIONS];
};

int toc_read(struct toc *toc, const struct smem *smem);

#endif

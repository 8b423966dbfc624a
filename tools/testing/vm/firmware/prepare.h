/* SPDX-License-Identifier: GPL-2.0-only */
/* What the boot loader leaves in SMEM for Linux. */
#ifndef _FIRMWARE_PREPARE_H
#define _FIRMWARE_PREPARE_H

#include "smem.h"

/**
 * struct setup - what a machine's firmware is like
 * @toc_size:	bytes of the item of the global ToC; 0 for no such item
 * @status:	of the global ToC
 * @revision:	of it
 * @enabled:	of it
 * @encryption:	what it requires of Linux
 */
struct setup {
	u64 toc_size;
	u32 status;
	u32 revision;
	u32 enabled;
	u32 encryption;
};

int prepare(struct smem *smem, const struct setup *setup);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* SMEM as the boot loader leaves it for Linux. */
#ifndef _FIRMWARE_PREPARE_H
#define _FIRMWARE_PREPARE_H

#include "smem.h"

/**
 * struct setup - the properties of a machine's firmware
 * @toc_size:	bytes of the item of the global ToC; 0 for no such item
 * @status:	status in the global ToC
 * @revision:	revision in it
 * @enabled:	enabled in it
 * @encryption:	encryption_required in Linux's ToC
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

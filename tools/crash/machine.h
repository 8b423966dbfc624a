/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory of a machine that a dump has to cover. */
#ifndef _TOOLS_CRASH_MACHINE_H
#define _TOOLS_CRASH_MACHINE_H

#include "ranges.h"

#define MACHINE_BLOCKS "/sys/devices/system/memory"

int machine_memory(struct ranges *memory, const char *iomem, const char *blocks,
		   u64 exclude_low);

#endif

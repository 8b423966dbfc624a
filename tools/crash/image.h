/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of the crash image that the running kernel has loaded. */
#ifndef _TOOLS_CRASH_IMAGE_H
#define _TOOLS_CRASH_IMAGE_H

#include <stdbool.h>

#include <linux/types.h>

/**
 * struct image - the loaded crash image
 * @loaded:	there is one
 * @follows:	the kernel keeps its header up to date on hotplug
 * @reserved:	bytes of the reservation that it is in, 0 if the kernel does not tell
 * @needed:	bytes that a dump of the machine's memory needs of it, 0 if not known
 */
struct image {
	bool loaded;
	bool follows;
	u64 reserved;
	u64 needed;
};

int image_read(struct image *image, const char *sys);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of the crash image that the running kernel has loaded. */
#ifndef _TOOLS_CRASH_IMAGE_H
#define _TOOLS_CRASH_IMAGE_H

#include <stdbool.h>

/**
 * struct image - the loaded crash image
 * @loaded:	there is one
 * @follows:	the kernel keeps its header up to date on hotplug
 */
struct image {
	bool loaded;
	bool follows;
};

int image_read(struct image *image, const char *sys);

#endif

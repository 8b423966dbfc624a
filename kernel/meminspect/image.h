/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_IMAGE_H
#define _MEMINSPECT_IMAGE_H

#include <linux/meminspect_image.h>

/* Program headers: for the notes, each window and run, and the zero fill. */
#define IMAGE_PHDRS	(1 + CONFIG_MEMINSPECT_MAX_REGIONS + 1)

int meminspect_image_alloc(struct meminspect_image *image, unsigned int copy,
			   phys_addr_t notes_pa, size_t notes_size);
void meminspect_image_free(struct meminspect_image *image);
void meminspect_image_windows(struct meminspect_image *image, unsigned int nr,
			      bool hidden);
void meminspect_image_build(struct meminspect_image *image, unsigned int first);
bool meminspect_image_has_runs(const struct meminspect_image *image,
			       const struct meminspect_runs *runs);

#endif /* _MEMINSPECT_IMAGE_H */

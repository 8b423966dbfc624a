/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_PIECES_H
#define _MEMINSPECT_PIECES_H

#include <linux/meminspect_image.h>

int meminspect_pieces_init(void);
unsigned int meminspect_pieces_max(void);
bool meminspect_pieces_update(void);
struct meminspect_runs *meminspect_pieces_runs(void);
bool meminspect_pieces_by_rank(struct meminspect_runs *runs);
unsigned int meminspect_count_runs(struct meminspect_runs *runs,
				   unsigned int rank);
void meminspect_add_part(struct meminspect_runs *runs, const char *what,
			 enum meminspect_class class, const void *va,
			 size_t size,
			 bool (*insert)(struct meminspect_runs *runs,
					const struct meminspect_region *run));

#endif /* _MEMINSPECT_PIECES_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_RUNS_H
#define _MEMINSPECT_RUNS_H

#include <linux/meminspect_image.h>

bool meminspect_runs_insert(struct meminspect_runs *runs,
			    const struct meminspect_region *new);
bool meminspect_runs_remove(struct meminspect_runs *runs, u64 start, u64 end,
			    struct meminspect_region *removed);
bool meminspect_runs_alias(const struct meminspect_runs *runs,
			   const struct meminspect_region *new);
bool meminspect_runs_evict(struct meminspect_runs *runs, unsigned int rank);

#endif /* _MEMINSPECT_RUNS_H */

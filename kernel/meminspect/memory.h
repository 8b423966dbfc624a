/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_MEMORY_H
#define _MEMINSPECT_MEMORY_H

#include <linux/meminspect_arch.h>
#include <linux/types.h>

/**
 * struct meminspect_walk - the physical runs of a virtual range
 * @va:		where it goes on
 * @left:	bytes from there to the end
 * @pa:		first byte of the run found
 * @size:	its bytes
 */
struct meminspect_walk {
	const void *va;
	size_t left;
	phys_addr_t pa;
	size_t size;
};

void meminspect_memory_init(void);
u64 meminspect_memory_seq(void);
void meminspect_memory_changed(void);
int meminspect_check_ram(phys_addr_t pa, size_t size);
int meminspect_next_run(struct meminspect_walk *walk);
const void *meminspect_last_table(const void *va);

#endif /* _MEMINSPECT_MEMORY_H */

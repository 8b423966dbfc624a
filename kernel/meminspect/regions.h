/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_REGIONS_H
#define _MEMINSPECT_REGIONS_H

#include <linux/types.h>

/* kernel/configs.c */
extern char kernel_config_data;
extern char kernel_config_data_end;

void meminspect_regions_init(void);
void meminspect_regions_init_percpu(void);
void meminspect_sections_update(u64 start, u64 end, bool online);

#endif /* _MEMINSPECT_REGIONS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_WINDOWS_H
#define _MEMINSPECT_WINDOWS_H

#include <linux/meminspect_image.h>

void meminspect_windows_init(unsigned int nr_runs);
unsigned int meminspect_windows(void);
size_t meminspect_window_size(unsigned int i);
void meminspect_window_name(unsigned int i, char *name, size_t size);
void meminspect_windows_hide(bool hide);
void meminspect_windows_show(const struct meminspect_image *image,
			     struct meminspect_addresses addresses);
void meminspect_windows_leave(const struct meminspect_image *image);
void meminspect_windows_drop(u64 start, u64 end);
void meminspect_windows_online(unsigned int cpu);
void meminspect_windows_offline(unsigned int cpu);

#endif /* _MEMINSPECT_WINDOWS_H */

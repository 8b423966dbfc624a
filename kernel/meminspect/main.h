/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_MAIN_H
#define _MEMINSPECT_MAIN_H

#include <linux/types.h>

bool meminspect_drop_range(u64 start, u64 end);

#endif /* _MEMINSPECT_MAIN_H */

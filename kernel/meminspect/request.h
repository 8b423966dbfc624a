/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_REQUEST_H
#define _MEMINSPECT_REQUEST_H

#include <linux/meminspect.h>

int meminspect_check_memory(const struct inspect_entry *request);
u8 meminspect_rank_of(const struct inspect_entry *request, unsigned int nr);

#endif /* _MEMINSPECT_REQUEST_H */

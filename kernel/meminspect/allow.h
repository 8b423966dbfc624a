/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_ALLOW_H
#define _MEMINSPECT_ALLOW_H

#include <linux/meminspect.h>

bool meminspect_allowed(const struct inspect_entry *ie);
bool meminspect_allows_tasks(void);

#endif /* _MEMINSPECT_ALLOW_H */

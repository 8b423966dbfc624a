/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_NOTES_H
#define _MEMINSPECT_NOTES_H

#include <linux/types.h>

int meminspect_notes_init(phys_addr_t *pa, size_t *size);
void meminspect_notes_save(void);

#endif /* _MEMINSPECT_NOTES_H */

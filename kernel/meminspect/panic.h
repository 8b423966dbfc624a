/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_PANIC_H
#define _MEMINSPECT_PANIC_H

void meminspect_panic_init(void);

#endif /* _MEMINSPECT_PANIC_H */

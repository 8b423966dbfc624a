/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_REGISTER_H
#define _MEMINSPECT_REGISTER_H

void meminspect_register_init(void);
void meminspect_register_late_init(void);

#endif /* _MEMINSPECT_REGISTER_H */

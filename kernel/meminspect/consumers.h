/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_CONSUMERS_H
#define _MEMINSPECT_CONSUMERS_H

void meminspect_assert_locked(void);
void meminspect_tell_later(void);
void meminspect_set_after_told(void (*told)(void));

#endif /* _MEMINSPECT_CONSUMERS_H */

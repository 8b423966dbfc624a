/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_STACKS_H
#define _MEMINSPECT_STACKS_H

void meminspect_stacks_start(void);
void meminspect_stacks_stop(void);

#endif /* _MEMINSPECT_STACKS_H */

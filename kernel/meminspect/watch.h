/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_WATCH_H
#define _MEMINSPECT_WATCH_H

void meminspect_watch_get(void);
void meminspect_watch_put(void);

#endif /* _MEMINSPECT_WATCH_H */

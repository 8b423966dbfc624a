/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_DEBUGFS_H
#define _MEMINSPECT_DEBUGFS_H

#ifdef CONFIG_DEBUG_FS
void meminspect_debugfs_init(void);
#else
static inline void meminspect_debugfs_init(void) { }
#endif

#endif /* _MEMINSPECT_DEBUGFS_H */

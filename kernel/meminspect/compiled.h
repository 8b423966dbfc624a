/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_COMPILED_H
#define _MEMINSPECT_COMPILED_H

#include <linux/meminspect.h>

/* The table of vmlinux, from the linker script. */
extern const struct inspect_entry __inspect_table[];
extern const struct inspect_entry __inspect_table_end[];

void meminspect_compiled_init(void);

#endif /* _MEMINSPECT_COMPILED_H */

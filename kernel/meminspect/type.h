/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_TYPE_H
#define _MEMINSPECT_TYPE_H

#include <linux/types.h>

/* Bytes of the name of an entry's type, with the terminating NUL. */
#define MEMINSPECT_TYPE_BYTES	64

void meminspect_types_ready(void);
unsigned int meminspect_type_id(const char *name, bool search);

#endif /* _MEMINSPECT_TYPE_H */

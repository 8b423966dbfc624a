/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_SECRETS_H
#define _MEMINSPECT_SECRETS_H

#include <linux/meminspect.h>
#include <linux/types.h>

/* The table of vmlinux, from the linker script. */
extern const struct meminspect_secret __inspect_secrets[];
extern const struct meminspect_secret __inspect_secrets_end[];

int meminspect_secrets_init(void);
unsigned int meminspect_secrets(void);
u64 meminspect_secret_in(u64 start, u64 end, u64 *secret_end);

#endif /* _MEMINSPECT_SECRETS_H */

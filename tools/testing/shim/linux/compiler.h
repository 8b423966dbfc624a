/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_COMPILER_H
#define _SHIM_LINUX_COMPILER_H

#ifndef __packed
#define __packed __attribute__((packed))
#endif

#ifndef noinline
#define noinline __attribute__((noinline))
#endif

/*
 * A program that has to see each store of the builder defines
 * SHIM_AFTER_STORE, which is evaluated after each store.
 */
#ifndef SHIM_AFTER_STORE
#define SHIM_AFTER_STORE() ((void)0)
#endif

#define WRITE_ONCE(x, val) do {						\
	*(volatile __typeof__(x) *)&(x) = (val);			\
	SHIM_AFTER_STORE();						\
} while (0)

#endif

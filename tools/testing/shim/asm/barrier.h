/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_ASM_BARRIER_H
#define _SHIM_ASM_BARRIER_H

#include <linux/compiler.h>

/* Defined by a program that has to know which stores may be reordered. */
#ifndef SHIM_AT_BARRIER
#define SHIM_AT_BARRIER() ((void)0)
#endif

#define smp_wmb() do {							\
	__atomic_thread_fence(__ATOMIC_RELEASE);			\
	SHIM_AT_BARRIER();						\
} while (0)
#define dma_wmb() smp_wmb()
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) do {					\
	__atomic_store_n(p, v, __ATOMIC_RELEASE);			\
	SHIM_AFTER_STORE();						\
} while (0)

#endif

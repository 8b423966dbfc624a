/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SORT_H
#define _SHIM_LINUX_SORT_H

#include <stdlib.h>

/* glibc's qsort_r() wants the comparison's last argument without const. */
#define sort_r(base, num, size, cmp, swap, priv)			\
	qsort_r(base, num, size,					\
		(int (*)(const void *, const void *, void *))(cmp), (void *)(priv))

#endif

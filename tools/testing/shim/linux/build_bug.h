/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_BUILD_BUG_H
#define _SHIM_LINUX_BUILD_BUG_H

#include <assert.h>

/* As the kernel's: the message may be left out, which C has since 2023. */
#undef static_assert
#define static_assert(expr, ...) _Static_assert(expr, "" #expr)

#endif

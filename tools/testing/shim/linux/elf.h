/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_ELF_H
#define _SHIM_LINUX_ELF_H

#include <linux/types.h>
#include <elf.h>
#include <stdint.h>

/* The types.h of a kernel tree's tools/include lacks it. */
#ifndef U64_MAX
#define U64_MAX UINT64_MAX
#endif

#endif

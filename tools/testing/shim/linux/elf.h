/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_ELF_H
#define _SHIM_LINUX_ELF_H

#include <linux/types.h>
#include <elf.h>

#endif

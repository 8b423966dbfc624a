/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of regions, and of their files. */
#ifndef _TOOLS_MINIDUMP_NAMES_H
#define _TOOLS_MINIDUMP_NAMES_H

#include <linux/types.h>

bool name_is_file(const char *path);
bool name_parse(const char *path, char *name, u32 *seq);
char *name_of_file(const char *name, u32 seq);
const char *name_fault(const char *name);

#endif

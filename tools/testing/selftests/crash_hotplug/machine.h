/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CRASH_HOTPLUG_MACHINE_H
#define _CRASH_HOTPLUG_MACHINE_H

#include "header.h"

int machine_memory(struct ranges *memory);
int machine_find_block(void);
int machine_find_cpu(void);
int machine_set_block(int block, bool online);
int machine_set_cpu(int cpu, bool online);
void machine_leaks_forget(void);
const char *machine_leaks_found(void);

#endif

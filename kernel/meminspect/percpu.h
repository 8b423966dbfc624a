/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_PERCPU_H
#define _MEMINSPECT_PERCPU_H

#include <linux/meminspect.h>

void meminspect_percpu_online(unsigned int cpu);
void meminspect_percpu_offline(unsigned int cpu);
void meminspect_percpu_drop(struct meminspect_cookie cookie);
void meminspect_percpu_drop_module(const struct module *mod);

#endif /* _MEMINSPECT_PERCPU_H */

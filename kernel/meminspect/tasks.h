/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_TASKS_H
#define _MEMINSPECT_TASKS_H

void meminspect_tasks_init(void);
void meminspect_tasks_online(unsigned int cpu);
void meminspect_tasks_offline(unsigned int cpu);
void meminspect_tasks_look(void);
void meminspect_tasks_forget(void);

#endif /* _MEMINSPECT_TASKS_H */

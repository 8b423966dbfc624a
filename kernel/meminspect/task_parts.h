/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_TASK_PARTS_H
#define _MEMINSPECT_TASK_PARTS_H

#include <linux/meminspect_arch.h>
#include <linux/sched.h>

/*
 * The bytes of a task_struct that go into the image.  The registers and keys of its
 * program follow them, and must not be in a dump.  A multiple of 8.
 */
#if defined(CONFIG_X86) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define TASK_BYTES	offsetof(struct task_struct, thread.fpu)
#elif defined(CONFIG_ARM64)
#define TASK_BYTES	offsetof(struct task_struct, thread.uw.fpsimd_state)
#else
#define TASK_BYTES	sizeof(struct task_struct)
#endif

void meminspect_task_parts(const struct task_struct *task,
			   const struct pid *pid, meminspect_part_t part,
			   void *priv);

#endif /* _MEMINSPECT_TASK_PARTS_H */

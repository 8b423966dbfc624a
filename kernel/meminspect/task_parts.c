// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a task that go into the image.
 *
 * Takes no lock, for the panic path.  Uses memory.h alone.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/vmalloc.h>

#include "task_parts.h"

/**
 * meminspect_task_parts() - call a function for each part of a task
 * @task:	the task; it and its stack must last
 * @pid:	its struct pid, which must last too, or NULL
 * @part:	called for each part
 * @priv:	for @part
 */
void meminspect_task_parts(const struct task_struct *task,
			   const struct pid *pid, meminspect_part_t part,
			   void *priv)
{
	const void *stack = task_stack_page(task);
	const struct mm_struct *mm;

	part(priv, "task", MEMINSPECT_CLASS_TASK, "task_struct", task,
	     TASK_BYTES);
	if (pid)
		part(priv, "pid", MEMINSPECT_CLASS_TASK, "pid", pid,
		     struct_size(pid, numbers, pid->level + 1));
	/*
	 * No reference is taken: that needs a lock which a hanging task may
	 * hold.  The memory stays readable even if the mm_struct is freed.
	 */
	mm = READ_ONCE(task->mm);
	if (mm)
		part(priv, "mm", MEMINSPECT_CLASS_TASK, "mm_struct", mm,
		     sizeof(*mm));
	if (!stack)
		return;
	part(priv, "stack", MEMINSPECT_CLASS_STACK, NULL, stack, THREAD_SIZE);
	if (is_vmalloc_addr(stack))
		meminspect_page_tables(stack, THREAD_SIZE, part, priv);
}

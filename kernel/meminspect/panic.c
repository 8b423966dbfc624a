// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image of a panic.
 *
 * The other CPUs are stopped, wherever they were: no lock is taken, and the only
 * image that is touched is the one that nobody else writes.  It has the runs of the
 * published one, as all else may be in the middle of a change, and the task that
 * each CPU has come to run.  It has no windows, since nobody switches tasks any
 * more.
 *
 * Uses pieces.h, publish.h, notes.h and task_parts.h.
 */
#include <linux/cpumask.h>
#include <linux/init.h>
#include <linux/meminspect_arch.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "notes.h"
#include "panic.h"
#include "pieces.h"
#include "publish.h"
#include "runs.h"
#include "slots.h"
#include "task_parts.h"

/* Further entries that an architecture adds in a panic. */
void __weak meminspect_arch_panic(meminspect_part_t part, void *priv)
{
}

/* A run is worth more than those of lower ranks, once there is no room. */
static bool insert_or_evict(struct meminspect_runs *runs,
			    const struct meminspect_region *run)
{
	while (!meminspect_runs_insert(runs, run))
		if (!meminspect_runs_evict(runs, run->rank))
			return false;
	return true;
}

static void add_panic_part(void *priv, const char *what,
			   enum meminspect_class class, const char *type_name,
			   const void *va, size_t size)
{
	struct meminspect_image *image = priv;

	meminspect_add_part(&image->runs, what, class, va, size,
			    insert_or_evict);
}

static void add_panic_cpu(struct meminspect_image *image, unsigned int cpu)
{
	const struct task_struct *task = meminspect_cpu_curr(cpu);

	meminspect_task_parts(task, task->thread_pid, add_panic_part, image);
}

static void copy_published_runs(struct meminspect_image *image,
				const struct meminspect_image *from)
{
	struct meminspect_region *run = image->runs.run;
	unsigned int i;

	memcpy(run, from->runs.run, from->runs.nr * sizeof(*run));
	image->runs.nr = from->runs.nr;
	/* It has no windows. */
	image->runs.max = meminspect_limit() + from->nr_windows;
	image->span = from->span;
	/* Earlier tasks make room for the tasks that run now. */
	for (i = 0; i < image->runs.nr; i++)
		if (run[i].rank >= RANK_TASK)
			run[i].rank += NR_RANKS;
}

static int make_panic_image(struct notifier_block *nb, unsigned long action,
			    void *arg)
{
	struct meminspect_image *image = meminspect_panic_image();
	unsigned int cpu, this_cpu = raw_smp_processor_id();
	static bool entered;

	/* Again, by a fault of the code below: the published image is good. */
	if (entered)
		return NOTIFY_OK;
	entered = true;
	meminspect_notes_save();

	copy_published_runs(image, meminspect_image_current());
	add_panic_cpu(image, this_cpu);
	/* Stopped CPUs may count as offline. */
	for_each_possible_cpu(cpu)
		if (cpu != this_cpu)
			add_panic_cpu(image, cpu);
	meminspect_arch_panic(add_panic_part, image);
	meminspect_publish_panic_image();
	return NOTIFY_OK;
}

/* After the notifiers that stop a watchdog or write to the log. */
static struct notifier_block panic_nb = {
	.notifier_call	= make_panic_image,
	.priority	= INT_MIN,
};

/**
 * meminspect_panic_init() - make an image in each panic from now on
 *
 * Context: boot; there is an image.
 */
void __init meminspect_panic_init(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
}

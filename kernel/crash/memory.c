// SPDX-License-Identifier: GPL-2.0-only
/*
 * The true state: which physical memory a dump has to cover.
 *
 * System RAM in iomem, minus sections that are not online, minus the crash kernel's
 * reservation, minus memory that the architecture leaves out.
 */
#include <linux/crash_reserve.h>
#include <linux/ioport.h>
#include <linux/kexec.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/spinlock.h>

#include "internal.h"

/*
 * The ranges that no dump covers, by number; an empty range is start above end.
 * Returns false past the last one.
 */
static bool excluded_range(unsigned int nr, u64 *start, u64 *end)
{
	const struct resource *res;

	if (nr == 0) {
		*start = 0;
		*end = CONFIG_CRASH_EXCLUDE_LOW;
		/* Half open, as zero is the common case. */
		if (!*end)
			*start = 1;
		else
			*end -= 1;
		return true;
	}
	if (nr <= 2) {
		res = nr == 1 ? &crashk_res : &crashk_low_res;
		*start = res->end ? res->start : 1;
		*end = res->end;
		return true;
	}
#ifdef CRASHKERNEL_CMA
	nr -= 3;
	if (nr < crashk_cma_cnt) {
		*start = crashk_cma_ranges[nr].start;
		*end = crashk_cma_ranges[nr].end;
		return true;
	}
#endif
	return false;
}

static int clip_from(unsigned int nr, u64 start, u64 end, crash_memory_fn fn,
		     void *arg)
{
	u64 xstart, xend;
	int ret;

	for (; excluded_range(nr, &xstart, &xend); nr++) {
		if (xstart > xend || xend < start || xstart > end)
			continue;
		if (xstart > start) {
			/* As deep as there are excluded ranges at most. */
			ret = clip_from(nr + 1, start, xstart - 1, fn, arg);
			if (ret)
				return ret;
		}
		if (xend >= end)
			return 0;
		start = xend + 1;
	}
	return fn(start, end, arg);
}

/**
 * crash_memory_clip() - call a function for the parts of a range that a dump covers
 * @start:	first byte
 * @end:	last byte
 * @fn:		called with each piece that remains, in ascending order; other
 *		than 0 ends it
 * @arg:	for @fn
 *
 * Context: kexec_lock held, so that the reservation doesn't change.
 *
 * Return: 0, or the error of @fn.
 */
int crash_memory_clip(u64 start, u64 end, crash_memory_fn fn, void *arg)
{
	kexec_assert_locked();
	return clip_from(0, start, end, fn, arg);
}

static DEFINE_SPINLOCK(going_online_lock);
static u64 going_online_start = 1, going_online_end;

/**
 * crash_memory_set_going_online() - a block is on its way online
 * @start:	first byte
 * @end:	last byte; below @start when it has arrived, or will not
 *
 * Called before the event itself, so that a reconciliation that runs meanwhile
 * sees the block here or in crash_memory_walk(), or its event is deferred and
 * the header is reconciled once more.
 *
 * Context: a memory notifier; they run one at a time.
 */
void crash_memory_set_going_online(u64 start, u64 end)
{
	spin_lock(&going_online_lock);
	going_online_start = start;
	going_online_end = end;
	spin_unlock(&going_online_lock);
}

/*
 * @online_start, @online_end: the block that was on its way online when the walk
 * began; none if @online_start is above @online_end
 */
struct memory_walk {
	crash_memory_fn fn;
	void *arg;
	u64 online_start;
	u64 online_end;
};

#ifdef CONFIG_MEMORY_HOTPLUG
static bool section_online(const struct memory_walk *walk, u64 addr)
{
	return (addr >= walk->online_start && addr <= walk->online_end) ||
	       online_section_nr(pfn_to_section_nr(PHYS_PFN(addr)));
}

static int walk_online(struct resource *res, void *arg)
{
	const u64 section = 1ull << SECTION_SIZE_BITS;
	struct memory_walk *walk = arg;
	u64 start, next, addr;
	int ret;

	for (addr = res->start; addr <= res->end; addr = next) {
		bool online = section_online(walk, addr);

		start = addr;
		next = ALIGN_DOWN(addr, section) + section;
		while (next && next <= res->end &&
		       section_online(walk, next) == online)
			next += section;
		if (online) {
			ret = crash_memory_clip(start,
						min_t(u64, next - 1, res->end),
						walk->fn, walk->arg);
			if (ret)
				return ret;
		}
		/* That was the last section of the address space. */
		if (!next)
			break;
	}
	return 0;
}
#else
static int walk_online(struct resource *res, void *arg)
{
	struct memory_walk *walk = arg;

	return crash_memory_clip(res->start, res->end, walk->fn, walk->arg);
}
#endif

/**
 * crash_memory_walk() - walk the memory that a dump has to cover
 * @fn:		called with each range, in ascending order; other than 0 ends
 *		the walk
 * @arg:	for @fn
 *
 * A block that is on its way online counts as online.  Where one System RAM
 * resource is nested in another, as after the reservation was shrunk, the walk
 * sees the outer one alone.
 *
 * Context: process context; kexec_lock held.  Does not take the memory hotplug
 * lock, for which offlining may keep others waiting without a limit: an event
 * during the walk finds kexec_lock held and is deferred, and the header is
 * reconciled again after it.
 *
 * Return: 0; the error of @fn; or -EINVAL if there is no System RAM at all.
 */
int crash_memory_walk(crash_memory_fn fn, void *arg)
{
	struct memory_walk walk = { .fn = fn, .arg = arg };

	kexec_assert_locked();
	/* Before any section is looked at: see crash_memory_set_going_online(). */
	spin_lock(&going_online_lock);
	walk.online_start = going_online_start;
	walk.online_end = going_online_end;
	spin_unlock(&going_online_lock);
	return walk_system_ram_res(0, U64_MAX, &walk, walk_online);
}

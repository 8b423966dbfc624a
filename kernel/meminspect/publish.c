// SPDX-License-Identifier: GPL-2.0-only
/*
 * The images.  One of them is published.
 *
 * Two images take turns: an update writes the one that is not published, and then
 * publishes it.  The third one is for a panic, which can't wait for an update on
 * another CPU.
 *
 * Uses image.h, pieces, windows, notes.h, the slots and their consumers, the allow
 * list, and the log message of entries that are left out.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/crc32.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "allow.h"
#include "consumers.h"
#include "image.h"
#include "notes.h"
#include "pieces.h"
#include "publish.h"
#include "report.h"
#include "slots.h"
#include "windows.h"

#include <trace/events/meminspect.h>

#define PANIC_IMAGE	2

static struct meminspect_image images[MEMINSPECT_IMAGES];
/* The one that is published.  Written with the slots locked, or in a panic. */
static unsigned int current_image;
static bool image_ready;
static u64 generation;
/* True if the sink's table of an image has been filled. */
static bool filled[MEMINSPECT_IMAGES];

/* Changed with the slots locked. */
static struct meminspect_sink *current_sink;

/* Scratch runs: to count them, and for the image if not all entries fit. */
static struct meminspect_runs scratch;
static unsigned int scratch_size;

/* From the first to the last byte of RAM that is online. */
static struct meminspect_span online_span = { .start = U64_MAX };

/* Whether there is an image.  Any context. */
bool meminspect_image_ready(void)
{
	return image_ready;
}

/* The image that is published; it stays as long as the slots are locked. */
const struct meminspect_image *meminspect_image_current(void)
{
	return &images[READ_ONCE(current_image)];
}

/**
 * meminspect_image_room() - whether there is room for all entries up to a rank
 * @rank:	that rank
 *
 * Entries of RANK_DRIVER may use three quarters of the room: a quarter is left to the
 * tasks that run.
 *
 * Context: the slots locked.
 *
 * Return: 0, or -ENOSPC.
 */
int meminspect_image_room(unsigned int rank)
{
	unsigned int room = meminspect_limit();

	meminspect_assert_begun();
	if (!image_ready)
		return 0;
	if (rank == RANK_DRIVER)
		room -= room / 4;
	scratch.max = scratch_size;
	return meminspect_count_runs(&scratch, rank) <= room ? 0 : -ENOSPC;
}

/* Whether the kernel's own memory is below an address. */
static bool core_is_below(u64 address)
{
	const struct meminspect_slot *slot;
	unsigned int i;

	/* The header is in another image after each change. */
	for (i = 0; i < MEMINSPECT_IMAGES; i++)
		if (images[i].elf_pa + images[i].elf_size > address)
			return false;
	list_for_each_entry(slot, &meminspect_slots, node)
		if (slot_present(slot) && slot->rank == RANK_CORE &&
		    slot->ie.pa + slot->ie.size > address)
			return false;
	return true;
}

/**
 * meminspect_image_limits() - set the limits of a sink
 * @regions:	as @max_regions of struct meminspect_sink
 * @address:	as @max_address of it
 *
 * Context: the slots locked.
 *
 * Return: 0; or -ENOSPC or -ERANGE, with the limits as they were, if the kernel's own
 * entries exceed them: no reader opens an image without these.
 */
int meminspect_image_limits(unsigned int regions, u64 address)
{
	meminspect_assert_begun();
	if (address && !core_is_below(address))
		return -ERANGE;
	scratch.max = scratch_size;
	return meminspect_set_limits(regions, address,
				     meminspect_count_runs(&scratch, RANK_CORE));
}

/* The runs that the next image has. */
static struct meminspect_runs *collect_runs(void)
{
	bool unreported = meminspect_pieces_update();
	struct meminspect_runs *runs = meminspect_pieces_runs();

	if (!runs || runs->nr > meminspect_limit()) {
		runs = &scratch;
		runs->max = meminspect_limit();
		unreported |= meminspect_pieces_by_rank(runs);
		runs->changed = 0;
	}
	if (unreported)
		meminspect_report_later();
	return runs;
}

/*
 * Copy the runs to an image, from the first one that differs.  The runs before
 * @image->runs.changed do not.  Later ones may be equal, too: a CPU that went offline
 * and online again leaves the runs as they were two images ago.
 */
static void copy_runs(struct meminspect_image *image,
		      const struct meminspect_runs *runs)
{
	struct meminspect_region *run = image->runs.run;
	const unsigned int both = min(image->runs.nr, runs->nr);
	unsigned int first = min(image->runs.changed, both);

	while (first < both && !memcmp(&run[first], &runs->run[first], sizeof(*run)))
		first++;
	memcpy(run + first, runs->run + first, (runs->nr - first) * sizeof(*run));
	image->runs.nr = runs->nr;
	image->runs.changed = first;
}

static void publish_image(struct meminspect_image *image, unsigned int first)
{
	struct meminspect_sink *sink = READ_ONCE(current_sink);
	struct meminspect_addresses addresses = {};

	image->generation = ++generation;
	if (sink) {
		sink->fill(sink, image, first);
		addresses = sink->windows(sink, image->copy);
	}
	if (image->nr_windows)
		meminspect_windows_show(image, addresses);
	if (sink) {
		/* Write the table and the image before the pointer to them. */
		wmb();
		sink->publish(sink, image->copy);
	}
	WRITE_ONCE(current_image, image->copy);
	meminspect_stats.published++;
	if (trace_meminspect_publish_enabled())
		trace_meminspect_publish(image->generation, image->runs.nr,
					 image->size,
					 crc32(~0, image->elf,
					       image->elf_size) ^ ~0);
}

/* The first region of an image that has changed since it was made. */
static unsigned int first_changed(const struct meminspect_image *image)
{
	/* If no run is left as it was, the windows are written anew, too. */
	return image->runs.changed ? MEMINSPECT_FIXED_REGIONS + image->nr_windows +
				     image->runs.changed : 0;
}

/**
 * meminspect_image_update() - make and publish the image of the slots
 *
 * Context: the slots locked.  Allocates nothing.
 */
void meminspect_image_update(void)
{
	const struct meminspect_image *old = meminspect_image_current();
	struct meminspect_image *idle = &images[!old->copy];
	const unsigned int nr_windows = meminspect_windows();
	const bool hidden = !meminspect_allows_tasks();
	u64 ns, begin = ktime_get_mono_fast_ns();
	struct meminspect_runs *runs;
	unsigned int i, first;

	meminspect_assert_begun();
	runs = collect_runs();
	meminspect_windows_hide(hidden);
	if (meminspect_image_has_runs(old, runs) &&
	    old->span.start == online_span.start &&
	    old->span.end == online_span.end &&
	    old->nr_windows == nr_windows && old->windows_hidden == hidden)
		return;

	for (i = 0; i < MEMINSPECT_IMAGES; i++)
		images[i].runs.changed = min(images[i].runs.changed,
					     runs->changed);
	runs->changed = UINT_MAX;

	idle->span = online_span;
	meminspect_image_windows(idle, nr_windows, hidden);
	if (!filled[idle->copy])
		idle->runs.nr = 0;
	copy_runs(idle, runs);
	first = first_changed(idle);
	meminspect_image_build(idle, first);
	meminspect_set_elf(idle->elf_pa, idle->elf);
	publish_image(idle, first);
	idle->runs.changed = UINT_MAX;
	filled[idle->copy] = true;
	meminspect_windows_leave(old);

	ns = ktime_get_mono_fast_ns() - begin;
	meminspect_stats.last_ns = ns;
	meminspect_stats.longest_ns = max(meminspect_stats.longest_ns, ns);
}

/* The tables are the sink's own again. */
static void forget_tables(void)
{
	const struct meminspect_image *image = meminspect_image_current();
	const struct meminspect_addresses nowhere = {};

	if (image->nr_windows)
		meminspect_windows_show(image, nowhere);
	meminspect_set_limits(0, 0, 0);
}

/* A new sink has no table yet of the image that is not published. */
static void forget_filled(void)
{
	memset(filled, 0, sizeof(filled));
}

/**
 * meminspect_publish_to() - show each image to a sink from now on
 * @sink:	the sink
 *
 * Context: table and slots locked.
 *
 * Return: 0; -EBUSY if there is another one; or an error of
 * meminspect_image_limits() or @sink->enable().
 */
int meminspect_publish_to(struct meminspect_sink *sink)
{
	const struct meminspect_image *image;
	struct meminspect_addresses addresses;
	int ret;

	meminspect_assert_locked();
	meminspect_assert_begun();
	if (current_sink)
		return -EBUSY;
	ret = meminspect_image_limits(sink->max_regions, sink->max_address);
	if (ret)
		return ret;
	/* The first table must keep the limits, too. */
	meminspect_image_update();
	image = meminspect_image_current();
	sink->fill(sink, image, 0);
	forget_filled();
	addresses = sink->windows(sink, image->copy);
	if (image->nr_windows)
		meminspect_windows_show(image, addresses);
	/* As in publish_image(). */
	wmb();
	ret = sink->enable(sink, image->copy);
	if (ret)
		forget_tables();
	else
		WRITE_ONCE(current_sink, sink);
	return ret;
}

/**
 * meminspect_publish_no_more_to() - show nothing to a sink any more
 * @sink:	the sink; its tables are not written any more afterwards
 *
 * Context: the slots locked.
 *
 * Return: false if it is not the one in use.
 */
bool meminspect_publish_no_more_to(struct meminspect_sink *sink)
{
	meminspect_assert_begun();
	if (!sink || current_sink != sink)
		return false;
	/* A panic in between must not call a sink that has gone. */
	WRITE_ONCE(current_sink, NULL);
	sink->disable(sink);
	forget_tables();
	return true;
}

/* Whether there is a sink.  Any context. */
bool meminspect_has_sink(void)
{
	return READ_ONCE(current_sink);
}

static void update_poisoned(struct work_struct *work)
{
	meminspect_begin();
	meminspect_touch_all();
	meminspect_end();
}

static DECLARE_WORK(poisoned_work, update_poisoned);

/**
 * meminspect_poisoned() - let pages leave the image soon that are broken
 *
 * And let those come back that are broken no more.
 *
 * Context: any.
 */
void meminspect_poisoned(void)
{
	if (image_ready)
		schedule_work(&poisoned_work);
}

static int widen_span(struct resource *res, void *arg)
{
	unsigned long pfn = PFN_UP(res->start), end = PFN_DOWN(res->end + 1);
	struct meminspect_span *span = arg;

	/* Skip the sections at the end of the range that are offline. */
	while (end > pfn && !pfn_to_online_page(end - 1))
		end = max(pfn, ALIGN_DOWN(end - 1, PAGES_PER_SECTION));
	if (end > pfn) {
		span->start = min_t(u64, span->start, PFN_PHYS(pfn));
		span->end = max_t(u64, span->end, PFN_PHYS(end));
	}
	return 0;
}

/*
 * Walk from one section upwards or downwards to the first one with RAM that is online,
 * and widen the span by it.  Sections are tested first, as a walk of the resources takes
 * longer the more of them there are.
 */
static void widen_to_edge(struct meminspect_span *span, unsigned long nr, bool down)
{
	const u64 section_size = PFN_PHYS(PAGES_PER_SECTION);
	u64 start, was = span->end;

	/* Downwards nr wraps around below section 0. */
	while (nr < NR_MEM_SECTIONS && span->end == was) {
		if (!__nr_to_section(nr)) {
			/* No section of this root exists. */
			nr = down ? ALIGN_DOWN(nr, SECTIONS_PER_ROOT) - 1 :
				    ALIGN(nr + 1, SECTIONS_PER_ROOT);
			continue;
		}
		start = PFN_PHYS(section_nr_to_pfn(nr));
		if (online_section_nr(nr))
			walk_system_ram_res(start, start + section_size - 1, span,
					    widen_span);
		nr += down ? -1 : 1;
	}
}

/**
 * meminspect_span_find() - look from where to where there is RAM
 *
 * Context: memory hotplug kept out, or in its notifier, where memory has gone; the
 * slots not locked.
 *
 * Return: the span.
 */
struct meminspect_span meminspect_span_find(void)
{
	struct meminspect_span span = { .start = U64_MAX }, low = span;
	unsigned long first = 0, last = NR_MEM_SECTIONS - 1;

	/*
	 * The RAM that is left lies within the span that was.  Until there is an image,
	 * only memory that has come since is known.
	 */
	if (image_ready && online_span.end) {
		first = pfn_to_section_nr(PHYS_PFN(online_span.start));
		last = pfn_to_section_nr(PHYS_PFN(online_span.end - 1));
	}
	widen_to_edge(&low, first, false);
	widen_to_edge(&span, last, true);
	span.start = min(span.start, low.start);
	return span;
}

static void set_span(u64 start, u64 end)
{
	if (start == online_span.start && end == online_span.end)
		return;
	online_span.start = start;
	online_span.end = end;
	meminspect_touch();
}

/**
 * meminspect_span_ends_in() - whether the span of RAM ends in a range
 * @start:	first byte of the range
 * @end:	last byte
 *
 * Context: as meminspect_span_find().
 *
 * Return: true if the span is another one without that memory.
 */
bool meminspect_span_ends_in(u64 start, u64 end)
{
	return start <= online_span.start || end + 1 >= online_span.end;
}

/**
 * meminspect_span_grow() - widen the span by RAM that is about to come
 * @start:	first byte of it
 * @end:	last byte
 *
 * Context: the slots locked, in a notifier of memory hotplug.
 */
void meminspect_span_grow(u64 start, u64 end)
{
	meminspect_assert_begun();
	set_span(min(online_span.start, start), max(online_span.end, end + 1));
}

/**
 * meminspect_span_set() - let the image have another span
 * @span:	from meminspect_span_find()
 *
 * Context: as meminspect_span_grow().
 */
void meminspect_span_set(const struct meminspect_span *span)
{
	meminspect_assert_begun();
	set_span(span->start, span->end);
}

/* The image that nobody else writes.  For a panic. */
struct meminspect_image *meminspect_panic_image(void)
{
	return &images[PANIC_IMAGE];
}

/**
 * meminspect_publish_panic_image() - build and publish the panic's image
 *
 * Context: a panic, the other CPUs stopped; its runs and span are filled in.
 */
void meminspect_publish_panic_image(void)
{
	meminspect_image_build(&images[PANIC_IMAGE], 0);
	publish_image(&images[PANIC_IMAGE], 0);
}

static int __init alloc_images(phys_addr_t notes_pa, size_t notes_size)
{
	unsigned int i;
	int ret = 0;

	scratch_size = meminspect_pieces_max();
	scratch.run = kvcalloc(scratch_size, sizeof(*scratch.run), GFP_KERNEL);
	if (!scratch.run)
		ret = -ENOMEM;
	for (i = 0; i < MEMINSPECT_IMAGES && !ret; i++)
		ret = meminspect_image_alloc(&images[i], i, notes_pa, notes_size);
	if (!ret)
		return 0;
	for (i = 0; i < MEMINSPECT_IMAGES; i++)
		meminspect_image_free(&images[i]);
	kvfree(scratch.run);
	return ret;
}

static int __init add_own_entry(enum meminspect_uid id, const char *name,
				void *va, size_t size)
{
	const struct inspect_entry request = {
		.id = id, .class = MEMINSPECT_CLASS_CORE, .name = name,
		.va = va, .size = size,
	};
	const struct meminspect_place place = {
		.rank = RANK_CORE, .state = SLOT_HERE, .cpu = NO_CPU,
		.cookie = meminspect_new_cookie(),
	};

	return meminspect_add(&request, &place);
}

/**
 * meminspect_publish_init() - allocate the images, and make the first one
 *
 * Context: boot.
 *
 * Return: 0, or -errno, with no image then or later.
 */
int __init meminspect_publish_init(void)
{
	const struct meminspect_image *image = &images[0];
	struct meminspect_span span;
	phys_addr_t notes_pa;
	size_t notes_size;
	int ret;

	ret = meminspect_pieces_init() ?:
	      meminspect_notes_init(&notes_pa, &notes_size);
	if (!ret)
		ret = alloc_images(notes_pa, notes_size);
	if (ret)
		return ret;

	get_online_mems();
	span = meminspect_span_find();
	meminspect_begin();
	ret = add_own_entry(MEMINSPECT_ID_ELF, "ELF", image->elf,
			    image->elf_size) ?:
	      add_own_entry(MEMINSPECT_ID_VMCOREINFO, "VMCOREINFO",
			    phys_to_virt(notes_pa), notes_size);
	if (!ret) {
		meminspect_span_set(&span);
		image_ready = true;
		meminspect_set_commit(meminspect_image_update);
	}
	meminspect_end();
	put_online_mems();
	return ret;
}

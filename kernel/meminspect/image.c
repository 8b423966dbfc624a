// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image: the ELF core file that the table's memory makes when it is laid
 * end to end.
 *
 *	ELF header and program headers		PT_NOTE, PT_LOADs
 *	notes					vmcoreinfo, one for each CPU
 *	windows, if there are any		one PT_LOAD each
 *	runs, ascending				one PT_LOAD each
 *
 * Entries are widened to whole pages, but for those that are exact, and those
 * that share or follow one another in memory become one run: crash finds a
 * PT_LOAD by the address at which a read starts, takes the first that matches,
 * and does not look whether the read stays inside.  The last PT_LOAD has no
 * bytes in the file and covers all RAM, so that what nobody has registered reads
 * as zero.
 *
 * There are two images, of which one is published.  An update makes the other,
 * whole, and then publishes that.  A third one is for a panic, which can't wait
 * for whoever may be making one of the two; its windows are runs, since nobody
 * switches tasks any more.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/crc32.h>
#include <linux/elf.h>
#include <linux/elfcorehdr.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/init.h>
#include <linux/kasan.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "internal.h"

#include <trace/events/meminspect.h>

#define PANIC_IMAGE	2
#define NR_IMAGES	3
static_assert(NR_IMAGES == MINIDUMP_TABLES);

static const struct elfcorehdr_machine image_machine = {
	.machine = ELF_ARCH,
	.osabi = ELF_OSABI,
};

static struct meminspect_image images[NR_IMAGES];
/* The one that is published.  Written with the slots locked, or in a panic. */
static unsigned int current_image;
static bool image_ready;
static u64 generation;

/* All that there may be before it is merged.  Guarded by the slots' lock. */
static struct meminspect_runs scratch;

static phys_addr_t notes_pa;
static size_t notes_size;

/* From the first to the last byte of RAM that is online; a panic has its image's. */
static struct meminspect_span online = { .start = U64_MAX };

bool meminspect_image_ready(void)
{
	return image_ready;
}

const struct meminspect_image *meminspect_image_current(void)
{
	return &images[READ_ONCE(current_image)];
}

/* The first address that none of the images' headers is at or above. */
u64 meminspect_image_end(void)
{
	u64 end = 0;
	unsigned int i;

	for (i = 0; i < NR_IMAGES; i++)
		end = max_t(u64, end, images[i].elf_pa + images[i].elf_size);
	return end;
}

/* Which of the images it is. */
unsigned int meminspect_image_copy(const struct meminspect_image *image)
{
	return image - images;
}

/**
 * struct piece_walk - the parts of an entry that the image may have
 * @at:		physical address at which the next may start
 * @end:	first byte behind the entry
 * @va_offset:	what to add to a physical address for the virtual one
 * @run:	the part found
 */
struct piece_walk {
	u64 at;
	u64 end;
	u64 va_offset;
	struct meminspect_run run;
};

static void pieces_begin(struct piece_walk *walk, phys_addr_t pa, size_t size,
			 const void *va, const char *name, u8 rank, bool exact)
{
	const u64 align = exact ? sizeof(u64) : PAGE_SIZE;

	/* Runs are compared byte by byte. */
	memset(walk, 0, sizeof(*walk));
	walk->at = ALIGN_DOWN((u64)pa, align);
	walk->end = ALIGN((u64)pa + size, align);
	walk->va_offset = (unsigned long)kasan_reset_tag(va) - pa;
	walk->run.rank = rank;
	strscpy(walk->run.name, name, sizeof(walk->run.name));
}

/* Where the first page that is broken starts, or the end. */
static u64 first_poisoned(u64 start, u64 end)
{
#ifdef CONFIG_MEMORY_FAILURE
	u64 pa;

	if (likely(!atomic_long_read(&num_poisoned_pages)))
		return end;
	for (pa = ALIGN_DOWN(start, PAGE_SIZE); pa < end; pa += PAGE_SIZE)
		if (PageHWPoison(pfn_to_page(PHYS_PFN(pa))))
			return max(start, pa);
#endif
	return end;
}

/* What is secret is cut out, and pages that nobody may read any more. */
static bool next_piece(struct piece_walk *walk)
{
	u64 stop, poisoned, next;

	while (walk->at < walk->end) {
		stop = meminspect_secret_in(walk->at, walk->end, &next);
		poisoned = first_poisoned(walk->at, stop);
		if (poisoned < stop) {
			stop = poisoned;
			next = ALIGN_DOWN(poisoned, PAGE_SIZE) + PAGE_SIZE;
		}
		walk->run.start = walk->at;
		walk->run.end = stop;
		walk->run.va = walk->at + walk->va_offset;
		walk->at = next;
		if (walk->run.start < walk->run.end)
			return true;
	}
	return false;
}

static void slot_pieces(struct piece_walk *walk,
			const struct meminspect_slot *slot)
{
	const struct inspect_entry *ie = &slot->ie;

	pieces_begin(walk, ie->pa, ie->size, ie->va, ie->name, slot->rank,
		     ie->properties & MEMINSPECT_EXACT);
}

typedef bool (*slot_filter_t)(const struct meminspect_slot *slot);

static bool wanted(const struct meminspect_slot *slot, unsigned int rank,
		   slot_filter_t filter)
{
	return filter(slot) && slot->rank <= rank &&
	       slot->ie.id > MEMINSPECT_ID_VMCOREINFO &&
	       !(slot->ie.properties & MEMINSPECT_NOT_IN_IMAGE) &&
	       meminspect_allowed(&slot->ie) &&
	       meminspect_reachable(slot->ie.pa, slot->ie.size);
}

static bool out_of_reach(const struct meminspect_slot *slot)
{
	return slot_shown(slot) &&
	       !meminspect_reachable(slot->ie.pa, slot->ie.size);
}

/* All of the slots' memory up to a rank, merged, if there is room for it. */
static bool collect_all(unsigned int rank, slot_filter_t filter)
{
	const struct meminspect_slot *slot;
	struct piece_walk walk;

	scratch.nr = 0;
	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (!wanted(slot, rank, filter))
			continue;
		slot_pieces(&walk, slot);
		while (next_piece(&walk)) {
			if (scratch.nr == scratch.max)
				return false;
			scratch.run[scratch.nr++] = walk.run;
		}
	}
	meminspect_runs_merge(&scratch);
	return true;
}

/* As much as there is room for, by rank. */
static void collect_by_rank(struct meminspect_runs *runs)
{
	struct meminspect_slot *slot;
	struct piece_walk walk;
	unsigned int rank;

	runs->nr = 0;
	for (rank = 0; rank < NR_RANKS; rank++) {
		for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
			if (slot->rank != rank)
				continue;
			slot->left_out = out_of_reach(slot);
			if (!wanted(slot, rank, slot_shown))
				continue;
			slot_pieces(&walk, slot);
			while (next_piece(&walk))
				if (!meminspect_runs_insert(runs, &walk.run))
					slot->left_out = true;
		}
	}
}

static void collect_runs(struct meminspect_image *image)
{
	struct meminspect_slot *slot;

	image->nr_windows = meminspect_windows();
	image->windows_hidden = !meminspect_allows_tasks();
	meminspect_switch_hide(image->windows_hidden);
	image->span = online;
	image->runs.max = meminspect_limit();
	if (collect_all(NR_RANKS, slot_shown) && scratch.nr <= image->runs.max) {
		memcpy(image->runs.run, scratch.run,
		       scratch.nr * sizeof(*scratch.run));
		image->runs.nr = scratch.nr;
		for (slot = meminspect_slots; slot < SLOTS_END; slot++)
			slot->left_out = out_of_reach(slot);
	} else {
		collect_by_rank(&image->runs);
	}
	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (slot->left_out && !slot->reported) {
			meminspect_report_later();
			break;
		}
	}
}

/**
 * meminspect_image_room() - whether there is room for all up to a rank
 * @rank:	that rank
 *
 * A quarter of the room is left to the tasks that run, unless it is for drivers
 * within their quota, or the kernel itself.
 *
 * Context: the slots locked.
 *
 * Return: 0, or -ENOSPC.
 */
int meminspect_image_room(unsigned int rank)
{
	unsigned int room = meminspect_limit();

	if (!image_ready)
		return 0;
	if (rank == RANK_DRIVER)
		room -= room / 4;
	return collect_all(rank, slot_present) && scratch.nr <= room ? 0 :
								       -ENOSPC;
}

static void append_phdr(struct elfcorehdr *hdr, u32 type, u64 vaddr, u64 paddr,
			u64 offset, u64 filesz, u64 memsz)
{
	const Elf64_Phdr phdr = {
		.p_type		= type,
		.p_vaddr	= vaddr,
		.p_paddr	= paddr,
		.p_offset	= offset,
		.p_filesz	= filesz,
		.p_memsz	= memsz,
	};

	/* There is room for all that the table can hold. */
	WARN_ON_ONCE(elfcorehdr_append(hdr, &phdr));
}

/* Make the ELF header of the image's runs and span. */
static void build(struct meminspect_image *image)
{
	const struct meminspect_run *run;
	struct elfcorehdr hdr;
	unsigned int i;
	u64 offset, size;

	memset(image->elf, 0, image->elf_size);
	if (WARN_ON_ONCE(elfcorehdr_init(&hdr, image->elf, image->elf_size,
					 &image_machine)))
		return;

	offset = image->elf_size;
	append_phdr(&hdr, PT_NOTE, 0, notes_pa, offset, notes_size,
		    notes_size);
	offset += notes_size;
	for (i = 0; i < image->nr_windows; i++) {
		size = meminspect_window_size(i);
		WARN_ON_ONCE(elfcorehdr_append_window(&hdr, offset, size));
		offset += size;
	}
	for (i = 0; i < image->runs.nr; i++) {
		run = &image->runs.run[i];
		size = run->end - run->start;
		append_phdr(&hdr, PT_LOAD, run->va, run->start, offset, size,
			    size);
		offset += size;
	}
	/* Of no mapping of its own: it only says what may be read. */
	if (image->span.end > image->span.start)
		append_phdr(&hdr, PT_LOAD, 0, image->span.start, offset, 0,
			    image->span.end - image->span.start);

	image->size = offset;
	image->generation = ++generation;
}

static void publish(unsigned int nr)
{
	const struct meminspect_image *image = &images[nr];

	if (!minidump_publish(image, nr) && image->nr_windows)
		meminspect_switch_show(nr, image->elf, image->elf_pa, NULL);
	WRITE_ONCE(current_image, nr);
	meminspect_stats.published++;
	if (trace_meminspect_publish_enabled())
		trace_meminspect_publish(image->generation, image->runs.nr,
					 image->size,
					 crc32(~0, image->elf,
					       image->elf_size) ^ ~0);
}

static bool same_span(const struct meminspect_span *a,
		      const struct meminspect_span *b)
{
	return a->start == b->start && a->end == b->end;
}

static bool same(const struct meminspect_image *a,
		 const struct meminspect_image *b)
{
	return a->runs.nr == b->runs.nr && a->nr_windows == b->nr_windows &&
	       a->windows_hidden == b->windows_hidden &&
	       same_span(&a->span, &b->span) &&
	       !memcmp(a->runs.run, b->runs.run,
		       a->runs.nr * sizeof(*a->runs.run));
}

/**
 * meminspect_image_update() - make and publish the image of the table
 *
 * Context: the slots locked.  Allocates nothing.
 */
void meminspect_image_update(void)
{
	u64 ns, begin = ktime_get_mono_fast_ns();
	unsigned int old = current_image, idle = !old;

	meminspect_assert_begun();
	collect_runs(&images[idle]);
	if (same(&images[idle], &images[old]))
		return;

	build(&images[idle]);
	meminspect_set_elf(images[idle].elf_pa, images[idle].elf);
	publish(idle);
	meminspect_switch_leave(old);

	ns = ktime_get_mono_fast_ns() - begin;
	meminspect_stats.last_ns = ns;
	meminspect_stats.longest_ns = max(meminspect_stats.longest_ns, ns);
}

static void poisoned(struct work_struct *work)
{
	meminspect_begin();
	meminspect_touch();
	meminspect_end();
}

static DECLARE_WORK(poisoned_work, poisoned);

/**
 * meminspect_poisoned() - a page is broken, and leaves the image soon
 *
 * Context: any.
 */
void meminspect_poisoned(void)
{
	if (image_ready)
		schedule_work(&poisoned_work);
}

static int widen_span(unsigned long pfn, unsigned long nr, void *arg)
{
	unsigned long end = pfn + nr;
	struct meminspect_span *span = arg;

	/* Memory comes and goes by sections; of RAM, they are the ends. */
	while (end > pfn && !pfn_to_online_page(end - 1))
		end = max(pfn, ALIGN_DOWN(end - 1, PAGES_PER_SECTION));
	if (end > pfn) {
		span->start = min_t(u64, span->start, PFN_PHYS(pfn));
		span->end = max_t(u64, span->end, PFN_PHYS(end));
	}
	return 0;
}

/**
 * meminspect_image_find_span() - look from where to where there is RAM
 * @online_start: first byte of memory that is on its way online
 * @online_end:	last byte of it, below @online_start if there is none
 *
 * Context: memory hotplug kept out, or in its notifier; the slots not locked.
 *
 * Return: the span.
 */
struct meminspect_span meminspect_image_find_span(u64 online_start,
						  u64 online_end)
{
	struct meminspect_span span = { .start = U64_MAX };

	walk_system_ram_range(0, PHYS_PFN(BIT_ULL(MAX_PHYSMEM_BITS) - 1), &span,
			      widen_span);
	if (online_end > online_start) {
		span.start = min(span.start, online_start);
		span.end = max(span.end, online_end + 1);
	}
	return span;
}

/* Let the image have another span.  The slots are locked. */
void meminspect_image_set_span(const struct meminspect_span *span)
{
	if (!same_span(span, &online))
		meminspect_touch();
	online = *span;
}

/* A run is worth more than those of lower ranks, once there is no room. */
static void panic_insert(struct meminspect_runs *runs,
			 const struct meminspect_run *run)
{
	while (!meminspect_runs_insert(runs, run))
		if (!meminspect_runs_evict(runs, run->rank))
			return;
}

static void panic_part(void *priv, const char *what,
		       enum meminspect_class class, const char *type_name,
		       const void *va, size_t size)
{
	const struct inspect_entry ie = { .class = class, .name = what };
	struct meminspect_walk walk = { .va = va, .left = size };
	struct meminspect_image *image = priv;
	struct piece_walk pieces;

	if (!meminspect_allowed(&ie))
		return;
	for (va = walk.va; meminspect_next_run(&walk) > 0; va = walk.va) {
		if (!meminspect_reachable(walk.pa, walk.size))
			continue;
		pieces_begin(&pieces, walk.pa, walk.size, va, what,
			     class == MEMINSPECT_CLASS_CORE ? RANK_CORE :
			     class == MEMINSPECT_CLASS_TASK ? RANK_TASK :
							      RANK_STACK,
			     class == MEMINSPECT_CLASS_TASK);
		while (next_piece(&pieces))
			panic_insert(&image->runs, &pieces.run);
	}
}

static void add_panic_cpu(struct meminspect_image *image, unsigned int cpu)
{
	const struct task_struct *task = meminspect_cpu_curr(cpu);

	meminspect_task_parts(task, task->thread_pid, panic_part, image);
}

/*
 * The other CPUs are stopped, wherever they were: no lock is taken, and the
 * only image that is touched is the one that nobody else writes.  What the
 * published one has, as all else may be in the middle of a change, and the task
 * that each CPU has come to run.
 */
static int meminspect_panic(struct notifier_block *nb, unsigned long action,
			    void *arg)
{
	const struct meminspect_image *from = meminspect_image_current();
	struct meminspect_image *image = &images[PANIC_IMAGE];
	unsigned int i, cpu, this_cpu = raw_smp_processor_id();
	struct meminspect_run *run = image->runs.run;
	static bool entered;

	/* Again, by a fault of what follows: what is published is good. */
	if (entered)
		return NOTIFY_OK;
	entered = true;
	meminspect_notes_save();

	memcpy(run, from->runs.run, from->runs.nr * sizeof(*run));
	image->runs.nr = from->runs.nr;
	/* It has no windows. */
	image->runs.max = meminspect_limit() + from->nr_windows;
	image->span = from->span;
	/* The tasks that ran before make room for those that run now. */
	for (i = 0; i < image->runs.nr; i++)
		if (run[i].rank >= RANK_TASK)
			run[i].rank += NR_RANKS;
	add_panic_cpu(image, this_cpu);
	/* Those that were stopped may count as offline. */
	for_each_possible_cpu(cpu)
		if (cpu != this_cpu)
			add_panic_cpu(image, cpu);

	meminspect_arch_panic(panic_part, image);

	build(image);
	publish(PANIC_IMAGE);
	return NOTIFY_OK;
}

/* After those that stop a watchdog or write to the log. */
static struct notifier_block panic_nb = {
	.notifier_call	= meminspect_panic,
	.priority	= INT_MIN,
};

static int __init alloc_image(struct meminspect_image *image)
{
	/* The region of a window that is closed is in here, and must fit. */
	image->elf_size = PAGE_ALIGN(max(elfcorehdr_bytes(IMAGE_PHDRS),
					 sizeof(struct task_struct)));
	image->elf = alloc_pages_exact(image->elf_size,
				       GFP_KERNEL | __GFP_ZERO);
	image->runs.run = kcalloc(CONFIG_MEMINSPECT_MAX_REGIONS,
				  sizeof(*image->runs.run), GFP_KERNEL);
	if (!image->elf || !image->runs.run)
		return -ENOMEM;
	image->elf_pa = virt_to_phys(image->elf);
	return 0;
}

static void __init free_image(struct meminspect_image *image)
{
	if (image->elf)
		free_pages_exact(image->elf, image->elf_size);
	kfree(image->runs.run);
	memset(image, 0, sizeof(*image));
}

/**
 * meminspect_image_init() - allocate the images, and make the first one
 *
 * Return: 0, or -errno, with no image then or later.
 */
int __init meminspect_image_init(void)
{
	struct inspect_entry elf = {
		.id	= MEMINSPECT_ID_ELF,
		.class	= MEMINSPECT_CLASS_CORE,
		.name	= "ELF",
	};
	struct inspect_entry notes = {
		.id	= MEMINSPECT_ID_VMCOREINFO,
		.class	= MEMINSPECT_CLASS_CORE,
		.name	= "VMCOREINFO",
	};
	struct meminspect_place place = {
		.rank = RANK_CORE, .state = SLOT_HERE, .cpu = NO_CPU,
	};
	struct meminspect_span span;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < NR_IMAGES && !ret; i++)
		ret = alloc_image(&images[i]);
	scratch.max = MEMINSPECT_SLOTS + meminspect_secrets();
	scratch.run = kvcalloc(scratch.max, sizeof(*scratch.run), GFP_KERNEL);
	if (!scratch.run)
		ret = -ENOMEM;
	if (!ret)
		ret = meminspect_notes_init(&notes_pa, &notes_size);
	if (ret) {
		for (i = 0; i < NR_IMAGES; i++)
			free_image(&images[i]);
		kvfree(scratch.run);
		return ret;
	}

	elf.va = images[0].elf;
	elf.size = images[0].elf_size;
	notes.va = phys_to_virt(notes_pa);
	notes.size = notes_size;
	span = meminspect_image_find_span(1, 0);
	meminspect_begin();
	place.cookie = meminspect_new_cookie();
	meminspect_add(&elf, &place);
	meminspect_add(&notes, &place);
	image_ready = true;
	meminspect_image_set_span(&span);
	meminspect_end();

	atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	return 0;
}

/* Where the image's own two regions are; for the region tables. */
void meminspect_image_regions(const struct meminspect_image *image,
			      struct meminspect_run regions[IMAGE_REGIONS])
{
	memset(regions, 0, IMAGE_REGIONS * sizeof(*regions));
	regions[0].start = image->elf_pa;
	regions[0].end = image->elf_pa + image->elf_size;
	strscpy(regions[0].name, "ELF", sizeof(regions[0].name));
	regions[1].start = notes_pa;
	regions[1].end = notes_pa + notes_size;
	strscpy(regions[1].name, "VMCOREIN", sizeof(regions[1].name));
}

/* Where a window's region is while it is closed: in the image's own header. */
void meminspect_image_window(const struct meminspect_image *image,
			     unsigned int i, struct meminspect_run *region)
{
	memset(region, 0, sizeof(*region));
	region->start = image->elf_pa;
	region->end = image->elf_pa + meminspect_window_size(i);
	meminspect_window_name(i, region->name, sizeof(region->name));
}

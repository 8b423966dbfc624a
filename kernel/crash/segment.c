// SPDX-License-Identifier: GPL-2.0-only
/*
 * The elfcorehdr segment of the loaded crash image: found and taken up when
 * the image is loaded, changed in place on events, gone with the image.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/cc_platform.h>
#include <linux/crash_hotplug.h>
#include <linux/highmem.h>
#include <linux/kexec.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../kexec_internal.h"
#include "internal.h"

/*
 * Keeps crash_live_segment, and what it points to, while it is held for
 * reading.  Taken for writing with kexec_lock held or not (a file-mode unload
 * frees the image after it has dropped the lock); nothing is taken inside.
 */
static DECLARE_RWSEM(crash_segment_rwsem);
static struct crash_segment *crash_live_segment;

static u64 linear_offset(void)
{
	return (unsigned long)__va(0);
}

/*
 * Add and drop are made of bounded steps; seq is odd for as long as one call
 * takes, so that a reader never copies a step that is half done.
 */
static int segment_change(struct crash_segment *seg, u64 start, u64 end,
			  int (*change)(struct elfcorehdr *hdr, u64 start,
					u64 end))
{
	int ret;

	preempt_disable();
	write_seqcount_begin(&seg->seq);
	ret = change(&seg->hdr, start, end);
	write_seqcount_end(&seg->seq);
	preempt_enable();
	return ret;
}

static int live_add(u64 start, u64 end, void *arg)
{
	return segment_change(arg, start, end, elfcorehdr_add);
}

/**
 * crash_segment_add() - cover memory that is about to be used
 * @seg:	live header
 * @start:	first byte
 * @end:	last byte; what no dump covers is left out
 *
 * Context: kexec_lock held as an updater.  Allocates nothing.
 *
 * Return: 0, or -ENOSPC.
 */
int crash_segment_add(struct crash_segment *seg, u64 start, u64 end)
{
	return crash_memory_clip(start, end, live_add, seg);
}

/**
 * crash_segment_remove() - stop covering memory that is gone
 * @seg:	live header
 * @start:	first byte
 * @end:	last byte
 *
 * Context: kexec_lock held as an updater.  Allocates nothing.
 *
 * Return: 0, or -ENOSPC if an entry must be split and the table is full.
 */
int crash_segment_remove(struct crash_segment *seg, u64 start, u64 end)
{
	return segment_change(seg, start, end, elfcorehdr_remove);
}

struct reconcile {
	struct crash_segment *seg;
	u64 next;
};

/* Drops what lies between the true ranges, adds what lacks in them. */
static int reconcile_range(u64 start, u64 end, void *arg)
{
	struct reconcile *r = arg;
	int ret = 0;

	if (start > r->next)
		ret = crash_segment_remove(r->seg, r->next, start - 1);
	if (!ret)
		ret = live_add(start, end, r->seg);
	r->next = end + 1;
	return ret;
}

/**
 * crash_segment_reconcile() - make the header say what is true
 * @seg:	live header
 *
 * Context: process context; kexec_lock and get_online_mems() held.  Allocates
 * nothing.
 *
 * Return: 0, or -ENOSPC.
 */
int crash_segment_reconcile(struct crash_segment *seg)
{
	struct reconcile r = { .seg = seg };
	int ret;

	ret = crash_memory_walk(reconcile_range, &r);
	/* next wraps to 0 after a range that ends the address space. */
	if (!ret && r.next)
		ret = crash_segment_remove(seg, r.next, U64_MAX);
	return ret;
}

static bool is_core_header(const struct kexec_segment *ksegment)
{
	const Elf64_Ehdr *ehdr;
	bool core;

	if (ksegment->memsz < sizeof(*ehdr))
		return false;
	ehdr = kmap_local_page(boot_pfn_to_page(ksegment->mem >> PAGE_SHIFT));
	core = !memcmp(ehdr->e_ident, ELFMAG, SELFMAG) &&
	       ehdr->e_type == ET_CORE;
	kunmap_local(ehdr);
	return core;
}

/*
 * Which segment of a kexec_load is the elfcorehdr nobody says: it is the one
 * core file among them.  A kernel is no core file, and an initrd no ELF.
 */
static int find_segment(struct kimage *image)
{
	int n, found = -1;

	if (image->elfcorehdr_index >= 0)
		return image->elfcorehdr_index;

	for (n = 0; n < image->nr_segments; n++) {
		if (!is_core_header(&image->segment[n]))
			continue;
		if (found >= 0) {
			pr_warn("segments %d and %d are both ELF core headers; not updated on hotplug\n",
				found, n);
			return -EINVAL;
		}
		found = n;
	}
	if (found < 0) {
		pr_warn("no segment is an ELF core header; not updated on hotplug\n");
		return -EINVAL;
	}
	return found;
}

static void *map_segment(const struct kexec_segment *ksegment)
{
	unsigned int i, nr = DIV_ROUND_UP(ksegment->memsz, PAGE_SIZE);
	pgprot_t prot = PAGE_KERNEL;
	struct page **pages;
	void *alias;

	pages = kvmalloc_array(nr, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < nr; i++)
		pages[i] = boot_pfn_to_page((ksegment->mem >> PAGE_SHIFT) + i);

	/* kexec shares the segments' pages, where memory is encrypted. */
	if (cc_platform_has(CC_ATTR_HOST_MEM_ENCRYPT))
		prot = pgprot_decrypted(prot);
	alias = vmap(pages, nr, VM_MAP, prot);
	kvfree(pages);
	return alias;
}

static int append_range(u64 start, u64 end, void *arg)
{
	struct elfcorehdr *hdr = arg;

	return elfcorehdr_append_load(hdr, (unsigned long)__va(start), start,
				      end - start + 1);
}

/*
 * The header of a kexec_load counts the CPUs that were there when user space
 * looked, and the memory of that moment.  Once it is known to be sound it is
 * made anew, as a kexec_file_load makes it.
 */
static int rebuild(void *buf, size_t size)
{
	struct elfcorehdr hdr;
	int ret;

	ret = elfcorehdr_init(&hdr, buf, size, &crash_machine);
	if (!ret)
		ret = crash_append_fixed(&hdr,
					 IS_ENABLED(CONFIG_CRASH_KERNEL_MAP));
	if (!ret)
		ret = crash_memory_walk(append_range, &hdr);
	return ret;
}

/*
 * Fill @seg from a copy of the header, and write that back only when all went
 * well: what is refused stays as it was loaded.
 */
static int segment_load(struct crash_segment *seg, bool file_mode, void *copy)
{
	struct elfcorehdr_error err = {};
	int ret;

	memcpy(copy, seg->alias, seg->size);
	ret = elfcorehdr_parse(copy, seg->size, &crash_machine, seg->index,
			       &err);
	if (ret)
		goto refused;

	if (!file_mode) {
		memset(copy, 0, seg->size);
		ret = rebuild(copy, seg->size);
		if (ret)
			goto no_room;
	}

	ret = elfcorehdr_open(&seg->hdr, copy, seg->size, &crash_machine,
			      linear_offset(), seg->index, &err);
	if (ret)
		goto refused;

	ret = crash_segment_reconcile(seg);
	if (ret)
		goto no_room;

	memcpy(seg->alias, copy, seg->size);
	seg->hdr.buf = seg->alias;
	return 0;

refused:
	if (err.phdr >= 0)
		pr_warn("elfcorehdr: program header %d: %s; not updated on hotplug\n",
			err.phdr, err.what);
	else
		pr_warn("elfcorehdr: %s; not updated on hotplug\n", err.what);
	return ret;
no_room:
	pr_warn("elfcorehdr: %zu bytes, room for %u program headers, are too few for this machine (%d); not updated on hotplug\n",
		seg->size, elfcorehdr_capacity(seg->size), ret);
	return ret;
}

static void segment_free(struct crash_segment *seg)
{
	vunmap(seg->alias);
	kvfree(seg->index);
	kfree(seg);
}

/**
 * crash_hotplug_attach() - take up the elfcorehdr of a crash image
 * @image:	image whose segments are all in place
 *
 * Brings the header up to date with the machine as it is now.  Where that
 * can't be had, for the header is not sound or has no room, says why, and the
 * image stays as it is; crash_hotplug reads 0 then, so that udev's rules
 * reload as they did before.
 *
 * Context: a load, with kexec_lock held and @image not published yet.  Sleeps.
 */
void crash_hotplug_attach(struct kimage *image)
{
	struct crash_segment *seg;
	void *copy;
	int n, ret;

	if (image->type != KEXEC_TYPE_CRASH || !image->hotplug_support ||
	    IS_ENABLED(CONFIG_CRASH_HOTPLUG_ARCH_UPDATE))
		return;

	n = find_segment(image);
	if (n < 0)
		return;

	seg = kzalloc(sizeof(*seg), GFP_KERNEL);
	if (!seg)
		goto no_memory;
	seqcount_init(&seg->seq);
	seg->size = image->segment[n].memsz;
	seg->index = kvmalloc_array(elfcorehdr_capacity(seg->size),
				    sizeof(*seg->index), GFP_KERNEL);
	seg->alias = map_segment(&image->segment[n]);
	copy = vmalloc(seg->size);
	if (!seg->index || !seg->alias || !copy) {
		vfree(copy);
		segment_free(seg);
		goto no_memory;
	}

	get_online_mems();
	ret = segment_load(seg, image->file_mode, copy);
	put_online_mems();
	vfree(copy);
	if (ret) {
		segment_free(seg);
		return;
	}

	image->elfcorehdr_index = n;
	image->crash_segment = seg;
	down_write(&crash_segment_rwsem);
	crash_live_segment = seg;
	up_write(&crash_segment_rwsem);
	return;

no_memory:
	pr_warn("no memory for the elfcorehdr's alias; not updated on hotplug\n");
}

/**
 * crash_hotplug_detach() - let go of an image's elfcorehdr
 * @image:	image that is being freed, not published any more
 *
 * Context: sleeps.  kexec_lock held or not.
 */
void crash_hotplug_detach(struct kimage *image)
{
	struct crash_segment *seg = image->crash_segment;

	if (!seg)
		return;

	down_write(&crash_segment_rwsem);
	/* The next image may be here already. */
	if (crash_live_segment == seg)
		crash_live_segment = NULL;
	up_write(&crash_segment_rwsem);

	image->crash_segment = NULL;
	segment_free(seg);
}

/**
 * crash_hotplug_replay() - make the header of the image to be booted whole
 * @image:	crash image
 *
 * Context: the crash path, with the other CPUs stopped.
 */
void crash_hotplug_replay(struct kimage *image)
{
	if (image->crash_segment)
		elfcorehdr_replay(&image->crash_segment->hdr);
}

#ifndef CONFIG_CRASH_HOTPLUG_ARCH_UPDATE
/**
 * crash_check_hotplug_support() - whether the kernel updates the kdump image
 *
 * What the sysfs attributes crash_hotplug of CPUs and memory read.  Takes no
 * part in kexec_lock: a read never defers an event.
 *
 * Return: 1 if a crash image is loaded whose header follows hotplug, else 0,
 * and user space has to load it again after each event.
 */
int crash_check_hotplug_support(void)
{
	int ret;

	down_read(&crash_segment_rwsem);
	ret = crash_live_segment && !READ_ONCE(crash_live_segment->failed);
	up_read(&crash_segment_rwsem);
	return ret;
}
#endif

/**
 * crash_segment_read() - copy the live header
 *
 * The copy is one that a crash at some instant would have left.
 *
 * Context: sleeps.
 *
 * Return: the copy, which the caller frees with kvfree(); of size 0 when there
 * is no live header; ERR_PTR(-ENOMEM).
 */
struct crash_segment_copy *crash_segment_read(void)
{
	struct crash_segment_copy *copy;
	struct crash_segment *seg;
	unsigned int seq;

	down_read(&crash_segment_rwsem);
	seg = crash_live_segment;
	copy = kvzalloc(struct_size(copy, buf, seg ? seg->size : 0),
			GFP_KERNEL);
	if (!copy) {
		up_read(&crash_segment_rwsem);
		return ERR_PTR(-ENOMEM);
	}
	if (seg) {
		copy->capacity = seg->hdr.capacity;
		do {
			seq = read_seqcount_begin(&seg->seq);
			copy->used = seg->hdr.first + seg->hdr.nr;
			copy->size = elfcorehdr_size(copy->used);
			memcpy(copy->buf, seg->alias, copy->size);
		} while (read_seqcount_retry(&seg->seq, seq));
	}
	up_read(&crash_segment_rwsem);
	return copy;
}

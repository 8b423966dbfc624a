// SPDX-License-Identifier: GPL-2.0-only
/*
 * The elfcorehdr segment of the loaded crash image: found and taken up when
 * the image is loaded, changed in place on events, gone with the image.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/cc_platform.h>
#include <linux/crash_hotplug.h>
#include <linux/kasan.h>
#include <linux/kexec.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "../kexec_internal.h"
#include "internal.h"

/* For capture kernels that read memory before they use caches. */
void __weak arch_crash_hotplug_clean(void *start, size_t size)
{
}

/*
 * Keeps crash_live_segment and its target while it is held for
 * reading.  Taken for writing with kexec_lock held or not (a file-mode unload
 * frees the image after it has dropped the lock); nothing is taken inside.
 */
static DECLARE_RWSEM(crash_segment_rwsem);
static struct crash_segment *crash_live_segment;

/*
 * The state that the crash path needs, as it was when the image was loaded.  The
 * segment is allocated memory, which the fault behind a crash may have
 * overwritten: it is used there only as far as it agrees with this.  Written
 * together with crash_live_segment, as an unload may free its image while the
 * next one is loaded.
 */
static struct {
	const struct kimage *image;
	const struct crash_segment *seg;
	void *alias;
	u32 first;
	u32 capacity;
} crash_recorded;

/* Of any address in the linear map: address 0 may be in none. */
static u64 linear_offset(const void *linear)
{
	linear = kasan_reset_tag(linear);
	return (unsigned long)linear - virt_to_phys((void *)linear);
}

/**
 * crash_segment_change() - change one range of the live header
 * @seg:	live header
 * @start:	first byte
 * @end:	last byte
 * @change:	elfcorehdr_add() or elfcorehdr_remove()
 *
 * Both are made of bounded steps; seq is odd for as long as one call takes, so
 * that a reader never copies a step that is half done.
 *
 * Context: kexec_lock held as an updater.
 *
 * Return: the result of @change.
 */
int crash_segment_change(struct crash_segment *seg, u64 start, u64 end,
			 int (*change)(struct elfcorehdr *hdr, u64 start,
				       u64 end))
{
	int ret;

	kexec_assert_locked();
	preempt_disable();
	write_seqcount_begin(&seg->seq);
	ret = change(&seg->hdr, start, end);
	write_seqcount_end(&seg->seq);
	preempt_enable();
	return ret;
}

static int live_add(u64 start, u64 end, void *arg)
{
	return crash_segment_change(arg, start, end, elfcorehdr_add);
}

/**
 * crash_segment_add() - cover memory that is about to be used
 * @seg:	live header
 * @start:	first byte
 * @end:	last byte; memory that no dump covers is left out
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
	return crash_segment_change(seg, start, end, elfcorehdr_remove);
}

static void *map_segment(const struct kexec_segment *ksegment, size_t size)
{
	unsigned int i, nr = DIV_ROUND_UP(size, PAGE_SIZE);
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

static bool is_core_header(const struct kexec_segment *ksegment, bool ours)
{
	const Elf64_Ehdr *ehdr;
	bool core;

	if (ksegment->memsz < sizeof(*ehdr))
		return false;
	ehdr = map_segment(ksegment, sizeof(*ehdr));
	if (!ehdr)
		return false;
	core = !memcmp(ehdr->e_ident, ELFMAG, SELFMAG) &&
	       ehdr->e_type == ET_CORE &&
	       (!ours || (ehdr->e_ident[EI_CLASS] == ELFCLASS64 &&
			  ehdr->e_machine == ELF_ARCH));
	vunmap(ehdr);
	return core;
}

/*
 * kexec_load() does not name the segment of the elfcorehdr.  It is the one core file
 * among the segments, or the one of this machine's class if there are several.  A
 * kernel is no core file, and an initrd is no ELF file.
 */
static int find_segment(const struct kimage *image)
{
	int n, found = -1;
	bool ours;

	for (ours = true; ; ours = false) {
		for (n = 0; n < image->nr_segments; n++) {
			if (!is_core_header(&image->segment[n], ours))
				continue;
			if (found >= 0) {
				pr_warn("segments %d and %d are both ELF core headers; not updated on hotplug\n",
					found, n);
				return -EINVAL;
			}
			found = n;
		}
		if (found >= 0)
			return found;
		if (!ours)
			break;
	}
	pr_warn("no segment is an ELF core header; not updated on hotplug\n");
	return -EINVAL;
}

/* For crash_memory_walk(), while the header is being built. */
static int append_range(u64 start, u64 end, void *arg)
{
	struct elfcorehdr *hdr = arg;

	return elfcorehdr_append_load(hdr, (unsigned long)__va(start), start,
				      end - start + 1);
}

/*
 * A header that was made before the load has the CPUs and the memory of that moment,
 * in the format that its program chose: a 32-bit kexec-tools writes ELF32 on request,
 * and each one writes ranges that overlap where iomem nests them.  So each header is
 * made anew, with a note for each possible CPU and the memory of now.
 */
static int rebuild_header(void *buf, size_t size)
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
 * Fill @seg from a header that is made in @copy, and write that back only when
 * all went well: a segment that is refused stays as it was loaded.
 */
static int segment_load(struct crash_segment *seg, void *copy)
{
	struct elfcorehdr_error err = {};
	int ret;

	memcpy(copy, seg->alias, seg->size);
	ret = elfcorehdr_recognize(copy, seg->size, &crash_machine, &err);
	if (ret)
		goto refused;

	memset(copy, 0, seg->size);
	ret = rebuild_header(copy, seg->size);
	if (ret)
		goto no_room;
	ret = elfcorehdr_open(&seg->hdr, copy, seg->size, &crash_machine,
			      linear_offset(seg), seg->index, &err);
	if (ret)
		goto refused;

	memcpy(seg->alias, copy, seg->size);
	arch_crash_hotplug_clean(seg->alias, seg->size);
	seg->hdr.buf = seg->alias;
	seg->hdr.clean = arch_crash_hotplug_clean;
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

static struct crash_segment *segment_alloc(struct kimage *image, int n)
{
	struct crash_segment *seg;
	void *copy = NULL;
	int ret;

	seg = kzalloc(sizeof(*seg), GFP_KERNEL);
	if (!seg)
		goto no_memory;
	seqcount_init(&seg->seq);
	seg->size = image->segment[n].memsz;
	seg->index = kvmalloc_array(elfcorehdr_capacity(seg->size),
				    sizeof(*seg->index), GFP_KERNEL);
	seg->alias = map_segment(&image->segment[n], seg->size);
	copy = vmalloc(seg->size);
	if (!seg->index || !seg->alias || !copy)
		goto no_memory;

	ret = segment_load(seg, copy);
	vfree(copy);
	if (!ret)
		return seg;
	segment_free(seg);
	return NULL;

no_memory:
	pr_warn("no memory for the elfcorehdr's alias; not updated on hotplug\n");
	vfree(copy);
	if (seg)
		segment_free(seg);
	return NULL;
}

void crash_hotplug_attach(struct kimage *image)
{
	struct crash_segment *seg;
	int n = image->elfcorehdr_index;

	kexec_assert_locked();
	if (image->type != KEXEC_TYPE_CRASH)
		return;
	crash_reservation_loaded(image);
	if (!image->hotplug_support)
		return;

	if (n < 0 && image->file_mode) {
		/* The header is within the purgatory's digest, which a change would break. */
		pr_warn("no segment is set apart for the elfcorehdr; not updated on hotplug\n");
		return;
	}
	if (n < 0)
		n = find_segment(image);
	if (n < 0)
		return;

	/*
	 * kexec-tools sets the flag where crash_elfcorehdr_size is not 0.  Where
	 * it knows nothing of updates it does not ask how large that is, and
	 * has a purgatory verify the segment.
	 */
	if (!image->file_mode && IS_ENABLED(CONFIG_CRASH_HOTPLUG_SIZED) &&
	    image->segment[n].memsz < crash_get_elfcorehdr_size()) {
		pr_warn("elfcorehdr: segment of %lu bytes, not the %u of crash_elfcorehdr_size; not updated on hotplug\n",
			(unsigned long)image->segment[n].memsz,
			crash_get_elfcorehdr_size());
		return;
	}

	seg = segment_alloc(image, n);
	if (!seg)
		return;

	image->elfcorehdr_index = n;
	image->crash_segment = seg;
	down_write(&crash_segment_rwsem);
	crash_live_segment = seg;
	crash_recorded.image = image;
	crash_recorded.seg = seg;
	crash_recorded.alias = seg->alias;
	crash_recorded.first = seg->hdr.first;
	crash_recorded.capacity = seg->hdr.capacity;
	up_write(&crash_segment_rwsem);
}

void crash_hotplug_detach(struct kimage *image)
{
	struct crash_segment *seg = image->crash_segment;

	if (!seg)
		return;

	down_write(&crash_segment_rwsem);
	/* The next image may be here already. */
	if (crash_live_segment == seg) {
		crash_live_segment = NULL;
		memset(&crash_recorded, 0, sizeof(crash_recorded));
	}
	up_write(&crash_segment_rwsem);

	image->crash_segment = NULL;
	segment_free(seg);
}

void crash_hotplug_replay(struct kimage *image)
{
	struct crash_segment *seg = image->crash_segment;

	if (!kexec_lock_taken_over() || !seg)
		return;
	if (image != crash_recorded.image || seg != crash_recorded.seg ||
	    seg->alias != crash_recorded.alias ||
	    seg->hdr.buf != crash_recorded.alias ||
	    seg->hdr.first != crash_recorded.first ||
	    seg->hdr.capacity != crash_recorded.capacity) {
		pr_warn("the live header's state was overwritten; journal not replayed\n");
		return;
	}
	elfcorehdr_replay(&seg->hdr);
	arch_crash_hotplug_clean(seg->alias,
				 elfcorehdr_bytes(seg->hdr.capacity));
}

/**
 * crash_check_hotplug_support() - whether the kernel updates the kdump image
 *
 * The sysfs attributes crash_hotplug of CPUs and memory show the result.  Takes
 * no part in kexec_lock: a read never defers an event.
 *
 * Return: 1 if a crash image is loaded whose header follows hotplug and lacks no
 * event, else 0, and user space has to load it again after each event.
 */
int crash_check_hotplug_support(void)
{
	int ret;

	down_read(&crash_segment_rwsem);
	ret = crash_live_segment && !READ_ONCE(crash_live_segment->failed) &&
	      !crash_hotplug_is_pending();
	up_read(&crash_segment_rwsem);
	return ret;
}

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
		do {
			seq = read_seqcount_begin(&seg->seq);
			copy->used = seg->hdr.first + seg->hdr.nr;
			copy->size = elfcorehdr_bytes(copy->used);
			memcpy(copy->buf, seg->alias, copy->size);
		} while (read_seqcount_retry(&seg->seq, seq));
	}
	up_read(&crash_segment_rwsem);
	return copy;
}

/**
 * crash_segment_usage() - how full the live header is
 * @used:	receives its program headers, 0 when there is no live header
 * @capacity:	receives how many fit
 *
 * Context: sleeps.
 */
void crash_segment_usage(u32 *used, u32 *capacity)
{
	const struct crash_segment *seg;

	down_read(&crash_segment_rwsem);
	seg = crash_live_segment;
	*used = seg ? seg->hdr.first + READ_ONCE(seg->hdr.nr) : 0;
	*capacity = seg ? seg->hdr.capacity : 0;
	up_read(&crash_segment_rwsem);
}

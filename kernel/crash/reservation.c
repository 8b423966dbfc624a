// SPDX-License-Identifier: GPL-2.0-only
/*
 * The size of crashkernel= that a dump of the memory of now needs.
 *
 * The reservation is made at boot, for the memory of the boot.  The capture kernel and
 * makedumpfile take more of it as memory is hot-added.  There are two rules for how
 * much, and the one that asks for more counts:
 *
 * - a list, as crashkernel=1G-4G:192M,4G-:256M, has a size for the memory of now, too;
 * - an estimate: a base, and a part that depends on memory and CPUs.  The
 *   administrator may measure the base; else it is the size of the loaded image.
 *
 * May use: the kernel's core.
 */
#define pr_fmt(fmt) "crash hotplug: " fmt

#include <linux/bits.h>
#include <linux/cpumask.h>
#include <linux/crash_reserve.h>
#include <linux/ctype.h>
#include <linux/elf.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/range.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmcore_info.h>

#include "internal.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "crash_hotplug."

/* Guards the variables below. */
static DEFINE_MUTEX(reservation_lock);
/* Bytes that the administrator has measured; 0: not known. */
static u64 capture_base;
/* Bytes of the loaded image's segments; 0: none was loaded. */
static u64 image_bytes;
/* The need for which the log has a warning, 0 if the reservation was large enough since. */
static u64 warned_for;

/* No capture kernel takes as much, and sums with it do not wrap. */
#define CAPTURE_BASE_MAX BIT_ULL(40)

/* The kernel's parser of lists rounds the memory up by the same. */
#define LIST_ROUND SZ_128M

/**
 * crash_reservation_listed() - the size in a list of crashkernel=
 * @value:	value of the parameter, which ends with a blank or with the string:
 *		start-[end]:size[,start-[end]:size...][@offset]
 * @memory:	bytes that the machine has
 *
 * See Documentation/admin-guide/kdump/kdump.rst.  The kernel's own parser is gone
 * after boot; this one takes and refuses the same.
 *
 * Return: bytes; 0 if @value is no list, or has no size for that much memory.
 */
u64 crash_reservation_listed(const char *value, u64 memory)
{
	u64 start, end, size;
	char *next;

	memory = roundup(memory, LIST_ROUND);
	do {
		start = memparse(value, &next);
		if (next == value || *next != '-')
			return 0;
		value = next + 1;
		end = U64_MAX;
		if (*value != ':') {
			end = memparse(value, &next);
			if (next == value || *next != ':' || end <= start)
				return 0;
			value = next;
		}
		value++;
		size = memparse(value, &next);
		if (next == value || size >= memory)
			return 0;
		if (memory >= start && memory < end)
			return size;
		value = next;
	} while (*value++ == ',');
	return 0;
}

/**
 * crash_reservation_of_cmdline() - the size in a command line's list
 * @cmdline:	the kernel's command line
 * @memory:	bytes that the machine has
 *
 * The last crashkernel= that has no suffix, as ",high", counts.
 *
 * Return: as crash_reservation_listed().
 */
u64 crash_reservation_of_cmdline(const char *cmdline, u64 memory)
{
	static const char name[] = "crashkernel=";
	const char *p, *list = NULL;

	for (p = strstr(cmdline, name); p; p = strstr(p, name)) {
		size_t len;

		p += strlen(name);
		len = strcspn(p, " ");
		/* A suffix is a word behind the last comma; a size is a number. */
		while (len && p[len - 1] != ',')
			len--;
		if (!len || !islower(p[len]))
			list = p;
	}
	return list ? crash_reservation_listed(list, memory) : 0;
}

/*
 * Makedumpfile 1.7.6 itself: 4 MiB with pages of 4 KiB, where its buffers have 42 pages;
 * and the most that it takes for its two bitmaps, which have a bit for each page from
 * address 0 on: see calculate_cyclic_buffer_size() there.
 */
#define MAKEDUMPFILE_BASE	(SZ_4M + 42 * (PAGE_SIZE - SZ_4K))
#define MAKEDUMPFILE_BITMAPS	SZ_4M

/**
 * crash_reservation_estimate() - estimate the memory that a dump takes of the reservation
 * @base:	bytes that the capture kernel takes without makedumpfile
 * @pages:	pages from address 0 to the end of memory
 * @cpus:	possible CPUs, each of which has a note and a program header
 *
 * Return: bytes.
 */
u64 crash_reservation_estimate(u64 base, u64 pages, unsigned int cpus)
{
	const u64 cpu = sizeof(note_buf_t) + sizeof(Elf64_Phdr);

	return base + MAKEDUMPFILE_BASE +
	       min_t(u64, pages * 2 / BITS_PER_BYTE, MAKEDUMPFILE_BITMAPS) +
	       cpus * cpu;
}

/* An empty one has both ends at 0, and so a resource_size() of 1. */
static u64 part_bytes(const struct resource *part)
{
	return part->end ? resource_size(part) : 0;
}

/* The parts of the reservation that come on top of the size in a list. */
static u64 extra_bytes(void)
{
	u64 bytes = part_bytes(&crashk_low_res);

#ifdef CRASHKERNEL_CMA
	for (unsigned int i = 0; i < crashk_cma_cnt; i++)
		bytes += range_len(&crashk_cma_ranges[i]);
#endif
	return bytes;
}

static void read_locked(struct crash_reservation *r)
{
	u64 listed, extra = extra_bytes(), base = capture_base;
	unsigned long pages = 0, end = 0;
	struct zone *zone;

	for_each_populated_zone(zone) {
		pages += zone->present_pages;
		end = max(end, zone_end_pfn(zone));
	}
	r->memory = (u64)pages << PAGE_SHIFT;
	r->reserved = part_bytes(&crashk_res) + extra;
	r->needed = 0;
	/* The capture kernel has a descriptor for each page of the reservation. */
	if (!base && image_bytes)
		base = image_bytes +
		       (r->reserved >> PAGE_SHIFT) * sizeof(struct page);
	if (base)
		r->needed = crash_reservation_estimate(base, end,
						       num_possible_cpus());
	listed = crash_reservation_of_cmdline(saved_command_line, r->memory);
	if (listed)
		r->needed = max(r->needed, listed + extra);
}

/**
 * crash_reservation_read() - read the size of the reservation and the need of a dump
 * @r:		receives it
 *
 * Context: sleeps.  The reservation is read without kexec_lock, and is wrong
 * while a write to kexec_crash_size changes it.
 */
void crash_reservation_read(struct crash_reservation *r)
{
	mutex_lock(&reservation_lock);
	read_locked(r);
	mutex_unlock(&reservation_lock);
}

/*
 * Memory that comes and goes around the limit does not fill the log: only a list that
 * asks for still more is worth another warning.
 */
static void warn_once(void)
{
	struct crash_reservation r;

	read_locked(&r);
	if (!r.reserved || r.needed <= r.reserved)
		return;
	/* The estimate does not grow by more than that; a list may. */
	if (warned_for && r.needed <= warned_for + MAKEDUMPFILE_BITMAPS)
		return;
	warned_for = r.needed;
	pr_warn("a dump of %llu MiB of memory may need a reservation of %llu MiB, and crashkernel= has made one of %llu MiB: the capture kernel may run out of memory\n",
		r.memory >> 20, DIV_ROUND_UP_ULL(r.needed, SZ_1M),
		r.reserved >> 20);
}

/* After a change of the rules: forget a warning that is not true any more, or warn. */
static void rules_changed(void)
{
	struct crash_reservation r;

	read_locked(&r);
	if (r.needed <= r.reserved)
		warned_for = 0;
	warn_once();
}

/**
 * crash_reservation_check() - warn if the reservation has become too small
 *
 * Context: a memory notifier, when memory has come.  Sleeps.
 */
void crash_reservation_check(void)
{
	mutex_lock(&reservation_lock);
	warn_once();
	mutex_unlock(&reservation_lock);
}

/**
 * crash_reservation_loaded() - reckon with an image
 * @image:	crash image that is being loaded
 *
 * Its segments stand for the base of the estimate, if none was measured: the kernel
 * with its initial sections, and the initrd as it is packed.
 *
 * Context: a load, with kexec_lock held.  Sleeps.
 */
void crash_reservation_loaded(const struct kimage *image)
{
	unsigned long i;

	mutex_lock(&reservation_lock);
	image_bytes = 0;
	for (i = 0; i < image->nr_segments; i++)
		image_bytes += image->segment[i].memsz;
	rules_changed();
	mutex_unlock(&reservation_lock);
}

static int capture_base_set(const char *value, const struct kernel_param *kp)
{
	char *end;
	u64 bytes;

	/* memparse() takes a suffix alone for 0. */
	if (!isdigit(*value))
		return -EINVAL;
	bytes = memparse(value, &end);
	if (*end && *end != '\n')
		return -EINVAL;
	if (bytes > CAPTURE_BASE_MAX)
		return -ERANGE;
	mutex_lock(&reservation_lock);
	capture_base = bytes;
	/* On the command line, it comes before there is any memory to look at. */
	if (system_state >= SYSTEM_RUNNING)
		rules_changed();
	mutex_unlock(&reservation_lock);
	return 0;
}

static int capture_base_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%llu\n", capture_base);
}

static const struct kernel_param_ops capture_base_ops = {
	.set = capture_base_set,
	.get = capture_base_get,
};

module_param_cb(capture_base, &capture_base_ops, NULL, 0644);
MODULE_PARM_DESC(capture_base,
		 "bytes that the capture kernel takes without makedumpfile, as measured; 0 is not known");

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _KERNEL_CRASH_INTERNAL_H
#define _KERNEL_CRASH_INTERNAL_H

#include <linux/crash_hotplug.h>
#include <linux/elfcorehdr.h>
#include <linux/seqlock.h>
#include <linux/types.h>

struct kimage;

/* prepare.c */
extern const struct elfcorehdr_machine crash_machine;
int crash_append_fixed(struct elfcorehdr *hdr, bool need_kernel_map);

/* memory.c */
typedef int (*crash_memory_fn)(u64 start, u64 end, void *arg);
int crash_memory_walk(crash_memory_fn fn, void *arg);
int crash_memory_clip(u64 start, u64 end, crash_memory_fn fn, void *arg);

/* reservation.c */

/**
 * struct crash_reservation - whether the crash kernel's reservation is large enough
 * @memory:	bytes of memory that are online
 * @reserved:	bytes of the reservation
 * @needed:	bytes that a dump needs of it, 0 if no rule says how many
 */
struct crash_reservation {
	u64 memory;
	u64 reserved;
	u64 needed;
};

u64 crash_reservation_listed(const char *value, u64 memory);
u64 crash_reservation_of_cmdline(const char *cmdline, u64 memory);
u64 crash_reservation_estimate(u64 base, u64 pages, unsigned int cpus);
void crash_reservation_read(struct crash_reservation *r);
void crash_reservation_loaded(const struct kimage *image);

/* segment.c */

/**
 * struct crash_segment - the live elfcorehdr of a loaded crash image
 * @hdr:	the header, on @alias
 * @alias:	private writable mapping of the segment's pages; the linear
 *		map of the reservation stays protected
 * @size:	bytes of the segment
 * @index:	index of @hdr
 * @seq:	for readers, who take no part in kexec_lock
 * @failed:	the last update or comparison did not fit; crash_hotplug reads 0
 *
 * Made when an image is loaded, gone with the image.  Changed only with
 * kexec_lock held; read with crash_segment_rwsem held for reading.
 */
struct crash_segment {
	struct elfcorehdr hdr;
	void *alias;
	size_t size;
	u16 *index;
	seqcount_t seq;
	bool failed;
};

int crash_segment_add(struct crash_segment *seg, u64 start, u64 end);
int crash_segment_remove(struct crash_segment *seg, u64 start, u64 end);
int crash_segment_change(struct crash_segment *seg, u64 start, u64 end,
			 int (*change)(struct elfcorehdr *hdr, u64 start,
				       u64 end));

/* reconcile.c */

/**
 * struct crash_segment_left - the changes that a full header has no room for
 * @missing:	bytes of memory that the header does not cover
 * @stale:	bytes that it covers and that are not memory (any more)
 */
struct crash_segment_left {
	u64 missing;
	u64 stale;
};

int crash_segment_reconcile(struct crash_segment *seg,
			    struct crash_segment_left *left);

/* segment.c */

/**
 * struct crash_segment_copy - the result of crash_segment_read()
 * @size:	bytes of @buf, 0 when no image with a live header is loaded
 * @used:	program headers
 * @buf:	the header's bytes
 */
struct crash_segment_copy {
	size_t size;
	u32 used;
	u8 buf[] __aligned(8);
};

struct crash_segment_copy *crash_segment_read(void);
void crash_segment_usage(u32 *used, u32 *capacity);

/* lock.c */
#ifdef CONFIG_LOCKDEP
void kexec_assert_locked(void);
#else
static inline void kexec_assert_locked(void) { }
#endif
void kexec_release_update(void);
bool kexec_lock_taken_over(void);
bool crash_hotplug_is_pending(void);
void crash_hotplug_set_pending(void);
void crash_hotplug_clear_pending(void);

/* hotplug.c */

/**
 * struct crash_hotplug_event - one event
 * @action:	kind of the event
 * @start:	first byte of the memory, or the CPU's number
 * @end:	last byte of the memory, or the CPU's number
 */
struct crash_hotplug_event {
	enum crash_hotplug_action action;
	u64 start;
	u64 end;
};

#ifdef CONFIG_CRASH_HOTPLUG_LIVE
void crash_hotplug_event(const struct crash_hotplug_event *event);
void crash_memory_set_going_online(u64 start, u64 end);
void crash_reservation_check(void);
#else
static inline void crash_hotplug_event(const struct crash_hotplug_event *event)
{
	if (meminspect_hotplug(event->action, event->start, event->end, 0))
		meminspect_hotplug_tell();
}

static inline void crash_memory_set_going_online(u64 start, u64 end) { }
static inline void crash_reservation_check(void) { }
#endif

/**
 * struct crash_hotplug_stats - counters since boot
 * @events:	by action, deferred ones included
 * @deferred:	events that found kexec_lock taken
 * @reconciled:	times that the header was compared with the true state after
 *		such an event
 * @failed:	updates that did not fit
 * @last_ns:	how long the last update held kexec_lock
 * @longest_ns:	how long the longest did
 *
 * Written with kexec_lock held as an updater, but for @events and @deferred,
 * which are atomic.
 */
struct crash_hotplug_stats {
	atomic_long_t events[CRASH_HP_NR_ACTIONS];
	atomic_long_t deferred;
	unsigned long reconciled;
	unsigned long failed;
	u64 last_ns;
	u64 longest_ns;
};

extern struct crash_hotplug_stats crash_hotplug_stats;
extern const char *const crash_hotplug_action_names[CRASH_HP_NR_ACTIONS];

#endif /* _KERNEL_CRASH_INTERNAL_H */

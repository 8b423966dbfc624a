/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_hotplug - the loaded kdump image follows CPU and memory hotplug.
 *
 * Hooks of kexec, memory hotplug and the crash path.  Without
 * CONFIG_CRASH_HOTPLUG_LIVE they change nothing.
 */
#ifndef _LINUX_CRASH_HOTPLUG_H
#define _LINUX_CRASH_HOTPLUG_H

#include <linux/types.h>

struct kimage;

/**
 * enum kexec_lock_state - the holders of kexec_lock
 * @KEXEC_LOCK_FREE:		nobody
 * @KEXEC_LOCK_HELD:		a load, an unload or a shrink; or a crash
 * @KEXEC_LOCK_UPDATING:	a hotplug update, or a read of the reservation's size: a
 *				crash need not wait for either
 * @KEXEC_LOCK_TAKEN_OVER:	a crash, while the updater or reader is still inside
 *
 * The lock is an atomic_t, since the crash path takes it in NMI context.
 *
 * A crash goes FREE -> HELD or UPDATING -> TAKEN_OVER, never from HELD.  If it
 * returns, because no image is loaded, it goes back the way it came.  An
 * updater that finds TAKEN_OVER when it leaves turns it into HELD, on the
 * crash's behalf.
 */
enum kexec_lock_state {
	KEXEC_LOCK_FREE,
	KEXEC_LOCK_HELD,
	KEXEC_LOCK_UPDATING,
	KEXEC_LOCK_TAKEN_OVER,
};

/**
 * enum crash_hotplug_action - kinds of events
 * @CRASH_HP_CPU_ONLINE:	a CPU is about to run
 * @CRASH_HP_CPU_OFFLINE:	a CPU is dead
 * @CRASH_HP_MEM_GOING_ONLINE:	a memory block is about to be used
 * @CRASH_HP_MEM_CANCEL_ONLINE:	it is not, after all
 * @CRASH_HP_MEM_OFFLINE:	a memory block is not used any more
 * @CRASH_HP_NR_ACTIONS:	how many there are
 */
enum crash_hotplug_action {
	CRASH_HP_CPU_ONLINE,
	CRASH_HP_CPU_OFFLINE,
	CRASH_HP_MEM_GOING_ONLINE,
	CRASH_HP_MEM_CANCEL_ONLINE,
	CRASH_HP_MEM_OFFLINE,
	CRASH_HP_NR_ACTIONS,
};

#ifdef CONFIG_MEMINSPECT
bool meminspect_hotplug(enum crash_hotplug_action action, u64 start, u64 end,
			u64 seq);
void meminspect_hotplug_tell(void);
#else
static inline bool meminspect_hotplug(enum crash_hotplug_action action,
				      u64 start, u64 end, u64 seq)
{
	return false;
}

static inline void meminspect_hotplug_tell(void) { }
#endif

#ifdef CONFIG_CRASH_HOTPLUG_LIVE

/**
 * kexec_lock_crash() - take kexec_lock to boot the capture kernel
 *
 * Context: any, NMI included.  Callers are serialized by panic_cpu.
 *
 * Return: true if taken: it was free, or it was taken over from a hotplug
 * updater, whose journal is to be replayed once it is stopped; to be released
 * with kexec_unlock_crash() should there be no image.  False if a load, an
 * unload or a shrink holds it.
 */
bool kexec_lock_crash(void);

/**
 * kexec_unlock_crash() - release kexec_lock, as there is no image to boot
 *
 * Gives the lock back to the updater that it was taken from, if it is still
 * inside.  Events that were deferred meanwhile need no reconciling: there is
 * no image, and the next load makes the header anew.
 *
 * Context: any, NMI included.
 */
void kexec_unlock_crash(void);

/**
 * kexec_lock_update() - take kexec_lock for a hotplug update
 *
 * Also for a read that needs no exclusion that a crash would have to respect.
 *
 * Context: process context.  Never waits, since a memory notifier runs under
 * the memory hotplug lock.
 *
 * Return: true if taken, to be released with kexec_unlock_update().
 */
bool kexec_lock_update(void);

/**
 * kexec_unlock_update() - release kexec_lock after a hotplug update
 *
 * As kexec_release_update(), and reconciles the header if an event was deferred
 * meanwhile.
 *
 * Context: process context.
 */
void kexec_unlock_update(void);

/**
 * crash_hotplug_unlocked() - reconcile the header after kexec_lock was dropped
 *
 * Called by each task that has dropped the lock, so that a deferred event is handled
 * before the task goes on.  If another task has taken the lock by then, that task
 * handles it.
 *
 * Context: process context, kexec_lock not held.  Not the crash path.  Does not
 * sleep.
 */
void crash_hotplug_unlocked(void);

/**
 * crash_hotplug_replay() - complete an update of the header that a crash has stopped
 * @image:	crash image
 *
 * Does nothing unless an updater was stopped half-way, so that a crash at any
 * other time depends on no state of the header's.
 *
 * Context: the crash path, with the other CPUs stopped.
 */
void crash_hotplug_replay(struct kimage *image);

/**
 * crash_hotplug_attach() - let the elfcorehdr of a crash image follow hotplug
 * @image:	image whose segments are all in place
 *
 * Makes the header anew from the machine as it is now.  If the segment can't be
 * read as a core header, or has no room, the log says why and the image stays as
 * it is; crash_hotplug reads 0 then, so that udev's rules reload as they did
 * before.
 *
 * Context: a load, with kexec_lock held and @image not published yet.  Sleeps.
 */
void crash_hotplug_attach(struct kimage *image);

/**
 * crash_hotplug_detach() - release the elfcorehdr of an image
 * @image:	image that is being freed, not published any more
 *
 * Context: sleeps.  kexec_lock held or not.
 */
void crash_hotplug_detach(struct kimage *image);

/**
 * crash_hotplug_may_add() - whether memory may be hot-added
 * @start:	first byte
 * @size:	bytes
 *
 * A capture kernel runs in the crashkernel reservation, and all other memory is
 * the crashed kernel's.  Its drivers find the same DIMMs and devices, and would
 * add them: /proc/vmcore could not map them any more, and where blocks go online
 * by default the dump would be overwritten before it is read.
 *
 * Context: any.
 *
 * Return: 0, or -EPERM in a capture kernel.
 */
int crash_hotplug_may_add(u64 start, u64 size);

/**
 * arch_crash_hotplug_clean() - write a part of the header back to memory
 * @start:	first byte, in the alias of the segment
 * @size:	bytes
 *
 * For capture kernels that read memory before they enable caches.  An architecture
 * may define it; the default does nothing.
 *
 * Context: kexec_lock held as an updater, preemption off; or a load.
 */
void arch_crash_hotplug_clean(void *start, size_t size);

/**
 * crash_hotplug_reserve() - reserve room for the elfcorehdr to grow
 * @image:	image of kexec_file_load(); the elfcorehdr is its next segment
 * @bytes:	size of the header now
 *
 * Excludes the segment from the digest that a purgatory verifies.
 *
 * Return: bytes of memory that the segment shall have.
 */
unsigned long crash_hotplug_reserve(struct kimage *image, unsigned long bytes);

#else /* !CONFIG_CRASH_HOTPLUG_LIVE */

#define kexec_lock_crash()	kexec_trylock()
#define kexec_unlock_crash()	kexec_unlock()
#define kexec_lock_update()	kexec_trylock()
#define kexec_unlock_update()	kexec_unlock()

static inline void crash_hotplug_unlocked(void) { }
static inline void crash_hotplug_replay(struct kimage *image) { }
static inline void crash_hotplug_attach(struct kimage *image) { }
static inline void crash_hotplug_detach(struct kimage *image) { }

static inline int crash_hotplug_may_add(u64 start, u64 size)
{
	return 0;
}

static inline unsigned long crash_hotplug_reserve(struct kimage *image,
						  unsigned long bytes)
{
	return bytes;
}

#endif /* CONFIG_CRASH_HOTPLUG_LIVE */

#endif /* _LINUX_CRASH_HOTPLUG_H */

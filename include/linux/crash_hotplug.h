/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crash_hotplug - the loaded kdump image follows CPU and memory hotplug.
 *
 * The functions that kexec, memory hotplug and the crash path call.  Without
 * CONFIG_CRASH_HOTPLUG_LIVE they compile to mainline's behaviour.
 */
#ifndef _LINUX_CRASH_HOTPLUG_H
#define _LINUX_CRASH_HOTPLUG_H

#include <linux/types.h>

struct kimage;

/*
 * kexec_lock, whose states are below, is an atomic_t, since the crash path
 * takes it in NMI context.
 *
 *	FREE		nobody
 *	HELD		a load, unload or shrink, or a crash
 *	UPDATING	a hotplug update, or a read of the reservation's size: a
 *			crash need not wait for either
 *	TAKEN_OVER	a crash, while the updater or reader is still inside
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
 * enum crash_hotplug_action - what an event says
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

bool kexec_lock_crash(void);
void kexec_unlock_crash(void);
bool kexec_lock_update(void);
void kexec_unlock_update(void);

void crash_hotplug_unlocked(void);
void crash_hotplug_replay(struct kimage *image);
void crash_hotplug_attach(struct kimage *image);
void crash_hotplug_detach(struct kimage *image);
int crash_hotplug_may_add(u64 start, u64 size);
void arch_crash_hotplug_clean(void *start, size_t size);
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

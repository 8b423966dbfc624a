// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two sides of kexec_lock that hotplug adds: the updater, which never keeps
 * a crash from its dump, and the crash path, which takes the lock over from
 * it.  The states are in <linux/crash_hotplug.h>.
 */
#include <linux/atomic.h>
#include <linux/crash_hotplug.h>

#include "../kexec_internal.h"
#include "internal.h"

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
bool kexec_lock_update(void)
{
	int state = KEXEC_LOCK_FREE;

	return atomic_try_cmpxchg_acquire(&__kexec_lock, &state,
					  KEXEC_LOCK_UPDATING);
}

/**
 * kexec_release_update() - release kexec_lock and leave deferred events alone
 *
 * If a crash has taken the lock over, it stays locked and is the crash's
 * alone from here on.
 *
 * Context: process context.  For the reconciliation itself; everybody else
 * calls kexec_unlock_update().
 */
void kexec_release_update(void)
{
	int state = KEXEC_LOCK_UPDATING;

	/*
	 * TAKEN_OVER at times; and UPDATING after that, when the crash has
	 * returned and given the lock back.
	 */
	while (!atomic_try_cmpxchg_release(&__kexec_lock, &state,
					   state == KEXEC_LOCK_UPDATING ?
					   KEXEC_LOCK_FREE : KEXEC_LOCK_HELD))
		;
}

/**
 * kexec_unlock_update() - release kexec_lock after a hotplug update
 *
 * As kexec_release_update(), and reconciles the header if an event was deferred
 * meanwhile.
 *
 * Context: process context.
 */
void kexec_unlock_update(void)
{
	kexec_release_update();
	crash_hotplug_unlocked();
}

/**
 * kexec_lock_taken_over() - whether a crash has stopped an updater half-way
 *
 * Context: the crash path, with the other CPUs stopped.
 *
 * Return: true if the updater that kexec_lock was taken over from is still
 * inside.
 */
bool kexec_lock_taken_over(void)
{
	return atomic_read(&__kexec_lock) == KEXEC_LOCK_TAKEN_OVER;
}

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
bool kexec_lock_crash(void)
{
	int state = KEXEC_LOCK_FREE;

	do {
		if (state != KEXEC_LOCK_FREE && state != KEXEC_LOCK_UPDATING)
			return false;
	} while (!atomic_try_cmpxchg_acquire(&__kexec_lock, &state,
					     state == KEXEC_LOCK_FREE ?
					     KEXEC_LOCK_HELD :
					     KEXEC_LOCK_TAKEN_OVER));
	return true;
}

/**
 * kexec_unlock_crash() - release kexec_lock, as there is no image to boot
 *
 * Gives the lock back to the updater that it was taken from, if it is still
 * inside.  Events that were deferred meanwhile need no reconciling: there is
 * no image, and the next load makes the header anew.
 *
 * Context: any, NMI included.
 */
void kexec_unlock_crash(void)
{
	int state = KEXEC_LOCK_TAKEN_OVER;

	if (!atomic_try_cmpxchg_release(&__kexec_lock, &state,
					KEXEC_LOCK_UPDATING))
		/* HELD, and nobody else changes that. */
		atomic_set_release(&__kexec_lock, KEXEC_LOCK_FREE);
}

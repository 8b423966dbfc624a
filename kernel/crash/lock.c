// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two sides of kexec_lock that hotplug adds: the updater, which never keeps
 * a crash from its dump, and the crash path, which takes the lock over from
 * it.  The states are in <linux/crash_hotplug.h>.
 *
 * And the flag of events that found the lock taken.  Uses nothing else of this
 * directory.
 */
#include <linux/atomic.h>
#include <linux/crash_hotplug.h>
#include <linux/lockdep.h>

#include "../kexec_internal.h"
#include "internal.h"

#ifdef CONFIG_LOCKDEP
/**
 * kexec_assert_locked() - complain if kexec_lock is free
 *
 * As lockdep_assert_held() does; lockdep doesn't know this lock.  That the caller is
 * the one that holds it can't be told: a crash takes it over from an updater.
 */
void kexec_assert_locked(void)
{
	lockdep_assert(atomic_read(&__kexec_lock) != KEXEC_LOCK_FREE);
}
#endif

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
	 * The state may be TAKEN_OVER; and then UPDATING again, if the crash has
	 * returned and given the lock back.
	 */
	while (!atomic_try_cmpxchg_release(&__kexec_lock, &state,
					   state == KEXEC_LOCK_UPDATING ?
					   KEXEC_LOCK_FREE : KEXEC_LOCK_HELD))
		;
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

void kexec_unlock_crash(void)
{
	int state = KEXEC_LOCK_TAKEN_OVER;

	if (!atomic_try_cmpxchg_release(&__kexec_lock, &state,
					KEXEC_LOCK_UPDATING))
		/* HELD, and nobody else changes that. */
		atomic_set_release(&__kexec_lock, KEXEC_LOCK_FREE);
}

/* 1 from a deferred event until the header is compared with the true state. */
static atomic_t crash_hotplug_pending = ATOMIC_INIT(0);

/**
 * crash_hotplug_is_pending() - whether the header may lack an event
 *
 * Context: any.
 *
 * Return: true from a deferred event until the header has been reconciled.
 */
bool crash_hotplug_is_pending(void)
{
	return atomic_read(&crash_hotplug_pending);
}

/**
 * crash_hotplug_set_pending() - note that an event found kexec_lock taken
 *
 * Fully ordered: either the task that drops the lock sees the flag, or the caller sees
 * that the lock is free.
 *
 * Context: any.
 */
void crash_hotplug_set_pending(void)
{
	atomic_xchg(&crash_hotplug_pending, 1);
}

/**
 * crash_hotplug_clear_pending() - the header is about to be reconciled
 *
 * Fully ordered: if this overwrites the flag of an event, then the walk that follows
 * sees the memory of the event.
 *
 * Context: kexec_lock held as an updater.
 */
void crash_hotplug_clear_pending(void)
{
	kexec_assert_locked();
	atomic_xchg(&crash_hotplug_pending, 0);
}

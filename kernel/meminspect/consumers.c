// SPDX-License-Identifier: GPL-2.0-only
/*
 * Consumers: traversal of the table, and notifiers.
 *
 * A mutex orders consumers and producers.  It is outside of the slots' lock and is
 * never taken under kexec_lock, so that a consumer may sleep.  A producer waits
 * until consumers are told of its own changes, and no longer.  A work tells of
 * changes by hotplug and by looks at the tasks, one at a time and from a copy.
 * Memory goes offline only after the consumers that were told of it are told that
 * it leaves.
 *
 * Consumers see the entries that they were told of, and no others: a removed entry
 * stays in its slot until they have been told.
 *
 * Uses slots.h alone.
 */
#include <linux/crash_hotplug.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

#include "consumers.h"
#include "slots.h"

static DEFINE_MUTEX(table_mutex);
/* Changed with both locks held. */
static RAW_NOTIFIER_HEAD(consumers);
static unsigned int nr_consumers;
/* Called after consumers were told of changes. */
static void (*after_told)(void);

void meminspect_assert_locked(void)
{
	lockdep_assert_held(&table_mutex);
}

/**
 * struct told_entry - an entry as consumers see it
 * @ie:		the entry
 * @name:	target of @ie.name
 * @type_name:	target of @ie.type_name
 */
struct told_entry {
	struct inspect_entry ie;
	char name[MEMINSPECT_NAME_BYTES];
	char type_name[MEMINSPECT_TYPE_BYTES];
};

static void copy_entry(struct told_entry *to, const struct meminspect_slot *slot)
{
	to->ie = slot->ie;
	memcpy(to->name, slot->name, sizeof(to->name));
	memcpy(to->type_name, slot->type_name, sizeof(to->type_name));
	to->ie.name = to->name;
	to->ie.type_name = to->type_name;
}

typedef bool (*untold_filter_t)(const struct meminspect_slot *slot);

static bool is_untold(const struct meminspect_slot *slot)
{
	return slot->state == SLOT_GONE ||
	       (slot->state == SLOT_HERE && !slot->told);
}

static bool is_waited_for(const struct meminspect_slot *slot)
{
	return slot->waited && is_untold(slot);
}

static bool is_offline(const struct meminspect_slot *slot)
{
	return slot->state == SLOT_GONE &&
	       slot->ie.reason == MEMINSPECT_MEMORY_OFFLINE;
}

/* For one id, the removal is told before the next addition. */
static struct meminspect_slot *first_of_id(struct meminspect_slot *of)
{
	struct meminspect_slot *slot;

	list_for_each_entry(slot, &meminspect_slots, node)
		if (slot->state == SLOT_GONE && slot->ie.id == of->ie.id)
			return slot;
	return of;
}

static bool take_untold(untold_filter_t filter, struct told_entry *copy,
			unsigned long *action)
{
	struct meminspect_slot *slot;
	bool found = false;

	meminspect_begin();
	list_for_each_entry(slot, &meminspect_slots, node) {
		if (!filter(slot))
			continue;
		slot = first_of_id(slot);
		copy_entry(copy, slot);
		*action = slot->state == SLOT_GONE ? MEMINSPECT_NOTIFIER_REMOVE :
						     MEMINSPECT_NOTIFIER_ADD;
		slot->told = true;
		slot->waited = false;
		if (slot->state == SLOT_GONE)
			meminspect_free_slot(slot);
		found = true;
		break;
	}
	meminspect_end();
	return found;
}

/* Tell of one change; returns false if there was none. */
static bool notify_of_one(untold_filter_t filter)
{
	struct told_entry copy;
	unsigned long action;

	lockdep_assert_held(&table_mutex);
	if (!take_untold(filter, &copy, &action))
		return false;
	raw_notifier_call_chain(&consumers, action, &copy.ie);
	return true;
}

/* Tell of pending changes, at most as many as there are slots. */
static void tell_pending(void)
{
	unsigned int i;

	for (i = 0; i < MEMINSPECT_SLOTS && notify_of_one(is_untold); i++)
		;
}

static void tell_work_fn(struct work_struct *work)
{
	bool more;

	do {
		mutex_lock(&table_mutex);
		more = notify_of_one(is_untold);
		mutex_unlock(&table_mutex);
	} while (more);
	if (after_told)
		after_told();
}

static DECLARE_WORK(tell_work, tell_work_fn);

/**
 * meminspect_tell_later() - tell consumers of pending changes, from a work
 *
 * Context: any; after meminspect_end().
 */
void meminspect_tell_later(void)
{
	if (meminspect_take_untold())
		schedule_work(&tell_work);
}

/**
 * meminspect_set_after_told() - have a function called after consumers were told
 * @told:	called from a work
 *
 * Context: boot.
 */
void __init meminspect_set_after_told(void (*told)(void))
{
	after_told = told;
}

/**
 * meminspect_hotplug_tell() - tell consumers of memory that goes offline
 *
 * Context: notifiers of memory hotplug, kexec_lock not held.  Waits for
 * consumers, and thus for drivers.
 */
void meminspect_hotplug_tell(void)
{
	mutex_lock(&table_mutex);
	while (notify_of_one(is_offline))
		;
	mutex_unlock(&table_mutex);
}

/**
 * meminspect_table_lock() - lock the table
 *
 * All changes until it is unlocked become visible in one step.
 *
 * Context: process.  Not under kexec_lock, nor under a lock that a consumer
 * takes; not again by its holder, and thus not by a consumer that is called.
 * For code that is built in.
 */
void meminspect_table_lock(void)
{
	mutex_lock(&table_mutex);
}

/**
 * meminspect_table_unlock() - unlock the table
 *
 * When this returns, the changes are published and consumers have been told of
 * them: memory that was unregistered may be freed.
 */
void meminspect_table_unlock(void)
{
	meminspect_begin();
	meminspect_settle();
	meminspect_end();
	while (notify_of_one(is_waited_for))
		;
	mutex_unlock(&table_mutex);
}

static bool copy_told(const struct meminspect_slot *slot, struct told_entry *copy)
{
	bool found;

	meminspect_begin();
	found = slot && (slot->told ||
			 (!nr_consumers && slot->state == SLOT_HERE));
	if (found)
		copy_entry(copy, slot);
	meminspect_end();
	return found;
}

/**
 * meminspect_traverse() - call a function for each entry
 * @priv:	handed through
 * @cb:		the function
 *
 * Ascending by id: the ELF header first, vmcoreinfo second.  Entries that consumers
 * have not been told of yet are skipped; a notification follows.
 *
 * Context: process, with meminspect_table_lock() held.  For code that is built
 * in.
 */
void meminspect_traverse(void *priv, meminspect_iter_cb_t cb)
{
	struct told_entry copy;
	unsigned int id;

	lockdep_assert_held(&table_mutex);
	for (id = 1; id < MEMINSPECT_ID_MAX; id++)
		if (copy_told(meminspect_slot(id), &copy))
			cb(priv, &copy.ie);
}

/**
 * meminspect_notifier_register() - be told of entries that come and leave
 * @nb:		called with MEMINSPECT_NOTIFIER_ADD when one has come, and with
 *		MEMINSPECT_NOTIFIER_REMOVE when one has left the table and before
 *		its memory is anybody else's; and a copy of the entry, whose @reason
 *		says why it left.  The table is locked; it may sleep.
 *
 * A consumer that traverses the table under the same lock misses no entry and
 * sees none twice.
 *
 * Context: process, with meminspect_table_lock() held.  For code that is built
 * in.
 *
 * Return: 0, or -EEXIST.
 */
int meminspect_notifier_register(struct notifier_block *nb)
{
	int ret;

	lockdep_assert_held(&table_mutex);
	/* The new consumer finds these by traversal; tell the others only. */
	tell_pending();
	ret = raw_notifier_chain_register(&consumers, nb);
	if (!ret) {
		meminspect_begin();
		nr_consumers++;
		meminspect_set_consumed(true);
		meminspect_end();
	}
	return ret;
}

/**
 * meminspect_notifier_unregister() - the opposite
 * @nb:		notifier, not called any more when this returns
 *
 * Context: as meminspect_notifier_register().
 *
 * Return: 0, or -ENOENT.
 */
int meminspect_notifier_unregister(struct notifier_block *nb)
{
	int ret;

	lockdep_assert_held(&table_mutex);
	ret = raw_notifier_chain_unregister(&consumers, nb);
	if (!ret) {
		meminspect_begin();
		nr_consumers--;
		meminspect_set_consumed(nr_consumers);
		meminspect_end();
	}
	return ret;
}

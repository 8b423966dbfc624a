// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmemdump's interface: registration by id, and back ends, which are consumers
 * of the table like any other.
 *
 * Uses the public interface, the slots, and watch.h.
 */
#define pr_fmt(fmt) "kmemdump: " fmt

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kmemdump.h>
#include <linux/notifier.h>
#include <linux/printk.h>

#include "slots.h"
#include "watch.h"

/**
 * struct told_backend - a back end, and its regions
 * @be:		the back end, or NULL for the one that does nothing
 * @has:	ids that it has taken and was not told the end of
 */
struct told_backend {
	const struct kmemdump_backend *be;
	DECLARE_BITMAP(has, MEMINSPECT_ID_MAX);
};

/* The one in use.  The table's mutex guards it. */
static struct told_backend current_backend;

static void give_region(void *priv, const struct inspect_entry *ie)
{
	struct told_backend *to = priv;
	int ret = to->be->register_region(to->be, ie->id, ie->va, ie->size);

	if (ret)
		pr_warn("%s: refused %s, %zu bytes (%d)\n", to->be->name,
			ie->name, ie->size, ret);
	else
		__set_bit(ie->id, to->has);
}

static void take_region(struct told_backend *from, unsigned int id)
{
	int ret;

	if (!__test_and_clear_bit(id, from->has))
		return;
	ret = from->be->unregister_region(from->be, id);
	if (ret)
		pr_warn("%s: failed to unregister id %u (%d)\n", from->be->name,
			id, ret);
}

static void take_all_regions(struct told_backend *from)
{
	unsigned int id;

	for_each_set_bit(id, from->has, MEMINSPECT_ID_MAX)
		take_region(from, id);
}

static int table_changed(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	const struct inspect_entry *ie = data;

	if (action == MEMINSPECT_NOTIFIER_ADD)
		give_region(&current_backend, ie);
	else
		take_region(&current_backend, ie->id);
	return NOTIFY_OK;
}

static struct notifier_block table_nb = {
	.notifier_call = table_changed,
};

/**
 * kmemdump_register_backend() - tell a back end of the regions
 * @be:		the back end; it lasts until it is unregistered or replaced
 *
 * It is told of all regions that there are before this returns.  One that was
 * there before is told of the end of them all, after that: no region is without a
 * back end meanwhile.
 *
 * Context: process, the table not locked.
 *
 * Return: 0; -EINVAL if a callback is missing; -EALREADY if it is the one that is
 * registered.
 */
int kmemdump_register_backend(const struct kmemdump_backend *be)
{
	/* Too large for the stack; the table's mutex guards it. */
	static struct told_backend before;
	bool first = false;
	int ret = 0;

	if (!be || !be->register_region || !be->unregister_region)
		return -EINVAL;

	meminspect_table_lock();
	before = current_backend;
	if (before.be == be) {
		ret = -EALREADY;
		goto out;
	}
	bitmap_zero(current_backend.has, MEMINSPECT_ID_MAX);
	current_backend.be = be;
	/* Register the notifier first, or an entry could leave unnoticed. */
	first = !before.be;
	if (first)
		meminspect_notifier_register(&table_nb);
	meminspect_traverse(&current_backend, give_region);
	if (!first)
		take_all_regions(&before);
out:
	meminspect_table_unlock();
	if (first)
		meminspect_watch_get();
	return ret;
}

/**
 * kmemdump_unregister_backend() - tell it of nothing any more
 * @be:		the back end; one that is not registered is no error
 *
 * It is told of the end of all regions that it has before this returns.
 *
 * Context: process, the table not locked.
 */
void kmemdump_unregister_backend(const struct kmemdump_backend *be)
{
	bool found;

	meminspect_table_lock();
	found = be && current_backend.be == be;
	if (found) {
		meminspect_notifier_unregister(&table_nb);
		take_all_regions(&current_backend);
		current_backend.be = NULL;
	}
	meminspect_table_unlock();
	if (found)
		meminspect_watch_put();
}

/* The slots' first entry of a cookie. */
static int id_of(struct meminspect_cookie cookie)
{
	const struct meminspect_slot *slot;
	int id = MEMINSPECT_ID_NONE;

	meminspect_begin();
	list_for_each_entry(slot, &meminspect_slots, node) {
		if (slot_present(slot) && slot->ie.cookie.nr == cookie.nr) {
			id = slot->ie.id;
			break;
		}
	}
	meminspect_end();
	return id;
}

/**
 * kmemdump_register_id() - register a region
 * @id:		its id, or KMEMDUMP_ID_NO_ID for the next one that is free
 * @zone:	its virtual address
 * @size:	bytes
 *
 * As meminspect_lock_register(), to which it comes down.
 *
 * Context: process, the table not locked.
 *
 * Return: the id; -EALREADY if it is taken, or as meminspect_register().
 */
int kmemdump_register_id(enum kmemdump_uid id, void *zone, size_t size)
{
	const struct inspect_entry request = {
		.id	= id,
		.va	= zone ?: ERR_PTR(-EFAULT),
		.size	= size,
		.name	= "kmemdump",
	};
	struct meminspect_cookie cookie;
	int ret;

	meminspect_table_lock();
	cookie = meminspect_register(&request);
	ret = meminspect_error(cookie) ?: id_of(cookie);
	meminspect_table_unlock();
	return ret == -EEXIST ? -EALREADY : ret;
}
EXPORT_SYMBOL_GPL(kmemdump_register_id);

/**
 * kmemdump_unregister() - unregister a region
 * @id:		its id; an id that is not registered is no error
 *
 * Context: process, the table not locked.  The memory may be freed when this
 * returns.
 */
void kmemdump_unregister(enum kmemdump_uid id)
{
	struct meminspect_cookie cookie = {};
	const struct inspect_entry *ie;

	if (id <= MEMINSPECT_ID_VMCOREINFO || id >= MEMINSPECT_ID_MAX)
		return;
	meminspect_table_lock();
	meminspect_begin();
	ie = meminspect_entry(id);
	if (ie)
		cookie = ie->cookie;
	meminspect_end();
	/* All runs that the memory has. */
	meminspect_unregister(cookie);
	meminspect_table_unlock();
}
EXPORT_SYMBOL_GPL(kmemdump_unregister);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of consumers: traversal and notifiers.
 */
#include <kunit/test.h>
#include <linux/crash_hotplug.h>
#include <linux/io.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "main.h"
#include "slots.h"
#include "test_table.h"

struct listener {
	struct notifier_block nb;
	const char *name;
	unsigned int added, removed;
	u8 reason;
};

static int count_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct listener *l = container_of(nb, struct listener, nb);
	const struct inspect_entry *ie = data;

	if (strcmp(ie->name, l->name))
		return NOTIFY_OK;
	l->added += action == MEMINSPECT_NOTIFIER_ADD;
	l->removed += action == MEMINSPECT_NOTIFIER_REMOVE;
	if (action == MEMINSPECT_NOTIFIER_REMOVE)
		l->reason = ie->reason;
	return NOTIFY_OK;
}

static void begin_to_listen(struct kunit *test, struct listener *l)
{
	l->nb.notifier_call = count_event;
	meminspect_table_lock();
	KUNIT_EXPECT_EQ(test, meminspect_notifier_register(&l->nb), 0);
	meminspect_table_unlock();
}

static void end_to_listen(struct kunit *test, struct listener *l)
{
	meminspect_table_lock();
	KUNIT_EXPECT_EQ(test, meminspect_notifier_unregister(&l->nb), 0);
	KUNIT_EXPECT_EQ(test, meminspect_notifier_unregister(&l->nb), -ENOENT);
	meminspect_table_unlock();
}

static void each_is_told_once(struct kunit *test)
{
	struct listener l = { .name = "test" };
	void *p = alloc_test_page(test);
	int nr;

	begin_to_listen(test, &l);
	nr = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 8);
	KUNIT_EXPECT_EQ(test, l.added, 1);
	KUNIT_EXPECT_EQ(test, l.removed, 0);
	take_out(nr);
	KUNIT_EXPECT_EQ(test, l.removed, 1);
	KUNIT_EXPECT_EQ(test, l.reason, MEMINSPECT_UNREGISTERED);
	end_to_listen(test, &l);

	take_out(put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 8));
	KUNIT_EXPECT_EQ(test, l.added, 1);
	KUNIT_EXPECT_EQ(test, l.removed, 1);
}

/*
 * Consumers are told of changes when the lock is released; of an entry that is added
 * and removed under the same lock, never.
 */
static void a_step_is_told_at_its_end(struct kunit *test)
{
	struct listener l = { .name = "p" };
	struct meminspect_cookie cookie;
	void *p = alloc_test_page(test);

	begin_to_listen(test, &l);
	meminspect_table_lock();
	cookie = meminspect_register_va(p, 8);
	KUNIT_EXPECT_EQ(test, l.added, 0);
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, l.added, 1);

	meminspect_table_lock();
	meminspect_unregister(cookie);
	KUNIT_EXPECT_EQ(test, l.removed, 0);
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, l.removed, 1);

	meminspect_table_lock();
	meminspect_unregister(meminspect_register_va(p, 8));
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, l.added, 1);
	end_to_listen(test, &l);
}

static void count_name(void *priv, const struct inspect_entry *ie)
{
	struct listener *l = priv;

	l->added += !strcmp(ie->name, l->name);
}

/* Traversal and notifier under one lock: no entry is missed or seen twice. */
static void nothing_is_missed_or_seen_twice(struct kunit *test)
{
	struct listener l = { .name = "test", .nb.notifier_call = count_event };
	const struct inspect_entry request = {
		.id = MEMINSPECT_ID_DYNAMIC, .va = alloc_test_page(test), .size = 8,
		.name = "test",
	};
	struct meminspect_cookie inside;
	int before = put_in(test, &request);

	meminspect_table_lock();
	inside = meminspect_register(&request);
	KUNIT_EXPECT_EQ(test, meminspect_notifier_register(&l.nb), 0);
	meminspect_traverse(&l, count_name);
	KUNIT_EXPECT_EQ(test, l.added, 1);
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, l.added, 2);

	take_out(before);
	meminspect_lock_unregister(inside);
	KUNIT_EXPECT_EQ(test, l.removed, 2);
	end_to_listen(test, &l);
}

/* Memory that goes offline leaves the image at once; consumers are told later. */
static void what_goes_offline_is_told_afterwards(struct kunit *test)
{
	struct listener l = { .name = "test" };
	void *p = alloc_test_page(test);
	bool untold;

	begin_to_listen(test, &l);
	put_in_va(test, FREE_ID, p, 8);
	meminspect_begin();
	untold = meminspect_drop_range(virt_to_phys(p), virt_to_phys(p));
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));
	meminspect_end();
	KUNIT_EXPECT_TRUE(test, untold);
	KUNIT_EXPECT_EQ(test, l.removed, 0);
	/* Its id is free already; consumers are told of the next entry after that. */
	put_in_va(test, FREE_ID, p + 64, 8);
	KUNIT_EXPECT_EQ(test, l.removed, 1);
	KUNIT_EXPECT_EQ(test, l.reason, MEMINSPECT_MEMORY_OFFLINE);
	KUNIT_EXPECT_EQ(test, l.added, 2);
	meminspect_hotplug_tell();
	KUNIT_EXPECT_EQ(test, l.removed, 1);
	meminspect_lock_unregister_id(FREE_ID);
	end_to_listen(test, &l);
}

static struct kunit_case consumer_cases[] = {
	KUNIT_CASE(each_is_told_once),
	KUNIT_CASE(a_step_is_told_at_its_end),
	KUNIT_CASE(nothing_is_missed_or_seen_twice),
	KUNIT_CASE(what_goes_offline_is_told_afterwards),
	{}
};

static struct kunit_suite consumer_suite = {
	.name = "meminspect_consumer",
	.test_cases = consumer_cases,
};

kunit_test_suite(consumer_suite);

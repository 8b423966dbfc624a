// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of notifiers of the table, which may do what they like while they
 * are told of an entry: look, register, and take back what they are told of.
 */
#include <kunit/test.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "internal.h"

struct count {
	int cookie;
	unsigned int entries;
};

static void count_entry(void *priv, const struct inspect_entry *ie)
{
	struct count *count = priv;

	count->entries += ie->cookie == count->cookie;
}

static unsigned int entries_of(int cookie)
{
	struct count count = { .cookie = cookie };

	meminspect_lock_traverse(&count, count_entry);
	return count.entries;
}

/* A notifier that looks and changes things while it is told of others. */
struct listener {
	struct notifier_block nb;
	void *memory;
	unsigned int added, removed, seen;
	enum meminspect_reason reason;
	int nested;
};

static int listen(struct notifier_block *nb, unsigned long action, void *data)
{
	struct listener *l = container_of(nb, struct listener, nb);
	const struct inspect_entry *ie = data;

	if (strcmp(ie->name, "told"))
		return NOTIFY_OK;
	l->added += action == MEMINSPECT_NOTIFIER_ADD;
	l->removed += action == MEMINSPECT_NOTIFIER_REMOVE;
	l->reason = ie->reason;
	l->seen += entries_of(ie->cookie);
	if (action == MEMINSPECT_NOTIFIER_ADD)
		l->nested = meminspect_lock_register_va(l->memory + 512, 8);
	else
		meminspect_lock_unregister(l->nested);
	/* Once more what is going on already. */
	if (action == MEMINSPECT_NOTIFIER_REMOVE)
		meminspect_lock_unregister(ie->cookie);
	return NOTIFY_OK;
}

static void notifiers_look_and_change(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	struct listener l = {
		.nb.notifier_call = listen,
		.memory = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL),
	};
	const struct inspect_entry request = {
		.id = MEMINSPECT_ID_DYNAMIC, .va = l.memory, .size = 8,
		.name = "told",
	};
	int cookie;

	KUNIT_ASSERT_NOT_NULL(test, l.memory);
	KUNIT_ASSERT_EQ(test, meminspect_notifier_register(&l.nb), 0);
	cookie = meminspect_lock_register(&request);
	KUNIT_EXPECT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, l.added, 1);
	KUNIT_EXPECT_EQ(test, l.seen, 1);
	KUNIT_EXPECT_EQ(test, entries_of(l.nested), 1);

	meminspect_lock_unregister(cookie);
	KUNIT_EXPECT_EQ(test, l.removed, 1);
	KUNIT_EXPECT_EQ(test, l.seen, 2);
	KUNIT_EXPECT_EQ(test, l.reason, MEMINSPECT_UNREGISTERED);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
	meminspect_notifier_unregister(&l.nb);

	meminspect_lock_unregister(meminspect_lock_register(&request));
	KUNIT_EXPECT_EQ(test, l.added, 1);
}

/* A notifier that wants none of what is named so, or one more entry for each. */
struct refuser {
	struct notifier_block nb;
	const char *name;
	void *more;
	unsigned int told;
	int cookie;
};

static int refuse(struct notifier_block *nb, unsigned long action, void *data)
{
	struct refuser *r = container_of(nb, struct refuser, nb);
	const struct inspect_entry *ie = data;

	if (action != MEMINSPECT_NOTIFIER_ADD || !str_has_prefix(ie->name, r->name))
		return NOTIFY_OK;
	r->told++;
	if (r->more)
		r->cookie = meminspect_lock_register_va(r->more, 8);
	else
		meminspect_lock_unregister(ie->cookie);
	return NOTIFY_OK;
}

/* Told once, and nothing of it is left. */
static void expect_gone(struct kunit *test, const struct refuser *r, int cookie,
			unsigned int before)
{
	KUNIT_EXPECT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, r->told, 1);
	KUNIT_EXPECT_EQ(test, entries_of(cookie), 0);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
}

static void what_is_refused_on_one_cpu_is_gone(struct kunit *test)
{
	struct refuser r = { .nb.notifier_call = refuse, .name = "refused" };
	const unsigned int before = meminspect_count();
	u64 __percpu *p = alloc_percpu(u64);
	int cookie;

	KUNIT_ASSERT_TRUE(test, p);
	KUNIT_EXPECT_EQ(test, meminspect_notifier_register(&r.nb), 0);
	cookie = meminspect_register_percpu("refused", (void __percpu *)p,
					    sizeof(*p), NULL);
	expect_gone(test, &r, cookie, before);
	meminspect_lock_unregister(cookie);
	meminspect_notifier_unregister(&r.nb);
	free_percpu(p);
}

/* Two pages behind each other that are not in physical memory. */
static void *map_two(struct kunit *test, struct page **block)
{
	struct page *pages[2];

	*block = alloc_pages(GFP_KERNEL, 1);
	KUNIT_ASSERT_NOT_NULL(test, *block);
	pages[0] = *block + 1;
	pages[1] = *block;
	return vmap(pages, 2, VM_MAP, PAGE_KERNEL);
}

static void what_is_refused_in_part_is_gone(struct kunit *test)
{
	struct refuser r = { .nb.notifier_call = refuse, .name = "refused" };
	const unsigned int before = meminspect_count();
	struct page *block;
	const struct inspect_entry request = {
		.id = MEMINSPECT_ID_DYNAMIC, .va = map_two(test, &block),
		.size = 2 * PAGE_SIZE, .name = "refused",
	};
	int cookie;

	KUNIT_EXPECT_NOT_NULL(test, request.va);
	KUNIT_EXPECT_EQ(test, meminspect_notifier_register(&r.nb), 0);
	cookie = meminspect_lock_register(&request);
	expect_gone(test, &r, cookie, before);
	meminspect_notifier_unregister(&r.nb);
	vunmap(request.va);
	__free_pages(block, 1);
}

static void notifiers_keep_to_the_limit(struct kunit *test)
{
	struct refuser r = {
		.nb.notifier_call = refuse, .name = "limited",
		.more = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL),
	};
	const unsigned int before = meminspect_count();
	struct page *block;
	const struct inspect_entry request = {
		.id = MEMINSPECT_ID_DYNAMIC, .va = map_two(test, &block),
		.size = 2 * PAGE_SIZE, .name = "limited",
	};

	KUNIT_EXPECT_NOT_NULL(test, r.more);
	KUNIT_EXPECT_NOT_NULL(test, request.va);
	KUNIT_EXPECT_EQ(test, meminspect_notifier_register(&r.nb), 0);
	meminspect_table_lock();
	/* Room for both pages, and none for what the notifier adds between them. */
	KUNIT_EXPECT_EQ(test,
			meminspect_set_limits(before + meminspect_windows() + 2,
					      0), 0);
	KUNIT_EXPECT_EQ(test, meminspect_register(&request), -ENOSPC);
	KUNIT_EXPECT_EQ(test, r.told, 1);
	KUNIT_EXPECT_GT(test, r.cookie, 0);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before + 1);
	KUNIT_EXPECT_EQ(test, meminspect_set_limits(0, 0), 0);
	meminspect_unregister(r.cookie);
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
	meminspect_notifier_unregister(&r.nb);
	vunmap(request.va);
	__free_pages(block, 1);
}

static struct kunit_case notifier_cases[] = {
	KUNIT_CASE(notifiers_look_and_change),
	KUNIT_CASE(what_is_refused_on_one_cpu_is_gone),
	KUNIT_CASE(what_is_refused_in_part_is_gone),
	KUNIT_CASE(notifiers_keep_to_the_limit),
	{}
};

static struct kunit_suite notifier_suite = {
	.name = "meminspect_notifier",
	.test_cases = notifier_cases,
};

kunit_test_suite(notifier_suite);

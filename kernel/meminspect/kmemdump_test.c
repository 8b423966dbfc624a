// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of kmemdump's interface.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/kmemdump.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "slots.h"
#include "test_table.h"

/* An id with a name, for which the kernel itself has no entry. */
static u64 core_variable;
KMEMDUMP_VAR_CORE_NAMED(printk_rb_static, core_variable, sizeof(core_variable));

static void annotations_are_entries(struct kunit *test)
{
	const struct inspect_entry *ie;

	meminspect_begin();
	ie = meminspect_entry(KMEMDUMP_ID_COREIMAGE_printk_rb_static);
	KUNIT_EXPECT_PTR_EQ(test, ie->va, (void *)&core_variable);
	KUNIT_EXPECT_STREQ(test, ie->name, "printk_rb_static");
	meminspect_end();
}

static void registration_returns_the_id(struct kunit *test)
{
	char *p = alloc_test_page(test);
	int id;

	KUNIT_EXPECT_EQ(test, kmemdump_register(FREE_ID, p, 8), FREE_ID);
	/* An id that is taken is refused, and its entry stays. */
	KUNIT_EXPECT_EQ(test, kmemdump_register(FREE_ID, p + 64, 8), -EALREADY);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, (void *)p);
	kmemdump_unregister(FREE_ID);
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));
	/* To unregister it twice is no error. */
	kmemdump_unregister(FREE_ID);

	id = kmemdump_register(p, 8);
	KUNIT_EXPECT_GE(test, id, MEMINSPECT_ID_DYNAMIC);
	KUNIT_EXPECT_NE(test, kmemdump_register(KMEMDUMP_NO_ID, p + 64, 8), id);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(id)->va, (void *)p);
	kmemdump_unregister(id);
	meminspect_lock_unregister_va(p + 64, 8);
	KUNIT_EXPECT_LT(test, kmemdump_register(NULL, 8), 0);
}

/* One id stands for all pages of memory that is only virtually contiguous. */
static void an_id_is_all_of_it(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = vmalloc(4 * PAGE_SIZE);
	int id;

	KUNIT_ASSERT_NOT_NULL(test, p);
	id = kmemdump_register(p, 4 * PAGE_SIZE);
	KUNIT_EXPECT_GT(test, id, 0);
	kmemdump_unregister(id);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
	vfree(p);
}

static void wrappers_register(struct kunit *test)
{
	void *p = kmemdump_alloc_id_size(FREE_ID, 64, kzalloc, 64, GFP_KERNEL);
	void *q;

	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, p);
	q = kmemdump_alloc_id_size_replace(FREE_ID, 64, kzalloc, 64, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, q);
	kfree(p);
	kmemdump_free_id(FREE_ID, kfree, q);
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));

	p = kmemdump_alloc_size(64, kzalloc, 64, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	meminspect_free_va(p, 64, kfree, p);
}

/* A back end that records its regions, and sleeps, as back ends may. */
struct bookkeeper {
	struct kmemdump_backend be;
	DECLARE_BITMAP(has, MEMINSPECT_ID_MAX);
	unsigned int faults;
	unsigned int unknown;
	enum kmemdump_uid refuse;
	const struct bookkeeper *other;
};

static int book_region(const struct kmemdump_backend *be, enum kmemdump_uid uid,
		       void *va, size_t size)
{
	struct bookkeeper *b = container_of((void *)be, struct bookkeeper, be);

	usleep_range(1, 10);
	if (uid == b->refuse)
		return -ENOSPC;
	b->faults += test_and_set_bit(uid, b->has) || !va || !size;
	return 0;
}

static int unbook_region(const struct kmemdump_backend *be, enum kmemdump_uid uid)
{
	struct bookkeeper *b = container_of((void *)be, struct bookkeeper, be);

	usleep_range(1, 10);
	b->faults += !test_and_clear_bit(uid, b->has);
	/* The next back end has the region already. */
	b->faults += b->other && !test_bit(uid, b->other->has);
	return 0;
}

static struct bookkeeper *make_backend(struct kunit *test, const char *name)
{
	struct bookkeeper *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	strscpy(b->be.name, name);
	b->be.register_region = book_region;
	b->be.unregister_region = unbook_region;
	return b;
}

static void count_unknown(void *priv, const struct inspect_entry *ie)
{
	struct bookkeeper *b = priv;

	b->unknown += !test_bit(ie->id, b->has);
}

/* Consumers may not have been told yet that an entry of a running task has left. */
static unsigned int count_told(void)
{
	const struct meminspect_slot *slot;
	unsigned int told = 0;

	meminspect_begin();
	list_for_each_entry(slot, &meminspect_slots, node)
		told += slot->told;
	meminspect_end();
	return told;
}

static void both_callbacks_are_mandatory(struct kunit *test)
{
	struct bookkeeper *b = make_backend(test, "half");

	b->be.unregister_region = NULL;
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&b->be), -EINVAL);
	b->be.unregister_region = unbook_region;
	b->be.register_region = NULL;
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&b->be), -EINVAL);
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(NULL), -EINVAL);
	/* To unregister one that is not registered is no error. */
	kmemdump_unregister_backend(&b->be);
	kmemdump_unregister_backend(NULL);
}

/* Without a back end, registration works as with one. */
static void without_a_backend_nothing_fails(struct kunit *test)
{
	void *p = alloc_test_page(test);

	KUNIT_EXPECT_EQ(test, kmemdump_register(FREE_ID, p, 8), FREE_ID);
	kmemdump_unregister(FREE_ID);
}

static void a_backend_is_told_of_all(struct kunit *test)
{
	struct bookkeeper *b = make_backend(test, "told");
	void *p = alloc_test_page(test);

	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&b->be), 0);
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&b->be), -EALREADY);
	meminspect_table_lock();
	meminspect_traverse(b, count_unknown);
	KUNIT_EXPECT_EQ(test, 0, b->unknown);
	KUNIT_EXPECT_EQ(test, bitmap_weight(b->has, MEMINSPECT_ID_MAX), count_told());
	meminspect_table_unlock();
	KUNIT_EXPECT_TRUE(test, test_bit(MEMINSPECT_ID_ELF, b->has));

	KUNIT_EXPECT_EQ(test, kmemdump_register(FREE_ID, p, 8), FREE_ID);
	KUNIT_EXPECT_TRUE(test, test_bit(FREE_ID, b->has));
	kmemdump_unregister(FREE_ID);
	KUNIT_EXPECT_FALSE(test, test_bit(FREE_ID, b->has));

	kmemdump_unregister_backend(&b->be);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(b->has, MEMINSPECT_ID_MAX));
	KUNIT_EXPECT_EQ(test, b->faults, 0);
}

static void one_replaces_another_without_a_gap(struct kunit *test)
{
	struct bookkeeper *first = make_backend(test, "first");
	struct bookkeeper *second = make_backend(test, "second");

	first->other = second;
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&first->be), 0);
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&second->be), 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(first->has, MEMINSPECT_ID_MAX));
	KUNIT_EXPECT_EQ(test, first->faults, 0);
	/* The first one is no longer registered, so this has no effect. */
	kmemdump_unregister_backend(&first->be);
	KUNIT_EXPECT_TRUE(test, test_bit(MEMINSPECT_ID_ELF, second->has));
	kmemdump_unregister_backend(&second->be);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(second->has, MEMINSPECT_ID_MAX));
	KUNIT_EXPECT_EQ(test, second->faults, 0);
}

static void what_it_refuses_it_is_not_told_the_end_of(struct kunit *test)
{
	struct bookkeeper *b = make_backend(test, "picky");
	void *p = alloc_test_page(test);

	b->refuse = FREE_ID;
	KUNIT_EXPECT_EQ(test, kmemdump_register_backend(&b->be), 0);
	KUNIT_EXPECT_EQ(test, kmemdump_register(FREE_ID, p, 8), FREE_ID);
	kmemdump_unregister(FREE_ID);
	kmemdump_unregister_backend(&b->be);
	KUNIT_EXPECT_EQ(test, b->faults, 0);
}

static struct kunit_case kmemdump_cases[] = {
	KUNIT_CASE(annotations_are_entries),
	KUNIT_CASE(registration_returns_the_id),
	KUNIT_CASE(an_id_is_all_of_it),
	KUNIT_CASE(wrappers_register),
	KUNIT_CASE(both_callbacks_are_mandatory),
	KUNIT_CASE(without_a_backend_nothing_fails),
	KUNIT_CASE(a_backend_is_told_of_all),
	KUNIT_CASE(one_replaces_another_without_a_gap),
	KUNIT_CASE(what_it_refuses_it_is_not_told_the_end_of),
	{}
};

static struct kunit_suite kmemdump_suite = {
	.name = "kmemdump",
	.test_cases = kmemdump_cases,
};

kunit_test_suite(kmemdump_suite);

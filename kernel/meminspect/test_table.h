/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for the KUnit tests of the table.
 */
#ifndef _TEST_TABLE_H
#define _TEST_TABLE_H

#include <kunit/test.h>
#include <linux/slab.h>

#include "slots.h"

/* An id that the kernel itself has no entry for. */
#define FREE_ID		MEMINSPECT_ID_total_nr_irqs
/* An address at which no machine has RAM. */
#define NO_RAM		BIT_ULL(MAX_PHYSMEM_BITS - 1)

static inline void take_out(int nr)
{
	meminspect_lock_unregister((struct meminspect_cookie){ .nr = nr });
}

/* Drop an entry at the end of its test, also if the test failed. */
static inline void take_back(void *nr)
{
	take_out((long)nr);
}

/* Register until the end of the test; return the cookie's number, or -errno. */
static inline int put_in(struct kunit *test, const struct inspect_entry *request)
{
	const int nr = meminspect_lock_register(request).nr;

	if (nr > 0)
		KUNIT_ASSERT_EQ(test, 0,
				kunit_add_action_or_reset(test, take_back,
							  (void *)(long)nr));
	return nr;
}

static inline int put_in_va(struct kunit *test, unsigned int id, void *va,
			    size_t size)
{
	const struct inspect_entry request = {
		.id = id, .va = va, .size = size, .name = "test",
	};

	return put_in(test, &request);
}

struct count {
	int cookie;
	unsigned int entries;
	size_t bytes;
};

static inline void count_entry(void *priv, const struct inspect_entry *ie)
{
	struct count *count = priv;

	if (ie->cookie.nr == count->cookie) {
		count->entries++;
		count->bytes += ie->size;
	}
}

static inline struct count count_of(int cookie)
{
	struct count count = { .cookie = cookie };

	meminspect_lock_traverse(&count, count_entry);
	return count;
}

static inline void *alloc_test_page(struct kunit *test)
{
	void *p = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	return p;
}

#endif /* _TEST_TABLE_H */

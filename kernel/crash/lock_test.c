// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of how kexec_lock passes between updater and crash, and of the
 * memory that no dump covers.  They take the machine's own lock for an instant.
 */
#include <kunit/test.h>
#include <linux/crash_hotplug.h>
#include <linux/crash_reserve.h>
#include <linux/ioport.h>
#include <linux/sizes.h>

#include "../kexec_internal.h"
#include "internal.h"

#define EXPECT_STATE(test, state)					\
	KUNIT_EXPECT_EQ(test, (int)(state), atomic_read(&__kexec_lock))

static void update_excludes_load(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, kexec_lock_update());
	EXPECT_STATE(test, KEXEC_LOCK_UPDATING);
	KUNIT_EXPECT_FALSE(test, kexec_trylock());
	KUNIT_EXPECT_FALSE(test, kexec_lock_update());
	kexec_unlock_update();
	EXPECT_STATE(test, KEXEC_LOCK_FREE);
}

static void load_keeps_out_update_and_crash(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, kexec_trylock());
	EXPECT_STATE(test, KEXEC_LOCK_HELD);
	KUNIT_EXPECT_FALSE(test, kexec_lock_update());
	KUNIT_EXPECT_FALSE(test, kexec_lock_crash());
	EXPECT_STATE(test, KEXEC_LOCK_HELD);
	kexec_unlock();
	EXPECT_STATE(test, KEXEC_LOCK_FREE);
}

static void crash_takes_a_free_lock(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, kexec_lock_crash());
	EXPECT_STATE(test, KEXEC_LOCK_HELD);
	KUNIT_EXPECT_FALSE(test, kexec_lock_update());
	KUNIT_EXPECT_FALSE(test, kexec_trylock());
	kexec_unlock_crash();
	EXPECT_STATE(test, KEXEC_LOCK_FREE);
}

static void crash_takes_over_and_gives_back(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, kexec_lock_update());
	KUNIT_EXPECT_TRUE(test, kexec_lock_crash());
	EXPECT_STATE(test, KEXEC_LOCK_TAKEN_OVER);
	KUNIT_EXPECT_FALSE(test, kexec_trylock());
	KUNIT_EXPECT_FALSE(test, kexec_lock_crash());
	/* There was no image; the update is still in progress. */
	kexec_unlock_crash();
	EXPECT_STATE(test, KEXEC_LOCK_UPDATING);
	KUNIT_EXPECT_FALSE(test, kexec_trylock());
	kexec_unlock_update();
	EXPECT_STATE(test, KEXEC_LOCK_FREE);
}

static void updater_leaves_first(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, kexec_lock_update());
	KUNIT_EXPECT_TRUE(test, kexec_lock_crash());
	kexec_unlock_update();
	EXPECT_STATE(test, KEXEC_LOCK_HELD);
	KUNIT_EXPECT_FALSE(test, kexec_trylock());
	KUNIT_EXPECT_FALSE(test, kexec_lock_update());
	kexec_unlock_crash();
	EXPECT_STATE(test, KEXEC_LOCK_FREE);
}

struct pieces {
	unsigned int nr;
	u64 bytes;
	u64 last;
};

static int count_piece(u64 start, u64 end, void *arg)
{
	struct pieces *p = arg;

	if (end < start || (p->nr && start <= p->last))
		return -EINVAL;
	p->nr++;
	p->bytes += end - start + 1;
	p->last = end;
	return 0;
}

static void clip_leaves_out_what_no_dump_covers(struct kunit *test)
{
	struct resource res = crashk_res, low = crashk_low_res;
	struct pieces p = {};

	/* The lock keeps others from reading the reservation meanwhile. */
	KUNIT_ASSERT_TRUE(test, kexec_trylock());
	crashk_res.start = 0x20000000;
	crashk_res.end = 0x27ffffff;
	crashk_low_res.start = 0x10000000;
	crashk_low_res.end = 0x10ffffff;

	KUNIT_EXPECT_EQ(test, 0,
			crash_memory_clip(0, 0x3fffffff, count_piece, &p));
	KUNIT_EXPECT_EQ(test, 3, p.nr);
	KUNIT_EXPECT_EQ(test, 0x40000000ull - 0x8000000 - 0x1000000 -
			CONFIG_CRASH_EXCLUDE_LOW, p.bytes);

	p = (struct pieces){};
	KUNIT_EXPECT_EQ(test, 0, crash_memory_clip(0x20000000, 0x20ffffff,
						   count_piece, &p));
	KUNIT_EXPECT_EQ(test, 0, p.nr);

	p = (struct pieces){};
	KUNIT_EXPECT_EQ(test, 0, crash_memory_clip(0x27ffffff, 0x28000000,
						   count_piece, &p));
	KUNIT_EXPECT_EQ(test, 1, p.nr);
	KUNIT_EXPECT_EQ(test, 1ull, p.bytes);

	crashk_res = res;
	crashk_low_res = low;
	kexec_unlock();
}

static struct kunit_case crash_hotplug_cases[] = {
	KUNIT_CASE(update_excludes_load),
	KUNIT_CASE(load_keeps_out_update_and_crash),
	KUNIT_CASE(crash_takes_a_free_lock),
	KUNIT_CASE(crash_takes_over_and_gives_back),
	KUNIT_CASE(updater_leaves_first),
	KUNIT_CASE(clip_leaves_out_what_no_dump_covers),
	{}
};

static struct kunit_suite crash_hotplug_suite = {
	.name = "crash_hotplug",
	.test_cases = crash_hotplug_cases,
};

kunit_test_suite(crash_hotplug_suite);

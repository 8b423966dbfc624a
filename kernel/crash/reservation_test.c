// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the size that the crash kernel's reservation needs.
 */
#include <kunit/test.h>
#include <linux/elf.h>
#include <linux/sizes.h>
#include <linux/vmcore_info.h>

#include "internal.h"

#define EXPECT_LISTED(test, want, value, memory)				\
	KUNIT_EXPECT_EQ(test, (u64)(want),					\
			crash_reservation_listed(value, memory))
#define EXPECT_CMDLINE(test, want, cmdline)					\
	KUNIT_EXPECT_EQ(test, (u64)(want),					\
			crash_reservation_of_cmdline(cmdline, SZ_2G))

static void list_has_sizes_by_amount(struct kunit *test)
{
	static const char list[] = "1G-4G:192M,4G-64G:256M,64G-:0x20000000@16M quiet";

	EXPECT_LISTED(test, 0, list, SZ_512M);
	/* As at boot, the memory is rounded up. */
	EXPECT_LISTED(test, SZ_128M + SZ_64M, list, SZ_1G - SZ_64M);
	EXPECT_LISTED(test, SZ_128M + SZ_64M, list, SZ_1G);
	EXPECT_LISTED(test, SZ_128M + SZ_64M, list, SZ_4G - SZ_128M);
	EXPECT_LISTED(test, SZ_256M, list, SZ_4G - SZ_64M);
	EXPECT_LISTED(test, SZ_256M, list, SZ_4G);
	EXPECT_LISTED(test, SZ_512M, list, 64ull * SZ_1G);
	EXPECT_LISTED(test, SZ_512M, list, 1ull << 50);
	EXPECT_LISTED(test, SZ_256M, "256M-1G:64M,1G-:256M", SZ_1G);
}

static void list_that_ends_has_no_size_above(struct kunit *test)
{
	EXPECT_LISTED(test, SZ_64M, "0-2G:64M", SZ_1G);
	EXPECT_LISTED(test, 0, "0-2G:64M", SZ_2G);
	EXPECT_LISTED(test, 0, "1G-2G:64M,4G-:128M", SZ_2G);
}

static void values_that_are_no_list_have_no_size(struct kunit *test)
{
	static const char *const values[] = {
		"", " ", "256M", "256M@16M", "256M,high", "-", ":", "1G", "1G:64M",
		"1G-", "1G-:", "1G-2G", "1G-2G:", "1G-2G,64M", "1G-x:64M", "x-:64M",
		"1G- :64M", "1G-2G:64M,", "1G-2G:64M,x", "1G-2G:64M;2G-:64M",
		/* Entries that make the boot refuse the list. */
		"2G-1G:64M,2G-:64M", "2G-2G:64M,2G-:64M", "1G-2G:4G,2G-:64M",
		"1G-:5G",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		EXPECT_LISTED(test, 0, values[i], SZ_4G);
}

static void last_crashkernel_without_suffix_counts(struct kunit *test)
{
	EXPECT_CMDLINE(test, 0, "");
	EXPECT_CMDLINE(test, 0, "root=/dev/vda quiet");
	EXPECT_CMDLINE(test, 0, "crashkernel=");
	EXPECT_CMDLINE(test, SZ_64M, "crashkernel=1G-:64M");
	EXPECT_CMDLINE(test, SZ_64M, "quiet crashkernel=1G-:64M root=/dev/vda");
	EXPECT_CMDLINE(test, SZ_128M, "crashkernel=1G-:64M crashkernel=1G-:128M");
	EXPECT_CMDLINE(test, 0, "crashkernel=1G-:64M crashkernel=128M");
	EXPECT_CMDLINE(test, SZ_64M, "crashkernel=1G-:64M crashkernel=64M,low");
	EXPECT_CMDLINE(test, SZ_128M,
		       "crashkernel=1G-2G:64M,2G-:128M crashkernel=256M,high crashkernel=64M,cma");
}

static void estimate_grows_with_memory_and_cpus(struct kunit *test)
{
	const u64 base = SZ_64M, none = crash_reservation_estimate(base, 0, 0);
	const u64 gib = SZ_1G >> PAGE_SHIFT;

	KUNIT_EXPECT_EQ(test, none, base + SZ_4M + 42 * (PAGE_SIZE - SZ_4K));
	/* Two bits for each page, and no more than makedumpfile's buffer. */
	KUNIT_EXPECT_EQ(test, none + gib / 4,
			crash_reservation_estimate(base, gib, 0));
	KUNIT_EXPECT_EQ(test, none + SZ_4M,
			crash_reservation_estimate(base, 16ull * SZ_1M, 0));
	KUNIT_EXPECT_EQ(test, none + SZ_4M,
			crash_reservation_estimate(base, 1ull << 52, 0));
	KUNIT_EXPECT_EQ(test, none + 512 * (sizeof(note_buf_t) +
					    sizeof(Elf64_Phdr)),
			crash_reservation_estimate(base, 0, 512));
}

static struct kunit_case crash_reservation_cases[] = {
	KUNIT_CASE(list_has_sizes_by_amount),
	KUNIT_CASE(list_that_ends_has_no_size_above),
	KUNIT_CASE(values_that_are_no_list_have_no_size),
	KUNIT_CASE(last_crashkernel_without_suffix_counts),
	KUNIT_CASE(estimate_grows_with_memory_and_cpus),
	{}
};

static struct kunit_suite crash_reservation_suite = {
	.name = "crash_reservation",
	.test_cases = crash_reservation_cases,
};

kunit_test_suite(crash_reservation_suite);

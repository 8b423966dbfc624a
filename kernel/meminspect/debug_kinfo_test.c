// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of debug-kinfo, in memory that no boot loader reads.  The last ones
 * follow the real table.
 */
#include <kunit/test.h>

#include <asm/sections.h>

#include "slots.h"

/* Verify the area as a boot loader does. */
static bool body_verifies(const struct debug_kinfo *info)
{
	u32 sum = 0, word;
	size_t at;

	for (at = offsetof(struct debug_kinfo, body); at < sizeof(*info);
	     at += sizeof(word)) {
		memcpy(&word, (const void *)info + at, sizeof(word));
		sum ^= le32_to_cpu((__force __le32)word);
	}
	return le32_to_cpu(info->magic) == DEBUG_KINFO_MAGIC &&
	       le32_to_cpu(info->checksum) == sum;
}

static struct debug_kinfo_body *alloc_body(struct kunit *test)
{
	struct debug_kinfo_body *body;

	body = kunit_kzalloc(test, sizeof(*body), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, body);
	return body;
}

/* A consumer with memory that no boot loader reads. */
static struct kinfo *alloc_kinfo(struct kunit *test)
{
	struct kinfo *k = kunit_kzalloc(test, sizeof(*k), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, k);
	k->area = kunit_kzalloc(test, sizeof(struct debug_kinfo), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, k->area);
	return k;
}

static void places_are_taken(struct kunit *test)
{
	const struct inspect_entry text = {
		.id = MEMINSPECT_ID__stext, .pa = 0x40210000, .size = 0x1000,
		.class = MEMINSPECT_CLASS_SYMBOLS,
	};
	struct inspect_entry names = {
		.id = MEMINSPECT_ID_kallsyms_names, .pa = 0x123456789a,
		.size = 10, .class = MEMINSPECT_CLASS_SYMBOLS,
		.properties = MEMINSPECT_NOT_IN_IMAGE,
	};
	struct debug_kinfo_body *body = alloc_body(test);

	update_body(body, &text, true);
	update_body(body, &names, true);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->stext), 0x40210000);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->etext), 0x40211000);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->names), 0x123456789a);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->text), 0);

	update_body(body, &text, false);
	update_body(body, &names, false);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(body, 0, sizeof(*body)));
}

static void contents_are_taken(struct kunit *test)
{
	const unsigned int num = 1234;
	const unsigned long base = (unsigned long)_stext;
	const struct inspect_entry num_syms = {
		.id = MEMINSPECT_ID_kallsyms_num_syms, .va = (void *)&num,
		.size = sizeof(num), .class = MEMINSPECT_CLASS_SYMBOLS,
	};
	struct inspect_entry relative_base = {
		.id = MEMINSPECT_ID_kallsyms_relative_base, .va = (void *)&base,
		.size = sizeof(base), .class = MEMINSPECT_CLASS_SYMBOLS,
	};
	struct debug_kinfo_body *body = alloc_body(test);

	update_body(body, &num_syms, true);
	update_body(body, &relative_base, true);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(body->num_syms), num);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->relative_base),
			__pa_symbol(_stext));
	KUNIT_EXPECT_EQ(test, body->base_relative, 1);

	update_body(body, &num_syms, false);
	update_body(body, &relative_base, false);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(body, 0, sizeof(*body)));

	/* Nothing beyond the registered size is read. */
	relative_base.size--;
	update_body(body, &relative_base, true);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(body, 0, sizeof(*body)));
}

static void others_are_not_taken(struct kunit *test)
{
	struct inspect_entry entry = {
		.id = MEMINSPECT_ID__stext, .pa = 0x40210000, .size = 0x1000,
		.class = MEMINSPECT_CLASS_SYMBOLS,
		.properties = MEMINSPECT_NOT_IN_KINFO,
	};
	struct debug_kinfo_body *body = alloc_body(test);

	update_body(body, &entry, true);
	entry.properties = 0;
	entry.class = MEMINSPECT_CLASS_DRIVER;
	update_body(body, &entry, true);
	entry.class = MEMINSPECT_CLASS_CORE;
	entry.id = MEMINSPECT_ID_jiffies_64;
	update_body(body, &entry, true);
	entry.id = MEMINSPECT_ID_DYNAMIC + 1;
	update_body(body, &entry, true);
	KUNIT_EXPECT_TRUE(test, !memchr_inv(body, 0, sizeof(*body)));
}

static void no_part_of_it_verifies(struct kunit *test)
{
	struct kinfo *k = alloc_kinfo(test);
	struct debug_kinfo *info = k->area;
	size_t part;

	KUNIT_EXPECT_FALSE(test, body_verifies(info));
	init_body(&k->body);
	write_area(k);
	KUNIT_EXPECT_TRUE(test, body_verifies(info));
	KUNIT_EXPECT_EQ(test, le16_to_cpu(info->body.bits_per_long), 64);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(info->body.thread_size), THREAD_SIZE);

	/* Write as write_area() does, but stop after each word; only one field differs. */
	k->body.text = cpu_to_le64(0x1111111122222222);
	store_magic(info, 0, 0);
	KUNIT_EXPECT_FALSE(test, body_verifies(info));
	for (part = 4; part <= sizeof(k->body); part += 4) {
		memcpy(&info->body, &k->body, part);
		KUNIT_EXPECT_FALSE(test, body_verifies(info));
	}
	write_area(k);
	KUNIT_EXPECT_TRUE(test, body_verifies(info));
	((u8 *)info)[100] ^= 0x40;
	KUNIT_EXPECT_FALSE(test, body_verifies(info));
}

static void user_space_has_a_say(struct kunit *test)
{
	struct kinfo *k = alloc_kinfo(test);
	struct debug_kinfo *info = k->area;
	char *text;

	text = kunit_kzalloc(test, DEBUG_KINFO_BUILD_BYTES + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, text);
	/* The area is not published yet. */
	KUNIT_EXPECT_EQ(test, 0, set_build_info(k, "a build\n"));
	KUNIT_EXPECT_STREQ(test, k->body.build_info, "a build");
	KUNIT_EXPECT_FALSE(test, body_verifies(info));

	k->shown = true;
	KUNIT_EXPECT_EQ(test, 0, set_build_info(k, "two"));
	KUNIT_EXPECT_TRUE(test, body_verifies(info));
	KUNIT_EXPECT_STREQ(test, info->body.build_info, "two");
	KUNIT_EXPECT_EQ(test, info->body.build_info[4], 0);

	memset(text, 'x', DEBUG_KINFO_BUILD_BYTES);
	KUNIT_EXPECT_EQ(test, -E2BIG, set_build_info(k, text));
	KUNIT_EXPECT_STREQ(test, info->body.build_info, "two");
	text[DEBUG_KINFO_BUILD_BYTES - 1] = '\n';
	KUNIT_EXPECT_EQ(test, 0, set_build_info(k, text));
	KUNIT_EXPECT_EQ(test, strlen(info->body.build_info),
			DEBUG_KINFO_BUILD_BYTES - 1);
	KUNIT_EXPECT_TRUE(test, body_verifies(info));
}

static void stop_following(void *data)
{
	struct kinfo *k = data;

	meminspect_table_lock();
	meminspect_notifier_unregister(&k->nb);
	meminspect_table_unlock();
}

static struct kinfo *follow_kinfo(struct kunit *test)
{
	struct kinfo *k = alloc_kinfo(test);

	KUNIT_ASSERT_EQ(test, 0, follow_table(k, k->area));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stop_following, k));
	return k;
}

static void it_tells_of_this_kernel(struct kunit *test)
{
	const struct debug_kinfo *info = follow_kinfo(test)->area;
	const struct debug_kinfo_body *body = &info->body;

	KUNIT_EXPECT_TRUE(test, body_verifies(info));
	KUNIT_EXPECT_STREQ(test, body->release, init_utsname()->release);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->text), __pa_symbol(_text));
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->end), __pa_symbol(_end));
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->stext), __pa_symbol(_stext));
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->etext), __pa_symbol(_etext));
	KUNIT_EXPECT_EQ(test, le64_to_cpu(body->page_table),
			__pa_symbol(swapper_pg_dir));
}

static void it_tells_of_the_symbols(struct kunit *test)
{
	const struct debug_kinfo *info = follow_kinfo(test)->area;
	const struct debug_kinfo_body *body = &info->body;

	if (!IS_ENABLED(CONFIG_KALLSYMS))
		kunit_skip(test, "no symbols without CONFIG_KALLSYMS");
	KUNIT_EXPECT_NE(test, le32_to_cpu(body->num_syms), 0);
	KUNIT_EXPECT_GT(test, le64_to_cpu(body->names), 0);
	KUNIT_EXPECT_GT(test, le64_to_cpu(body->markers),
			le64_to_cpu(body->names));
	KUNIT_EXPECT_EQ(test, body->base_relative,
			LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0));
}

static void it_follows_the_table(struct kunit *test)
{
	const struct debug_kinfo *info = follow_kinfo(test)->area;
	const struct inspect_entry *ie;
	struct inspect_entry request = {};
	const __le64 pa = info->body.stext;

	meminspect_begin();
	ie = meminspect_entry(MEMINSPECT_ID__stext);
	if (ie)
		request = *ie;
	meminspect_end();
	KUNIT_ASSERT_EQ(test, request.id, MEMINSPECT_ID__stext);
	request.name = "text";
	request.type_name = NULL;
	request.va = NULL;

	meminspect_lock_unregister_id(MEMINSPECT_ID__stext);
	KUNIT_EXPECT_TRUE(test, body_verifies(info));
	KUNIT_EXPECT_EQ(test, le64_to_cpu(info->body.stext), 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(info->body.etext), 0);
	KUNIT_EXPECT_GT(test, meminspect_lock_register(&request).nr, 0);
	KUNIT_EXPECT_TRUE(test, body_verifies(info));
	KUNIT_EXPECT_TRUE(test, info->body.stext == pa);
}

static struct kunit_case debug_kinfo_cases[] = {
	KUNIT_CASE(places_are_taken),
	KUNIT_CASE(contents_are_taken),
	KUNIT_CASE(others_are_not_taken),
	KUNIT_CASE(no_part_of_it_verifies),
	KUNIT_CASE(user_space_has_a_say),
	KUNIT_CASE(it_tells_of_this_kernel),
	KUNIT_CASE(it_tells_of_the_symbols),
	KUNIT_CASE(it_follows_the_table),
	{}
};

static struct kunit_suite debug_kinfo_suite = {
	.name = "debug_kinfo",
	.test_cases = debug_kinfo_cases,
};

kunit_test_suite(debug_kinfo_suite);

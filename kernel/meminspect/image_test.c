// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the image: its runs, the parts that are cut out of them, and windows.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/elfcorehdr.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "allow.h"
#include "image.h"
#include "pieces.h"
#include "publish.h"
#include "runs.h"
#include "secrets.h"
#include "slots.h"
#include "test_table.h"
#include "windows.h"

/* True if one run of the image has all of @ie. */
static bool in_image(const struct inspect_entry *ie)
{
	const struct meminspect_image *image = meminspect_image_current();
	unsigned int i;

	for (i = 0; i < image->runs.nr; i++)
		if (ie->pa >= image->runs.run[i].start &&
		    ie->pa + ie->size <= image->runs.run[i].end)
			return true;
	return false;
}

/* Fail if the entry should be in the image, has no secrets, and is in no run. */
static void find_run(struct kunit *test, const struct meminspect_slot *slot)
{
	const u64 start = slot->ie.pa, end = start + slot->ie.size;
	u64 secret_end;

	if (slot_shown(slot) && slot->ie.id > MEMINSPECT_ID_VMCOREINFO &&
	    !(slot->ie.properties & MEMINSPECT_NOT_IN_IMAGE) &&
	    meminspect_allowed(&slot->ie) &&
	    meminspect_secret_in(start, end, &secret_end) == end &&
	    !in_image(&slot->ie))
		KUNIT_FAIL(test, "%s is in no run", slot->name);
}

static void what_is_not_in_the_image_covers_nothing(struct kunit *test)
{
	struct inspect_entry request = {
		.id = FREE_ID, .va = alloc_test_page(test), .size = PAGE_SIZE,
		.properties = MEMINSPECT_NOT_IN_IMAGE, .name = "test",
	};
	const struct meminspect_cookie none = {};
	const struct inspect_entry *ie;

	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	meminspect_begin();
	ie = meminspect_entry(FREE_ID);
	KUNIT_EXPECT_FALSE(test, meminspect_covers(ie->va, none, NR_RANKS));
	KUNIT_EXPECT_FALSE(test, in_image(ie));
	meminspect_end();
	meminspect_lock_unregister_id(FREE_ID);

	request.properties = 0;
	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	meminspect_begin();
	ie = meminspect_entry(FREE_ID);
	KUNIT_EXPECT_TRUE(test, meminspect_covers(ie->va, none, NR_RANKS));
	KUNIT_EXPECT_TRUE(test, in_image(ie));
	meminspect_end();
}

static void image_is_what_the_table_says(struct kunit *test)
{
	const struct meminspect_image *image;
	const struct meminspect_slot *slot;
	struct elfcorehdr_error err = {};
	const Elf64_Phdr *phdr;
	const Elf64_Ehdr *ehdr;
	u16 *scratch;
	unsigned int i;
	u64 offset;

	scratch = kunit_kcalloc(test, IMAGE_PHDRS + 1, sizeof(*scratch),
				GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, scratch);
	meminspect_begin();
	image = meminspect_image_current();
	ehdr = image->elf;
	phdr = elfcorehdr_phdrs(image->elf);

	/* Windows may overlap. */
	if (!image->nr_windows)
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    elfcorehdr_parse(image->elf,
						     elfcorehdr_bytes(ehdr->e_phnum),
						     NULL, scratch, &err),
				    "%s: %d", err.what, err.phdr);
	KUNIT_ASSERT_EQ(test, ehdr->e_phnum,
			image->nr_windows + image->runs.nr + 2);
	KUNIT_EXPECT_EQ(test, phdr[0].p_type, PT_NOTE);
	KUNIT_EXPECT_EQ(test, phdr[0].p_offset, image->elf_size);
	offset = phdr[0].p_offset + phdr[0].p_filesz;
	for (i = 0; i < image->nr_windows; i++, phdr++) {
		KUNIT_EXPECT_TRUE(test, phdr[1].p_flags & ELFCOREHDR_WINDOW);
		KUNIT_EXPECT_EQ(test, phdr[1].p_offset, offset);
		offset += phdr[1].p_filesz;
	}
	for (i = 0; i < image->runs.nr; i++) {
		const struct meminspect_region *run = &image->runs.run[i];

		KUNIT_EXPECT_EQ(test, phdr[1 + i].p_offset, offset);
		KUNIT_EXPECT_EQ(test, phdr[1 + i].p_paddr, run->start);
		KUNIT_EXPECT_EQ(test, phdr[1 + i].p_filesz,
				run->end - run->start);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED(run->start | run->end, 8));
		if (i)
			KUNIT_EXPECT_GE(test, run->start, run[-1].end);
		offset += phdr[1 + i].p_filesz;
	}
	KUNIT_EXPECT_EQ(test, offset, image->size);
	KUNIT_EXPECT_EQ(test, phdr[1 + i].p_filesz, 0);
	KUNIT_EXPECT_EQ(test, phdr[1 + i].p_paddr, image->span.start);
	list_for_each_entry(slot, &meminspect_slots, node)
		find_run(test, slot);
	meminspect_end();
}

static void windows_open_and_close(struct kunit *test)
{
	const struct elfcorehdr_machine machine = { .machine = ELF_ARCH };
	const struct elfcorehdr_view views[] = {
		{ .vaddr = 0x1000, .paddr = 0x2000 },
		{ .vaddr = 0x3000, .paddr = 0x4000 },
	};
	void *buf = alloc_test_page(test);
	const Elf64_Phdr *phdr = elfcorehdr_phdrs(buf);
	struct elfcorehdr hdr;

	KUNIT_ASSERT_EQ(test, 0,
			elfcorehdr_init(&hdr, buf, PAGE_SIZE, &machine));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_append_note(&hdr, 0x5000, 64));
	KUNIT_EXPECT_EQ(test, 0,
			elfcorehdr_append_window(&hdr, 0x6000, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, 0,
			elfcorehdr_append_window(&hdr, 0x8000, PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, phdr[0].p_flags & ELFCOREHDR_WINDOW);
	KUNIT_EXPECT_TRUE(test, phdr[1].p_flags & ELFCOREHDR_WINDOW);
	KUNIT_EXPECT_EQ(test, phdr[1].p_paddr, ELFCOREHDR_CLOSED);
	KUNIT_EXPECT_EQ(test, phdr[2].p_paddr, ELFCOREHDR_CLOSED);

	elfcorehdr_show(buf, 1, 2, views);
	KUNIT_EXPECT_EQ(test, phdr[1].p_paddr, 0x2000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_paddr, 0x4000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_vaddr, 0x3000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_offset, 0x8000);

	elfcorehdr_mark(buf, 2, true);
	KUNIT_EXPECT_FALSE(test, phdr[1].p_flags & ELFCOREHDR_RUNNING);
	KUNIT_EXPECT_TRUE(test, phdr[2].p_flags & ELFCOREHDR_RUNNING);
	KUNIT_EXPECT_TRUE(test, phdr[2].p_flags & ELFCOREHDR_WINDOW);
	elfcorehdr_mark(buf, 2, false);
	KUNIT_EXPECT_FALSE(test, phdr[2].p_flags & ELFCOREHDR_RUNNING);

	elfcorehdr_close(buf, 2, 1);
	KUNIT_EXPECT_EQ(test, phdr[0].p_paddr, 0x5000);
	KUNIT_EXPECT_EQ(test, phdr[1].p_paddr, 0x2000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_paddr, ELFCOREHDR_CLOSED);
}

static bool has_window_of(const struct task_struct *task)
{
	const struct meminspect_image *image = meminspect_image_current();
	const Elf64_Phdr *phdr = elfcorehdr_phdrs(image->elf) + 1;
	const u64 pa = virt_to_phys((void *)task);
	unsigned int i;

	for (i = 0; i < image->nr_windows; i++)
		if (READ_ONCE(phdr[i].p_paddr) == pa)
			return true;
	return false;
}

static void windows_follow_task_switches(struct kunit *test)
{
	bool shown;

	if (!meminspect_windows())
		kunit_skip(test, "no windows without meminspect.switch=1");
	msleep(20);
	shown = has_window_of(current);
	KUNIT_EXPECT_TRUE(test, shown);

	meminspect_begin();
	meminspect_windows_drop(0, U64_MAX);
	shown = has_window_of(current);
	meminspect_end();
	KUNIT_EXPECT_FALSE(test, shown);

	msleep(20);
	shown = has_window_of(current);
	KUNIT_EXPECT_TRUE(test, shown);
}

static bool run_at(u64 pa)
{
	const struct meminspect_image *image = meminspect_image_current();
	unsigned int i;

	for (i = 0; i < image->runs.nr; i++)
		if (pa >= image->runs.run[i].start && pa < image->runs.run[i].end)
			return true;
	return false;
}

/* The image has an exact object of a slab, and nothing of those beside it. */
static void exact_ones_have_no_neighbours(struct kunit *test)
{
	char *p = alloc_test_page(test);
	const u64 pa = virt_to_phys(p);
	struct inspect_entry request = {
		.id = FREE_ID, .va = p + 64, .size = 64, .name = "test",
		.properties = MEMINSPECT_EXACT,
	};

	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	meminspect_begin();
	KUNIT_EXPECT_FALSE(test, run_at(pa + 63));
	KUNIT_EXPECT_TRUE(test, run_at(pa + 64));
	KUNIT_EXPECT_TRUE(test, run_at(pa + 127));
	KUNIT_EXPECT_FALSE(test, run_at(pa + 128));
	meminspect_end();
	meminspect_lock_unregister_id(FREE_ID);

	request.properties = 0;
	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	meminspect_begin();
	KUNIT_EXPECT_TRUE(test, run_at(pa + 63));
	KUNIT_EXPECT_TRUE(test, run_at(pa + 128));
	meminspect_end();
}

/* Secret as long as the kernel runs; the test registers it, as unaware code might. */
static char around_secret[3 * 1024] __aligned(1024);
static char secret_part[256] __aligned(256);
MEMINSPECT_SECRET(secret_part);

static void secrets_are_cut_out(struct kunit *test)
{
	const u64 secret = __pa_symbol(secret_part);
	u64 pa, end;

	KUNIT_EXPECT_GT(test, put_in_va(test, FREE_ID, secret_part,
					sizeof(secret_part)), 0);
	KUNIT_EXPECT_GT(test, put_in_va(test, MEMINSPECT_ID_DYNAMIC,
					around_secret, sizeof(around_secret)), 0);
	meminspect_begin();
	KUNIT_EXPECT_EQ(test, meminspect_secret_in(secret, secret + 1, &end), secret);
	for (pa = secret; pa < secret + sizeof(secret_part); pa++)
		KUNIT_EXPECT_FALSE(test, run_at(pa));
	KUNIT_EXPECT_TRUE(test, run_at(ALIGN(secret + sizeof(secret_part),
					     PAGE_SIZE) - 1) ||
				PAGE_ALIGNED(secret + sizeof(secret_part)));
	meminspect_end();
}

static struct meminspect_region run_of(u64 start, u64 end, u8 rank)
{
	return (struct meminspect_region){
		.start = start, .end = end, .va = start + 0x100000, .rank = rank,
	};
}

struct runs_case {
	u64 start, end;
	bool fits;
	unsigned int nr;
};

/* Insertions into the runs [0x1000, 0x2000) and [0x4000, 0x5000); three runs fit. */
static const struct runs_case runs_cases[] = {
	{ 0x2000, 0x3000, true, 2 },	/* touches the first */
	{ 0x3000, 0x4000, true, 2 },	/* touches the second */
	{ 0x2000, 0x4000, true, 1 },	/* touches both */
	{ 0x1800, 0x4800, true, 1 },	/* overlaps both */
	{ 0x0000, 0x6000, true, 1 },	/* has both inside */
	{ 0x1400, 0x1800, true, 2 },	/* is inside */
	{ 0x1000, 0x2000, true, 2 },	/* is there already */
	{ 0x0800, 0x1000, true, 2 },
	{ 0x0000, 0x0800, true, 3 },
	{ 0x2800, 0x3000, true, 3 },
	{ 0x6000, 0x7000, true, 3 },
};

static void runs_stay_apart(struct kunit *test)
{
	struct meminspect_region buf[4], new;
	struct meminspect_runs runs = { .run = buf, .max = 3 };
	const struct runs_case *c;
	unsigned int i;

	for (c = runs_cases; c < runs_cases + ARRAY_SIZE(runs_cases); c++) {
		buf[0] = run_of(0x1000, 0x2000, RANK_TASK);
		buf[1] = run_of(0x4000, 0x5000, RANK_MAP);
		runs.nr = 2;
		new = run_of(c->start, c->end, RANK_CPU);
		KUNIT_EXPECT_EQ(test, meminspect_runs_insert(&runs, &new), c->fits);
		KUNIT_EXPECT_EQ_MSG(test, runs.nr, c->nr, "%llx to %llx", c->start,
				    c->end);
		for (i = 1; i < runs.nr; i++)
			KUNIT_EXPECT_LE(test, buf[i - 1].end, buf[i].start);
	}
}

static void runs_have_an_end(struct kunit *test)
{
	struct meminspect_region buf[3] = {
		run_of(0x1000, 0x2000, RANK_TASK), run_of(0x4000, 0x5000, RANK_MAP),
	};
	struct meminspect_runs runs = { .run = buf, .nr = 2, .max = 2 };
	struct meminspect_region new = run_of(0x8000, 0x9000, RANK_STACK);

	KUNIT_EXPECT_FALSE(test, meminspect_runs_insert(&runs, &new));
	KUNIT_EXPECT_EQ(test, runs.nr, 2);
	/* The run of the higher rank is evicted; after that none is left to evict. */
	KUNIT_EXPECT_TRUE(test, meminspect_runs_evict(&runs, RANK_STACK));
	KUNIT_EXPECT_EQ(test, buf[0].start, 0x1000);
	KUNIT_EXPECT_TRUE(test, meminspect_runs_insert(&runs, &new));
	KUNIT_EXPECT_FALSE(test, meminspect_runs_evict(&runs, RANK_STACK));
}

/* Adjacent memory with another mapping gets a PT_LOAD of its own. */
static void other_mappings_are_other_runs(struct kunit *test)
{
	struct meminspect_region buf[3], low = run_of(0x1000, 0x2000, RANK_CPU);
	const struct meminspect_region high = run_of(0x2000, 0x3000, RANK_CPU);
	struct meminspect_runs runs = { .run = buf, .max = 3 };

	low.va += PAGE_SIZE;
	KUNIT_EXPECT_TRUE(test, meminspect_runs_insert(&runs, &high));
	KUNIT_EXPECT_TRUE(test, meminspect_runs_insert(&runs, &low));
	KUNIT_EXPECT_EQ(test, runs.nr, 2);

	runs.nr = 0;
	low.va -= PAGE_SIZE;
	KUNIT_EXPECT_TRUE(test, meminspect_runs_insert(&runs, &high));
	KUNIT_EXPECT_TRUE(test, meminspect_runs_insert(&runs, &low));
	KUNIT_EXPECT_EQ(test, runs.nr, 1);
}

#define FOLLOWED	8

static void expect_runs_of_all(struct kunit *test, struct meminspect_runs *anew)
{
	const struct meminspect_runs *runs;
	unsigned int i;

	meminspect_begin();
	runs = meminspect_pieces_runs();
	KUNIT_EXPECT_EQ(test, meminspect_count_runs(anew, NR_RANKS), runs->nr);
	for (i = 0; i < min(anew->nr, runs->nr); i++)
		KUNIT_EXPECT_MEMEQ_MSG(test, &anew->run[i], &runs->run[i],
				       sizeof(*runs->run), "%u: %s, %s", i,
				       anew->run[i].name, runs->run[i].name);
	meminspect_end();
}

/* Let entries in either mapping of some pages come and leave. */
static void follow_entries(struct kunit *test, char *one, char *other)
{
	struct inspect_entry request = {
		.id = MEMINSPECT_ID_DYNAMIC, .name = "test",
	};
	int nr[FOLLOWED] = {};
	struct meminspect_runs anew = { .max = meminspect_pieces_max() };
	struct rnd_state rnd;
	unsigned int i, k;

	prandom_seed_state(&rnd, 1);
	anew.run = kunit_kcalloc(test, anew.max, sizeof(*anew.run), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, anew.run);
	for (i = 0; i < 500; i++) {
		k = prandom_u32_state(&rnd) % FOLLOWED;
		if (nr[k]) {
			take_out(nr[k]);
			nr[k] = 0;
		} else {
			request.va = (prandom_u32_state(&rnd) % 2 ? one : other) +
				     prandom_u32_state(&rnd) % ((FOLLOWED - 2) * PAGE_SIZE);
			request.size = 1 + prandom_u32_state(&rnd) % PAGE_SIZE;
			request.properties = prandom_u32_state(&rnd) % 2 ?
					     MEMINSPECT_EXACT : 0;
			nr[k] = meminspect_lock_register(&request).nr;
			KUNIT_EXPECT_GT(test, nr[k], 0);
		}
		expect_runs_of_all(test, &anew);
	}
	for (k = 0; k < FOLLOWED; k++)
		take_out(nr[k]);
	expect_runs_of_all(test, &anew);
}

/* The runs that are kept up to date equal those that are made anew. */
static void runs_follow_entries(struct kunit *test)
{
	char *p = kunit_kzalloc(test, FOLLOWED * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	follow_entries(test, p, p);
}

/*
 * They do so even if memory has several mappings.  The first two entries are one run;
 * the third one overlaps the first alone, so that the second is a run of its own then.
 */
static void runs_follow_aliases(struct kunit *test)
{
	struct inspect_entry request = { .id = MEMINSPECT_ID_DYNAMIC, .name = "test" };
	struct meminspect_runs anew = { .max = meminspect_pieces_max() };
	char *p = kunit_kzalloc(test, FOLLOWED * PAGE_SIZE, GFP_KERNEL);
	struct page *pages[FOLLOWED];
	unsigned int i;
	char *alias;
	int nr[3];

	anew.run = kunit_kcalloc(test, anew.max, sizeof(*anew.run), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_NOT_NULL(test, anew.run);
	for (i = 0; i < FOLLOWED; i++)
		pages[i] = virt_to_page(p + i * PAGE_SIZE);
	alias = vmap(pages, FOLLOWED, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, alias);

	for (i = 0; i < ARRAY_SIZE(nr); i++) {
		request.va = i < 2 ? alias + (i + 1) * PAGE_SIZE : p;
		request.size = i < 2 ? PAGE_SIZE : 2 * PAGE_SIZE;
		nr[i] = meminspect_lock_register(&request).nr;
		expect_runs_of_all(test, &anew);
	}
	for (i = 0; i < ARRAY_SIZE(nr); i++)
		take_out(nr[i]);
	follow_entries(test, p, alias);
	vunmap(alias);
}

static struct kunit_case image_cases[] = {
	KUNIT_CASE(image_is_what_the_table_says),
	KUNIT_CASE(what_is_not_in_the_image_covers_nothing),
	KUNIT_CASE(exact_ones_have_no_neighbours),
	KUNIT_CASE(secrets_are_cut_out),
	KUNIT_CASE(runs_stay_apart),
	KUNIT_CASE(runs_have_an_end),
	KUNIT_CASE(other_mappings_are_other_runs),
	KUNIT_CASE(runs_follow_entries),
	KUNIT_CASE(runs_follow_aliases),
	KUNIT_CASE(windows_open_and_close),
	KUNIT_CASE(windows_follow_task_switches),
	{}
};

static struct kunit_suite image_suite = {
	.name = "meminspect_image",
	.test_cases = image_cases,
};

kunit_test_suite(image_suite);

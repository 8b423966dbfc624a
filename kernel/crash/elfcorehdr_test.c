// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the ELF core header builder.
 */
#include <kunit/test.h>
#include <linux/elfcorehdr.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/string.h>

#define CAPACITY	12
#define FIXED		4
#define VA_OFFSET	0x4000000000ull
#define BLOCK		((u64)SZ_128M)

static const struct elfcorehdr_machine machine = { .machine = 62 };

struct fixture {
	struct elfcorehdr hdr;
	struct elfcorehdr_error err;
	u16 index[CAPACITY];
	u64 buf[(sizeof(Elf64_Ehdr) + CAPACITY * sizeof(Elf64_Phdr)) / 8];
	u64 before[(sizeof(Elf64_Ehdr) + CAPACITY * sizeof(Elf64_Phdr)) / 8];
};

static int fixture_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	KUNIT_ASSERT_EQ(test, 0, elfcorehdr_init(&f->hdr, f->buf,
						 sizeof(f->buf), &machine));
	for (i = 0; i < FIXED - 1; i++)
		KUNIT_ASSERT_EQ(test, 0,
				elfcorehdr_append_note(&f->hdr, 0x1000 * i,
						       0x170));
	/* The kernel's own mapping. */
	KUNIT_ASSERT_EQ(test, 0,
			elfcorehdr_append_load(&f->hdr, 0x81000000, SZ_16M,
					       SZ_8M));
	return 0;
}

static void append_range(struct kunit *test, u64 start, u64 end)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			elfcorehdr_append_load(&f->hdr, VA_OFFSET + start,
					       start, end - start + 1));
}

static int open_header(struct kunit *test)
{
	struct fixture *f = test->priv;

	return elfcorehdr_open(&f->hdr, f->buf, sizeof(f->buf), &machine,
			       VA_OFFSET, f->index, &f->err);
}

/* Expect exactly these ranges, given as pairs of first and last byte. */
static void expect_ranges(struct kunit *test, const u64 *pairs, u32 nr)
{
	struct fixture *f = test->priv;
	const Elf64_Ehdr *ehdr = f->hdr.buf;
	u32 i;

	KUNIT_ASSERT_EQ(test, nr, f->hdr.nr);
	KUNIT_EXPECT_EQ(test, FIXED + nr, ehdr->e_phnum);
	for (i = 0; i < nr; i++) {
		const Elf64_Phdr *phdr = elfcorehdr_range(&f->hdr, i);

		KUNIT_EXPECT_EQ(test, PT_LOAD, phdr->p_type);
		KUNIT_EXPECT_EQ(test, pairs[2 * i], phdr->p_paddr);
		KUNIT_EXPECT_EQ(test, pairs[2 * i], phdr->p_offset);
		KUNIT_EXPECT_EQ(test, pairs[2 * i] + VA_OFFSET, phdr->p_vaddr);
		KUNIT_EXPECT_EQ(test, pairs[2 * i + 1] - pairs[2 * i] + 1,
				phdr->p_memsz);
		KUNIT_EXPECT_EQ(test, phdr->p_memsz, phdr->p_filesz);
	}
}

#define EXPECT_RANGES(test, ...) do {					\
	static const u64 _pairs[] = { __VA_ARGS__ };			\
									\
	expect_ranges(test, _pairs, ARRAY_SIZE(_pairs) / 2);		\
} while (0)

static void add_appends_and_sorts(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	EXPECT_RANGES(test);
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 4 * BLOCK, 5 * BLOCK - 1));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 0, BLOCK - 1));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 2 * BLOCK, 3 * BLOCK - 1));
	EXPECT_RANGES(test, 0, BLOCK - 1, 2 * BLOCK, 3 * BLOCK - 1,
		      4 * BLOCK, 5 * BLOCK - 1);
}

static void add_joins_neighbours(struct kunit *test)
{
	struct fixture *f = test->priv;

	append_range(test, 0, BLOCK - 1);
	append_range(test, 2 * BLOCK, 3 * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));

	/* Close the gap between the two: one range, and one entry less. */
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, BLOCK, 2 * BLOCK - 1));
	EXPECT_RANGES(test, 0, 3 * BLOCK - 1);
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 3 * BLOCK, 4 * BLOCK - 1));
	EXPECT_RANGES(test, 0, 4 * BLOCK - 1);
}

static void add_of_covered_changes_nothing(struct kunit *test)
{
	struct fixture *f = test->priv;

	/* Adjacent entries that a load made are left apart. */
	append_range(test, 0, BLOCK - 1);
	append_range(test, BLOCK, 2 * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, BLOCK, 2 * BLOCK - 1));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 0, SZ_4K - 1));
	EXPECT_RANGES(test, 0, BLOCK - 1, BLOCK, 2 * BLOCK - 1);
}

static void add_spans_several(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 i;

	for (i = 0; i < 5; i++)
		append_range(test, 2 * i * BLOCK, (2 * i + 1) * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 0, 10 * BLOCK - 1));
	EXPECT_RANGES(test, 0, 10 * BLOCK - 1);
}

static void remove_trims_splits_and_deletes(struct kunit *test)
{
	struct fixture *f = test->priv;

	append_range(test, 0, 8 * BLOCK - 1);
	append_range(test, 16 * BLOCK, 17 * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));

	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, 3 * BLOCK, 4 * BLOCK - 1));
	EXPECT_RANGES(test, 0, 3 * BLOCK - 1, 4 * BLOCK, 8 * BLOCK - 1,
		      16 * BLOCK, 17 * BLOCK - 1);
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, 0, BLOCK - 1));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, 7 * BLOCK, 8 * BLOCK - 1));
	EXPECT_RANGES(test, BLOCK, 3 * BLOCK - 1, 4 * BLOCK, 7 * BLOCK - 1,
		      16 * BLOCK, 17 * BLOCK - 1);
	/* Remove the first entry of the table: the last one takes its place. */
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, BLOCK, 3 * BLOCK - 1));
	EXPECT_RANGES(test, 4 * BLOCK, 7 * BLOCK - 1, 16 * BLOCK, 17 * BLOCK - 1);
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, 0, U64_MAX));
	EXPECT_RANGES(test);
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, 0, U64_MAX));
}

static void full_table_is_refused_unchanged(struct kunit *test)
{
	struct fixture *f = test->priv;
	u64 i;

	for (i = 0; i < CAPACITY - FIXED; i++)
		append_range(test, 4 * i * BLOCK, (4 * i + 3) * BLOCK - 1);
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			elfcorehdr_append_load(&f->hdr, 0, 0, SZ_4K));
	KUNIT_ASSERT_EQ(test, 0, open_header(test));

	KUNIT_EXPECT_EQ(test, -ENOSPC,
			elfcorehdr_add(&f->hdr, 100 * BLOCK, 101 * BLOCK - 1));
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			elfcorehdr_remove(&f->hdr, BLOCK, 2 * BLOCK - 1));
	EXPECT_RANGES(test, 0, 3 * BLOCK - 1, 4 * BLOCK, 7 * BLOCK - 1,
		      8 * BLOCK, 11 * BLOCK - 1, 12 * BLOCK, 15 * BLOCK - 1,
		      16 * BLOCK, 19 * BLOCK - 1, 20 * BLOCK, 23 * BLOCK - 1,
		      24 * BLOCK, 27 * BLOCK - 1, 28 * BLOCK, 31 * BLOCK - 1);
	/* Changes that need no further entry still succeed. */
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 3 * BLOCK, 4 * BLOCK - 1));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_remove(&f->hdr, BLOCK, 2 * BLOCK - 1));
}

static void ranges_that_are_none(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_append_note(&f->hdr, 0, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			elfcorehdr_append_load(&f->hdr, 0, U64_MAX, 2));
	/* No note is accepted after a PT_LOAD. */
	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_append_note(&f->hdr, 0, 8));
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_add(&f->hdr, 2, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_add(&f->hdr, 0, U64_MAX));
	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_remove(&f->hdr, 2, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			elfcorehdr_init(&f->hdr, (char *)f->buf + 1, 4096,
					&machine));
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			elfcorehdr_init(&f->hdr, f->buf, 63, &machine));
}

static void the_last_byte_is_a_byte(struct kunit *test)
{
	struct fixture *f = test->priv;

	append_range(test, 0, SZ_4K - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_add(&f->hdr, 0 - BLOCK, U64_MAX));
	EXPECT_RANGES(test, 0, SZ_4K - 1, 0 - BLOCK, U64_MAX);

	/* The range would wrap in the linear map, or be all of the address space. */
	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_add(&f->hdr, SZ_4K, U64_MAX));
	f->hdr.va_offset = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, elfcorehdr_add(&f->hdr, SZ_4K, U64_MAX));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			elfcorehdr_add(&f->hdr, SZ_4K, 0 - BLOCK - 1));
	f->hdr.va_offset = VA_OFFSET;
	EXPECT_RANGES(test, 0, SZ_4K - 1, 0 - BLOCK, U64_MAX);

	KUNIT_EXPECT_EQ(test, 0,
			elfcorehdr_remove(&f->hdr, U64_MAX, U64_MAX));
	EXPECT_RANGES(test, 0, SZ_4K - 1, 0 - BLOCK, U64_MAX - 1);
}

static void replay_makes_a_step_whole(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct elfcorehdr_journal *j = &f->hdr.journal;

	append_range(test, 0, BLOCK - 1);
	append_range(test, 2 * BLOCK, 3 * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));

	/* The journal of a machine that dies right after it became valid (below). */
	j->write[0].slot = FIXED;
	j->write[0].phdr = elfcorehdr_phdrs(f->buf)[FIXED + 1];
	j->nr_writes = 1;
	j->phnum = FIXED + 1;
	elfcorehdr_replay(&f->hdr);
	EXPECT_RANGES(test, 0, BLOCK - 1, 2 * BLOCK, 3 * BLOCK - 1);

	j->valid = 1;
	elfcorehdr_replay(&f->hdr);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	EXPECT_RANGES(test, 2 * BLOCK, 3 * BLOCK - 1);
}

static void expect_refused(struct kunit *test, const char *fault)
{
	struct fixture *f = test->priv;

	elfcorehdr_replay(&f->hdr);
	KUNIT_EXPECT_EQ_MSG(test, 0,
			    memcmp(f->before, f->buf, sizeof(f->buf)),
			    "replayed with %s", fault);
}

/* Spoil one word of a sound journal, and expect that nothing is replayed. */
#define EXPECT_REFUSED(test, ...) do {					\
	*j = *good;							\
	__VA_ARGS__;							\
	expect_refused(test, #__VA_ARGS__);				\
} while (0)

static void replay_of_rubbish_is_refused(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct elfcorehdr_journal *j = &f->hdr.journal;
	struct elfcorehdr_journal *good;

	good = kunit_kzalloc(test, sizeof(*good), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, good);
	append_range(test, 0, BLOCK - 1);
	append_range(test, 2 * BLOCK, 3 * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	memcpy(f->before, f->buf, sizeof(f->buf));

	good->valid = 1;
	good->nr_writes = 2;
	good->phnum = FIXED + 1;
	good->write[0].slot = FIXED;
	good->write[0].phdr = elfcorehdr_phdrs(f->buf)[FIXED + 1];
	good->write[1] = good->write[0];

	EXPECT_REFUSED(test, j->valid = 0);
	EXPECT_REFUSED(test, j->valid = 2);
	EXPECT_REFUSED(test, j->nr_writes = 3);
	EXPECT_REFUSED(test, j->phnum = FIXED - 1);
	EXPECT_REFUSED(test, j->phnum = CAPACITY + 1);
	EXPECT_REFUSED(test, j->write[0].slot = FIXED - 1);
	EXPECT_REFUSED(test, j->write[0].slot = CAPACITY);
	EXPECT_REFUSED(test, j->write[1].slot = FIXED - 1);
	EXPECT_REFUSED(test, j->write[1].slot = CAPACITY);
	EXPECT_REFUSED(test, j->write[0].phdr.p_type = PT_NOTE);
	EXPECT_REFUSED(test, j->write[1].phdr.p_memsz = U64_MAX);

	*j = *good;
	elfcorehdr_replay(&f->hdr);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	EXPECT_RANGES(test, 2 * BLOCK, 3 * BLOCK - 1);
}

struct fault {
	const char *name;
	const char *what;
	void (*make)(Elf64_Ehdr *ehdr, Elf64_Phdr *phdr);
};

#define FAULT(name, what, ...)						\
static void make_##name(Elf64_Ehdr *ehdr, Elf64_Phdr *phdr)		\
{									\
	__VA_ARGS__;							\
}									\
static const struct fault fault_##name = { #name, what, make_##name }

FAULT(magic, "no ELF magic", ehdr->e_ident[0] = 0);
FAULT(class, "not ELF64", ehdr->e_ident[EI_CLASS] = ELFCLASS32);
FAULT(type, "not a core file (e_type)", ehdr->e_type = ET_EXEC);
FAULT(machine, "made for another machine (e_machine)", ehdr->e_machine++);
FAULT(phoff, "program headers do not follow the ELF header (e_phoff)", ehdr->e_phoff++);
FAULT(phnum, "truncated: e_phnum program headers do not fit", ehdr->e_phnum = CAPACITY + 1);
FAULT(xnum, "extended numbering (PN_XNUM) is not supported", ehdr->e_phnum = 0xffff);
FAULT(overlap, "overlaps another PT_LOAD", phdr[FIXED + 1] = phdr[FIXED]);
FAULT(wrap, "physical range wraps", phdr[FIXED].p_paddr = U64_MAX);
FAULT(empty, "empty", phdr[FIXED].p_memsz = 0, phdr[FIXED].p_filesz = 0);
FAULT(order, "PT_NOTE after a PT_LOAD", phdr[FIXED].p_type = PT_NOTE);
FAULT(kind, "neither PT_NOTE nor PT_LOAD", phdr[FIXED].p_type = PT_DYNAMIC);
FAULT(filesz, "p_filesz is not p_memsz", phdr[FIXED + 1].p_filesz--);
FAULT(offset, "p_offset is not p_paddr", phdr[FIXED + 1].p_offset--);

static const struct fault *const faults[] = {
	&fault_magic, &fault_class, &fault_type, &fault_machine, &fault_phoff,
	&fault_phnum, &fault_xnum, &fault_overlap, &fault_wrap, &fault_empty,
	&fault_order, &fault_kind, &fault_filesz, &fault_offset,
};

static void fault_desc(const struct fault *const *fault, char *desc)
{
	strscpy(desc, (*fault)->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fault, faults, fault_desc);

static void faulty_header_is_refused(struct kunit *test)
{
	const struct fault *fault = *(const struct fault *const *)test->param_value;
	struct fixture *f = test->priv;
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)f->buf;

	append_range(test, 0, BLOCK - 1);
	append_range(test, 2 * BLOCK, 3 * BLOCK - 1);
	KUNIT_ASSERT_EQ(test, 0, open_header(test));
	fault->make(ehdr, (Elf64_Phdr *)(ehdr + 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, open_header(test));
	KUNIT_EXPECT_STREQ(test, fault->what, f->err.what);
}

static struct kunit_case elfcorehdr_cases[] = {
	KUNIT_CASE(add_appends_and_sorts),
	KUNIT_CASE(add_joins_neighbours),
	KUNIT_CASE(add_of_covered_changes_nothing),
	KUNIT_CASE(add_spans_several),
	KUNIT_CASE(remove_trims_splits_and_deletes),
	KUNIT_CASE(full_table_is_refused_unchanged),
	KUNIT_CASE(ranges_that_are_none),
	KUNIT_CASE(the_last_byte_is_a_byte),
	KUNIT_CASE(replay_makes_a_step_whole),
	KUNIT_CASE(replay_of_rubbish_is_refused),
	KUNIT_CASE_PARAM(faulty_header_is_refused, fault_gen_params),
	{}
};

static struct kunit_suite elfcorehdr_suite = {
	.name = "elfcorehdr",
	.init = fixture_init,
	.test_cases = elfcorehdr_cases,
};

kunit_test_suite(elfcorehdr_suite);

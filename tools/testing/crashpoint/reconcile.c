// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reconcile a header of little room with a machine whose memory changes.
 *
 * Linked with the kernel's reconcile.c, memory.c and elfcorehdr.c.  A plain model
 * of the machine has one flag for each page.  After each reconciliation the
 * header must be exact if the merged true ranges fit; else it must be sound and
 * full, and the missing and stale bytes that it reports must be those of the
 * model.
 */
#include "memory-shim.h"
#include "../../../kernel/crash/internal.h"
#include "history.h"

#define PAGES		160
#define PAGE		4096ull
#define SECTION_PAGES	4
#define FIXED		3
#define MAX_ROOM	24
#define VA		0xffff888000000000ull
#define MAX_RES		8

static const struct elfcorehdr_machine machine = { .machine = EM_X86_64 };

struct resource crashk_res, crashk_low_res;
struct range crashk_cma_ranges[2];
int crashk_cma_cnt;

static struct resource ram[MAX_RES];
static unsigned int nr_ram;
#define SECTIONS	(PAGES / SECTION_PAGES)
static bool section_is_online[SECTIONS];
/* One section may be going online: a dump has to cover it. */
static unsigned int going_online = SECTIONS;

static u64 base;
static bool top;
static bool truth[PAGES], seen[PAGES];

static unsigned long histories, reconciliations, exact, full, changes;
#define fail(...) do {							\
	fprintf(stderr, "reconcile: history %lu (--seed %u): ",		\
		histories, seed);					\
	fprintf(stderr, __VA_ARGS__);					\
	fputc('\n', stderr);						\
	exit(1);							\
} while (0)

bool online_section_nr(unsigned long nr)
{
	return section_is_online[nr];
}

int walk_system_ram_res(u64 start, u64 end, void *arg,
			int (*fn)(struct resource *, void *))
{
	unsigned int i;
	int ret = -EINVAL;

	(void)start;
	(void)end;
	for (i = 0; i < nr_ram; i++) {
		ret = fn(&ram[i], arg);
		if (ret)
			break;
	}
	return ret;
}

/* The kernel's walk, but not at the end of the address space (see top). */
int real_memory_walk(crash_memory_fn fn, void *arg);

int crash_memory_walk(crash_memory_fn fn, void *arg)
{
	unsigned int i, from;
	int ret;

	if (!top)
		return real_memory_walk(fn, arg);
	for (i = 0; i < PAGES; i++) {
		if (!truth[i])
			continue;
		/* Ranges that touch each other are equivalent to one: split some. */
		from = i;
		while (i + 1 < PAGES && truth[i + 1] && (i * 7 + seed) % 5)
			i++;
		ret = fn(base + from * PAGE, base + (i + 1) * PAGE - 1, arg);
		if (ret)
			return ret;
	}
	return 0;
}

int crash_segment_change(struct crash_segment *seg, u64 start, u64 end,
			 int (*change)(struct elfcorehdr *hdr, u64 start,
				       u64 end))
{
	changes++;
	return change(&seg->hdr, start, end);
}

int crash_segment_remove(struct crash_segment *seg, u64 start, u64 end)
{
	return crash_segment_change(seg, start, end, elfcorehdr_remove);
}

static void exclude(const u64 start, const u64 end)
{
	u64 i;

	for (i = 0; i < PAGES; i++)
		if (i * PAGE <= end && i * PAGE + PAGE - 1 >= start)
			truth[i] = false;
}

static bool section_counts(unsigned int section)
{
	return section_is_online[section] || section == going_online;
}

static void new_truth(void)
{
	const u64 section = SECTION_PAGES * PAGE;
	unsigned int i, page;

	going_online = rnd(2 * SECTIONS);
	if (going_online < SECTIONS)
		crash_memory_set_going_online(going_online * section,
					      (going_online + 1) * section - 1);
	else
		crash_memory_set_going_online(1, 0);

	memset(truth, 0, sizeof(truth));
	if (top) {
		for (i = 0; i < PAGES; i++)
			truth[i] = section_counts(i / SECTION_PAGES);
		return;
	}
	for (i = 0; i < nr_ram; i++)
		for (page = ram[i].start / PAGE; page <= ram[i].end / PAGE; page++)
			truth[page] = section_counts(page / SECTION_PAGES);
	exclude(0, CONFIG_CRASH_EXCLUDE_LOW - 1);
	if (crashk_res.end)
		exclude(crashk_res.start, crashk_res.end);
	if (crashk_low_res.end)
		exclude(crashk_low_res.start, crashk_low_res.end);
	for (i = 0; i < (unsigned int)crashk_cma_cnt; i++)
		exclude(crashk_cma_ranges[i].start, crashk_cma_ranges[i].end);
}

static void pick(u64 *start, u64 *end, unsigned int longest)
{
	*start = rnd(PAGES - longest) * PAGE;
	*end = *start + (1 + rnd(longest)) * PAGE - 1;
}

static void new_machine(void)
{
	unsigned int i, page = 0;

	memset(&crashk_res, 0, sizeof(crashk_res));
	memset(&crashk_low_res, 0, sizeof(crashk_low_res));
	if (rnd(2))
		pick(&crashk_res.start, &crashk_res.end, 20);
	if (rnd(4) == 0)
		pick(&crashk_low_res.start, &crashk_low_res.end, 4);
	crashk_cma_cnt = rnd(3);
	for (i = 0; i < (unsigned int)crashk_cma_cnt; i++)
		pick(&crashk_cma_ranges[i].start, &crashk_cma_ranges[i].end, 5);

	/* Resources; some touch each other. */
	for (nr_ram = 0; nr_ram < MAX_RES && page < PAGES; nr_ram++) {
		unsigned int last = min(page + rnd(60), PAGES - 1u);

		ram[nr_ram].start = page * PAGE;
		ram[nr_ram].end = (last + 1) * PAGE - 1;
		page = last + 1 + rnd(5) * rnd(2);
	}
	/* A machine without System RAM: the walk fails. */
	if (rnd(200) == 0)
		nr_ram = 0;
	for (i = 0; i < SECTIONS; i++)
		section_is_online[i] = rnd(2);
	if (rnd(50) == 0)
		memset(section_is_online, rnd(2), sizeof(section_is_online));
}

/* Read the header as any reader would; false if it is not sound. */
static bool read_header(const void *buf, size_t size, unsigned int *nr)
{
	const Elf64_Phdr *p = elfcorehdr_phdrs(buf);
	const Elf64_Ehdr *ehdr = buf;
	u16 scratch[FIXED + MAX_ROOM];
	u64 page, pages;
	unsigned int i;

	if (elfcorehdr_parse(buf, size, &machine, scratch, NULL))
		return false;
	memset(seen, 0, sizeof(seen));
	*nr = ehdr->e_phnum - FIXED;
	for (i = FIXED; i < ehdr->e_phnum; i++) {
		page = (p[i].p_paddr - base) / PAGE;
		pages = p[i].p_memsz / PAGE;
		if (p[i].p_type != PT_LOAD || p[i].p_paddr % PAGE ||
		    p[i].p_memsz % PAGE || page >= PAGES ||
		    pages > PAGES - page)
			return false;
		while (pages--)
			seen[page++] = true;
	}
	return true;
}

static void check(struct crash_segment *seg, size_t room, bool want_left)
{
	struct crash_segment_left left = { 1, 1 };
	unsigned int i, runs = 0, nr, before, missing = 0, stale = 0;
	u64 copy[(64 + 56 * (FIXED + MAX_ROOM)) / 8];
	int ret;

	memcpy(copy, seg->hdr.buf, seg->size);
	before = seg->hdr.nr;
	reconciliations++;
	ret = crash_segment_reconcile(seg, want_left ? &left : NULL);

	if (!top && !nr_ram) {
		if (ret != -EINVAL || memcmp(copy, seg->hdr.buf, seg->size) ||
		    before != seg->hdr.nr)
			fail("no System RAM: returned %d, or the header changed",
			     ret);
		return;
	}
	if (!read_header(seg->hdr.buf, seg->size, &nr))
		fail("the header is not sound");
	for (i = 0; i < PAGES; i++) {
		runs += truth[i] && (!i || !truth[i - 1]);
		missing += truth[i] && !seen[i];
		stale += seen[i] && !truth[i];
	}
	if (runs <= room && (missing || stale))
		fail("%u runs and %u before, room for %zu: %u pages missing, %u stale",
		     runs, before, room, missing, stale);
	if (nr != (runs <= room ? runs : room))
		fail("%u entries for %u runs, room for %zu", nr, runs, room);
	if (ret != (missing || stale ? -ENOSPC : 0))
		fail("returned %d with %u pages missing, %u stale", ret,
		     missing, stale);
	if (want_left && (left.missing != missing * PAGE ||
			  left.stale != stale * PAGE))
		fail("says that %llu bytes are missing, %llu stale, not %u and %u pages",
		     (unsigned long long)left.missing,
		     (unsigned long long)left.stale, missing, stale);
	exact += !ret;
	full += !!ret;
}

static void history(void)
{
	static u64 buf[(64 + 56 * (FIXED + MAX_ROOM)) / 8];
	u16 index[FIXED + MAX_ROOM];
	struct crash_segment seg = {};
	unsigned int room = 1 + rnd(rnd(2) ? 6 : MAX_ROOM), page, i;
	struct elfcorehdr_error err;

	top = rnd(4) == 0;
	base = top ? -(PAGES * PAGE) : 0;
	new_machine();
	new_truth();

	memset(buf, 0, sizeof(buf));
	seg.size = elfcorehdr_bytes(FIXED + room);
	elfcorehdr_init(&seg.hdr, buf, seg.size, &machine);
	elfcorehdr_append_note(&seg.hdr, 0x1000, 368);
	elfcorehdr_append_note(&seg.hdr, 0x2000, 368);
	elfcorehdr_append_load(&seg.hdr, 0xffffffff81000000ull, 0x1000000,
			       0x1c00000);
	/* Some entries are adjacent, as a load leaves them. */
	for (page = rnd(9); page < PAGES && seg.hdr.buf;) {
		unsigned int pages = min(1 + rnd(40), PAGES - page);

		if (elfcorehdr_append_load(&seg.hdr,
					   VA + base + page * PAGE,
					   base + page * PAGE, pages * PAGE))
			break;
		page += pages + rnd(9) * rnd(2);
	}
	if (elfcorehdr_open(&seg.hdr, buf, seg.size, &machine, VA, index, &err))
		fail("cannot open a fresh header: %s", err.what);

	for (i = 0; i < 8; i++) {
		check(&seg, room, i % 4);
		/* Only some of the events are applied to the header. */
		for (page = rnd(12); page; page--) {
			unsigned int nr = rnd(PAGES / SECTION_PAGES);
			u64 start = base + nr * SECTION_PAGES * PAGE;
			u64 end = start + SECTION_PAGES * PAGE - 1;

			section_is_online[nr] = !section_is_online[nr];
			if (rnd(2))
				crash_segment_change(&seg, start, end,
						     section_is_online[nr] ?
						     elfcorehdr_add :
						     elfcorehdr_remove);
		}
		if (rnd(8) == 0)
			new_machine();
		new_truth();
	}
}

int main(int argc, char **argv)
{
	unsigned long nr = read_options(argc, argv);

	while (histories < nr) {
		histories++;
		history();
	}
	if (!exact || !full)
		fail("%lu exact and %lu full: nothing was tested", exact, full);
	printf("reconcile: %lu histories, %lu reconciliations with %lu changes: %lu exact, %lu with the table full\n",
	       histories, reconciliations, changes, exact, full);
	return 0;
}

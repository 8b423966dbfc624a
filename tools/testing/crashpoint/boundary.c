// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test the builder at the ends of the address space, and with rubbish.
 *
 * Ranges begin and end at 0, at U64_MAX, where the linear map wraps, and one
 * byte beside these.  Add and remove are compared with a plain list of ranges,
 * append with arithmetic in 128 bits; after each of them elfcorehdr_parse() or
 * elfcorehdr_validate() has to accept the header.  A journal of rubbish must leave
 * the header unchanged.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elfcorehdr.h>

#include "history.h"

#define FIXED		2
#define MAX_ROOM	9
#define MAX_POINTS	64

#define u128 unsigned __int128

struct span {
	u64 start, end;
};

static const struct elfcorehdr_machine machine = { .machine = EM_X86_64 };

static u64 va_offset;
static u64 points[MAX_POINTS];
static unsigned int nr_points;

static struct span model[MAX_ROOM + 1];
static unsigned int nr_model;

static u64 bytes[(64 + 56 * (FIXED + MAX_ROOM)) / 8];
static u16 index_space[FIXED + MAX_ROOM];
static struct elfcorehdr hdr;

static unsigned long histories, operations, whole, full;
#define fail(...) do {							\
	fprintf(stderr, "boundary: history %lu (--seed %u), operation %lu: ", \
		histories, seed, operations);				\
	fprintf(stderr, __VA_ARGS__);					\
	fputc('\n', stderr);						\
	exit(1);							\
} while (0)

static u64 rnd_point(void)
{
	return points[rnd(nr_points)];
}

static void new_points(void)
{
	static const u64 offsets[] = {
		0xffff888000000000ull, 0x4000000000ull, 0, 1, -0x1000ull,
	};
	const u64 centres[] = { 0, 0x1000, 1ull << 32, 1ull << 63, -0x1000ull, 0 };
	unsigned int i;
	int delta;

	va_offset = offsets[rnd(5)];
	nr_points = 0;
	for (i = 0; i < 6; i++)
		for (delta = -2; delta <= 2; delta++)
			/* The last centre is where the linear map wraps. */
			points[nr_points++] = delta +
				(i < 5 ? centres[i] : -va_offset);
}

/* True if one entry can describe @s: its size and linear address fit. */
static bool representable(const struct span *s)
{
	u128 size = (u128)s->end - s->start + 1;
	u64 va = s->start + va_offset;

	return !(size >> 64) && !((va + size - 1) >> 64);
}

static void model_insert(const struct span *s)
{
	unsigned int i = nr_model++;

	for (; i && model[i - 1].start > s->start; i--)
		model[i] = model[i - 1];
	model[i] = *s;
}

static void model_delete(unsigned int i)
{
	nr_model--;
	memmove(&model[i], &model[i + 1], (nr_model - i) * sizeof(*model));
}

static int model_add(u64 start, u64 end, unsigned int room)
{
	struct span s = { start, end };
	bool touches = false;
	unsigned int i;

	if (end < start)
		return -EINVAL;
	for (i = 0; i < nr_model; i++) {
		if (model[i].start <= start && model[i].end >= end)
			return 0;
		if ((u128)model[i].end + 1 < start ||
		    (u128)end + 1 < model[i].start)
			continue;
		touches = true;
		if (model[i].start < s.start)
			s.start = model[i].start;
		if (model[i].end > s.end)
			s.end = model[i].end;
	}
	if (!representable(&s))
		return -EINVAL;
	if (!touches && nr_model == room)
		return -ENOSPC;
	for (i = nr_model; i--;)
		if (model[i].start >= s.start && model[i].end <= s.end)
			model_delete(i);
	model_insert(&s);
	return 0;
}

static int model_remove(u64 start, u64 end, unsigned int room)
{
	unsigned int i;

	if (end < start)
		return -EINVAL;
	for (i = 0; i < nr_model; i++)
		if (model[i].start < start && model[i].end > end &&
		    nr_model == room)
			return -ENOSPC;
	for (i = nr_model; i--;) {
		struct span s = model[i];

		if (s.end < start || s.start > end)
			continue;
		model_delete(i);
		if (s.start < start)
			model_insert(&(struct span){ s.start, start - 1 });
		if (s.end > end)
			model_insert(&(struct span){ end + 1, s.end });
	}
	return 0;
}

static void check(const char *what, u64 start, u64 end, size_t size)
{
	u16 scratch[FIXED + MAX_ROOM];
	struct elfcorehdr_error err;
	unsigned int i;

	if (elfcorehdr_parse(bytes, size, &machine, scratch, &err))
		fail("%s of %#llx to %#llx: header not sound: %s (program header %d)",
		     what, (unsigned long long)start, (unsigned long long)end,
		     err.what, err.phdr);
	if (hdr.nr != nr_model || ((Elf64_Ehdr *)bytes)->e_phnum != FIXED + nr_model)
		fail("%s of %#llx to %#llx: %u ranges (e_phnum %u), not %u", what,
		     (unsigned long long)start, (unsigned long long)end, hdr.nr,
		     ((Elf64_Ehdr *)bytes)->e_phnum, nr_model);
	for (i = 0; i < nr_model; i++) {
		const Elf64_Phdr *p = elfcorehdr_range(&hdr, i);

		if (p->p_type != PT_LOAD || p->p_paddr != model[i].start ||
		    p->p_paddr + p->p_memsz - 1 != model[i].end ||
		    p->p_vaddr != model[i].start + va_offset ||
		    p->p_offset != p->p_paddr || p->p_filesz != p->p_memsz ||
		    p->p_flags != (PF_R | PF_W | PF_X) || p->p_align)
			fail("%s of %#llx to %#llx: range %u is %#llx (%#llx bytes), not %#llx to %#llx",
			     what, (unsigned long long)start,
			     (unsigned long long)end, i,
			     (unsigned long long)p->p_paddr,
			     (unsigned long long)p->p_memsz,
			     (unsigned long long)model[i].start,
			     (unsigned long long)model[i].end);
	}
}

static void operation(unsigned int room, size_t size)
{
	u64 start = rnd_point(), end = rnd(3) ? rnd_point() : start;
	u64 before[sizeof(bytes) / 8];
	bool add = rnd(2);
	int ret, want;

	operations++;
	if (end < start && rnd(10)) {
		u64 swap = start;

		start = end;
		end = swap;
	}
	memcpy(before, bytes, sizeof(bytes));
	want = add ? model_add(start, end, room) : model_remove(start, end, room);
	ret = (add ? elfcorehdr_add : elfcorehdr_remove)(&hdr, start, end);
	if (ret != want)
		fail("%s of %#llx to %#llx returned %d, not %d",
		     add ? "add" : "remove", (unsigned long long)start,
		     (unsigned long long)end, ret, want);
	if (ret && memcmp(before, bytes, sizeof(bytes)))
		fail("%s of %#llx to %#llx returned %d and changed the header",
		     add ? "add" : "remove", (unsigned long long)start,
		     (unsigned long long)end, ret);
	check(add ? "add" : "remove", start, end, size);
	whole += ret == -EINVAL && end >= start;
	full += ret == -ENOSPC;
}

/* Extreme program headers are appended if they are sound by 128-bit arithmetic. */
static void append_extremes(void)
{
	const u64 sizes[] = { 0, 1, 2, 0x1000, 1ull << 63, -2ull, -1ull };
	u64 buf[(64 + 56) / 8];
	Elf64_Phdr phdr = {
		.p_type = rnd(2) ? PT_LOAD : PT_NOTE,
		.p_flags = rnd(2) ? 0xffffffff : rnd(8),
		.p_offset = rnd_point(),
		.p_paddr = rnd_point(),
		.p_vaddr = rnd(2) ? -1ull : rnd_point(),
		.p_memsz = rnd(2) ? sizes[rnd(7)] : rnd_point(),
		.p_align = rnd(2) * 4096,
	};
	const Elf64_Phdr *made = elfcorehdr_phdrs(buf);
	struct elfcorehdr h;
	u128 last;
	u32 flags;
	bool sound;
	int ret;

	operations++;
	phdr.p_filesz = rnd(3) ? phdr.p_memsz : sizes[rnd(7)];
	last = (u128)phdr.p_memsz - 1;
	sound = phdr.p_memsz && phdr.p_filesz <= phdr.p_memsz &&
		!((phdr.p_paddr + last) >> 64) &&
		!((phdr.p_offset + last) >> 64) &&
		(phdr.p_type == PT_NOTE || phdr.p_vaddr == -1ull ||
		 !((phdr.p_vaddr + last) >> 64));

	memset(buf, 0, sizeof(buf));
	elfcorehdr_init(&h, buf, sizeof(buf), &machine);
	ret = elfcorehdr_append(&h, &phdr);
	if (ret != (sound ? 0 : -EINVAL))
		fail("append of %#llx bytes at %#llx (%#llx) returned %d",
		     (unsigned long long)phdr.p_memsz,
		     (unsigned long long)phdr.p_paddr,
		     (unsigned long long)phdr.p_vaddr, ret);
	if (ret)
		return;
	if (elfcorehdr_validate(buf, sizeof(buf), &machine, NULL))
		fail("append has made a header that is not valid");
	flags = phdr.p_flags & ELFCOREHDR_WINDOW;
	if (phdr.p_type == PT_LOAD)
		flags |= PF_R | PF_W | PF_X;
	if (made->p_flags != flags || made->p_align)
		fail("append of p_flags %#x, p_align %llu kept %#x, %llu",
		     phdr.p_flags, (unsigned long long)phdr.p_align,
		     made->p_flags, (unsigned long long)made->p_align);
}

/* Put one fault, by number, into a sound journal. */
static void spoil_journal(struct elfcorehdr_journal *j, unsigned int n,
			  unsigned int room)
{
	struct elfcorehdr_write *write = &j->write[rnd(2)];

	switch (n) {
	case 0:
		j->valid = 0;
		break;
	case 1:
		j->valid = 2 + rnd(1000);
		break;
	case 2:
		j->nr_writes = 3;
		break;
	case 3:
		j->nr_writes = -1;
		break;
	case 4:
		j->phnum = FIXED + room + 1;
		break;
	case 5:
		j->phnum = FIXED - 1;
		break;
	case 6:
		j->phnum |= 1ull << (32 + rnd(32));
		break;
	case 7:
		write->slot = FIXED - 1;
		break;
	case 8:
		write->slot = FIXED + room;
		break;
	case 9:
		write->slot |= 1ull << (32 + rnd(32));
		break;
	case 10:
		write->phdr.p_type = rnd(2) ? PT_NOTE : PT_NULL;
		break;
	case 11:
		write->phdr.p_memsz = rnd(2) ? 0 : -1ull;
		break;
	}
}

/* Violate each condition of a journal alone, and none of the others. */
static void replay_rubbish(unsigned int room)
{
	struct elfcorehdr_journal good = { .valid = 1 }, *j = &hdr.journal;
	u64 before[sizeof(bytes) / 8];
	unsigned int n, w;

	memcpy(before, bytes, sizeof(bytes));
	good.nr_writes = 2;
	good.phnum = FIXED + hdr.nr;
	for (w = 0; w < 2; w++) {
		good.write[w].slot = FIXED + rnd(room);
		good.write[w].phdr = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W | PF_X,
			.p_offset = 0x7000, .p_paddr = 0x7000, .p_vaddr = 0x7000,
			.p_filesz = 0x1000, .p_memsz = 0x1000,
		};
	}
	for (n = 0; n < 12; n++) {
		*j = good;
		spoil_journal(j, n, room);
		elfcorehdr_replay(&hdr);
		if (memcmp(before, bytes, sizeof(bytes)))
			fail("a journal of rubbish (%u) was replayed", n);
	}
	/* The journal without a fault is replayed, so it was the faults that counted. */
	*j = good;
	elfcorehdr_replay(&hdr);
	if (!memcmp(before, bytes, sizeof(bytes)))
		fail("a sound journal was not replayed");
	memcpy(bytes, before, sizeof(bytes));
	memset(j, 0, sizeof(*j));
}

static void history(void)
{
	unsigned int room = 1 + rnd(MAX_ROOM), i;
	size_t size = elfcorehdr_bytes(FIXED + room);
	struct elfcorehdr_error err;
	struct span s = {};
	u64 next = 0;

	new_points();
	nr_model = 0;
	memset(bytes, 0, sizeof(bytes));
	elfcorehdr_init(&hdr, bytes, size, &machine);
	elfcorehdr_append_note(&hdr, 0, 1);
	/* A mapping with an offset that new_points() never chooses. */
	elfcorehdr_append_load(&hdr, 0x123456789000ull, 0x1000, 0x1000);
	/* Ranges that touch are left apart, as a load has them. */
	for (i = rnd(room + 1); i; i--) {
		s.start = rnd_point();
		s.end = rnd_point();
		if (s.start < next || s.end < s.start || !representable(&s))
			continue;
		if (elfcorehdr_append_load(&hdr, s.start + va_offset, s.start,
					   s.end - s.start + 1))
			fail("append of %#llx to %#llx failed",
			     (unsigned long long)s.start,
			     (unsigned long long)s.end);
		model_insert(&s);
		next = s.end + 1;
		if (!next)
			break;
	}
	if (elfcorehdr_open(&hdr, bytes, size, &machine, va_offset, index_space,
			    &err))
		fail("cannot open a fresh header: %s", err.what);
	check("open", 0, 0, size);
	replay_rubbish(room);
	for (i = 0; i < 60; i++)
		operation(room, size);
	for (i = 0; i < 20; i++)
		append_extremes();
}

int main(int argc, char **argv)
{
	unsigned long nr = read_options(argc, argv);

	while (histories < nr) {
		histories++;
		history();
	}
	if (!whole || !full)
		fail("%lu ranges that no entry can describe, %lu full tables: nothing was tested",
		     whole, full);
	printf("boundary: %lu histories, %lu operations: %lu refused as no entry can describe the range, %lu for room\n",
	       histories, operations, whole, full);
	return 0;
}

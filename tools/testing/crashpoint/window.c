// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stop the machine after every store that moves a window.
 *
 * Firmware may read the header at any instant and runs none of our code, so a
 * journal is of no use here: each window has to be closed, or to be open on the
 * memory of its region.  A reader on another CPU may see the stores since the last
 * barrier in any order; each subset of them is checked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elfcorehdr.h>

static void after_store(void);
static void at_barrier(void);
#define SHIM_AFTER_STORE() after_store()
#define SHIM_AT_BARRIER() at_barrier()

#include "../../../kernel/crash/elfcorehdr.c"
#include "../../../kernel/crash/elfcorehdr_window.c"
#include "history.h"

#define WINDOWS		6
#define MOVED		3	/* at once, at most */
#define FIRST		1
#define PHDRS		(FIRST + WINDOWS + 1)
#define WORDS		(sizeof(struct memory) / sizeof(u64))
#define MAX_STORES	12
#define VA(paddr)	((paddr) + 0xffff888000000000ull)
#define OFFSET(i)	(0x10000ull + (i) * 0x2000)

/* Firmware reads the header, and the table that names each region's memory. */
static struct memory {
	u64 header[(sizeof(Elf64_Ehdr) + PHDRS * sizeof(Elf64_Phdr)) / 8];
	u64 region[WINDOWS];
} memory, ordered, before;

static const struct elfcorehdr_machine machine = { .machine = EM_AARCH64 };

static struct memory fresh;
static struct {
	unsigned int word;
	u64 value;
} pending[MAX_STORES];
static unsigned int nr_pending;
static bool watching, one_marked;

static unsigned long stores, states, moves;
#define fail(...) do {							\
	fprintf(stderr, "window: move %lu (--seed %u), store %lu: ",	\
		moves, seed, stores);					\
	fprintf(stderr, __VA_ARGS__);					\
	fputc('\n', stderr);						\
	exit(1);							\
} while (0)

static void check(const struct memory *m)
{
	const Elf64_Phdr *phdrs = elfcorehdr_phdrs(m->header);
	unsigned int i, running = 0;

	states++;
	for (i = 0; i < WINDOWS; i++) {
		const Elf64_Phdr *p = &phdrs[FIRST + i];
		Elf64_Phdr fixed = *p;

		if (p->p_paddr != ELFCOREHDR_CLOSED) {
			if (p->p_vaddr != VA(p->p_paddr))
				fail("window %u is open on %#llx with the p_vaddr %#llx",
				     i, (unsigned long long)p->p_paddr,
				     (unsigned long long)p->p_vaddr);
			if (p->p_paddr != m->region[i])
				fail("window %u is open on %#llx, its region on %#llx",
				     i, (unsigned long long)p->p_paddr,
				     (unsigned long long)m->region[i]);
		}
		if (p->p_flags & ELFCOREHDR_RUNNING)
			running++;
		fixed.p_flags &= ~ELFCOREHDR_RUNNING;
		fixed.p_paddr = ELFCOREHDR_CLOSED;
		fixed.p_vaddr = 0;
		if (memcmp(&fixed, &elfcorehdr_phdrs(fresh.header)[FIRST + i],
			   sizeof(fixed)))
			fail("window %u has other fields changed", i);
	}
	if (one_marked && running > 1)
		fail("two stacks are marked as running");
	if (memcmp(m->header, fresh.header,
		   elfcorehdr_bytes(FIRST)) ||
	    memcmp(&phdrs[FIRST + WINDOWS],
		   &elfcorehdr_phdrs(fresh.header)[FIRST + WINDOWS],
		   sizeof(*phdrs)))
		fail("a header that is no window changed");
}

/* Add the newest store to pending[], and check each subset that contains it. */
static void after_store(void)
{
	const u64 *now = (const u64 *)&memory, *was = (const u64 *)&before;
	struct memory seen;
	unsigned int i, set;

	if (!watching)
		return;
	stores++;
	for (i = 0; i < WORDS && now[i] == was[i]; i++)
		;
	if (i == WORDS)
		return;
	if (nr_pending == MAX_STORES)
		fail("more than %u stores without a barrier", MAX_STORES);
	pending[nr_pending].word = i;
	pending[nr_pending++].value = now[i];
	before = memory;

	for (set = 0; set < 1u << (nr_pending - 1); set++) {
		seen = ordered;
		for (i = 0; i < nr_pending; i++)
			if (i == nr_pending - 1 || set & 1u << i)
				((u64 *)&seen)[pending[i].word] = pending[i].value;
		check(&seen);
	}
}

static void at_barrier(void)
{
	ordered = memory;
	nr_pending = 0;
}

static void new_header(void)
{
	struct elfcorehdr hdr;
	unsigned int i;

	memset(&memory, 0, sizeof(memory));
	elfcorehdr_init(&hdr, memory.header, sizeof(memory.header), &machine);
	elfcorehdr_append_note(&hdr, 0x1000, 0x170);
	for (i = 0; i < WINDOWS; i++)
		if (elfcorehdr_append_window(&hdr, OFFSET(i), 0x2000))
			fail("window %u was not appended", i);
	elfcorehdr_append_load(&hdr, VA(0x40000000), 0x40000000, 0x1000);
	for (i = 0; i < WINDOWS; i++) {
		const Elf64_Phdr *p = &elfcorehdr_phdrs(memory.header)[FIRST + i];

		if (p->p_type != PT_LOAD || p->p_paddr != ELFCOREHDR_CLOSED ||
		    p->p_flags != (PF_R | PF_W | PF_X | ELFCOREHDR_WINDOW) ||
		    p->p_offset != OFFSET(i) || p->p_filesz != 0x2000 ||
		    p->p_memsz != 0x2000 || p->p_vaddr || p->p_align)
			fail("window %u is not as it was asked for", i);
	}
	fresh = memory;
	before = memory;
	at_barrier();
}

/* Close, write the regions, show: as kernel/meminspect/windows.c moves a set. */
static void move(void)
{
	const unsigned int nr = 1 + rnd(MOVED), first = rnd(WINDOWS - nr + 1);
	struct elfcorehdr_view views[MOVED];
	const Elf64_Phdr *p = &elfcorehdr_phdrs(memory.header)[FIRST + first];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		views[i].paddr = rnd(4) ? (1 + rnd(5)) * 0x100000ull :
					  ELFCOREHDR_CLOSED;
		views[i].vaddr = VA(views[i].paddr);
	}
	watching = true;
	elfcorehdr_close(memory.header, FIRST + first, nr);
	for (i = 0; i < nr; i++)
		if (p[i].p_paddr != ELFCOREHDR_CLOSED)
			fail("window %u is not closed", first + i);
	for (i = 0; i < nr; i++)
		WRITE_ONCE(memory.region[first + i], views[i].paddr);
	elfcorehdr_show(memory.header, FIRST + first, nr, views);
	watching = false;
	for (i = 0; i < nr; i++)
		if (p[i].p_paddr != views[i].paddr ||
		    p[i].p_vaddr != views[i].vaddr)
			fail("window %u does not show what it was to show",
			     first + i);
}

/* Move the mark from one stack to another, or to none. */
static void mark(void)
{
	static unsigned int marked;
	const unsigned int to = rnd(WINDOWS);
	const bool running = rnd(3);
	const Elf64_Phdr *p = elfcorehdr_phdrs(memory.header) + FIRST;
	unsigned int i;

	one_marked = true;
	watching = true;
	elfcorehdr_mark(memory.header, FIRST + marked, false);
	/* The caller orders the two in the same way. */
	dma_wmb();
	elfcorehdr_mark(memory.header, FIRST + to, running);
	watching = false;
	marked = to;
	for (i = 0; i < WINDOWS; i++)
		if (!(p[i].p_flags & ELFCOREHDR_RUNNING) != !(running && i == to))
			fail("window %u has the wrong mark", i);
}

int main(int argc, char **argv)
{
	unsigned long nr = read_options(argc, argv);

	new_header();
	while (moves < nr) {
		moves++;
		move();
		/* The next caller's stores are ordered after these, by a lock at least. */
		at_barrier();
		mark();
		at_barrier();
	}
	if (!stores || states <= stores)
		fail("%lu stores, %lu states: nothing was tested", stores, states);
	printf("window: %lu moves, %lu stores, %lu states: closed or right in every one\n",
	       moves, stores, states);
	return 0;
}

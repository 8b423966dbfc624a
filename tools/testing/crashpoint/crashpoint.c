// SPDX-License-Identifier: GPL-2.0-only
/*
 * Let the machine die after every store of every step.
 *
 * Random histories of added and removed ranges are applied to one header.  After
 * each store of the builder, to the header or to its journal, both are copied,
 * and the journal is replayed on the copy, as the crash path would.  The copy has
 * to be a sound header that equals the one before the elementary step or the one
 * after it, and everything but the memory ranges has to be unchanged.
 *
 * The result of a whole operation is compared with one flag for each unit of memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elfcorehdr.h>

#define CAPACITY	24
#define FIXED		4

static struct {
	u64 bytes[(sizeof(Elf64_Ehdr) + CAPACITY * sizeof(Elf64_Phdr)) / 8];
} header, snapshot, fresh;

/* The header as seen by a reader that bypasses the caches. */
static typeof(header) memory;

static void after_store(void);
#define SHIM_AFTER_STORE() after_store()

#include "../../../kernel/crash/elfcorehdr.c"
#include "history.h"
#include "model.h"

static const struct elfcorehdr_machine machine = { .machine = EM_X86_64 };

static struct elfcorehdr hdr;
static u16 index_space[CAPACITY], scratch[CAPACITY];

static unsigned long stores, steps, histories, operations, refused;
static bool watching;

/*
 * Memory before the step in progress, and how often it changed since the
 * operation began, seen through a replay at each store.
 */
static struct model current;
static bool wanted[MODEL_UNITS], touched[MODEL_UNITS];
static unsigned int changes;

#define fail(...) do {							\
	fprintf(stderr, "crashpoint: history %lu (--seed %u), operation %lu, store %lu: ", \
		histories, seed, operations, stores);			\
	fprintf(stderr, __VA_ARGS__);					\
	fputc('\n', stderr);						\
	exit(1);							\
} while (0)

static void after_store(void)
{
	struct elfcorehdr_error err;
	struct elfcorehdr copy = hdr;
	struct model seen;
	unsigned int i;

	if (!watching)
		return;
	stores++;

	if (!hdr.journal.valid && memcmp(&memory, &header, sizeof(header)))
		fail("a step has ended and is not written back");

	snapshot = header;
	copy.buf = &snapshot;
	/* The stores of the replay are not stores of the update. */
	watching = false;
	elfcorehdr_replay(&copy);
	watching = true;

	if (elfcorehdr_parse(&snapshot, sizeof(snapshot), &machine, scratch,
			     &err))
		fail("torn header: %s (program header %d)", err.what, err.phdr);
	if (memcmp(&snapshot, &fresh, offsetof(Elf64_Ehdr, e_phnum)))
		fail("ELF header changed");
	if (memcmp(elfcorehdr_phdrs(&snapshot), elfcorehdr_phdrs(&fresh),
		   FIXED * sizeof(Elf64_Phdr)))
		fail("a fixed program header changed");
	if (!model_read(&seen, &snapshot))
		fail("torn memory range");

	for (i = 0; i < MODEL_UNITS; i++)
		if (seen.covered[i] != current.covered[i])
			break;
	if (i == MODEL_UNITS)
		return;

	/* A new state: each change must be one that the operation asks for. */
	for (i = 0; i < MODEL_UNITS; i++) {
		if (seen.covered[i] == current.covered[i])
			continue;
		if (!touched[i] || seen.covered[i] != wanted[i])
			fail("unit %u became %scovered, against the operation",
			     i, seen.covered[i] ? "" : "not ");
	}
	current = seen;
	changes++;
}

static void clean(void *start, size_t size)
{
	size_t offset = (char *)start - (char *)&header;

	memcpy((char *)&memory + offset, start, size);
}

static void new_header(void)
{
	struct elfcorehdr_error err;
	unsigned int unit, i;

	memset(&header, 0, sizeof(header));
	elfcorehdr_init(&hdr, &header, sizeof(header), &machine);
	for (i = 0; i < FIXED - 1; i++)
		elfcorehdr_append_note(&hdr, 0x1000 * (i + 1), 368);
	elfcorehdr_append_load(&hdr, 0xffffffff81000000ull, 0x1000000,
			       0x1c00000);
	/* Adjacent ranges are not merged, as a load leaves them. */
	for (unit = rnd(4); unit < MODEL_UNITS && rnd(8); unit += 1 + rnd(12))
		elfcorehdr_append_load(&hdr, MODEL_VA + unit * MODEL_UNIT,
				       unit * MODEL_UNIT, MODEL_UNIT);
	if (elfcorehdr_open(&hdr, &header, sizeof(header), &machine, MODEL_VA,
			    index_space, &err))
		fail("cannot open a fresh header: %s", err.what);
	hdr.clean = clean;
	fresh = memory = header;
}

static void check_index(void)
{
	const Elf64_Ehdr *ehdr = hdr.buf;
	u32 i;

	if (hdr.first != FIXED || hdr.first + hdr.nr != ehdr->e_phnum)
		fail("first %u + nr %u is not e_phnum %u", hdr.first, hdr.nr,
		     ehdr->e_phnum);
	for (i = 1; i < hdr.nr; i++)
		if (phdr_end(elfcorehdr_range(&hdr, i - 1)) >=
		    elfcorehdr_range(&hdr, i)->p_paddr)
			fail("index not in order at %u", i);
}

static void operation(void)
{
	unsigned int first = rnd(MODEL_UNITS), last, i;
	bool add = rnd(2);
	struct model seen;
	int ret;

	/* Mostly one block, as hotplug does; at times a wide range. */
	last = rnd(4) ? first : min(first + rnd(20), MODEL_UNITS - 1u);

	model_read(&current, &header);
	for (i = 0; i < MODEL_UNITS; i++) {
		touched[i] = i >= first && i <= last;
		wanted[i] = touched[i] ? add : current.covered[i];
	}
	changes = 0;

	watching = true;
	ret = (add ? elfcorehdr_add : elfcorehdr_remove)(&hdr,
		first * MODEL_UNIT, (last + 1) * MODEL_UNIT - 1);
	watching = false;

	operations++;
	steps += changes;
	check_index();
	if (ret == -ENOSPC && hdr.first + hdr.nr == hdr.capacity) {
		refused++;
		return;
	}
	if (ret)
		fail("%s returned %d", add ? "add" : "remove", ret);
	if (first == last && changes > 1)
		fail("one block took %u steps", changes);
	if (!model_read(&seen, &header))
		fail("torn header after an operation");
	for (i = 0; i < MODEL_UNITS; i++)
		if (seen.covered[i] != wanted[i])
			fail("unit %u is %scovered after %s of %u to %u", i,
			     seen.covered[i] ? "" : "not ",
			     add ? "add" : "remove", first, last);
}

int main(int argc, char **argv)
{
	unsigned long nr = read_options(argc, argv);
	unsigned int i;

	while (histories < nr) {
		histories++;
		new_header();
		for (i = 0; i < 60; i++)
			operation();
	}
	if (!stores || !steps || !refused)
		fail("%lu stores, %lu steps, %lu refused: nothing was tested",
		     stores, steps, refused);
	printf("crashpoint: %lu histories, %lu operations, %lu elementary steps, %lu stores: old or new after every one; %lu operations refused for room\n",
	       histories, operations, steps, stores, refused);
	return 0;
}

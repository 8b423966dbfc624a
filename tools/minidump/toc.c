// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/minmax.h>
#include <zlib.h>

#include "progress.h"
#include "toc.h"

/* Return why this is not a valid anchor, or NULL. */
static const char *anchor_fault(const struct minidump_anchor *anchor)
{
	struct minidump_anchor zeroed = *anchor;

	if (le64toh(anchor->magic) != MINIDUMP_ANCHOR_MAGIC)
		return "is not an anchor";
	if (le32toh(anchor->version) != MINIDUMP_ANCHOR_VERSION)
		return "is an anchor of an unknown version";
	zeroed.checksum = 0;
	if (le32toh(anchor->checksum) != crc32(0, (const void *)&zeroed, sizeof(zeroed)))
		return "is an anchor with a wrong checksum";
	return NULL;
}

/**
 * toc_of_anchor() - read an anchor
 * @ram:	RAM
 * @address:	physical address of the anchor
 * @toc:	receives the physical address of the ToC
 *
 * Return: 0, or -1 after a message.
 */
int toc_of_anchor(const struct ram *ram, u64 address, u64 *toc)
{
	struct minidump_anchor anchor;
	const char *why = "is not in RAM";

	if (ram_copy(ram, address, &anchor, sizeof(anchor)))
		why = anchor_fault(&anchor);
	if (why) {
		error("anchor: 0x%llx %s", (ull)address, why);
		return -1;
	}
	*toc = le64toh(anchor.toc);
	return 0;
}

/* Limit for the anchors that a search records: anyone who can write a page can make one. */
#define ANCHORS	64
/* The line of vmcoreinfo that has the address of the kernel's own anchor. */
#define ANCHOR_LINE	"\nMINIDUMP_ANCHOR="
/* Limit for the bytes of notes that are searched for that line. */
#define NOTES_BYTES	65536

/**
 * struct scan - result of a search for anchors
 * @found:	number of valid anchors
 * @address:	addresses of the first ANCHORS of them
 * @toc:	addresses of their ToCs
 * @near:	address of an invalid anchor
 * @why:	fault of the invalid anchor; NULL if there is none
 */
struct scan {
	unsigned int found;
	u64 address[ANCHORS];
	u64 toc[ANCHORS];
	u64 near;
	const char *why;
};

static void look(struct scan *scan, const u8 *at, u64 address)
{
	struct minidump_anchor anchor;
	const char *why;

	memcpy(&anchor, at, sizeof(anchor));
	if (le64toh(anchor.magic) != MINIDUMP_ANCHOR_MAGIC)
		return;
	why = anchor_fault(&anchor);
	if (why) {
		scan->near = address;
		scan->why = why;
		return;
	}
	if (scan->found < ANCHORS) {
		scan->toc[scan->found] = le64toh(anchor.toc);
		scan->address[scan->found] = address;
	}
	scan->found++;
}

/* Find the next byte from @at on that is not in a hole; a hole would read as zero. */
static u64 skip_hole(const struct ram_piece *piece, u64 at, u64 *data_end)
{
	off_t data = lseek(piece->fd, piece->offset + at, SEEK_DATA), hole;

	*data_end = piece->size;
	if (data < 0)
		return errno == ENXIO ? piece->size : at;
	hole = lseek(piece->fd, data, SEEK_HOLE);
	if (hole >= 0)
		*data_end = min((u64)hole - piece->offset, piece->size);
	return data - piece->offset;
}

static void scan_piece(struct scan *scan, const struct ram_piece *piece, u64 before,
		       struct progress *progress)
{
	const u64 align = MINIDUMP_ANCHOR_ALIGN;
	u64 at = -piece->start % align, data_end = 0, data;

	while (at < piece->size && piece->size - at >= sizeof(struct minidump_anchor)) {
		data = at < data_end ? at : skip_hole(piece, at, &data_end);
		if (data > at) {
			at += (data - at + align - 1) / align * align;
			continue;
		}
		look(scan, piece->bytes + at, piece->start + at);
		progress_show(progress, before + at);
		at += align;
	}
}

/* True if @notes say that the kernel's anchor is at @address. */
static bool names_anchor(const char *notes, size_t size, u64 address)
{
	char line[sizeof(ANCHOR_LINE) + 20];
	int len = snprintf(line, sizeof(line), ANCHOR_LINE "%llx\n", (ull)address);

	return memmem(notes, size, line, len);
}

/* True if the kernel that an anchor leads to has the anchor's address in its notes. */
static bool is_own_anchor(const struct ram *ram, u64 address, u64 toc_address)
{
	struct minidump_global_toc toc;
	struct minidump_region notes;
	bool own = false;
	size_t size;
	char *bytes;
	u64 base;

	if (!ram_copy(ram, toc_address, &toc, sizeof(toc)))
		return false;
	base = le64toh(toc.subsystems[MINIDUMP_SUBSYSTEM_LINUX].regions_baseptr);
	/* The header is the first region, and the notes are the second. */
	if (!ram_copy(ram, base + sizeof(notes), &notes, sizeof(notes)))
		return false;
	size = min(le64toh(notes.size), (u64)NOTES_BYTES);
	bytes = must_alloc(size + 1, 1);
	if (ram_copy(ram, le64toh(notes.address), bytes, size))
		own = names_anchor(bytes, size, address);
	free(bytes);
	return own;
}

/* Return the only anchor, or the only one that its kernel names; else -1. */
static int choose_anchor(const struct ram *ram, const struct scan *scan)
{
	int chosen = -1;

	if (scan->found == 1)
		return 0;
	if (scan->found > ANCHORS)
		return -1;
	for (unsigned int i = 0; i < scan->found; i++) {
		if (!is_own_anchor(ram, scan->address[i], scan->toc[i]))
			continue;
		if (chosen >= 0)
			return -1;
		chosen = i;
	}
	return chosen;
}

/**
 * toc_find() - find the kernel's anchor in RAM
 * @ram:	RAM
 * @toc:	receives the physical address of the ToC
 *
 * Among several anchors, the one that its kernel's vmcoreinfo names is taken.
 *
 * Return: 0, or -1 after a message.
 */
int toc_find(const struct ram *ram, u64 *toc)
{
	struct progress progress;
	struct scan scan = {};
	u64 before = 0;
	int chosen;

	progress_start(&progress, "looking for the anchor", ram->total);
	for (unsigned int i = 0; i < ram->nr; i++) {
		scan_piece(&scan, &ram->pieces[i], before, &progress);
		before += ram->pieces[i].size;
	}
	progress_end(&progress);
	if (!scan.found && scan.why)
		error("no anchor in RAM, but 0x%llx %s", (ull)scan.near, scan.why);
	else if (!scan.found)
		error("no anchor in RAM");
	if (!scan.found)
		return -1;
	chosen = choose_anchor(ram, &scan);
	if (chosen < 0) {
		error("%u anchors in RAM, at 0x%llx and 0x%llx%s: choose one with --anchor",
		      scan.found, (ull)scan.address[0], (ull)scan.address[1],
		      scan.found > 2 ? " among others" : "");
		return -1;
	}
	*toc = scan.toc[chosen];
	return 0;
}

static const char *global_fault(const struct minidump_global_toc *toc)
{
	if (le32toh(toc->status) != 1)
		return "is not set up: its status is not 1";
	if (le32toh(toc->revision) != MINIDUMP_REVISION)
		return "is of an unknown revision";
	if (le32toh(toc->enabled) != MINIDUMP_ENABLED)
		return "is not enabled";
	return NULL;
}

static const char *subsystem_fault(const struct minidump_subsystem *sub)
{
	if (le32toh(sub->status) != 1)
		return "is not filled in: its status is not 1";
	if (le32toh(sub->enabled) != MINIDUMP_ENABLED)
		return "is not enabled";
	if (le32toh(sub->encryption_required) != MINIDUMP_ENCRYPT_NONE)
		return "has to be encrypted, which is not done here";
	if (!le32toh(sub->region_count))
		return "has no regions";
	return NULL;
}

static void take_region(struct region *region, const struct minidump_region *entry,
			u32 index)
{
	size_t end;

	memcpy(region->name, entry->name, sizeof(entry->name));
	region->padded = true;
	for (end = strlen(region->name); end < sizeof(entry->name); end++)
		if (entry->name[end])
			region->padded = false;
	region->seq = le32toh(entry->seq_num);
	region->index = index;
	region->address = le64toh(entry->address);
	region->located = true;
	region->window = !strncmp(region->name, MINIDUMP_NAME_WINDOW,
				  strlen(MINIDUMP_NAME_WINDOW));
	region->size = le64toh(entry->size);
}

/**
 * toc_read_regions() - read the valid regions of a subsystem
 * @dump:	dump with RAM and the ToC's address; receives the regions
 * @subsystem:	number of the subsystem
 *
 * Return: 0, or -1 after a message.
 */
int toc_read_regions(struct dump *dump, unsigned int subsystem)
{
	struct minidump_region *table;
	struct minidump_global_toc toc;
	struct minidump_subsystem *sub = &toc.subsystems[subsystem];
	const char *why = "is not in RAM";
	u64 base;

	if (ram_copy(dump->ram, dump->toc, &toc, sizeof(toc)))
		why = global_fault(&toc);
	if (why) {
		error("ToC: 0x%llx %s", (ull)dump->toc, why);
		return -1;
	}
	why = subsystem_fault(sub);
	if (why) {
		error("ToC: subsystem %u %s", subsystem, why);
		return -1;
	}
	dump->entries = le32toh(sub->region_count);
	base = le64toh(sub->regions_baseptr);
	if (dump->entries > TOC_ENTRIES) {
		error("ToC: subsystem %u has %u regions, which is absurd", subsystem,
		      dump->entries);
		return -1;
	}
	table = must_alloc(dump->entries, sizeof(*table));
	if (!ram_copy(dump->ram, base, table, dump->entries * sizeof(*table))) {
		error("ToC: subsystem %u has its table of %u regions at 0x%llx, which is not all in RAM",
		      subsystem, dump->entries, (ull)base);
		free(table);
		return -1;
	}
	dump->regions = must_alloc(dump->entries, sizeof(*dump->regions));
	for (u32 i = 0; i < dump->entries; i++)
		if (le32toh(table[i].valid) == MINIDUMP_VALID)
			take_region(&dump->regions[dump->nr++], &table[i], i);
	free(table);
	if (!dump->nr) {
		error("ToC: subsystem %u: none of its %u regions is valid", subsystem,
		      dump->entries);
		return -1;
	}
	return 0;
}

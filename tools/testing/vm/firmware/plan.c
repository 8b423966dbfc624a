// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "plan.h"

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '_';
}

/* Return the first fault of a name, or NULL. */
static const char *name_fault(const char *name)
{
	size_t length = strnlen(name, MINIDUMP_NAME_BYTES);

	if (length == MINIDUMP_NAME_BYTES)
		return "its name does not end";
	if (name[0] != 'K')
		return "its name does not begin with K";
	if (length > 1 + MINIDUMP_NAME_CHARS)
		return "its name is too long";
	for (; *name; name++)
		if (!is_plain(*name))
			return "its name has a character that is no letter, digit or _";
	return NULL;
}

static bool meets(const struct smem *smem, const struct piece *piece)
{
	return piece->address < smem->address + smem->size &&
	       smem->address < piece->address + piece->size;
}

/* Return the first fault of a region's address and size, or NULL. */
static const char *range_fault(const struct smem *smem, const struct piece *piece)
{
	if (!piece->size)
		return "it is empty";
	if (piece->size % MINIDUMP_ALIGN)
		return "its size is no multiple of 4";
	if (piece->address % MINIDUMP_ALIGN)
		return "its address is no multiple of 4";
	if (piece->address > U64_MAX - piece->size)
		return "it goes past the last address";
	if (!ram_holds(smem->ram, piece->address, piece->size))
		return "it is not all in RAM";
	if (meets(smem, piece))
		return "it overlaps SMEM";
	return NULL;
}

static const struct piece *same_file(const struct plan *plan, const char *file)
{
	for (unsigned int i = 0; i < plan->nr; i++)
		if (!strcmp(plan->pieces[i].file, file))
			return &plan->pieces[i];
	return NULL;
}

/* Set the piece's file, or the reason for which it is left out. */
static void judge(const struct plan *plan, struct piece *piece, const char *name,
		  const struct smem *smem, const struct limits *limits)
{
	const char *fault = name_fault(name);
	const struct piece *other;
	char file[PLAN_FILE];

	if (fault) {
		snprintf(piece->why, sizeof(piece->why), "%s", fault);
		return;
	}
	fault = range_fault(smem, piece);
	if (fault) {
		snprintf(piece->why, sizeof(piece->why), "%s: 0x%llx bytes at 0x%llx",
			 fault, (ull)piece->size, (ull)piece->address);
		return;
	}
	if (piece->size > limits->region) {
		snprintf(piece->why, sizeof(piece->why),
			 "it is larger than one may be: 0x%llx bytes, not 0x%llx",
			 (ull)piece->size, (ull)limits->region);
		return;
	}
	if (piece->size > limits->all - plan->bytes) {
		snprintf(piece->why, sizeof(piece->why),
			 "its 0x%llx bytes are too many after 0x%llx: all may have 0x%llx",
			 (ull)piece->size, (ull)plan->bytes, (ull)limits->all);
		return;
	}
	snprintf(file, sizeof(file), "md_%s%u.BIN", name, piece->seq);
	other = same_file(plan, file);
	if (other) {
		snprintf(piece->why, sizeof(piece->why), "%s is the file of region %u",
			 file, other->place);
		return;
	}
	memcpy(piece->file, file, sizeof(file));
}

static void take(struct plan *plan, const struct minidump_region *region, u32 place,
		 const struct smem *smem, const struct limits *limits)
{
	struct piece *piece = &plan->pieces[plan->nr];

	*piece = (struct piece){
		.place = place,
		.seq = le32toh(region->seq_num),
		.address = le64toh(region->address),
		.size = le64toh(region->size),
	};
	memcpy(piece->name, region->name, sizeof(region->name));
	scrub(piece->name);
	judge(plan, piece, region->name, smem, limits);
	plan->nr++;
	if (*piece->why)
		return;
	plan->taken++;
	plan->bytes += piece->size;
}

/**
 * plan_make() - decide which regions to take, and why the rest is left out
 * @plan:	receives the plan
 * @smem:	SMEM of a machine that stands still; receives the addresses of its parts
 * @limits:	how much can be taken
 *
 * Return: 0 if there is a table with a valid region, or -1 after a message.
 */
int plan_make(struct plan *plan, struct smem *smem, const struct limits *limits)
{
	struct toc toc;

	if (smem_find(smem, MINIDUMP_SMEM_ITEM) || toc_read(&toc, smem))
		return -1;
	plan->table = toc.address;
	plan->nr = 0;
	plan->taken = 0;
	plan->bytes = 0;
	for (u32 i = 0; i < toc.count; i++)
		if (le32toh(toc.entries[i].valid) == MINIDUMP_VALID)
			take(plan, &toc.entries[i], i + 1, smem, limits);
	if (!plan->nr)
		return error("ToC: none of Linux's %u regions is valid", toc.count);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>

#include "message.h"
#include "toc.h"

static int check_global(const struct minidump_global_toc *global)
{
	if (le32toh(global->status) != 1)
		return error("ToC: is not set up: its status is 0x%x", le32toh(global->status));
	if (le32toh(global->revision) != MINIDUMP_REVISION)
		return error("ToC: revision %u is not %d", le32toh(global->revision),
			     MINIDUMP_REVISION);
	if (le32toh(global->enabled) != MINIDUMP_ENABLED)
		return error("ToC: minidump is not enabled on this machine");
	return 0;
}

static int check_linux(const struct minidump_subsystem *sub)
{
	if (le32toh(sub->status) != 1)
		return error("ToC: Linux has not filled in its own: status is 0x%x",
			     le32toh(sub->status));
	if (le32toh(sub->enabled) != MINIDUMP_ENABLED)
		return error("ToC: Linux's own is not enabled");
	if (le32toh(sub->encryption_required) != MINIDUMP_ENCRYPT_NONE)
		return error("ToC: Linux's regions have to be encrypted, which is not done here");
	if (le32toh(sub->encryption_status) != MINIDUMP_ENCRYPT_DONE)
		return error("ToC: encryption of Linux's regions is not done: status is 0x%x",
			     le32toh(sub->encryption_status));
	return 0;
}

static int read_table(struct toc *toc, const struct ram *ram,
		      const struct minidump_subsystem *sub)
{
	u64 size;

	toc->count = le32toh(sub->region_count);
	toc->address = le64toh(sub->regions_baseptr);
	if (!toc->count)
		return error("ToC: Linux has no regions");
	if (toc->count > MINIDUMP_MAX_REGIONS)
		return error("ToC: Linux has %u regions, and %d can be taken",
			     toc->count, MINIDUMP_MAX_REGIONS);
	if (!toc->address)
		return error("ToC: Linux has no table");
	if (toc->address % 8)
		return error("ToC: Linux's table is at 0x%llx, which is no multiple of 8",
			     (ull)toc->address);
	size = toc->count * sizeof(*toc->entries);
	if (toc->address > U64_MAX - size)
		return error("ToC: Linux's table, 0x%llx bytes at 0x%llx, passes the last address",
			     (ull)size, (ull)toc->address);
	if (!ram_read(ram, toc->address, toc->entries, size))
		return error("ToC: Linux's table, 0x%llx bytes at 0x%llx, is not all in RAM",
			     (ull)size, (ull)toc->address);
	return 0;
}

/**
 * toc_read() - read Linux's table of regions
 * @toc:	receives it
 * @smem:	SMEM, in which the global table of contents was found
 *
 * Return: 0, or -1 after a message.
 */
int toc_read(struct toc *toc, const struct smem *smem)
{
	const struct minidump_subsystem *sub;
	struct minidump_global_toc global;

	if (smem->bytes < sizeof(global))
		return error("ToC: item %d has %llu bytes, not %zu", MINIDUMP_SMEM_ITEM,
			     (ull)smem->bytes, sizeof(global));
	if (!ram_read(smem->ram, smem->data, &global, sizeof(global)))
		return error("ToC: is not in RAM");
	sub = &global.subsystems[MINIDUMP_SUBSYSTEM_LINUX];
	if (check_global(&global) || check_linux(sub))
		return -1;
	return read_table(toc, smem->ram, sub);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lay out SMEM.  Bytes that are not listed here are zero:
 *
 *	0		head: version 12, initialized
 *	12 KiB		global partition, up to the last page
 *	  + 32		item 602, the global table of contents
 *	size - 4 KiB	table of that one partition; 1024 items at most
 *
 * In the global table of contents firmware writes the status, the revision, and
 * whether minidump is enabled at all.  Each subsystem's own table is zero until
 * the subsystem fills it in.  Linux itself has to write that its table is enabled
 * and need not be encrypted, so that zeros reveal a driver that forgets to.
 */
#include <endian.h>
#include <string.h>

#include "message.h"
#include "prepare.h"
#include "toc.h"

#define PARTITION	(3 * SMEM_PAGE)
#define ITEMS		1024
#define CACHELINE	64

static_assert(PARTITION >= sizeof(struct smem_head));

static void write_head(const struct smem *smem)
{
	struct smem_head head = {
		.versions[SMEM_BOOT] = htole32(SMEM_VERSION << 16),
		.initialized = htole32(1),
	};

	ram_write(smem->ram, smem->address, &head, sizeof(head));
}

static u32 partition_size(const struct smem *smem)
{
	return smem->size - PARTITION - SMEM_PAGE;
}

static void write_table(const struct smem *smem)
{
	struct smem_table table = {
		.version = htole32(SMEM_TABLE_VERSION),
		.entries = htole32(1),
	};
	struct smem_entry entry = {
		.offset = htole32(PARTITION),
		.size = htole32(partition_size(smem)),
		.hosts = { htole16(SMEM_GLOBAL), htole16(SMEM_GLOBAL) },
		.cacheline = htole32(CACHELINE),
	};
	struct smem_info info = {
		.size = htole32(smem->size),
		.base = htole32(smem->address),
		.items = htole16(ITEMS),
	};
	u64 at = smem->address + smem->size - SMEM_PAGE;

	memcpy(table.magic, SMEM_TABLE_MAGIC, sizeof(table.magic));
	memcpy(info.magic, SMEM_INFO_MAGIC, sizeof(info.magic));
	ram_write(smem->ram, at, &table, sizeof(table));
	at += sizeof(table);
	ram_write(smem->ram, at, &entry, sizeof(entry));
	at += sizeof(entry);
	ram_write(smem->ram, at, &info, sizeof(info));
}

static void write_toc(const struct smem *smem, const struct setup *setup)
{
	struct minidump_global_toc toc = {
		.status = htole32(setup->status),
		.revision = htole32(setup->revision),
		.enabled = htole32(setup->enabled),
	};

	toc.subsystems[MINIDUMP_SUBSYSTEM_LINUX].encryption_required =
		htole32(setup->encryption);
	/* Leave out the end of the ToC if it does not fit in the item. */
	ram_write(smem->ram, smem->data, &toc,
		  smem->bytes < sizeof(toc) ? smem->bytes : sizeof(toc));
}

static void write_partition(struct smem *smem, const struct setup *setup)
{
	const u32 size = (setup->toc_size + 7) & ~7ULL;
	struct smem_item item = {
		.canary = htole16(SMEM_CANARY),
		.number = htole16(MINIDUMP_SMEM_ITEM),
		.size = htole32(size),
		.pad_end = htole16(size - setup->toc_size),
	};
	struct smem_partition partition = {
		.hosts = { htole16(SMEM_GLOBAL), htole16(SMEM_GLOBAL) },
		.size = htole32(partition_size(smem)),
		.items_end = htole32(sizeof(partition)),
		.cached_start = htole32(partition_size(smem)),
	};

	smem->partition = smem->address + PARTITION;
	smem->item = smem->partition + sizeof(partition);
	smem->data = smem->item + sizeof(item);
	smem->bytes = setup->toc_size;

	if (setup->toc_size) {
		partition.items_end = htole32(smem->data + size - smem->partition);
		ram_write(smem->ram, smem->item, &item, sizeof(item));
		write_toc(smem, setup);
	}
	memcpy(partition.magic, SMEM_PARTITION_MAGIC, sizeof(partition.magic));
	ram_write(smem->ram, smem->partition, &partition, sizeof(partition));
}

/**
 * prepare() - lay out SMEM as it is before Linux boots
 * @smem:	SMEM, writable; receives the addresses of its parts
 * @setup:	the properties of the machine's firmware
 *
 * Return: 0, or -1 after a message.
 */
int prepare(struct smem *smem, const struct setup *setup)
{
	const u64 room = partition_size(smem) - sizeof(struct smem_partition) -
			 sizeof(struct smem_item);

	if (setup->toc_size > room - 7)
		return error("--toc-size: 0x%llx bytes are more than SMEM has",
			     (ull)setup->toc_size);
	/* smem_place() has checked that all of it is RAM: no write can fail. */
	ram_clear(smem->ram, smem->address, smem->size);
	write_head(smem);
	write_partition(smem, setup);
	write_table(smem);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing in SMEM is trusted: each number is checked against the size of its
 * container before it is used.  Sums have 64 bits and their parts 32, so that no
 * sum wraps.
 */
#include <endian.h>
#include <string.h>

#include "message.h"
#include "smem.h"

/* Room for head, one page of partition, and the table. */
#define SMEM_LEAST (32 << 10)

/**
 * smem_place() - use a part of memory as SMEM
 * @smem:	receives the place
 * @ram:	memory of the machine
 * @address:	physical address
 * @size:	bytes
 *
 * Return: 0, or -1 after a message.
 */
int smem_place(struct smem *smem, const struct ram *ram, u64 address, u64 size)
{
	const u64 end = 1ULL << 32;

	if (address % SMEM_PAGE || size % SMEM_PAGE)
		return error("SMEM: 0x%llx bytes at 0x%llx are not whole pages",
			     (ull)size, (ull)address);
	if (size < SMEM_LEAST)
		return error("SMEM: 0x%llx bytes are too few", (ull)size);
	if (address > end || size > end - address)
		return error("SMEM: 0x%llx bytes at 0x%llx end past 4 GiB", (ull)size,
			     (ull)address);
	if (!ram_holds(ram, address, size))
		return error("SMEM: 0x%llx bytes at 0x%llx are not all in RAM",
			     (ull)size, (ull)address);
	*smem = (struct smem){ .ram = ram, .address = address, .size = size };
	return 0;
}

static int check_head(const struct smem *smem)
{
	struct smem_head head;
	u32 version;

	if (!ram_read(smem->ram, smem->address, &head, sizeof(head)))
		return error("SMEM: its head is not in RAM");
	if (le32toh(head.initialized) != 1)
		return error("SMEM: is not initialized");
	if (head.zero)
		return error("SMEM: a field of its head is not zero");
	version = le32toh(head.versions[SMEM_BOOT]);
	if (version >> 16 != SMEM_VERSION)
		return error("SMEM: version 0x%x is not %d", version, SMEM_VERSION);
	return 0;
}

/* Find the partition table and the info after it. */
static int check_table(struct smem *smem, u32 *entries)
{
	const u32 most = (SMEM_PAGE - sizeof(struct smem_table) -
			  sizeof(struct smem_info)) / sizeof(struct smem_entry);
	struct smem_table table;

	smem->table = smem->address + smem->size - SMEM_PAGE;
	if (!ram_read(smem->ram, smem->table, &table, sizeof(table)))
		return error("SMEM: its partition table is not in RAM");
	if (memcmp(table.magic, SMEM_TABLE_MAGIC, sizeof(table.magic)))
		return error("SMEM: no partition table at 0x%llx", (ull)smem->table);
	if (le32toh(table.version) != SMEM_TABLE_VERSION)
		return error("SMEM: partition table of version %u, not %d",
			     le32toh(table.version), SMEM_TABLE_VERSION);
	*entries = le32toh(table.entries);
	if (*entries > most)
		return error("SMEM: partition table of %u entries, which has room for %u",
			     *entries, most);
	smem->info = smem->table + sizeof(struct smem_table) +
		     *entries * sizeof(struct smem_entry);
	return 0;
}

static int check_info(const struct smem *smem, u16 number)
{
	struct smem_info info;

	if (!ram_read(smem->ram, smem->info, &info, sizeof(info)))
		return error("SMEM: what follows its partition table is not in RAM");
	if (memcmp(info.magic, SMEM_INFO_MAGIC, sizeof(info.magic)))
		return error("SMEM: the partition table does not say how many items there are");
	if (number >= le16toh(info.items))
		return error("SMEM: has %u items at most, so not number %u",
			     le16toh(info.items), number);
	return 0;
}

static bool is_global(const __le16 *hosts)
{
	return le16toh(hosts[0]) == SMEM_GLOBAL && le16toh(hosts[1]) == SMEM_GLOBAL;
}

/* Find the first entry of the global partition that is not empty. */
static int find_entry(struct smem *smem, u32 entries, struct smem_entry *entry)
{
	for (u32 i = 0; i < entries; i++) {
		smem->entry = smem->table + sizeof(struct smem_table) +
			      i * sizeof(*entry);
		if (!ram_read(smem->ram, smem->entry, entry, sizeof(*entry)))
			break;
		if (entry->offset && entry->size && is_global(entry->hosts))
			return 0;
	}
	return error("SMEM: the partition table has no global partition");
}

static int check_partition(struct smem *smem, const struct smem_entry *entry,
			   struct smem_partition *partition)
{
	const u64 offset = le32toh(entry->offset), size = le32toh(entry->size);

	if (offset < sizeof(struct smem_head) || size < sizeof(*partition) ||
	    offset + size > smem->size - SMEM_PAGE)
		return error("SMEM: the global partition, 0x%llx bytes at 0x%llx, is not between head and table",
			     (ull)size, (ull)offset);
	smem->partition = smem->address + offset;
	if (!ram_read(smem->ram, smem->partition, partition, sizeof(*partition)))
		return error("SMEM: the global partition is not in RAM");
	if (memcmp(partition->magic, SMEM_PARTITION_MAGIC, sizeof(partition->magic)))
		return error("SMEM: no partition at 0x%llx", (ull)smem->partition);
	if (!is_global(partition->hosts))
		return error("SMEM: the global partition says that it is of hosts %u and %u",
			     le16toh(partition->hosts[0]), le16toh(partition->hosts[1]));
	if (partition->size != entry->size)
		return error("SMEM: the global partition says it has 0x%x bytes, the table 0x%llx",
			     le32toh(partition->size), (ull)size);
	if (le32toh(partition->items_end) < sizeof(*partition) ||
	    le32toh(partition->items_end) > size)
		return error("SMEM: the global partition's items end at 0x%x of 0x%llx",
			     le32toh(partition->items_end), (ull)size);
	if (le32toh(partition->cached_start) < le32toh(partition->items_end) ||
	    le32toh(partition->cached_start) > size)
		return error("SMEM: the global partition's cached items start at 0x%x, not in 0x%x to 0x%llx",
			     le32toh(partition->cached_start),
			     le32toh(partition->items_end), (ull)size);
	return 0;
}

/* Set the address and the size of the item's bytes. */
static int take_item(struct smem *smem, const struct smem_item *item)
{
	const u32 size = le32toh(item->size);

	if (le16toh(item->pad_end) > size)
		return error("SMEM: item %u has 0x%x bytes, and 0x%x of them are padding",
			     le16toh(item->number), size, le16toh(item->pad_end));
	smem->data = smem->item + sizeof(*item) + le16toh(item->pad_start);
	smem->bytes = size - le16toh(item->pad_end);
	/* Fields of the item are stored at once only if they are aligned. */
	if (smem->data % 8)
		return error("SMEM: item %u is at 0x%llx, which is no multiple of 8",
			     le16toh(item->number), (ull)smem->data);
	return 0;
}

/* Each step advances by an item's head at least, so that the loop ends. */
static int find_item(struct smem *smem, const struct smem_partition *partition,
		     u16 number)
{
	const u64 end = smem->partition + le32toh(partition->items_end);
	struct smem_item item;
	u64 length;

	smem->item = smem->partition + sizeof(*partition);
	for (; smem->item < end; smem->item += length) {
		if (end - smem->item < sizeof(item) ||
		    !ram_read(smem->ram, smem->item, &item, sizeof(item)))
			return error("SMEM: the items end in the head of one, at 0x%llx",
				     (ull)smem->item);
		if (le16toh(item.canary) != SMEM_CANARY)
			return error("SMEM: no canary at 0x%llx, where an item is to start",
				     (ull)smem->item);
		length = (u64)sizeof(item) + le16toh(item.pad_start) +
			 le32toh(item.size);
		if (length > end - smem->item)
			return error("SMEM: item %u, 0x%llx bytes at 0x%llx, runs past 0x%llx, their end",
				     le16toh(item.number), (ull)length,
				     (ull)smem->item, (ull)end);
		if (le16toh(item.number) == number)
			return take_item(smem, &item);
	}
	return error("SMEM: item %u is not in the global partition", number);
}

/**
 * smem_find() - find an item of the global partition
 * @smem:	SMEM; receives the addresses of its parts
 * @number:	number of the item
 *
 * Return: 0 if all of the item is in the partition, or -1 after a message.
 */
int smem_find(struct smem *smem, u16 number)
{
	struct smem_partition partition;
	struct smem_entry entry;
	u32 entries = 0;

	if (check_head(smem) || check_table(smem, &entries) ||
	    find_entry(smem, entries, &entry) ||
	    check_partition(smem, &entry, &partition) || check_info(smem, number))
		return -1;
	return find_item(smem, &partition, number);
}

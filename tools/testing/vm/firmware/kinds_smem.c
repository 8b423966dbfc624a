// SPDX-License-Identifier: GPL-2.0-only
/*
 * Damage to the data that the firmware leaves for Linux.
 *
 * "mainline warns" marks damage that mainline's driver refuses with a WARN, in 6.12 at
 * least.  Damage that the driver does not refuse, or that makes it read past the end, is
 * not marked as before_boot.
 */
#include "damage.h"

/* A number that no driver asks for; 7.3 looks at item 603 when it probes. */
#define OTHER_ITEM 600

#define HEAD(member)		FIELD(IN_HEAD, struct smem_head, member)
#define TABLE(member)		FIELD(IN_TABLE, struct smem_table, member)
#define ENTRY(member)		FIELD(IN_ENTRY, struct smem_entry, member)
#define INFO(member)		FIELD(IN_INFO, struct smem_info, member)
#define PARTITION(member)	FIELD(IN_PARTITION, struct smem_partition, member)
#define ITEM(member)		FIELD(IN_ITEM, struct smem_item, member)
#define TOC(member)		FIELD(IN_TOC, struct minidump_global_toc, member)
#define LINUX(member)		FIELD(IN_LINUX, struct minidump_subsystem, member)

static const struct field entry_size = ENTRY(size);
static const struct field partition_size = PARTITION(size);
static const struct field item_number = ITEM(number);
static const struct field item_size = ITEM(size);

static u64 after_smem(const struct scene *scene)
{
	return scene->smem->size + (64 << 10);
}

/* Leave the item 64 bytes that are not padding. */
static u64 most_is_padding(const struct scene *scene)
{
	return scene->smem->bytes - 64;
}

static int set_sizes(const struct scene *scene, u32 size)
{
	return damage_store(scene, &entry_size, size) ?:
	       damage_store(scene, &partition_size, size);
}

static int sizes_wrap(const struct scene *scene)
{
	return set_sizes(scene, 0xfffff000);
}

static int sizes_take_table(const struct scene *scene)
{
	return set_sizes(scene, scene->smem->address + scene->smem->size -
				scene->smem->partition);
}

/* In 32-bit arithmetic, the address of the next item is that of this one. */
static int item_follows_itself(const struct scene *scene)
{
	return damage_store(scene, &item_number, OTHER_ITEM) ?:
	       damage_store(scene, &item_size, -(u32)sizeof(struct smem_item));
}

static const struct kind kinds[] = {
	{
		.name = "not-initialized",
		.what = "SMEM's head does not say that it is initialized",
		.before_boot = true,
		.field = HEAD(initialized),
		.value = 0,
	},
	{
		.name = "head-not-zero",
		.what = "a field of SMEM's head is not zero",
		.before_boot = true,
		.field = HEAD(zero),
		.value = 1,
	},
	{
		.name = "version-old",
		.what = "SMEM is of version 11, which has no global partition",
		.before_boot = true,
		.field = HEAD(versions[SMEM_BOOT]),
		.value = 11 << 16,
	},
	{
		.name = "version-new",
		.what = "SMEM is of version 13",
		.before_boot = true,
		.field = HEAD(versions[SMEM_BOOT]),
		.value = 13 << 16,
	},
	{
		.name = "table-magic",
		.what = "there is no partition table",
		.before_boot = true,
		.field = TABLE(magic),
		.value = 0x434f5425,
	},
	{
		.name = "table-version",
		.what = "the partition table is of version 2",
		.before_boot = true,
		.field = TABLE(version),
		.value = 2,
	},
	{
		.name = "table-empty",
		.what = "the partition table has no entries",
		.before_boot = true,
		.field = TABLE(entries),
		.value = 0,
	},
	{
		.name = "table-over",
		.what = "the partition table has one entry more than there is room for",
		.field = TABLE(entries),
		.value = 85,
	},
	{
		.name = "table-huge",
		.what = "the partition table has 4294967295 entries",
		.field = TABLE(entries),
		.value = 0xffffffff,
	},
	{
		.name = "info-magic",
		.what = "nothing says how many items there are (mainline warns)",
		.before_boot = true,
		.field = INFO(magic),
		.value = 0,
	},
	{
		.name = "info-few",
		.what = "there are fewer items than 602 (mainline warns)",
		.before_boot = true,
		.field = INFO(items),
		.value = MINIDUMP_SMEM_ITEM,
	},
	{
		.name = "entry-hosts",
		.what = "the partition is not global, as the table says",
		.before_boot = true,
		.field = ENTRY(hosts[1]),
		.value = 1,
	},
	{
		.name = "entry-empty",
		.what = "the global partition is empty, as the table says",
		.before_boot = true,
		.field = ENTRY(size),
		.value = 0,
	},
	{
		.name = "entry-outside",
		.what = "the global partition is after SMEM (mainline warns)",
		.before_boot = true,
		.field = ENTRY(offset),
		.derive = after_smem,
	},
	{
		.name = "entry-in-head",
		.what = "the global partition is in SMEM's head",
		.before_boot = true,
		.field = ENTRY(offset),
		.value = 64,
	},
	{
		.name = "entry-wraps",
		.what = "the table says a size with which the global partition wraps in 32 bits",
		.before_boot = true,
		.field = ENTRY(size),
		.value = 0xfffff000,
	},
	{
		.name = "partition-magic",
		.what = "there is no global partition where the table says",
		.before_boot = true,
		.field = PARTITION(magic),
		.value = 0,
	},
	{
		.name = "partition-hosts",
		.what = "the partition itself says that it is not global",
		.before_boot = true,
		.field = PARTITION(hosts[1]),
		.value = 1,
	},
	{
		.name = "partition-size",
		.what = "the partition itself says another size than the table",
		.before_boot = true,
		.field = PARTITION(size),
		.value = 0x1000,
	},
	{
		.name = "partition-wraps",
		.what = "the global partition's offset and size wrap in 32 bits",
		.hurt = sizes_wrap,
	},
	{
		.name = "partition-over-table",
		.what = "the global partition takes the partition table in",
		.hurt = sizes_take_table,
	},
	{
		.name = "items-outside",
		.what = "the items end after the partition",
		.before_boot = true,
		.field = PARTITION(items_end),
		.value = 0xffffffff,
	},
	{
		.name = "items-none",
		.what = "the items end before the first of them",
		.before_boot = true,
		.field = PARTITION(items_end),
		.value = sizeof(struct smem_partition),
	},
	{
		.name = "items-in-head",
		.what = "the items end in the partition's head",
		.before_boot = true,
		.field = PARTITION(items_end),
		.value = 8,
	},
	{
		.name = "items-cut-head",
		.what = "the items end in the head of one",
		.field = PARTITION(items_end),
		.value = sizeof(struct smem_partition) + 8,
	},
	{
		.name = "items-cut",
		.what = "the items end in the middle of one",
		.field = PARTITION(items_end),
		.value = sizeof(struct smem_partition) + 64,
	},
	{
		.name = "cached-outside",
		.what = "the cached items start after the partition",
		.field = PARTITION(cached_start),
		.value = 0xffffffff,
	},
	{
		.name = "cached-overlap",
		.what = "the cached items start among the others",
		.field = PARTITION(cached_start),
		.value = sizeof(struct smem_partition),
	},
	{
		.name = "item-missing",
		.what = "there is no item 602",
		.before_boot = true,
		.field = ITEM(number),
		.value = OTHER_ITEM,
	},
	{
		.name = "item-canary",
		.what = "the item has no canary",
		.before_boot = true,
		.field = ITEM(canary),
		.value = 0x5a5a,
	},
	{
		.name = "item-short",
		.what = "the item has 64 bytes that are not padding",
		.before_boot = true,
		.field = ITEM(pad_end),
		.derive = most_is_padding,
	},
	{
		.name = "item-padding",
		.what = "the item has more padding than bytes (mainline warns)",
		.before_boot = true,
		.field = ITEM(pad_end),
		.value = 0xffff,
	},
	{
		.name = "item-huge",
		.what = "the item is larger than the partition (mainline warns)",
		.before_boot = true,
		.field = ITEM(size),
		.value = 0xfffffff0,
	},
	{
		.name = "item-moved",
		.what = "the item's bytes are where zeros are",
		.before_boot = true,
		.field = ITEM(pad_start),
		.value = 0x2000,
	},
	{
		.name = "item-unaligned",
		.what = "the item's bytes start 4 bytes later, so nothing in it is aligned",
		.before_boot = true,
		.field = ITEM(pad_start),
		.value = 4,
	},
	{
		.name = "item-loop",
		.what = "in 32 bits an item is followed by itself (mainline warns)",
		.before_boot = true,
		.hurt = item_follows_itself,
	},
	{
		.name = "toc-status",
		.what = "the ToC is not set up",
		.before_boot = true,
		.field = TOC(status),
		.value = 0,
	},
	{
		.name = "toc-status-odd",
		.what = "the ToC's status is neither 0 nor 1",
		.field = TOC(status),
		.value = 0x80000001,
	},
	{
		.name = "toc-revision",
		.what = "the ToC is of revision 2",
		.before_boot = true,
		.field = TOC(revision),
		.value = 2,
	},
	{
		.name = "toc-disabled",
		.what = "minidump is not enabled on this machine",
		.before_boot = true,
		.field = TOC(enabled),
		.value = 0,
	},
	{
		.name = "toc-enabled-odd",
		.what = "1 is where the ToC should say that minidump is enabled",
		.before_boot = true,
		.field = TOC(enabled),
		.value = 1,
	},
	{
		.name = "encryption-required",
		.what = "the firmware requires that Linux's regions are encrypted",
		.before_boot = true,
		.field = LINUX(encryption_required),
		.value = TOC_ENCRYPT_YES,
	},
};

const struct kinds kinds_smem = { kinds, sizeof(kinds) / sizeof(*kinds) };

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SMEM, the memory that the processors of a Qualcomm chip share; version 12,
 * little endian:
 *
 *	0		head, with a heap that this version does not use
 *	any		global partition: its head, then items, one after the other
 *	size - 4096	table of the partitions, and the info on SMEM as a whole
 */
#ifndef _FIRMWARE_SMEM_H
#define _FIRMWARE_SMEM_H

#include <linux/build_bug.h>
#include <linux/types.h>

#include "ram.h"

#define SMEM_PAGE	4096
#define SMEM_VERSION	12
/* Index of the boot loader's version; the upper half of the version counts. */
#define SMEM_BOOT	7
#define SMEM_GLOBAL	0xfffe
#define SMEM_CANARY	0xa5a5

#define SMEM_TABLE_MAGIC	"$TOC"
#define SMEM_TABLE_VERSION	1
#define SMEM_INFO_MAGIC		"SIII"
#define SMEM_PARTITION_MAGIC	"$PRT"

/**
 * struct smem_slot - an item of the heap that came before partitions
 * @taken:	nonzero if the slot has an item
 * @offset:	of the item's bytes
 * @size:	of the item
 * @base:	address that @offset is relative to
 */
struct smem_slot {
	__le32 taken;
	__le32 offset;
	__le32 size;
	__le32 base;
};

/**
 * struct smem_head - the head of SMEM
 * @mailboxes:	not used any more
 * @versions:	of each subsystem's software
 * @initialized: 1 when the boot loader has done its part
 * @heap_free:	offset of the heap's first free byte
 * @heap_left:	bytes that are free in the heap
 * @zero:	must be 0
 * @heap:	the items
 */
struct smem_head {
	__u8 mailboxes[64];
	__le32 versions[32];
	__le32 initialized;
	__le32 heap_free;
	__le32 heap_left;
	__le32 zero;
	struct smem_slot heap[512];
};

/**
 * struct smem_table - head of the table of partitions
 * @magic:	SMEM_TABLE_MAGIC
 * @version:	SMEM_TABLE_VERSION
 * @entries:	number of struct smem_entry that follow; then comes a struct smem_info
 * @spare:	zero
 */
struct smem_table {
	__u8 magic[4];
	__le32 version;
	__le32 entries;
	__le32 spare[5];
};

/**
 * struct smem_entry - the place of a partition
 * @offset:	in SMEM
 * @size:	bytes, its head included
 * @flags:	zero
 * @hosts:	the two processors that share it; SMEM_GLOBAL twice for all
 * @cacheline:	alignment of cached items
 * @spare:	zero
 */
struct smem_entry {
	__le32 offset;
	__le32 size;
	__le32 flags;
	__le16 hosts[2];
	__le32 cacheline;
	__le32 spare[7];
};

/**
 * struct smem_info - the info on SMEM as a whole
 * @magic:	SMEM_INFO_MAGIC
 * @size:	of SMEM
 * @base:	physical address of SMEM
 * @spare:	zero
 * @items:	upper limit of the numbers of items, exclusive
 * @pad:	zero
 */
struct smem_info {
	__u8 magic[4];
	__le32 size;
	__le32 base;
	__le32 spare;
	__le16 items;
	__le16 pad;
};

/**
 * struct smem_partition - head of a partition
 * @magic:	SMEM_PARTITION_MAGIC
 * @hosts:	as in the table
 * @size:	as in the table
 * @items_end:	offset of the first byte after the items
 * @cached_start: offset of the items that are cached, which grow down from the
 *		end; no smaller than @items_end
 * @spare:	zero
 */
struct smem_partition {
	__u8 magic[4];
	__le16 hosts[2];
	__le32 size;
	__le32 items_end;
	__le32 cached_start;
	__le32 spare[3];
};

/**
 * struct smem_item - head of an item; its bytes follow
 * @canary:	SMEM_CANARY
 * @number:	number of the item
 * @size:	bytes of the item, including the padding at its end
 * @pad_end:	bytes of that padding
 * @pad_start:	bytes of padding between this head and the item
 * @spare:	zero
 */
struct smem_item {
	__le16 canary;
	__le16 number;
	__le32 size;
	__le16 pad_end;
	__le16 pad_start;
	__le32 spare;
};

static_assert(sizeof(struct smem_slot) == 16);
static_assert(sizeof(struct smem_head) == 0xd0 + 512 * 16);
static_assert(offsetof(struct smem_head, versions[SMEM_BOOT]) == 0x5c);
static_assert(offsetof(struct smem_head, initialized) == 0xc0);
static_assert(sizeof(struct smem_table) == 32);
static_assert(sizeof(struct smem_entry) == 48);
static_assert(sizeof(struct smem_info) == 20);
static_assert(offsetof(struct smem_info, items) == 16);
static_assert(sizeof(struct smem_partition) == 32);
static_assert(sizeof(struct smem_item) == 16);

/**
 * struct smem - the address of SMEM, and those of its parts
 * @ram:	memory of the machine
 * @address:	physical address, a multiple of SMEM_PAGE
 * @size:	bytes, a multiple of SMEM_PAGE; all of it is in @ram, below 4 GiB
 * @table:	physical address of the table of partitions, once found
 * @entry:	address of the global partition's entry in it
 * @info:	address of the struct smem_info after its entries
 * @partition:	address of the global partition
 * @item:	address of the head of the item that was looked for
 * @data:	address of that item's bytes
 * @bytes:	number of these bytes
 */
struct smem {
	const struct ram *ram;
	u64 address;
	u64 size;

	u64 table;
	u64 entry;
	u64 info;
	u64 partition;
	u64 item;
	u64 data;
	u64 bytes;
};

int smem_place(struct smem *smem, const struct ram *ram, u64 address, u64 size);
int smem_find(struct smem *smem, u16 number);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Damage to the tables that Linux has made. */
#include <endian.h>

#include "damage.h"

#define LINUX(member)		FIELD(IN_LINUX, struct minidump_subsystem, member)
#define REGION(member)		FIELD(IN_REGION, struct minidump_region, member)
#define OTHER(member)		FIELD(IN_OTHER, struct minidump_region, member)

static const struct field region_name = REGION(name);
static const struct field region_seq = REGION(seq_num);
static const struct field region_address = REGION(address);
static const struct field region_size = REGION(size);
static const struct field other_name = OTHER(name);
static const struct field other_seq = OTHER(seq_num);

static u64 all_ram(const struct scene *scene)
{
	return ram_end(scene->smem->ram);
}

static u64 near_end(const struct scene *scene)
{
	return ram_end(scene->smem->ram) - 8;
}

static u64 table_plus_4(const struct scene *scene)
{
	struct minidump_subsystem sub;

	ram_read(scene->smem->ram, scene->at[IN_LINUX], &sub, sizeof(sub));
	return le64toh(sub.regions_baseptr) + 4;
}

static u64 address_plus_2(const struct scene *scene)
{
	return le64toh(scene->region.address) + 2;
}

static u64 in_smem(const struct scene *scene)
{
	return scene->at[IN_TOC];
}

static int set_region(const struct scene *scene, u64 address, u64 size)
{
	return damage_store(scene, &region_address, address) ?:
	       damage_store(scene, &region_size, size);
}

static int over_end(const struct scene *scene)
{
	return set_region(scene, all_ram(scene) - 4096, 8192);
}

static int over_smem(const struct scene *scene)
{
	return set_region(scene, scene->smem->address - 4096, 8192);
}

static int past_last_address(const struct scene *scene)
{
	return set_region(scene, -4096ULL, 8192);
}

/* The larger part of the first file, either below SMEM or above. */
static int huge(const struct scene *scene)
{
	const struct ram_bank *bank = &scene->smem->ram->banks[0];
	const u64 end = bank->base + bank->size;
	const u64 low = scene->smem->address, high = low + scene->smem->size;

	if (low < bank->base || high > end)
		return set_region(scene, bank->base, bank->size & ~3ULL);
	if (low - bank->base > end - high)
		return set_region(scene, bank->base, low - bank->base);
	return set_region(scene, high, (end - high) & ~3ULL);
}

static int none_valid(const struct scene *scene)
{
	const __le32 valid = htole32(MINIDUMP_INVALID);
	struct toc toc;
	u64 at;

	if (toc_read(&toc, scene->smem))
		return -1;
	at = toc.address + offsetof(struct minidump_region, valid);
	for (; toc.count--; at += sizeof(struct minidump_region))
		ram_write(scene->smem->ram, at, &valid, sizeof(valid));
	return 0;
}

/* The last valid region and the one before it have the same name and number. */
static int same_name(const struct scene *scene)
{
	return damage_text(scene, &region_name, "Ktwice") ?:
	       damage_text(scene, &other_name, "Ktwice") ?:
	       damage_store(scene, &region_seq, 5) ?:
	       damage_store(scene, &other_seq, 5);
}

/* Names and numbers differ, but name and number together are the same. */
static int same_file(const struct scene *scene)
{
	return damage_text(scene, &region_name, "Ktwice1") ?:
	       damage_text(scene, &other_name, "Ktwice") ?:
	       damage_store(scene, &region_seq, 5) ?:
	       damage_store(scene, &other_seq, 15);
}

static const struct kind kinds[] = {
	{
		.name = "encryption-not-done",
		.what = "the regions' encryption is not done",
		.field = LINUX(encryption_status),
		.value = MINIDUMP_TAG('S', 'T', 'R', 'T'),
	},
	{
		.name = "linux-status",
		.what = "Linux's ToC is not filled in",
		.field = LINUX(status),
		.value = 0,
	},
	{
		.name = "linux-disabled",
		.what = "Linux's ToC is not enabled",
		.field = LINUX(enabled),
		.value = MINIDUMP_TAG('D', 'S', 'B', 'L'),
	},
	{
		.name = "count-zero",
		.what = "Linux has no regions",
		.field = LINUX(region_count),
		.value = 0,
	},
	{
		.name = "count-over",
		.what = "Linux has one region more than can be taken",
		.field = LINUX(region_count),
		.value = MINIDUMP_MAX_REGIONS + 1,
	},
	{
		.name = "count-huge",
		.what = "Linux has 4294967295 regions",
		.field = LINUX(region_count),
		.value = 0xffffffff,
	},
	{
		.name = "base-null",
		.what = "Linux's table is at 0",
		.field = LINUX(regions_baseptr),
		.value = 0,
	},
	{
		.name = "base-wild",
		.what = "Linux's table is at an address without RAM",
		.field = LINUX(regions_baseptr),
		.value = 0xdeadbeefcafe0000,
	},
	{
		.name = "base-unaligned",
		.what = "Linux's table is 4 bytes further up",
		.field = LINUX(regions_baseptr),
		.derive = table_plus_4,
	},
	{
		.name = "base-wraps",
		.what = "Linux's table goes past the last address",
		.field = LINUX(regions_baseptr),
		.value = -8ULL,
	},
	{
		.name = "base-over-end",
		.what = "Linux's table runs out of RAM",
		.field = LINUX(regions_baseptr),
		.derive = near_end,
	},
	{
		.name = "regions-none-valid",
		.what = "no region is valid",
		.hurt = none_valid,
	},
	{
		.name = "region-outside",
		.what = "a region is after RAM",
		.field = REGION(address),
		.derive = all_ram,
	},
	{
		.name = "region-over-end",
		.what = "a region runs out of RAM",
		.hurt = over_end,
	},
	{
		.name = "region-unaligned",
		.what = "a region's address is no multiple of 4",
		.field = REGION(address),
		.derive = address_plus_2,
	},
	{
		.name = "region-wraps",
		.what = "a region goes past the last address",
		.hurt = past_last_address,
	},
	{
		.name = "region-empty",
		.what = "a region has no bytes",
		.field = REGION(size),
		.value = 0,
	},
	{
		.name = "region-odd-size",
		.what = "a region's size is no multiple of 4",
		.field = REGION(size),
		.value = 6,
	},
	{
		.name = "region-size-wraps",
		.what = "a region's address and size wrap in 64 bits",
		.field = REGION(size),
		.value = -4ULL,
	},
	{
		.name = "region-huge",
		.what = "a region is most of RAM",
		.hurt = huge,
	},
	{
		.name = "region-in-smem",
		.what = "a region is in SMEM",
		.field = REGION(address),
		.derive = in_smem,
	},
	{
		.name = "region-over-smem",
		.what = "a region runs into SMEM",
		.hurt = over_smem,
	},
	{
		.name = "name-endless",
		.what = "a name has no end",
		.field = REGION(name),
		.text = "KAAAAAAAAAAAAAAA",
	},
	{
		.name = "name-long",
		.what = "a name is longer than K and eight characters",
		.field = REGION(name),
		.text = "K123456789",
	},
	{
		.name = "name-empty",
		.what = "a name is empty",
		.field = REGION(name),
		.text = "",
	},
	{
		.name = "name-not-k",
		.what = "a name does not begin with K",
		.field = REGION(name),
		.text = "data",
	},
	{
		.name = "name-slash",
		.what = "a name has a slash",
		.field = REGION(name),
		.text = "K/../x",
	},
	{
		.name = "name-dash",
		.what = "a name has a dash",
		.field = REGION(name),
		.text = "Ka-b",
	},
	{
		.name = "name-control",
		.what = "a name has an escape",
		.field = REGION(name),
		.text = "K\033[2J",
	},
	{
		.name = "name-high",
		.what = "a name has a byte that is not ASCII",
		.field = REGION(name),
		.text = "Ka\377",
	},
	{
		.name = "name-twice",
		.what = "two regions have the same name and number",
		.hurt = same_name,
	},
	{
		.name = "name-same-file",
		.what = "two regions have the same file by name and number together",
		.hurt = same_file,
	},
};

const struct kinds kinds_linux = { kinds, sizeof(kinds) / sizeof(*kinds) };

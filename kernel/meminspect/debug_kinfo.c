// SPDX-License-Identifier: GPL-2.0-only
/*
 * The places of the kernel's text and symbol tables, for boot loaders of Android
 * devices, which resolve addresses after the kernel has died.  They are kept in memory
 * that the device tree reserves as "google,debug-kinfo".
 *
 * All fields that are not constants come from the table and follow it: a field reads
 * as zero when its entry has left the table.
 *
 * The loader reads after a reset, which may come at any instant.  Magic and checksum
 * share 8 aligned bytes.  A change stores zero there, then the body, and then magic and
 * checksum at once, with a barrier after each.  Until the last store there is no magic,
 * so that no loader takes a half-written body, whatever its XOR may be.  Between the
 * first and the last store a loader finds nothing: the layout has no room for two
 * copies.  The body is prepared before the first store, and written only if it has
 * changed.
 *
 * Uses the public interface alone.
 */
#define pr_fmt(fmt) "debug-kinfo: " fmt

#include <linux/debug_kinfo_abi.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/meminspect.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/string.h>
#include <linux/thread_info.h>
#include <linux/unaligned.h>
#include <linux/utsname.h>

/**
 * struct kinfo - the area and its contents
 * @area:	memory that the loader reads, aligned to 8
 * @body:	contents of @area, or contents that are about to be written
 * @shown:	@area has @body, and the table is followed
 * @nb:		follows the table
 *
 * Changed with the table of meminspect locked.
 */
struct kinfo {
	void *area;
	struct debug_kinfo_body body;
	bool shown;
	struct notifier_block nb;
};

/**
 * struct kinfo_place - an entry whose address is in the body
 * @id:		the entry
 * @start:	offset in the body of the field for its address
 * @end:	offset of the field for the address behind it, or 0 for no field
 */
struct kinfo_place {
	enum meminspect_uid id;
	u16 start;
	u16 end;
};

#define FIELD(name)	offsetof(struct debug_kinfo_body, name)

/* The body has the addresses of these entries, and contents of three others. */
static const struct kinfo_place places[] = {
	{ MEMINSPECT_ID__text, FIELD(text), FIELD(end) },
	{ MEMINSPECT_ID__stext, FIELD(stext), FIELD(etext) },
	{ MEMINSPECT_ID__sinittext, FIELD(sinittext), FIELD(einittext) },
	{ MEMINSPECT_ID_kallsyms_offsets, FIELD(offsets) },
	{ MEMINSPECT_ID_kallsyms_names, FIELD(names) },
	{ MEMINSPECT_ID_kallsyms_token_table, FIELD(token_table) },
	{ MEMINSPECT_ID_kallsyms_token_index, FIELD(token_index) },
	{ MEMINSPECT_ID_kallsyms_markers, FIELD(markers) },
	{ MEMINSPECT_ID_kallsyms_seqs_of_names, FIELD(seqs_of_names) },
	{ MEMINSPECT_ID_swapper_pg_dir, FIELD(page_table) },
};

/* Entries of other classes are ignored, whatever their ids are. */
#define CLASSES	(BIT(MEMINSPECT_CLASS_CORE) | BIT(MEMINSPECT_CLASS_SYMBOLS))

static void init_body(struct debug_kinfo_body *body)
{
	body->kallsyms_all = IS_ENABLED(CONFIG_KALLSYMS_ALL);
	body->absolute_percpu = IS_ENABLED(CONFIG_KALLSYMS_ABSOLUTE_PERCPU);
	/* The option was renamed. */
	body->cfi = IS_ENABLED(CONFIG_CFI) || IS_ENABLED(CONFIG_CFI_CLANG);
	body->name_len = cpu_to_le16(KSYM_NAME_LEN);
	body->bits_per_long = cpu_to_le16(BITS_PER_LONG);
	body->module_name_len = cpu_to_le16(MODULE_NAME_LEN);
	body->symbol_len = cpu_to_le16(KSYM_SYMBOL_LEN);
	body->thread_size = cpu_to_le32(THREAD_SIZE);
	body->modules_tree =
		cpu_to_le32(IS_ENABLED(CONFIG_MODULES_TREE_LOOKUP));
#ifdef CONFIG_MODULES
	body->module_mem = cpu_to_le32(offsetof(struct module, mem));
#ifdef CONFIG_KALLSYMS
	body->module_kallsyms = cpu_to_le32(offsetof(struct module, kallsyms));
#endif
#endif
}

static void set_address(struct debug_kinfo_body *body, unsigned int field,
			u64 value)
{
	put_unaligned_le64(value, (void *)body + field);
}

static void take_num_syms(struct debug_kinfo_body *body, const void *va)
{
	body->num_syms = cpu_to_le32(va ? *(const unsigned int *)va : 0);
}

static void take_relative_base(struct debug_kinfo_body *body, const void *va)
{
	const unsigned long base = va ? *(const unsigned long *)va : 0;

	body->base_relative = !!base;
	set_address(body, FIELD(relative_base), base ? __pa_symbol(base) : 0);
}

static void take_uts(struct debug_kinfo_body *body, const void *va)
{
	const struct uts_namespace *uts = va;

	strscpy_pad(body->release, uts ? uts->name.release : "",
		    sizeof(body->release));
}

/* The contents of an entry of at least so many bytes, or NULL. */
static const void *entry_contents(const struct inspect_entry *ie, bool there,
				  size_t size)
{
	return there && ie->size >= size ? ie->va : NULL;
}

/* Write an entry to the body, or clear its fields; the area is left as it is. */
static void update_body(struct debug_kinfo_body *body,
			const struct inspect_entry *ie, bool there)
{
	const struct kinfo_place *place;

	if (ie->properties & MEMINSPECT_NOT_IN_KINFO ||
	    !(CLASSES & BIT(ie->class)))
		return;

	switch (ie->id) {
	case MEMINSPECT_ID_kallsyms_num_syms:
		take_num_syms(body, entry_contents(ie, there, sizeof(unsigned int)));
		return;
	case MEMINSPECT_ID_kallsyms_relative_base:
		take_relative_base(body,
				   entry_contents(ie, there, sizeof(unsigned long)));
		return;
	case MEMINSPECT_ID_init_uts_ns:
		take_uts(body, entry_contents(ie, there, sizeof(struct uts_namespace)));
		return;
	default:
		break;
	}
	for (place = places; place < places + ARRAY_SIZE(places); place++) {
		if (place->id != ie->id)
			continue;
		set_address(body, place->start, there ? ie->pa : 0);
		if (place->end)
			set_address(body, place->end,
				    there ? (u64)ie->pa + ie->size : 0);
	}
}

static u32 checksum_body(const struct debug_kinfo_body *body)
{
	unsigned int at;
	u32 sum = 0;

	static_assert(sizeof(*body) % sizeof(u32) == 0);
	for (at = 0; at < sizeof(*body); at += sizeof(u32))
		sum ^= get_unaligned_le32((const void *)body + at);
	return sum;
}

/* Magic and checksum in one store. */
static void store_magic(void *area, u32 magic, u32 sum)
{
	__le64 both = cpu_to_le64((u64)sum << 32 | magic);

	/* The body before its magic. */
	wmb();
	WRITE_ONCE(*(__le64 *)area, both);
	/* Before the next body; and not delayed. */
	wmb();
}

/* The order of the stores is explained at the top of this file. */
static void write_area(struct kinfo *kinfo)
{
	struct debug_kinfo *to = kinfo->area;

	store_magic(to, 0, 0);
	memcpy(&to->body, &kinfo->body, sizeof(to->body));
	store_magic(to, DEBUG_KINFO_MAGIC, checksum_body(&kinfo->body));
}

static void add_entry(void *priv, const struct inspect_entry *ie)
{
	struct kinfo *kinfo = priv;

	update_body(&kinfo->body, ie, true);
}

static int table_changed(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct kinfo *kinfo = container_of(nb, struct kinfo, nb);
	const struct debug_kinfo_body before = kinfo->body;

	update_body(&kinfo->body, data, action == MEMINSPECT_NOTIFIER_ADD);
	if (memcmp(&before, &kinfo->body, sizeof(before)))
		write_area(kinfo);
	return NOTIFY_OK;
}

/* Write the entries of the table, and follow its changes. */
static int follow_table(struct kinfo *kinfo, void *area)
{
	int ret;

	kinfo->area = area;
	kinfo->nb.notifier_call = table_changed;
	meminspect_table_lock();
	ret = meminspect_notifier_register(&kinfo->nb);
	if (!ret) {
		init_body(&kinfo->body);
		meminspect_traverse(kinfo, add_entry);
		write_area(kinfo);
		kinfo->shown = true;
	}
	meminspect_table_unlock();
	return ret;
}

/* Text from user space, without the newline. */
static int set_build_info(struct kinfo *kinfo, const char *text)
{
	size_t len = strcspn(text, "\n");

	if (len >= sizeof(kinfo->body.build_info))
		return -E2BIG;
	meminspect_table_lock();
	memset(kinfo->body.build_info, 0, sizeof(kinfo->body.build_info));
	memcpy(kinfo->body.build_info, text, len);
	if (kinfo->shown)
		write_area(kinfo);
	meminspect_table_unlock();
	return 0;
}

static struct kinfo kinfo;

/* The command line sets it before there is an area. */
static int build_info_param(const char *text, const struct kernel_param *kp)
{
	return set_build_info(&kinfo, text);
}

static const struct kernel_param_ops build_info_ops = {
	.set = build_info_param,
};

module_param_cb(build_info, &build_info_ops, NULL, 0200);
MODULE_PARM_DESC(build_info, "which build it is, for the boot loader");

/*
 * The reserved memory itself is compatible, or a node that points to it, or
 * both, as trees of devices have it.
 */
static struct reserved_mem *__init find_memory(struct device_node *node)
{
	struct reserved_mem *rmem = of_reserved_mem_lookup(node);
	struct device_node *region;

	if (rmem)
		return rmem;
	region = of_parse_phandle(node, "memory-region", 0);
	rmem = region ? of_reserved_mem_lookup(region) : NULL;
	of_node_put(region);
	return rmem;
}

static int __init debug_kinfo_init(void)
{
	const size_t size = sizeof(struct debug_kinfo);
	struct reserved_mem *rmem = NULL;
	struct device_node *node;
	unsigned long flags;
	bool named = false;
	void *area;
	int ret;

	for_each_compatible_node(node, NULL, "google,debug-kinfo") {
		if (!of_device_is_available(node))
			continue;
		named = true;
		rmem = find_memory(node);
		if (rmem) {
			of_node_put(node);
			break;
		}
	}
	if (!named)
		return 0;
	if (!rmem) {
		pr_err("the device tree reserves no memory for it\n");
		return -ENODEV;
	}
	if (!IS_ALIGNED(rmem->base, sizeof(u64)) || rmem->size < size) {
		pr_err("%pa bytes at %pa: must be %zu at least, and aligned to 8\n",
		       &rmem->size, &rmem->base, size);
		return -EINVAL;
	}

	/* no-map memory bypasses the caches, which a reset may lose. */
	flags = region_intersects(rmem->base, size, IORESOURCE_SYSTEM_RAM,
				  IORES_DESC_NONE) == REGION_DISJOINT ?
		MEMREMAP_WC : MEMREMAP_WB;
	area = memremap(rmem->base, size, flags);
	ret = area ? follow_table(&kinfo, area) : -ENOMEM;
	if (ret) {
		pr_err("memory at %pa is not used: %d\n", &rmem->base, ret);
		if (area)
			memunmap(area);
		return ret;
	}
	pr_info("%zu bytes at %pa\n", size, &rmem->base);
	return 0;
}

/* After the entries of the kernel itself were registered. */
device_initcall(debug_kinfo_init);

#ifdef CONFIG_MEMINSPECT_KINFO_KUNIT_TEST
#include "debug_kinfo_test.c"
#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A back end for any platform: everything is in reserved memory.
 *
 *	0		anchor, by which a collector finds the rest
 *	64		global table of contents
 *	4096		region tables
 *
 * A collector may look for the anchor at any time, also after a warm reset.  So the
 * anchor is written last, and its checksum covers all of it.
 */
#define pr_fmt(fmt) "minidump: " fmt

#include <linux/crash_dump.h>
#include <linux/crc32.h>
#include <linux/init.h>
#include <linux/initrd.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/minidump.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/page-flags.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/vmcore_info.h>

#include <asm/sections.h>

#define TOC_OFFSET	64
#define TABLES_OFFSET	SZ_4K

static_assert(sizeof(struct minidump_anchor) <= TOC_OFFSET);
static_assert(TOC_OFFSET + sizeof(struct minidump_global_toc) <= TABLES_OFFSET);

/* From the command line or the device tree. */
static phys_addr_t area_base __initdata;
static phys_addr_t area_size __initdata;

static struct minidump_global_toc *toc;

static int reserved_enable(struct minidump_backend *be, phys_addr_t table)
{
	struct minidump_subsystem *linux_toc =
		&toc->subsystems[MINIDUMP_SUBSYSTEM_LINUX];
	struct minidump_anchor *anchor = (void *)toc - TOC_OFFSET;

	linux_toc->regions_baseptr = cpu_to_le64(table);
	linux_toc->region_count = cpu_to_le32(be->max_regions);
	linux_toc->encryption_status = cpu_to_le32(MINIDUMP_ENCRYPT_DONE);
	linux_toc->encryption_required = cpu_to_le32(MINIDUMP_ENCRYPT_NONE);
	linux_toc->enabled = cpu_to_le32(MINIDUMP_ENABLED);
	linux_toc->status = cpu_to_le32(1);
	toc->revision = cpu_to_le32(MINIDUMP_REVISION);
	toc->enabled = cpu_to_le32(MINIDUMP_ENABLED);
	toc->status = cpu_to_le32(1);

	anchor->version = cpu_to_le32(MINIDUMP_ANCHOR_VERSION);
	anchor->toc = cpu_to_le64(be->table_pa[0] - TABLES_OFFSET + TOC_OFFSET);
	anchor->checksum = 0;
	anchor->magic = cpu_to_le64(MINIDUMP_ANCHOR_MAGIC);
	/* Nothing is found until the checksum is right. */
	wmb();
	anchor->checksum = cpu_to_le32(~crc32_le(~0, (void *)anchor,
						 sizeof(*anchor)));
	return 0;
}

static void reserved_publish(struct minidump_backend *be, phys_addr_t table)
{
	WRITE_ONCE(toc->subsystems[MINIDUMP_SUBSYSTEM_LINUX].regions_baseptr,
		   cpu_to_le64(table));
}

static void reserved_disable(struct minidump_backend *be)
{
	struct minidump_anchor *anchor = (void *)toc - TOC_OFFSET;

	memset(anchor, 0, sizeof(*anchor));
	/* Not found any more, and then not there any more. */
	wmb();
	memset(toc, 0, sizeof(*toc));
}

static struct minidump_backend reserved_backend = {
	.name		= "reserved memory",
	.owner		= THIS_MODULE,
	.enable		= reserved_enable,
	.publish	= reserved_publish,
	.disable	= reserved_disable,
};

static int __init set_up(void *area, phys_addr_t base, size_t size)
{
	struct minidump_backend *be = &reserved_backend;
	const size_t table = (size - TABLES_OFFSET) / MINIDUMP_TABLES;
	unsigned int i;

	memset(area, 0, size);
	toc = area + TOC_OFFSET;
	/* No more than there can be entries: all of it is written each time. */
	be->max_regions = min_t(size_t, table / sizeof(struct minidump_region),
				CONFIG_MEMINSPECT_MAX_REGIONS);
	for (i = 0; i < MINIDUMP_TABLES; i++) {
		size_t offset = TABLES_OFFSET +
				i * be->max_regions * sizeof(struct minidump_region);

		be->table[i] = area + offset;
		be->table_pa[i] = base + offset;
	}
	return minidump_backend_register(be);
}

/* The command line goes before the device tree. */
static void __init find_node(void)
{
	struct device_node *node;
	struct reserved_mem *rmem;

	if (area_size)
		return;
	node = of_find_compatible_node(NULL, NULL, "linux,minidump");
	rmem = node ? of_reserved_mem_lookup(node) : NULL;
	if (rmem) {
		area_base = rmem->base;
		area_size = rmem->size;
	}
	of_node_put(node);
}

/* True if all of it is reserved, so that no allocator gives it away. */
static bool __init is_reserved(phys_addr_t base, phys_addr_t size)
{
	unsigned long pfn;

	for (pfn = PHYS_PFN(base); pfn < PFN_UP(base + size); pfn++)
		if (!pfn_valid(pfn) || !PageReserved(pfn_to_page(pfn)))
			return false;
	return true;
}

static bool __init meets_kernel(phys_addr_t base, phys_addr_t end)
{
	return base < __pa_symbol(_end) && end > __pa_symbol(_text);
}

/* The reason why the area can't be used, or NULL. */
static const char *__init area_fault(phys_addr_t base, phys_addr_t size)
{
	if (!IS_ALIGNED(base, MINIDUMP_ANCHOR_ALIGN))
		return "is not aligned to 4096";
	if (size <= TABLES_OFFSET)
		return "has no room for tables";
	if (base + size < base)
		return "wraps around";
	if (region_intersects(base, size, IORESOURCE_SYSTEM_RAM,
			      IORES_DESC_NONE) != REGION_INTERSECTS)
		return "is not RAM, or not all of it";
	if (meets_kernel(base, base + size))
		return "is where the kernel is";
	if (!is_reserved(base, size))
		return "is in use";
	return NULL;
}

/*
 * A collector may find several anchors, as a program can write one into its own
 * memory.  vmcoreinfo says which one is the kernel's.
 */
static int __init name_anchor(void)
{
	find_node();
	if (area_size && !is_kdump_kernel())
		vmcoreinfo_append_str("MINIDUMP_ANCHOR=%llx\n",
				      (u64)area_base);
	return 0;
}

/* After vmcoreinfo is allocated, and before meminspect copies it. */
subsys_initcall_sync(name_anchor);

static int __init reserved_init(void)
{
	const char *fault;
	void *area;
	int ret;

	if (!area_size)
		return 0;
	/* It has the minidump of the kernel that has died. */
	if (is_kdump_kernel()) {
		pr_info("reserved memory at %pa is left alone by a capture kernel\n",
			&area_base);
		return 0;
	}
	fault = area_fault(area_base, area_size);
	if (fault) {
		pr_err("reserved memory at %pa, %pa bytes, %s: no minidump\n",
		       &area_base, &area_size, fault);
		return -EINVAL;
	}
	area = memremap(area_base, area_size, MEMREMAP_WB);
	if (!area) {
		pr_err("%pa bytes at %pa can't be mapped\n", &area_size,
		       &area_base);
		return -ENOMEM;
	}
	ret = set_up(area, area_base, area_size);
	if (ret) {
		pr_err("reserved memory at %pa is not used: %d\n", &area_base,
		       ret);
		memunmap(area);
	}
	return ret;
}

/* After meminspect has its image. */
device_initcall(reserved_init);

/* Not every architecture has reserved the kernel and its initrd at this point. */
static bool __init in_use(phys_addr_t base, phys_addr_t end)
{
#ifdef CONFIG_BLK_DEV_INITRD
	if (base < phys_initrd_start + phys_initrd_size &&
	    end > phys_initrd_start)
		return true;
#endif
	return memblock_is_region_reserved(base, end - base) ||
	       meets_kernel(base, end);
}

/* minidump.base=ADDRESS,size=BYTES keeps the memory free by itself. */
static int __init parse_area(char *arg)
{
	phys_addr_t base, size;
	char *end;

	if (!arg)
		return -EINVAL;
	base = memparse(arg, &end);
	if (strncmp(end, ",size=", 6)) {
		pr_err("minidump.base=%s: must be ADDRESS,size=BYTES\n", arg);
		return -EINVAL;
	}
	size = memparse(end + 6, &end);
	if (*end || !size || base + size < base) {
		pr_err("minidump.base=%s: not a size\n", arg);
		return -EINVAL;
	}
	if (in_use(base, base + size)) {
		pr_err("minidump.base=%s: in use already\n", arg);
		return -EBUSY;
	}
	memblock_reserve(base, size);
	area_base = base;
	area_size = size;
	return 0;
}
early_param("minidump.base", parse_area);

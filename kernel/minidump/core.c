// SPDX-License-Identifier: GPL-2.0-only
/*
 * The front end: from the image to the region table that the outside reads.
 *
 * Whoever reads the table may do so at any instant, and no code of ours runs
 * when it does.  So each image has a table of its own, which is whole before
 * the back end publishes it with one store, and which is left alone as long as
 * it is the published one.
 */
#define pr_fmt(fmt) "minidump: " fmt

#include <linux/crash_dump.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minidump.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "../meminspect/internal.h"

/* Changed with the slots of meminspect locked. */
static struct minidump_backend *backend;

/*
 * 'K' and what the ABI allows of the name.  Not a digit at the end: there the
 * sequence number follows in the file's name.
 */
static void region_name(char to[MINIDUMP_NAME_BYTES], const char *name)
{
	unsigned int i, len = strnlen(name, MINIDUMP_NAME_CHARS);

	memset(to, 0, MINIDUMP_NAME_BYTES);
	to[0] = 'K';
	for (i = 0; i < len; i++)
		to[1 + i] = isalnum(name[i]) ? name[i] : '_';
	if (!len || isdigit(to[len]))
		to[min_t(unsigned int, len + 1, MINIDUMP_NAME_CHARS)] = '_';
}

static void fill_region(struct minidump_region *region, unsigned int i,
			const struct meminspect_run *run)
{
	region_name(region->name, run->name);
	region->seq_num = cpu_to_le32(i + 1);
	region->address = cpu_to_le64(run->start);
	region->size = cpu_to_le64(run->end - run->start);
	region->valid = cpu_to_le32(MINIDUMP_VALID);
}

/* The one header, and windows, are told by their names. */
static void fill_run(struct minidump_region *region, unsigned int i,
		     const struct meminspect_run *run)
{
	fill_region(region, i, run);
	if (!strncmp(region->name, MINIDUMP_NAME_ELF,
		     strlen(MINIDUMP_NAME_ELF)) ||
	    !strncmp(region->name, MINIDUMP_NAME_WINDOW,
		     strlen(MINIDUMP_NAME_WINDOW)))
		region->name[1] = '_';
}

static void fill_table(const struct minidump_backend *be, unsigned int copy,
		       const struct meminspect_image *image)
{
	struct minidump_region *table = be->table[copy];
	struct meminspect_run own[IMAGE_REGIONS], window;
	unsigned int i, nr = 0;

	memset(table, 0, be->max_regions * sizeof(*table));
	meminspect_image_regions(image, own);
	for (; nr < IMAGE_REGIONS; nr++)
		fill_region(&table[nr], nr, &own[nr]);
	for (i = 0; nr < be->max_regions && i < image->nr_windows; i++, nr++) {
		meminspect_image_window(image, i, &window);
		fill_region(&table[nr], nr, &window);
	}
	/* No more runs than the back end's limit leaves room for. */
	for (i = 0; nr < be->max_regions && i < image->runs.nr; i++, nr++)
		fill_run(&table[nr], nr, &image->runs.run[i]);
	if (image->nr_windows)
		meminspect_switch_show(copy, image->elf, image->elf_pa, table);
}

/**
 * minidump_publish() - show an image to the outside
 * @image:	the image, complete
 * @copy:	its number, below MINIDUMP_TABLES, and not that of the one before
 *
 * Context: the slots of meminspect locked, or a panic, the other CPUs stopped.
 *
 * Return: whether there is a back end.
 */
bool minidump_publish(const struct meminspect_image *image, unsigned int copy)
{
	struct minidump_backend *be = READ_ONCE(backend);

	if (!be)
		return false;
	fill_table(be, copy, image);
	/* The table and the image before what points to them. */
	wmb();
	be->publish(be, be->table_pa[copy]);
	return true;
}

/**
 * minidump_wants_registers() - whether a panic shall save all CPUs' registers
 *
 * Return: true while there is a back end.
 */
bool minidump_wants_registers(void)
{
	return READ_ONCE(backend);
}

static const char *backend_fault(const struct minidump_backend *be)
{
	unsigned int i;

	if (!be->enable || !be->publish || !be->disable)
		return "lacks a callback";
	if (be->max_regions <= IMAGE_REGIONS)
		return "has no room for any region";
	for (i = 0; i < MINIDUMP_TABLES; i++)
		if (!be->table[i] ||
		    !IS_ALIGNED((unsigned long)be->table[i], sizeof(u64)) ||
		    !IS_ALIGNED(be->table_pa[i], sizeof(u64)))
			return "has a table that is missing or not aligned";
	return NULL;
}

/* The tables are the back end's own again. */
static void forget_tables(void)
{
	const struct meminspect_image *image = meminspect_image_current();

	if (image->nr_windows)
		meminspect_switch_show(meminspect_image_copy(image),
				       image->elf, image->elf_pa, NULL);
	meminspect_set_limits(0, 0);
}

/* The table of meminspect is locked, and its slots. */
static int enable(struct minidump_backend *be)
{
	const struct meminspect_image *image;
	unsigned int copy;
	int ret;

	ret = meminspect_set_limits(be->max_regions, be->max_address);
	if (ret)
		return ret;
	/* The first table must keep the limits, too. */
	meminspect_image_update();
	image = meminspect_image_current();
	copy = meminspect_image_copy(image);
	fill_table(be, copy, image);
	/* As in minidump_publish(). */
	wmb();
	ret = be->enable(be, be->table_pa[copy]);
	if (ret)
		forget_tables();
	else
		WRITE_ONCE(backend, be);
	return ret;
}

static int register_locked(struct minidump_backend *be)
{
	int ret;

	if (backend) {
		pr_err("%s: there is %s already\n", be->name, backend->name);
		return -EBUSY;
	}
	meminspect_begin();
	ret = enable(be);
	meminspect_end();
	if (ret == -ENOSPC)
		pr_err("%s: takes %u regions, which have no room for the kernel's own\n",
		       be->name, be->max_regions);
	else if (ret == -ERANGE)
		pr_err("%s: can't reach the kernel's own memory at and above %#llx\n",
		       be->name, be->max_address);
	return ret;
}

/**
 * minidump_backend_register() - start to show the image to the outside
 * @be:		the back end; its memory is in use until it is unregistered
 *
 * There is one at a time.  Its module is pinned while it is registered.
 *
 * Context: process.
 *
 * Return: 0; -EINVAL if @be is not complete; -ENODEV if there is no image,
 * @be's module goes away, or this is a capture kernel, whose memory tells
 * nothing of the one that has died; -EBUSY if there is another one; -ENOSPC or
 * -ERANGE if it does not take what no reader can do without; or what
 * @be->enable() returned.
 */
int minidump_backend_register(struct minidump_backend *be)
{
	const char *fault = backend_fault(be);
	int ret;

	if (fault) {
		pr_err("back end %s %s\n", be->name ?: "(no name)", fault);
		return -EINVAL;
	}
	if (is_kdump_kernel()) {
		pr_info("%s: left alone by a capture kernel\n", be->name);
		return -ENODEV;
	}
	if (!meminspect_image_ready() || !try_module_get(be->owner))
		return -ENODEV;

	meminspect_table_lock();
	ret = register_locked(be);
	meminspect_table_unlock();
	if (ret) {
		module_put(be->owner);
		return ret;
	}
	meminspect_watch_get();
	pr_info("%s: up to %u regions\n", be->name, be->max_regions);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(minidump_backend_register, MINIDUMP_NS);

/* Returns whether it was there. */
static bool withdraw(struct minidump_backend *be)
{
	bool found;

	meminspect_begin();
	found = be && backend == be;
	if (found) {
		/* A panic in between must not call a back end that has gone. */
		WRITE_ONCE(backend, NULL);
		be->disable(be);
		forget_tables();
	}
	meminspect_end();
	return found;
}

/**
 * minidump_backend_unregister() - stop that
 * @be:		the back end; one that is not registered is no error
 *
 * Context: process.  @be's memory may be freed when this returns.
 */
void minidump_backend_unregister(struct minidump_backend *be)
{
	bool found;

	meminspect_table_lock();
	found = withdraw(be);
	meminspect_table_unlock();
	if (!found)
		return;
	meminspect_watch_put();
	module_put(be->owner);
}
EXPORT_SYMBOL_NS_GPL(minidump_backend_unregister, MINIDUMP_NS);

/* Not "minidump", which is the device of a node of the device tree. */
#define SHUTDOWN_NAME	"minidump-shutdown"

/*
 * Reboot, poweroff, halt and kexec shut devices down, the first ones last; a
 * panic, a hang and a reset do not.  From then on there is nothing to collect:
 * the machine has not failed, and what comes next may use the memory.  A kexec
 * does so under kexec_lock, where nobody waits for the table; its module stays
 * pinned.
 */
static void unpublish(struct platform_device *pdev)
{
	const char *name = backend ? backend->name : NULL;

	if (withdraw(backend))
		pr_info("%s: withdrawn, as the machine is shut down\n", name);
}

static struct platform_driver minidump_driver = {
	.shutdown	= unpublish,
	.driver		= {
		.name			= SHUTDOWN_NAME,
		.suppress_bind_attrs	= true,
	},
};

static int __init minidump_init(void)
{
	struct platform_device *pdev;
	int ret = platform_driver_register(&minidump_driver);

	if (ret)
		return ret;
	pdev = platform_device_register_simple(SHUTDOWN_NAME, PLATFORM_DEVID_NONE,
					       NULL, 0);
	return PTR_ERR_OR_ZERO(pdev);
}

/* Before other devices, so that it is shut down after them. */
core_initcall(minidump_init);

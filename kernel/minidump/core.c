// SPDX-License-Identifier: GPL-2.0-only
/*
 * The front end: a sink of the image, which makes of it the region table that the
 * outside reads.
 *
 * A collector reads the table at any instant, and no code of ours runs when it does.
 * So each image has a table of its own, which is complete before the back end
 * publishes it with one store, and is not written while it is the published one.
 */
#define pr_fmt(fmt) "minidump: " fmt

#include <linux/crash_dump.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/meminspect_image.h>
#include <linux/minidump.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/string.h>

static_assert(MINIDUMP_TABLES == MEMINSPECT_IMAGES);

/* The back end that is registered; changed under the mutex. */
static struct minidump_backend *backend;
static DEFINE_MUTEX(backend_mutex);

static_assert(MINIDUMP_NAME_CHARS < MEMINSPECT_REGION_NAME_BYTES);
static_assert(MEMINSPECT_REGION_NAME_BYTES < MINIDUMP_NAME_BYTES);

/* Readers tell the one header, and windows, by their names. */
static bool is_special_name(const char *name)
{
	return !strncmp(name, MINIDUMP_NAME_ELF, strlen(MINIDUMP_NAME_ELF)) ||
	       !strncmp(name, MINIDUMP_NAME_WINDOW, strlen(MINIDUMP_NAME_WINDOW));
}

/* The name is one that the ABI allows, and has zeros behind it. */
static void fill_region(struct minidump_region *to, unsigned int i,
			const struct meminspect_region *from)
{
	to->name[0] = 'K';
	memcpy(to->name + 1, from->name, MEMINSPECT_REGION_NAME_BYTES);
	memset(to->name + 1 + MEMINSPECT_REGION_NAME_BYTES, 0,
	       MINIDUMP_NAME_BYTES - 1 - MEMINSPECT_REGION_NAME_BYTES);
	if (from->kind == MEMINSPECT_REGION_RUN && is_special_name(to->name))
		to->name[1] = '_';
	to->seq_num = cpu_to_le32(i + 1);
	to->valid = cpu_to_le32(MINIDUMP_VALID);
	to->address = cpu_to_le64(from->start);
	to->size = cpu_to_le64(from->end - from->start);
}

static void fill_table(struct meminspect_sink *sink,
		       const struct meminspect_image *image, unsigned int first)
{
	const struct minidump_backend *be = READ_ONCE(backend);
	struct minidump_region *table = be->table[image->copy];
	unsigned int i;

	for (i = first; i < image->nr_regions; i++)
		fill_region(&table[i], i, &image->region[i]);
	/* The table had more regions before; none behind those was ever written. */
	for (; i < be->max_regions && table[i].valid; i++)
		memset(&table[i], 0, sizeof(table[i]));
}

static void publish_table(struct meminspect_sink *sink, unsigned int copy)
{
	struct minidump_backend *be = READ_ONCE(backend);

	be->publish(be, be->table_pa[copy]);
}

static int enable_backend(struct meminspect_sink *sink, unsigned int copy)
{
	return backend->enable(backend, backend->table_pa[copy]);
}

static void disable_backend(struct meminspect_sink *sink)
{
	backend->disable(backend);
}

static struct meminspect_addresses
window_addresses(struct meminspect_sink *sink, unsigned int copy)
{
	struct minidump_region *table = READ_ONCE(backend)->table[copy];

	return (struct meminspect_addresses){
		.first = &table[MEMINSPECT_FIXED_REGIONS].address,
		.stride = sizeof(*table),
	};
}

static struct meminspect_sink minidump_sink = {
	.fill		= fill_table,
	.publish	= publish_table,
	.enable		= enable_backend,
	.disable	= disable_backend,
	.windows	= window_addresses,
};

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
	if (be->max_regions <= MEMINSPECT_FIXED_REGIONS)
		return "has no room for any region";
	for (i = 0; i < MINIDUMP_TABLES; i++)
		if (!be->table[i] ||
		    !IS_ALIGNED((unsigned long)be->table[i], sizeof(u64)) ||
		    !IS_ALIGNED(be->table_pa[i], sizeof(u64)))
			return "has a table that is missing or not aligned";
	return NULL;
}

/* The mutex is held. */
static int attach_backend(struct minidump_backend *be)
{
	unsigned int i;
	int ret;

	if (backend) {
		pr_err("%s: there is %s already\n", be->name, backend->name);
		return -EBUSY;
	}
	for (i = 0; i < MINIDUMP_TABLES; i++)
		memset(be->table[i], 0, be->max_regions * sizeof(*be->table[i]));
	minidump_sink.max_regions = be->max_regions;
	minidump_sink.max_address = be->max_address;
	WRITE_ONCE(backend, be);
	ret = meminspect_attach_sink(&minidump_sink);
	if (!ret)
		return 0;
	WRITE_ONCE(backend, NULL);
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
 * -ERANGE if its limits leave no room for the kernel's own entries; or the error of
 * @be->enable().
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
	if (!meminspect_has_image() || !try_module_get(be->owner))
		return -ENODEV;

	mutex_lock(&backend_mutex);
	ret = attach_backend(be);
	mutex_unlock(&backend_mutex);
	if (ret)
		module_put(be->owner);
	else
		pr_info("%s: up to %u regions\n", be->name, be->max_regions);
	return ret;
}
EXPORT_SYMBOL_NS_GPL(minidump_backend_register, MINIDUMP_NS);

/**
 * minidump_backend_unregister() - stop that
 * @be:		the back end; one that is not registered is no error
 *
 * Context: process.  @be's memory may be freed when this returns.
 */
void minidump_backend_unregister(struct minidump_backend *be)
{
	bool found;

	mutex_lock(&backend_mutex);
	found = backend == be;
	if (found) {
		meminspect_detach_sink(&minidump_sink);
		WRITE_ONCE(backend, NULL);
	}
	mutex_unlock(&backend_mutex);
	if (found)
		module_put(be->owner);
}
EXPORT_SYMBOL_NS_GPL(minidump_backend_unregister, MINIDUMP_NS);

/* Not "minidump", which is the device of a node of the device tree. */
#define SHUTDOWN_NAME	"minidump-shutdown"

/*
 * Reboot, poweroff, halt and kexec shut devices down, the first ones last; a
 * panic, a hang and a reset do not.  From then on there is nothing to collect:
 * the machine has not failed, and the next kernel may use the memory.  A kexec
 * does so under kexec_lock, where nobody waits for the table; its module stays
 * pinned.
 */
static void withdraw_backend(struct platform_device *pdev)
{
	if (meminspect_withdraw_sink(&minidump_sink))
		pr_info("%s: withdrawn, as the machine is shut down\n",
			backend->name);
}

static struct platform_driver minidump_driver = {
	.shutdown	= withdraw_backend,
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver whose registrations are made from user space, for the kselftests:
 *
 *	echo "pa ADDRESS SIZE" > /sys/kernel/debug/meminspect_test
 *	echo "kmalloc SIZE"
 *	echo "vmalloc SIZE"
 *	echo "exact SIZE"		as kmalloc, without the pages around it
 *	echo "percpu SIZE"
 *	echo "release NUMBER"
 *	echo "backend REGIONS"		a minidump back end, or another one
 *	echo "nobackend"
 *
 * The write of a line that is refused fails with the error of the registration.
 * Reading prints for each registration its number, the line that made it, and "here"
 * or the reason with which the test consumer was told of its removal.
 */
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/meminspect.h>
#include <linux/minidump.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "test_left.h"

#define LINE_SIZE	80

/**
 * struct registration - the registration that one line has made
 * @node:	in registrations
 * @line:	that line
 * @number:	its number, as user space sees it
 * @cookie:	cookie of its entries
 * @name:	name of its entries
 * @memory:	memory that was allocated for it, or NULL
 * @percpu:	per-CPU memory that was allocated for it, or NULL
 */
struct registration {
	struct list_head node;
	char line[LINE_SIZE];
	unsigned int number;
	struct meminspect_cookie cookie;
	char name[MEMINSPECT_NAME_BYTES];
	void *memory;
	void __percpu *percpu;
};

static LIST_HEAD(registrations);
static unsigned int last_number;
/* Guards registrations and last_number. */
static DEFINE_MUTEX(list_mutex);
static struct dentry *file;

/* Larger than a page, so that in a module it has several runs. */
static struct test_area {
	char bytes[2 * PAGE_SIZE + 100];
} test_area;
MEMINSPECT_ENTRY(MEMINSPECT_ID_DYNAMIC, test_area, sizeof(test_area),
		 .type_name = "test_area");

static const char *const reasons[] = {
	[MEMINSPECT_UNREGISTERED]	= "unregistered",
	[MEMINSPECT_MEMORY_OFFLINE]	= "memory_offline",
	[MEMINSPECT_MODULE_GONE]	= "module_gone",
	[MEMINSPECT_CPU_DEAD]		= "cpu_dead",
};

static const char *state_of(const struct registration *reg)
{
	const int reason = meminspect_test_left(reg->name);

	return reason < 0 ? "here" : reasons[reason];
}

static void discard_registration(struct registration *reg)
{
	kvfree(reg->memory);
	free_percpu(reg->percpu);
	kfree(reg);
}

static struct meminspect_cookie make_registration(struct registration *reg, const char *line)
{
	struct inspect_entry request = {
		.id	= MEMINSPECT_ID_DYNAMIC,
		.name	= reg->name,
		.owner	= THIS_MODULE,
	};
	struct meminspect_cookie failed = { .nr = -ENOMEM };
	unsigned long long pa = 0;
	size_t size;

	if (sscanf(line, "pa %lli %zi", &pa, &size) == 2)
		request.pa = pa;
	else if (sscanf(line, "kmalloc %zi", &size) == 1)
		reg->memory = kmalloc(size, GFP_KERNEL);
	else if (sscanf(line, "exact %zi", &size) == 1)
		reg->memory = kmalloc(size, GFP_KERNEL);
	else if (sscanf(line, "vmalloc %zi", &size) == 1)
		reg->memory = vmalloc(size);
	else if (sscanf(line, "percpu %zi", &size) == 1)
		reg->percpu = __alloc_percpu(size, sizeof(u64));
	else
		return (struct meminspect_cookie){ .nr = -EINVAL };

	if (reg->percpu)
		return meminspect_register_percpu(reg->name, reg->percpu, size,
						  THIS_MODULE);
	if (!reg->memory && strncmp(line, "pa ", 3))
		return failed;
	request.va = reg->memory;
	request.size = size;
	request.properties = *line == 'e' ? MEMINSPECT_EXACT : 0;
	return meminspect_lock_register(&request);
}

static int make_one(const char *line)
{
	struct registration *reg = kzalloc(sizeof(*reg), GFP_KERNEL);
	int ret;

	if (!reg)
		return -ENOMEM;
	mutex_lock(&list_mutex);
	reg->number = ++last_number;
	mutex_unlock(&list_mutex);
	snprintf(reg->name, sizeof(reg->name), "test%u_", reg->number);
	reg->cookie = make_registration(reg, line);
	ret = meminspect_error(reg->cookie);
	if (ret) {
		/* Give the number back, unless another line took one meanwhile. */
		mutex_lock(&list_mutex);
		last_number -= last_number == reg->number;
		mutex_unlock(&list_mutex);
		discard_registration(reg);
		return ret;
	}
	strscpy(reg->line, line);
	mutex_lock(&list_mutex);
	list_add_tail(&reg->node, &registrations);
	mutex_unlock(&list_mutex);
	return 0;
}

static int release_one(unsigned int number)
{
	struct registration *reg, *found = NULL;

	mutex_lock(&list_mutex);
	list_for_each_entry(reg, &registrations, node)
		if (reg->number == number)
			found = reg;
	if (found)
		list_del(&found->node);
	mutex_unlock(&list_mutex);
	if (!found)
		return -ENOENT;
	/* Even if its memory has gone offline already, as a driver would. */
	meminspect_lock_unregister(found->cookie);
	discard_registration(found);
	return 0;
}

#ifdef CONFIG_MINIDUMP
/* A back end that counts publications; nobody collects its regions. */
static unsigned int published;
static void *tables;

static int test_enable(struct minidump_backend *be, phys_addr_t table)
{
	return table == be->table_pa[0] || table == be->table_pa[1] ? 0 : -EIO;
}

static void test_publish(struct minidump_backend *be, phys_addr_t table)
{
	published++;
}

static void test_disable(struct minidump_backend *be)
{
	published = 0;
}

static struct minidump_backend test_backend = {
	.name		= "test",
	.owner		= THIS_MODULE,
	.enable		= test_enable,
	.publish	= test_publish,
	.disable	= test_disable,
};

static void remove_backend(void)
{
	minidump_backend_unregister(&test_backend);
	kfree(tables);
	tables = NULL;
}

static int make_backend(unsigned int regions)
{
	const size_t size = array_size(regions, sizeof(struct minidump_region));
	unsigned int i;
	int ret;

	if (tables)
		return -EBUSY;
	tables = kzalloc(array_size(MINIDUMP_TABLES, size), GFP_KERNEL);
	if (ZERO_OR_NULL_PTR(tables)) {
		tables = NULL;
		return -ENOMEM;
	}
	for (i = 0; i < MINIDUMP_TABLES; i++) {
		test_backend.table[i] = tables + i * size;
		test_backend.table_pa[i] = virt_to_phys(tables) + i * size;
	}
	test_backend.max_regions = regions;
	ret = minidump_backend_register(&test_backend);
	if (ret) {
		kfree(tables);
		tables = NULL;
	}
	return ret;
}

static int backend_line(const char *line)
{
	unsigned int regions;

	if (sscanf(line, "backend %u", &regions) == 1)
		return make_backend(regions);
	if (!strncmp(line, "nobackend", 9)) {
		remove_backend();
		return 0;
	}
	return -EINVAL;
}
#else
static unsigned int published;

static int backend_line(const char *line)
{
	return -EINVAL;
}
#endif

static ssize_t test_write(struct file *f, const char __user *from,
			  size_t count, loff_t *ppos)
{
	unsigned int number;
	char line[LINE_SIZE];
	int ret;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';

	if (sscanf(line, "release %u", &number) == 1)
		ret = release_one(number);
	else if (strnstr(line, "backend", sizeof(line)))
		ret = backend_line(line);
	else
		ret = make_one(strim(line));
	return ret ?: count;
}

static int test_show(struct seq_file *m, void *unused)
{
	const struct registration *reg;

	mutex_lock(&list_mutex);
	list_for_each_entry(reg, &registrations, node)
		seq_printf(m, "%u cookie=%d (%s) %s\n", reg->number,
			   reg->cookie.nr, reg->line, state_of(reg));
	mutex_unlock(&list_mutex);
	seq_printf(m, "published to the back end: %u\n", published);
	return 0;
}

DEFINE_SHOW_STORE_ATTRIBUTE(test);

static int __init test_init(void)
{
	/* From now on the test consumer records why entries are removed. */
	meminspect_test_left("");
	file = debugfs_create_file("meminspect_test", 0600, NULL, NULL,
				   &test_fops);
	return 0;
}

/* Leave entries without memory of this module: the table has to drop them. */
static void __exit test_exit(void)
{
	struct registration *reg, *next;

	debugfs_remove(file);
	list_for_each_entry_safe(reg, next, &registrations, node) {
		if (reg->memory || reg->percpu)
			meminspect_lock_unregister(reg->cookie);
		discard_registration(reg);
	}
}

module_init(test_init);
module_exit(test_exit);
MODULE_DESCRIPTION("Registrations with meminspect, made from user space");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(MEMINSPECT_NS);
MODULE_IMPORT_NS(MINIDUMP_NS);

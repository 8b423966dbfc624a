// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that user space can watch and slow down, for the kselftests:
 *
 *	echo "backend MILLISECONDS" > /sys/kernel/debug/meminspect_consumer
 *	echo "nobackend"
 *
 * Between the two there is a back end of kmemdump's interface, which takes so long
 * for each region that is added after it.  Reading prints how many regions it has.
 *
 * The consumer records for the test driver why entries whose names begin with "test"
 * were removed: a module cannot be a consumer itself.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kmemdump.h>
#include <linux/notifier.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "test_left.h"

#define LINE_SIZE	40
#define LAST		256

/**
 * struct left_entry - an entry that was removed
 * @name:	its name
 * @reason:	enum meminspect_reason
 */
struct left_entry {
	char name[MEMINSPECT_NAME_BYTES];
	u8 reason;
};

/* The table's mutex guards these; delay_ms and slow are set without it. */
static struct left_entry left[LAST];
static unsigned int nr_left;
static unsigned int nr_regions;
static unsigned int delay_ms;
static bool slow;
static bool keeps_in_mind;

static int told_of_entry(struct notifier_block *nb, unsigned long action, void *data)
{
	const struct inspect_entry *ie = data;

	if (action == MEMINSPECT_NOTIFIER_REMOVE &&
	    str_has_prefix(ie->name, "test")) {
		strscpy(left[nr_left % LAST].name, ie->name);
		left[nr_left++ % LAST].reason = ie->reason;
	}
	return NOTIFY_OK;
}

static struct notifier_block told_nb = {
	.notifier_call = told_of_entry,
};

static int take_region(const struct kmemdump_backend *be, enum kmemdump_uid uid,
		       void *va, size_t size)
{
	nr_regions++;
	if (READ_ONCE(slow))
		msleep(READ_ONCE(delay_ms));
	return 0;
}

static int leave_region(const struct kmemdump_backend *be, enum kmemdump_uid uid)
{
	nr_regions--;
	return 0;
}

static const struct kmemdump_backend backend = {
	.name			= "test",
	.register_region	= take_region,
	.unregister_region	= leave_region,
};

static ssize_t consumer_write(struct file *f, const char __user *from,
			      size_t count, loff_t *ppos)
{
	char line[LINE_SIZE];
	unsigned int ms;
	int ret = -EINVAL;

	if (count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';

	if (sscanf(line, "backend %u", &ms) == 1) {
		WRITE_ONCE(delay_ms, ms);
		ret = kmemdump_register_backend(&backend);
		WRITE_ONCE(slow, !ret);
	} else if (!strncmp(line, "nobackend", 9)) {
		WRITE_ONCE(slow, false);
		kmemdump_unregister_backend(&backend);
		ret = 0;
	}
	return ret ?: count;
}

/**
 * meminspect_test_left() - look up why an entry was removed
 * @prefix:	the beginning of its name
 *
 * Only entries that are removed after the first call are recorded.
 *
 * Context: process, the table not locked.
 *
 * Return: enum meminspect_reason, or -1 if no such entry was removed.
 */
int meminspect_test_left(const char *prefix)
{
	int reason = -1;
	unsigned int i;

	meminspect_table_lock();
	if (!keeps_in_mind)
		keeps_in_mind = !meminspect_notifier_register(&told_nb);
	for (i = 0; i < min(nr_left, LAST); i++)
		if (str_has_prefix(left[i].name, prefix))
			reason = left[i].reason;
	meminspect_table_unlock();
	return reason;
}
EXPORT_SYMBOL_NS_GPL(meminspect_test_left, MEMINSPECT_NS);

static int consumer_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "regions %u\n", READ_ONCE(nr_regions));
	return 0;
}

DEFINE_SHOW_STORE_ATTRIBUTE(consumer);

static int __init consumer_init(void)
{
	debugfs_create_file("meminspect_consumer", 0600, NULL, NULL,
			    &consumer_fops);
	return 0;
}
late_initcall(consumer_init);

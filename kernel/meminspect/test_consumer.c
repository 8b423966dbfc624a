// SPDX-License-Identifier: GPL-2.0-only
/*
 * A consumer that keeps in mind why entries have left whose names begin with
 * "test", for the test driver: modules are told of nothing themselves.
 */
#include <linux/export.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/notifier.h>
#include <linux/string.h>

#include "internal.h"
#include "test_left.h"

#define LAST		256

/**
 * struct left_entry - an entry that has left
 * @name:	its name
 * @reason:	enum meminspect_reason
 */
struct left_entry {
	char name[MEMINSPECT_NAME_BYTES];
	u8 reason;
};

/* The table's mutex guards all of it. */
static struct left_entry left[LAST];
static unsigned int nr_left;

static int told(struct notifier_block *nb, unsigned long action, void *data)
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
	.notifier_call = told,
};

/**
 * meminspect_test_left() - whether an entry has left, and why
 * @prefix:	how its name begins
 *
 * Return: enum meminspect_reason, or -1 if it is here.
 */
int meminspect_test_left(const char *prefix)
{
	int reason = -1;
	unsigned int i;

	meminspect_table_lock();
	for (i = 0; i < min(nr_left, LAST); i++)
		if (str_has_prefix(left[i].name, prefix))
			reason = left[i].reason;
	meminspect_table_unlock();
	return reason;
}
EXPORT_SYMBOL_NS_GPL(meminspect_test_left, MEMINSPECT_NS);

static int __init consumer_init(void)
{
	meminspect_table_lock();
	meminspect_notifier_register(&told_nb);
	meminspect_table_unlock();
	return 0;
}
late_initcall(consumer_init);

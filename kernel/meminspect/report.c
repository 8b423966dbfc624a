// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log message that names the entries which the image has no room for.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/printk.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "internal.h"

/* Names in one line. */
#define NAMES	8

/* Once for each entry; one that finds room later, and loses it, is told again. */
static bool take_name(struct meminspect_slot *slot, char *to, size_t size)
{
	bool found;

	meminspect_begin();
	found = slot->left_out && !slot->reported;
	slot->reported = slot->left_out;
	if (found)
		strscpy(to, slot->name, size);
	meminspect_end();
	return found;
}

static void report(struct work_struct *work)
{
	char line[NAMES * (MEMINSPECT_NAME_BYTES + 1)] = "";
	char name[MEMINSPECT_NAME_BYTES];
	struct meminspect_slot *slot;
	unsigned int nr = 0;

	for (slot = meminspect_slots; slot < SLOTS_END; slot++) {
		if (!take_name(slot, name, sizeof(name)))
			continue;
		if (nr < NAMES) {
			strlcat(line, " ", sizeof(line));
			strlcat(line, name, sizeof(line));
		}
		nr++;
	}
	if (nr)
		pr_warn_ratelimited("%u entries are not in the image, whose %u regions are in use, or which can't be reached:%s%s\n",
				    nr, meminspect_limit(), line,
				    nr > NAMES ? " ..." : "");
}

static DECLARE_WORK(report_work, report);

/* The slots are locked. */
void meminspect_report_later(void)
{
	schedule_work(&report_work);
}

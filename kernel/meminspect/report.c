// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log message that names the entries which the image has no room for.
 *
 * Uses slots.h alone.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/printk.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "report.h"
#include "slots.h"

/* Names in one line. */
#define NAMES	8

/*
 * Find the next entry to tell of.  Once for each: one that finds room later, and
 * loses it, is told again.
 */
static bool take_name(unsigned int id, char *to, size_t size)
{
	struct meminspect_slot *slot;
	bool found = false;

	meminspect_begin();
	slot = meminspect_slot(id);
	if (slot) {
		found = slot->left_out && !slot->reported;
		slot->reported = slot->left_out;
		if (found)
			strscpy(to, slot->name, size);
	}
	meminspect_end();
	return found;
}

static void report_left_out(struct work_struct *work)
{
	char line[NAMES * (MEMINSPECT_NAME_BYTES + 1)] = "";
	char name[MEMINSPECT_NAME_BYTES];
	unsigned int id, nr = 0;

	for (id = 1; id < MEMINSPECT_ID_MAX; id++) {
		if (!take_name(id, name, sizeof(name)))
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

static DECLARE_WORK(report_work, report_left_out);

/* The slots are locked. */
void meminspect_report_later(void)
{
	schedule_work(&report_work);
}

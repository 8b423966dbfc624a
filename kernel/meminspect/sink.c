// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sink: shows the image to the outside.
 *
 * There is one at a time, and the running tasks are looked at while there is one.
 *
 * Uses publish.h, watch.h, and the slots.
 */
#include <linux/errno.h>
#include <linux/meminspect_image.h>

#include "publish.h"
#include "slots.h"
#include "watch.h"

/**
 * meminspect_has_image() - whether there is an image that a sink could show
 *
 * Context: any.
 *
 * Return: true from an early point of boot on, or never.
 */
bool meminspect_has_image(void)
{
	return meminspect_image_ready();
}

/**
 * meminspect_attach_sink() - show the image to a sink
 * @sink:	the sink; in use until it is detached
 *
 * Context: process, the table not locked.
 *
 * Return: 0; -ENODEV if there is no image; -EBUSY if there is another sink;
 * -ENOSPC or -ERANGE if its limits leave no room for the kernel's own entries, which
 * each reader needs; or the error of @sink->enable().
 */
int meminspect_attach_sink(struct meminspect_sink *sink)
{
	int ret;

	if (!meminspect_image_ready())
		return -ENODEV;
	meminspect_table_lock();
	meminspect_begin();
	ret = meminspect_publish_to(sink);
	meminspect_end();
	meminspect_table_unlock();
	if (!ret)
		meminspect_watch_get();
	return ret;
}

/**
 * meminspect_withdraw_sink() - show nothing to the outside any more
 * @sink:	the sink, which counts as attached until it is detached
 *
 * For a machine that is shut down, possibly under kexec_lock: waits for nobody.
 *
 * Context: process or softirq.
 *
 * Return: false if it was not the one in use.
 */
bool meminspect_withdraw_sink(struct meminspect_sink *sink)
{
	bool found;

	meminspect_begin();
	found = meminspect_publish_no_more_to(sink);
	meminspect_end();
	return found;
}

/**
 * meminspect_detach_sink() - the opposite of meminspect_attach_sink()
 * @sink:	the sink; its memory may be freed when this returns
 *
 * Context: process, the table not locked.
 *
 * Return: false if it was not attached, or has been withdrawn.
 */
bool meminspect_detach_sink(struct meminspect_sink *sink)
{
	bool found;

	meminspect_table_lock();
	found = meminspect_withdraw_sink(sink);
	meminspect_table_unlock();
	if (found)
		meminspect_watch_put();
	return found;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registrations that go with a device.
 *
 * Uses the public interface alone.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/meminspect.h>

static void devm_unregister(void *nr)
{
	const struct meminspect_cookie cookie = { .nr = (long)nr };

	meminspect_lock_unregister(cookie);
}

/**
 * devm_meminspect_register() - register until a device is unbound
 * @dev:	the device
 * @request:	as for meminspect_register()
 *
 * Resources of a device go in the opposite order: memory from
 * devm_kzalloc() that is registered after it was allocated is out of the table
 * before it is freed.
 *
 * Context: process, the table not locked.
 *
 * Return: the cookie, -ENOMEM, or as meminspect_register().
 */
struct meminspect_cookie
devm_meminspect_register(struct device *dev,
			 const struct inspect_entry *request)
{
	struct meminspect_cookie cookie = meminspect_lock_register(request);
	int ret;

	if (meminspect_error(cookie))
		return cookie;
	ret = devm_add_action_or_reset(dev, devm_unregister,
				       (void *)(long)cookie.nr);
	return ret ? (struct meminspect_cookie){ .nr = ret } : cookie;
}
EXPORT_SYMBOL_NS_GPL(devm_meminspect_register, MEMINSPECT_NS);

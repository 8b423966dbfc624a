// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries that were made at compile time, vmlinux's and those of modules; and
 * the end of all that a module has registered.
 *
 * Uses registration, the slots, and per-CPU registrations.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include "compiled.h"
#include "percpu.h"
#include "slots.h"

static void register_entries(const struct inspect_entry *ie,
			     const struct inspect_entry *end)
{
	int ret;

	for (; ie < end; ie++) {
		ret = meminspect_error(meminspect_register(ie));
		if (ret)
			pr_warn("%s (%zu bytes) is not registered: %d\n",
				ie->name, ie->size, ret);
	}
}

#ifdef CONFIG_MODULES
static bool of_module(const struct inspect_entry *ie, const void *mod)
{
	return ie->owner == mod ||
	       within_module((unsigned long)ie->va, mod);
}

static bool of_module_init(const struct inspect_entry *ie, const void *mod)
{
	return within_module_init((unsigned long)ie->va, mod);
}

static void drop_entries(meminspect_match_t match, const struct module *mod)
{
	meminspect_begin();
	meminspect_drop(match, mod, MEMINSPECT_MODULE_GONE, SLOT_LEAVING);
	meminspect_end();
}

static int module_notify(struct notifier_block *nb, unsigned long action,
			 void *data)
{
	struct module *mod = data;

	/* Most modules have none, and need not wait for the mutex. */
	if (action == MODULE_STATE_COMING && !mod->num_inspect)
		return NOTIFY_OK;
	meminspect_table_lock();
	switch (action) {
	case MODULE_STATE_COMING:
		register_entries(mod->inspect_table,
				 mod->inspect_table + mod->num_inspect);
		break;
	case MODULE_STATE_LIVE:
		/* The data of its initialization is about to be freed. */
		drop_entries(of_module_init, mod);
		break;
	case MODULE_STATE_GOING:
		meminspect_percpu_drop_module(mod);
		drop_entries(of_module, mod);
		break;
	}
	meminspect_table_unlock();
	return NOTIFY_OK;
}

/* A module's BTF comes by a notifier too, and its entries are looked up in it. */
static struct notifier_block module_nb = {
	.notifier_call = module_notify,
	.priority = -1,
};
#endif

/**
 * meminspect_compiled_init() - register vmlinux's entries, and follow modules
 */
void __init meminspect_compiled_init(void)
{
#ifdef CONFIG_MODULES
	register_module_notifier(&module_nb);
#endif
	meminspect_table_lock();
	register_entries(__inspect_table, __inspect_table_end);
	meminspect_table_unlock();
}

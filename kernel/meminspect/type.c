// SPDX-License-Identifier: GPL-2.0-only
/*
 * BTF ids of structures, by name.
 *
 * Looking one up goes through all types there are, which is nothing to do in an
 * event of hotplug: the few names that there are stay known.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/string.h>

#include "internal.h"

#ifdef CONFIG_DEBUG_INFO_BTF
#define MAX_TYPES	32

/**
 * struct known_type - a structure that was looked up
 * @name:	its name
 * @id:		its BTF id, or MEMINSPECT_TYPE_REGULAR if it has none
 *
 * Changed with the table locked.
 */
struct known_type {
	char name[MEMINSPECT_NAME_BYTES];
	unsigned int id;
};

static struct known_type known[MAX_TYPES];
static unsigned int nr_known;
static bool may_look;

static unsigned int look_up(const char *name)
{
	struct btf *btf = bpf_get_btf_vmlinux();
	s32 id;

	if (IS_ERR_OR_NULL(btf))
		return MEMINSPECT_TYPE_REGULAR;
	id = btf_find_by_name_kind(btf, name, BTF_KIND_STRUCT);
	return id > 0 ? id : MEMINSPECT_TYPE_REGULAR;
}

/**
 * meminspect_type_id() - the BTF id of a structure
 * @name:	its name, or ""
 * @search:	look it up if it isn't known
 *
 * Context: the table locked.
 *
 * Return: the id, or MEMINSPECT_TYPE_REGULAR.
 */
unsigned int meminspect_type_id(const char *name, bool search)
{
	unsigned int i;

	if (!*name)
		return MEMINSPECT_TYPE_REGULAR;
	for (i = 0; i < nr_known; i++)
		if (!strcmp(known[i].name, name))
			return known[i].id;
	if (!search || !may_look || nr_known == MAX_TYPES)
		return MEMINSPECT_TYPE_REGULAR;
	strscpy(known[nr_known].name, name, sizeof(known[nr_known].name));
	known[nr_known].id = look_up(name);
	return known[nr_known++].id;
}

static void resolve(void *priv, const struct inspect_entry *ie)
{
	/* The table's own entry, which it shows to others as read-only. */
	struct inspect_entry *entry = (struct inspect_entry *)ie;

	if (!entry->type)
		entry->type = meminspect_type_id(entry->type_name, true);
}

/* BTF is there by now; what came before has waited for it. */
static int __init meminspect_types_init(void)
{
	meminspect_table_lock();
	may_look = true;
	meminspect_traverse(NULL, resolve);
	meminspect_table_unlock();
	return 0;
}
late_initcall(meminspect_types_init);
#else
unsigned int meminspect_type_id(const char *name, bool search)
{
	return MEMINSPECT_TYPE_REGULAR;
}
#endif

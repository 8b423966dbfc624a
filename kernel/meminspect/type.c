// SPDX-License-Identifier: GPL-2.0-only
/*
 * BTF ids of structures, by name.
 *
 * Looking one up goes through all types there are, which is nothing to do in an
 * event of hotplug: the few names that there are stay known.
 *
 * Uses nothing else of this directory.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/meminspect.h>
#include <linux/string.h>

#include "type.h"

#ifdef CONFIG_DEBUG_INFO_BTF
#define MAX_TYPES	32

/**
 * struct known_type - a structure of vmlinux that was looked up
 * @name:	its name
 * @id:		its BTF id
 */
struct known_type {
	char name[MEMINSPECT_TYPE_BYTES];
	unsigned int id;
};

/* Written with the table locked: an element first, and then nr_known. */
static struct known_type known[MAX_TYPES];
static unsigned int nr_known;
static bool may_look;

/* In vmlinux, and then in modules. */
static unsigned int look_up_type(const char *name, bool *of_module)
{
	struct btf *btf = NULL;
	s32 id = bpf_find_btf_id(name, BTF_KIND_STRUCT, &btf);

	if (id <= 0)
		return MEMINSPECT_TYPE_REGULAR;
	*of_module = btf_is_module(btf);
	btf_put(btf);
	return id;
}

/**
 * meminspect_type_id() - the BTF id of a structure
 * @name:	its name, whole, or ""
 * @search:	look it up if it isn't known, in modules too
 *
 * Context: any; to search, process with the table locked and the slots not.
 *
 * Return: the id, or MEMINSPECT_TYPE_REGULAR.
 */
unsigned int meminspect_type_id(const char *name, bool search)
{
	/* Pairs with the release below. */
	const unsigned int nr = smp_load_acquire(&nr_known);
	bool of_module = false;
	unsigned int i, id;

	if (!*name)
		return MEMINSPECT_TYPE_REGULAR;
	for (i = 0; i < nr; i++)
		if (!strcmp(known[i].name, name))
			return known[i].id;
	if (!search || !may_look)
		return MEMINSPECT_TYPE_REGULAR;
	id = look_up_type(name, &of_module);
	/* A module may bring it yet, or go and come back with another id. */
	if (id == MEMINSPECT_TYPE_REGULAR || of_module || nr == MAX_TYPES ||
	    strscpy(known[nr].name, name) < 0)
		return id;
	known[nr].id = id;
	/* Readers without the lock see name and id before the count. */
	smp_store_release(&nr_known, nr + 1);
	return id;
}

/**
 * meminspect_types_ready() - from now on there is BTF
 *
 * Context: boot, the table locked.
 */
void __init meminspect_types_ready(void)
{
	may_look = true;
}
#else
void __init meminspect_types_ready(void)
{
}

unsigned int meminspect_type_id(const char *name, bool search)
{
	return MEMINSPECT_TYPE_REGULAR;
}
#endif

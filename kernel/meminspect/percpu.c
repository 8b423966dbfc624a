// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-CPU memory: one entry for each CPU, there from before the CPU runs until
 * it is dead.
 */
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "internal.h"

/**
 * struct percpu_object - what one registration covers
 * @node:	in percpu_objects
 * @request:	what it is, but for the address
 * @ptr:	the per-CPU memory
 * @name:	what @request.name points to
 * @dropped:	it has been taken out of the table
 *
 * In the list, and changed, with the table locked.
 */
struct percpu_object {
	struct list_head node;
	struct inspect_entry request;
	void __percpu *ptr;
	char name[MEMINSPECT_NAME_BYTES];
	bool dropped;
};

static LIST_HEAD(percpu_objects);
/* Whether the list is being walked while notifiers are told, which may drop any. */
static bool adding;

static int add_object(const struct percpu_object *object, unsigned int cpu)
{
	struct inspect_entry request = object->request;
	char name[MEMINSPECT_NAME_BYTES];

	snprintf(name, sizeof(name), "%s%u", object->name, cpu);
	request.name = name;
	request.va = per_cpu_ptr(object->ptr, cpu);
	return meminspect_add(&request, cpu, object->request.cookie);
}

static void free_dropped(void)
{
	struct percpu_object *object, *next;

	if (adding)
		return;
	list_for_each_entry_safe(object, next, &percpu_objects, node) {
		if (object->dropped) {
			list_del(&object->node);
			kfree(object);
		}
	}
}

/**
 * meminspect_register_percpu() - put per-CPU memory into the table
 * @name:	its name, to which the CPU's number is appended
 * @ptr:	the per-CPU memory
 * @size:	bytes for one CPU
 * @owner:	module that it goes away with, THIS_MODULE
 *
 * All CPUs that are online now have an entry when this returns, and others
 * have one while they are online.  An entry that finds no room when its CPU
 * comes is left out, and counted.
 *
 * Context: process; takes cpus_read_lock(), and thus must not be called with
 * the table locked.
 *
 * Return: the cookie for meminspect_unregister(), -ENOMEM, -EDEADLK if the table
 * is locked, or as meminspect_register(), with nothing registered.
 */
int meminspect_register_percpu(const char *name, void __percpu *ptr,
			       size_t size, struct module *owner)
{
	struct percpu_object *object;
	int ret = 0, cookie;
	unsigned int cpu;

	if (WARN_ON_ONCE(meminspect_table_is_mine()))
		return -EDEADLK;
	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return -ENOMEM;
	object->ptr = ptr;
	strscpy(object->name, name, sizeof(object->name));
	object->request = (struct inspect_entry) {
		.id	= MEMINSPECT_ID_DYNAMIC,
		.size	= size,
		.class	= MEMINSPECT_CLASS_CPU,
		.owner	= owner,
	};

	cpus_read_lock();
	meminspect_table_lock();
	cookie = meminspect_new_cookie();
	object->request.cookie = cookie;
	list_add_tail(&object->node, &percpu_objects);
	adding = true;
	for_each_online_cpu(cpu) {
		ret = add_object(object, cpu);
		if (ret < 0 || object->dropped)
			break;
	}
	adding = false;
	free_dropped();
	if (ret < 0)
		meminspect_unregister(cookie);
	meminspect_table_unlock();
	cpus_read_unlock();
	return ret < 0 ? ret : cookie;
}
EXPORT_SYMBOL_NS_GPL(meminspect_register_percpu, MEMINSPECT_NS);

/* A CPU is about to run.  The table is locked. */
void meminspect_percpu_online(unsigned int cpu)
{
	const struct percpu_object *object;

	adding = true;
	list_for_each_entry(object, &percpu_objects, node)
		if (!object->dropped && add_object(object, cpu) < 0)
			meminspect_stats.left_out++;
	adding = false;
	free_dropped();
}

/* Forget what was registered; its entries are the caller's to remove. */
void meminspect_percpu_drop(int cookie)
{
	struct percpu_object *object;

	list_for_each_entry(object, &percpu_objects, node)
		object->dropped |= object->request.cookie == cookie;
	free_dropped();
}

void meminspect_percpu_drop_module(const struct module *mod)
{
	struct percpu_object *object;

	list_for_each_entry(object, &percpu_objects, node)
		object->dropped |= object->request.owner == mod;
	free_dropped();
}

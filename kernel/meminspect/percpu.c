// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-CPU memory: one entry for each CPU, there from before the CPU runs until
 * it is dead.
 *
 * Uses request.h, the slots, and publish.h.
 */
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "percpu.h"
#include "publish.h"
#include "request.h"
#include "slots.h"

/**
 * struct percpu_object - one registration
 * @node:	in percpu_objects
 * @request:	the request, without an address
 * @rank:	enum meminspect_rank
 * @ptr:	the per-CPU memory
 * @name:	target of @request.name
 */
struct percpu_object {
	struct list_head node;
	struct inspect_entry request;
	u8 rank;
	void __percpu *ptr;
	char name[MEMINSPECT_NAME_BYTES];
};

/* Changed with table and slots locked. */
static LIST_HEAD(percpu_objects);
/* CPUs that are not dead; the slots' lock guards it. */
static struct cpumask present;

/* Digits of a CPU's number. */
#define CPU_DIGITS	5

/* The slots are locked. */
static int add_object(const struct percpu_object *object, unsigned int cpu,
		      u8 state)
{
	const struct meminspect_place place = {
		.rank	= object->rank,
		.state	= state,
		.cpu	= cpu,
		.cookie	= object->request.cookie,
	};
	struct inspect_entry request = object->request;
	char name[MEMINSPECT_NAME_BYTES];

	/* A long name loses its end, and not the CPU's number. */
	snprintf(name, sizeof(name), "%.*s%u",
		 (int)sizeof(name) - 1 - CPU_DIGITS, object->name, cpu % 100000);
	request.name = name;
	request.va = per_cpu_ptr(object->ptr, cpu);
	return meminspect_add(&request, &place);
}

/* Of CPUs that come later, too: allocated memory does not go offline. */
static int check_object(const struct percpu_object *object)
{
	struct inspect_entry request = object->request;
	unsigned int cpu;
	int ret;

	for_each_possible_cpu(cpu) {
		request.va = per_cpu_ptr(object->ptr, cpu);
		ret = meminspect_check_memory(&request);
		if (ret)
			return ret;
	}
	return 0;
}

/* The slots are locked. */
static int add_to_all_cpus(struct percpu_object *object)
{
	unsigned int cpu;
	int ret = 0;

	meminspect_assert_begun();
	object->rank = meminspect_rank_of(&object->request,
					  cpumask_weight(&present));
	object->request.cookie = meminspect_new_cookie();
	for_each_cpu(cpu, &present) {
		ret = add_object(object, cpu, SLOT_COMING);
		/* An entry of the kernel for one CPU is kept without those of others. */
		if (ret && object->rank != RANK_CPU)
			break;
		ret = 0;
	}
	if (!ret && object->rank != RANK_CPU)
		ret = meminspect_image_room(object->rank);
	if (ret)
		meminspect_remove_cookie(object->request.cookie,
					 MEMINSPECT_UNREGISTERED, SLOT_GONE);
	else
		list_add_tail(&object->node, &percpu_objects);
	return ret;
}

/**
 * meminspect_register_percpu() - put per-CPU memory into the table
 * @name:	its name, to which the CPU's number is appended
 * @ptr:	the per-CPU memory
 * @size:	bytes for one CPU
 * @owner:	module that it goes away with, THIS_MODULE
 *
 * All CPUs that are online now have an entry when this returns, and others
 * have one while they are online.
 *
 * Context: process, the table not locked.
 *
 * Return: the cookie for meminspect_lock_unregister(); -ENOMEM, or an error as
 * meminspect_register() has it, with nothing registered.
 */
struct meminspect_cookie meminspect_register_percpu(const char *name,
						    void __percpu *ptr,
						    size_t size,
						    struct module *owner)
{
	struct percpu_object *object;
	struct meminspect_cookie cookie;
	int ret;

	if (!size)
		return (struct meminspect_cookie){ .nr = -EINVAL };
	object = kzalloc(sizeof(*object), GFP_KERNEL);
	if (!object)
		return (struct meminspect_cookie){ .nr = -ENOMEM };
	object->ptr = ptr;
	strscpy(object->name, name, sizeof(object->name));
	object->request = (struct inspect_entry) {
		.id	= MEMINSPECT_ID_DYNAMIC,
		.size	= size,
		.class	= MEMINSPECT_CLASS_CPU,
		/* Per-CPU objects of others are on the same page. */
		.properties = MEMINSPECT_EXACT,
		.owner	= owner,
	};

	meminspect_table_lock();
	ret = check_object(object);
	meminspect_begin();
	if (!ret)
		ret = add_to_all_cpus(object);
	if (ret)
		meminspect_stats.refused++;
	cookie = object->request.cookie;
	meminspect_end();
	meminspect_table_unlock();
	if (!ret)
		return cookie;
	kfree(object);
	return (struct meminspect_cookie){ .nr = ret };
}
EXPORT_SYMBOL_NS_GPL(meminspect_register_percpu, MEMINSPECT_NS);

/* A CPU is about to run.  The slots are locked. */
void meminspect_percpu_online(unsigned int cpu)
{
	const struct percpu_object *object;

	meminspect_assert_begun();
	if (cpumask_test_and_set_cpu(cpu, &present))
		return;
	list_for_each_entry(object, &percpu_objects, node)
		add_object(object, cpu, SLOT_HERE);
}

/* A CPU is dead, and all that goes with it.  The slots are locked. */
void meminspect_percpu_offline(unsigned int cpu)
{
	meminspect_assert_begun();
	cpumask_clear_cpu(cpu, &present);
	meminspect_drop_cpu(cpu);
}

static bool of_cookie(const struct percpu_object *object, const void *arg)
{
	const struct meminspect_cookie *cookie = arg;

	return object->request.cookie.nr == cookie->nr;
}

static bool of_module(const struct percpu_object *object, const void *arg)
{
	return object->request.owner == arg;
}

/* The table is locked. */
static void forget_objects(bool (*match)(const struct percpu_object *,
					 const void *),
			   const void *arg)
{
	struct percpu_object *object, *next;
	LIST_HEAD(gone);

	meminspect_begin();
	list_for_each_entry_safe(object, next, &percpu_objects, node)
		if (match(object, arg))
			list_move(&object->node, &gone);
	meminspect_end();
	list_for_each_entry_safe(object, next, &gone, node)
		kfree(object);
}

/* Forget a registration; the caller removes its entries. */
void meminspect_percpu_drop(struct meminspect_cookie cookie)
{
	forget_objects(of_cookie, &cookie);
}

void meminspect_percpu_drop_module(const struct module *mod)
{
	forget_objects(of_module, mod);
}

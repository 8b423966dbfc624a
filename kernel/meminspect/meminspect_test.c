// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the table.  They use the real one, which has the kernel's own
 * entries, too.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "main.h"
#include "memory.h"
#include "publish.h"
#include "slots.h"
#include "test_table.h"

static int put_in_pa(struct kunit *test, unsigned int id, phys_addr_t pa,
		     size_t size)
{
	const struct inspect_entry request = {
		.id = id, .pa = pa, .size = size, .name = "test",
	};

	return put_in(test, &request);
}

/* Registered before the kernel knows which memory it has. */
static u64 early_area[4];
static struct meminspect_cookie early_cookie, early_device_cookie;

static int __init register_early(void)
{
	early_cookie = meminspect_lock_register_va(early_area,
						   sizeof(early_area));
	early_device_cookie = meminspect_lock_register_pa(NO_RAM, 64);
	return 0;
}
early_initcall(register_early);

/*
 * Registered before there are sections, if the command line asks for it.  Only x86
 * knows the place of the linear map by then, and only if it is not moved later.
 */
static struct meminspect_cookie boot_cookie;

static int __init register_at_boot(char *unused)
{
	boot_cookie = meminspect_lock_register_va(__va(PAGE_SIZE), 64);
	return 0;
}
early_param("meminspect_test_early", register_at_boot);

static void linear_memory_before_there_are_sections(struct kunit *test)
{
	if (!boot_cookie.nr)
		kunit_skip(test, "no meminspect_test_early on the command line");
	KUNIT_EXPECT_GT(test, boot_cookie.nr, 0);
	KUNIT_EXPECT_EQ(test, count_of(boot_cookie.nr).bytes, 64);
}

static void early_ones_are_judged_later(struct kunit *test)
{
	KUNIT_EXPECT_GT(test, early_cookie.nr, 0);
	KUNIT_EXPECT_GT(test, early_device_cookie.nr, 0);
	KUNIT_EXPECT_EQ(test, count_of(early_cookie.nr).entries, 1);
	KUNIT_EXPECT_EQ(test, count_of(early_device_cookie.nr).entries, 0);
}

static void entry_comes_and_goes(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = alloc_test_page(test);
	int cookie = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 100);

	KUNIT_ASSERT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 1);
	KUNIT_EXPECT_EQ(test, count_of(cookie).bytes, 100);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before + 1);

	take_out(cookie);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);

	/* A late unregistration, or one after an error, is harmless. */
	take_out(cookie);
	take_out(-EEXIST);
	meminspect_lock_unregister_va(p, 100);
	meminspect_lock_unregister_pa(virt_to_phys(p), 100);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
}

static void a_late_owner_takes_nobody_elses(struct kunit *test)
{
	void *p = alloc_test_page(test);
	int first = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 64), second;

	take_out(first);
	second = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 64);
	take_out(first);
	KUNIT_EXPECT_NE(test, first, second);
	KUNIT_EXPECT_EQ(test, count_of(second).entries, 1);
}

static void by_id_and_by_address(struct kunit *test)
{
	void *p = alloc_test_page(test);

	KUNIT_EXPECT_GT(test, put_in_va(test, FREE_ID, p, 8), 0);
	meminspect_lock_unregister_id(FREE_ID);
	KUNIT_EXPECT_GT(test, put_in_pa(test, FREE_ID, virt_to_phys(p), 8), 0);
	meminspect_lock_unregister_pa(virt_to_phys(p), 8);
	KUNIT_EXPECT_GT(test, put_in_va(test, FREE_ID, p, 8), 0);
	meminspect_lock_unregister_va(p, 8);
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));

	/* The image's own entries cannot be unregistered. */
	meminspect_lock_unregister_id(MEMINSPECT_ID_ELF);
	KUNIT_EXPECT_NOT_NULL(test, meminspect_entry(MEMINSPECT_ID_ELF));
}

static void faults_have_their_errors(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = alloc_test_page(test);
	const phys_addr_t pa = virt_to_phys(p);

	KUNIT_EXPECT_EQ(test, put_in_pa(test, FREE_ID, pa, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, put_in_va(test, FREE_ID, p, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, put_in_pa(test, MEMINSPECT_ID_NONE, pa, 8),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, put_in_pa(test, MEMINSPECT_ID_MAX, pa, 8),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, put_in_pa(test, FREE_ID, pa, SIZE_MAX),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, put_in_va(test, FREE_ID, p, SIZE_MAX),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test,
			put_in_pa(test, FREE_ID,
				  BIT_ULL(MAX_PHYSMEM_BITS) - 8, 16),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, put_in_pa(test, FREE_ID, NO_RAM, 8), -ENXIO);
	/* The range begins in RAM and ends beyond it. */
	KUNIT_EXPECT_EQ(test, put_in_pa(test, FREE_ID, pa, NO_RAM), -ENXIO);
	KUNIT_EXPECT_EQ(test,
			put_in_va(test, FREE_ID, (void *)PAGE_SIZE, 8),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);

	KUNIT_EXPECT_GT(test, put_in_pa(test, FREE_ID, pa, 8), 0);
	KUNIT_EXPECT_EQ(test, put_in_pa(test, FREE_ID, pa, 8), -EEXIST);
}

static void device_memory_is_refused(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_X86))
		kunit_skip(test, "no address that is a device's everywhere");
	/* The frame buffer of a PC: in a section that is present and online. */
	KUNIT_EXPECT_EQ(test, put_in_pa(test, FREE_ID, 0xa0000, 4096), -ENXIO);
}

static void offline_memory_is_refused(struct kunit *test)
{
#ifdef CONFIG_MEMORY_HOTPLUG
	unsigned long nr;

	for (nr = 0; nr <= __highest_present_section_nr; nr++)
		if (present_section_nr(nr) && !online_section_nr(nr))
			break;
	if (nr > __highest_present_section_nr)
		kunit_skip(test, "no memory is offline");
	KUNIT_EXPECT_EQ(test,
			put_in_pa(test, FREE_ID,
				  PFN_PHYS(section_nr_to_pfn(nr)), 4096),
			-ENODEV);
#else
	kunit_skip(test, "no memory can be offline");
#endif
}

static void vmalloc_is_runs_of_pages(struct kunit *test)
{
	const size_t size = 3 * PAGE_SIZE;
	char *p = vmalloc(size);
	struct meminspect_walk walk = { .va = p, .left = size };
	unsigned int runs = 0;
	int cookie;

	KUNIT_ASSERT_NOT_NULL(test, p);
	while (meminspect_next_run(&walk) > 0)
		runs++;
	cookie = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, size);
	KUNIT_EXPECT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, runs);
	KUNIT_EXPECT_EQ(test, count_of(cookie).bytes, size);
	meminspect_lock_unregister_va(p, size);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);

	/* The guard page behind it is not mapped. */
	KUNIT_EXPECT_EQ(test,
			put_in_va(test, MEMINSPECT_ID_DYNAMIC, p,
				  size + PAGE_SIZE), -EFAULT);
	vfree(p);
}

static void one_id_is_one_run(struct kunit *test)
{
	struct page *pages[2];
	void *p;

	/* Mapped backwards, so that they can't be contiguous. */
	pages[1] = alloc_pages(GFP_KERNEL, 1);
	KUNIT_ASSERT_NOT_NULL(test, pages[1]);
	pages[0] = pages[1] + 1;
	p = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	if (p) {
		int cookie;

		KUNIT_EXPECT_EQ(test, put_in_va(test, FREE_ID, p, 2 * PAGE_SIZE),
				-E2BIG);
		cookie = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p,
				   2 * PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 2);
		take_out(cookie);
		vunmap(p);
	}
	__free_pages(pages[1], 1);
}

/* A name that is cut keeps the part that tells the CPUs apart. */
static void long_names_keep_the_cpu(struct kunit *test)
{
	u64 __percpu *p = alloc_percpu(u64);
	const struct meminspect_slot *slot, *other;
	struct meminspect_cookie cookie;
	unsigned int same = 0;

	KUNIT_ASSERT_TRUE(test, p);
	cookie = meminspect_register_percpu("a_name_of_23_characters",
					    (void __percpu *)p, sizeof(*p), NULL);
	KUNIT_EXPECT_GT(test, cookie.nr, 0);
	meminspect_begin();
	list_for_each_entry(slot, &meminspect_slots, node)
		list_for_each_entry(other, &meminspect_slots, node)
			same += slot != other && slot_present(slot) &&
				slot->ie.cookie.nr == cookie.nr &&
				slot_present(other) &&
				other->ie.cookie.nr == cookie.nr &&
				!strcmp(slot->name, other->name);
	meminspect_end();
	KUNIT_EXPECT_EQ(test, same, 0);
	meminspect_lock_unregister(cookie);
	free_percpu(p);
}

/* Each entry takes a run of its own, so that it is the runs that are used up. */
static int put_in_apart(struct kunit *test, void **pages, unsigned int i)
{
	pages[i] = (void *)__get_free_pages(GFP_KERNEL, 1);
	KUNIT_ASSERT_NOT_NULL(test, pages[i]);
	return put_in_va(test, MEMINSPECT_ID_DYNAMIC, pages[i], 8);
}

/* Drivers get their quota, and leave room to running tasks. */
static void the_table_has_an_end(struct kunit *test)
{
	const unsigned int most = CONFIG_MEMINSPECT_MAX_REGIONS;
	unsigned int before, n, i;
	void **pages;
	int last = 0;

	pages = kunit_kcalloc(test, most + 1, sizeof(*pages), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	before = meminspect_image_current()->runs.nr;
	for (n = 0; n < most; n++) {
		last = put_in_apart(test, pages, n);
		if (last < 0)
			break;
	}
	KUNIT_EXPECT_EQ(test, last, -ENOSPC);
	KUNIT_EXPECT_GE(test, n, MEMINSPECT_DRIVER_QUOTA);
	/* A quarter of the room is left to tasks. */
	if (n > MEMINSPECT_DRIVER_QUOTA)
		KUNIT_EXPECT_EQ(test, before + n,
				meminspect_limit() - meminspect_limit() / 4);
	meminspect_table_lock();
	for (i = 0; i <= n && pages[i]; i++)
		meminspect_unregister_va(pages[i], 8);
	meminspect_table_unlock();
	for (i = 0; i <= n && pages[i]; i++)
		free_pages((unsigned long)pages[i], 1);
	KUNIT_EXPECT_EQ(test, before, meminspect_image_current()->runs.nr);
}

/* Ids can be used up, too, because entries can share a run. */
static void ids_have_an_end(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = alloc_test_page(test);
	int nr, n = 0;

	do {
		nr = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 8);
		n += nr > 0;
	} while (nr > 0);
	KUNIT_EXPECT_EQ(test, nr, -ENOSPC);
	meminspect_table_lock();
	while (n--)
		meminspect_unregister_va(p, 8);
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
}

static void a_consumer_has_limits(struct kunit *test)
{
	const struct meminspect_image *image = meminspect_image_current();
	const unsigned int all = image->runs.nr + image->nr_windows +
				 MEMINSPECT_FIXED_REGIONS;
	unsigned int left_out = 0;
	const struct meminspect_slot *slot;

	meminspect_begin();
	/* Fewer regions than the kernel itself takes; an address that it lies above. */
	KUNIT_EXPECT_EQ(test, meminspect_image_limits(3, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, meminspect_image_limits(0, PAGE_SIZE), -ERANGE);
	/* One region too few: the entries of the highest rank are left out. */
	KUNIT_EXPECT_EQ(test, meminspect_image_limits(all - 1, 0), 0);
	meminspect_image_update();
	KUNIT_EXPECT_LE(test, meminspect_image_current()->runs.nr,
			image->runs.nr);
	list_for_each_entry(slot, &meminspect_slots, node)
		left_out += slot->left_out;
	KUNIT_EXPECT_GT(test, left_out, 0);
	list_for_each_entry(slot, &meminspect_slots, node)
		KUNIT_EXPECT_FALSE(test, slot->left_out && slot->rank == RANK_CORE);
	KUNIT_EXPECT_EQ(test, meminspect_image_limits(0, 0), 0);
	meminspect_end();
}

static void changes_under_one_lock_are_one(struct kunit *test)
{
	const u64 before = meminspect_stats.published;
	void *a = alloc_test_page(test), *b = alloc_test_page(test);
	struct meminspect_cookie cookie[2];

	meminspect_table_lock();
	cookie[0] = meminspect_register_va(a, 8);
	cookie[1] = meminspect_register_va(b, 8);
	KUNIT_EXPECT_EQ(test, meminspect_stats.published, before);
	meminspect_table_unlock();
	KUNIT_EXPECT_LE(test, meminspect_stats.published, before + 1);

	meminspect_lock_unregister(cookie[0]);
	meminspect_lock_unregister(cookie[1]);
}

/* An entry replaces another one; at no instant are both there, or neither. */
static void one_takes_the_place_of_another(struct kunit *test)
{
	void *a = (void *)__get_free_page(GFP_KERNEL), *b;
	u64 before;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_EXPECT_GT(test, put_in_va(test, FREE_ID, a, 8), 0);
	before = meminspect_stats.published;
	b = meminspect_alloc_id_size_replace(FREE_ID, PAGE_SIZE,
					     alloc_pages_exact, PAGE_SIZE,
					     GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, b);
	KUNIT_EXPECT_EQ(test, meminspect_stats.published, before + 1);
	meminspect_free_id(FREE_ID, free_pages_exact, b, PAGE_SIZE);
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));
	free_page((unsigned long)a);
}

/* Each form of registration, and each wrapper of an allocation. */
static phys_addr_t alloc_pa(size_t size)
{
	void *p = alloc_pages_exact(size, GFP_KERNEL);

	return p ? virt_to_phys(p) : 0;
}

static void every_form_registers(struct kunit *test)
{
	void *p = alloc_test_page(test), *q;
	phys_addr_t pa;

	meminspect_table_lock();
	KUNIT_EXPECT_GT(test,
			meminspect_register_id_pa(FREE_ID, virt_to_phys(p), 8, 1).nr,
			0);
	KUNIT_EXPECT_EQ(test, meminspect_entry(FREE_ID)->type, 1);
	meminspect_unregister_id(FREE_ID);
	KUNIT_EXPECT_GT(test, meminspect_register_id_va(FREE_ID, p, 8).nr, 0);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, p);
	meminspect_unregister_va(p, 8);
	KUNIT_EXPECT_GT(test, meminspect_register_pa(virt_to_phys(p), 8).nr, 0);
	meminspect_unregister_pa(virt_to_phys(p), 8);
	meminspect_table_unlock();

	KUNIT_EXPECT_GT(test,
			meminspect_lock_register_id_pa(FREE_ID, virt_to_phys(p), 8, 1).nr,
			0);
	KUNIT_EXPECT_EQ(test, meminspect_entry(FREE_ID)->type, 1);
	KUNIT_EXPECT_STREQ(test, meminspect_entry(FREE_ID)->name, "virt_to_phys(p)");
	meminspect_lock_unregister_id(FREE_ID);
	KUNIT_EXPECT_GT(test, meminspect_lock_register_id_va(FREE_ID, p, 8).nr, 0);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, p);
	meminspect_lock_unregister_va(p, 8);

	q = meminspect_alloc_id_size(FREE_ID, 64, kzalloc, 64, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, meminspect_entry(FREE_ID)->va, q);
	meminspect_free_id(FREE_ID, kfree, q);
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));

	pa = meminspect_phys_alloc_id_size(FREE_ID, PAGE_SIZE, alloc_pa, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, meminspect_entry(FREE_ID)->pa, pa);
	meminspect_free_id(FREE_ID, free_pages_exact, phys_to_virt(pa), PAGE_SIZE);

	pa = meminspect_phys_alloc_size(PAGE_SIZE, alloc_pa, PAGE_SIZE);
	KUNIT_EXPECT_NE(test, pa, 0);
	meminspect_free_va(phys_to_virt(pa), PAGE_SIZE, free_pages_exact,
			   phys_to_virt(pa), PAGE_SIZE);
}

/* An entry made at compile time, with a name, a type and a class. */
static struct list_head named_list;
MEMINSPECT_NAMED_ENTRY(taint_flags, named_list, .class = MEMINSPECT_CLASS_LOG,
		       .type_name = "list_head");

struct by_name {
	const char *name;
	struct inspect_entry ie;
};

static void find_name(void *priv, const struct inspect_entry *ie)
{
	struct by_name *find = priv;

	if (!strcmp(ie->name, find->name))
		find->ie = *ie;
}

static void compiled_ones_have_further_fields(struct kunit *test)
{
	struct by_name find = { .name = "taint_flags" };

	meminspect_lock_traverse(&find, find_name);
	KUNIT_EXPECT_PTR_EQ(test, find.ie.va, (void *)&named_list);
	KUNIT_EXPECT_EQ(test, find.ie.class, MEMINSPECT_CLASS_LOG);
	if (IS_ENABLED(CONFIG_DEBUG_INFO_BTF))
		KUNIT_EXPECT_NE(test, find.ie.type, MEMINSPECT_TYPE_REGULAR);

	/* The default class of an id with a name is core. */
	KUNIT_EXPECT_EQ(test, meminspect_entry(MEMINSPECT_ID_jiffies_64)->class,
			MEMINSPECT_CLASS_CORE);
}

static void percpu_has_one_a_cpu(struct kunit *test)
{
	u64 __percpu *p = alloc_percpu(u64);
	int cookie;

	KUNIT_ASSERT_TRUE(test, p);
	cookie = meminspect_register_percpu("test", (void __percpu *)p,
					    sizeof(*p), NULL).nr;
	KUNIT_EXPECT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, num_online_cpus());
	take_out(cookie);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);
	free_percpu(p);
}

static void device_takes_it_along(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "meminspect");
	void *p = alloc_test_page(test);
	int cookie;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	cookie = devm_meminspect_register_va(dev, p, 8).nr;
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 1);
	kunit_device_unregister(test, dev);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);
}

static void memory_that_goes_takes_it_along(struct kunit *test)
{
	char *p = alloc_test_page(test);
	const phys_addr_t pa = virt_to_phys(p);
	int inside = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p + 100, 100);
	int below = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 100);
	int above = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p + 200, 100);

	meminspect_begin();
	meminspect_drop_range(pa + 199, pa + 199);
	meminspect_end();
	KUNIT_EXPECT_EQ(test, count_of(inside).entries, 0);
	KUNIT_EXPECT_EQ(test, count_of(below).entries, 1);
	KUNIT_EXPECT_EQ(test, count_of(above).entries, 1);
}

static void find_type(void *priv, const struct inspect_entry *ie)
{
	unsigned int *type = priv;

	if (!strcmp(ie->type_name, "task_struct"))
		*type = ie->type;
}

static void structures_have_btf_ids(struct kunit *test)
{
	unsigned int type = MEMINSPECT_TYPE_REGULAR;

	if (!IS_ENABLED(CONFIG_DEBUG_INFO_BTF))
		kunit_skip(test, "no BTF");
	meminspect_lock_traverse(&type, find_type);
	KUNIT_EXPECT_NE(test, type, MEMINSPECT_TYPE_REGULAR);
}

/* The type's name has 24 characters, one more than is shown of a name. */
static void long_types_are_looked_up_whole(struct kunit *test)
{
	const struct inspect_entry request = {
		.id = FREE_ID, .va = alloc_test_page(test), .size = 8, .name = "test",
		.type_name = "kmem_cache_order_objects",
	};

	if (!IS_ENABLED(CONFIG_DEBUG_INFO_BTF))
		kunit_skip(test, "no BTF");
	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	KUNIT_EXPECT_NE(test, meminspect_entry(FREE_ID)->type,
			MEMINSPECT_TYPE_REGULAR);
}

static struct kunit_case meminspect_cases[] = {
	KUNIT_CASE(early_ones_are_judged_later),
	KUNIT_CASE(linear_memory_before_there_are_sections),
	KUNIT_CASE(entry_comes_and_goes),
	KUNIT_CASE(a_late_owner_takes_nobody_elses),
	KUNIT_CASE(by_id_and_by_address),
	KUNIT_CASE(faults_have_their_errors),
	KUNIT_CASE(device_memory_is_refused),
	KUNIT_CASE(offline_memory_is_refused),
	KUNIT_CASE(vmalloc_is_runs_of_pages),
	KUNIT_CASE(one_id_is_one_run),
	KUNIT_CASE(the_table_has_an_end),
	KUNIT_CASE(ids_have_an_end),
	KUNIT_CASE(a_consumer_has_limits),
	KUNIT_CASE(changes_under_one_lock_are_one),
	KUNIT_CASE(one_takes_the_place_of_another),
	KUNIT_CASE(every_form_registers),
	KUNIT_CASE(percpu_has_one_a_cpu),
	KUNIT_CASE(long_names_keep_the_cpu),
	KUNIT_CASE(device_takes_it_along),
	KUNIT_CASE(memory_that_goes_takes_it_along),
	KUNIT_CASE(compiled_ones_have_further_fields),
	KUNIT_CASE(structures_have_btf_ids),
	KUNIT_CASE(long_types_are_looked_up_whole),
	{}
};

static struct kunit_suite meminspect_suite = {
	.name = "meminspect",
	.test_cases = meminspect_cases,
};

kunit_test_suite(meminspect_suite);

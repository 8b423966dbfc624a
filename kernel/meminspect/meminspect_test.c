// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the table and of its image, on the real ones: the kernel's own
 * entries are in there too.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/elfcorehdr.h>
#include <linux/io.h>
#include <linux/memory_hotplug.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "internal.h"

/* An id that the kernel itself has no entry for. */
#define FREE_ID		MEMINSPECT_ID_total_nr_irqs
/* An address that no machine has RAM at. */
#define NO_RAM		BIT_ULL(MAX_PHYSMEM_BITS - 1)

/* What a test has put in goes, whatever the test came to. */
static void take_back(void *cookie)
{
	meminspect_lock_unregister((long)cookie);
}

static int put_in(struct kunit *test, const struct inspect_entry *request)
{
	int cookie = meminspect_lock_register(request);

	if (cookie > 0)
		KUNIT_ASSERT_EQ(test, 0,
				kunit_add_action_or_reset(test, take_back,
							  (void *)(long)cookie));
	return cookie;
}

static int put_in_pa(struct kunit *test, unsigned int id, phys_addr_t pa,
		     size_t size)
{
	const struct inspect_entry request = {
		.id = id, .pa = pa, .size = size, .name = "test",
	};

	return put_in(test, &request);
}

static int put_in_va(struct kunit *test, unsigned int id, void *va, size_t size)
{
	const struct inspect_entry request = {
		.id = id, .va = va, .size = size, .name = "test",
	};

	return put_in(test, &request);
}

struct count {
	int cookie;
	unsigned int entries;
	size_t bytes;
};

static void count_entry(void *priv, const struct inspect_entry *ie)
{
	struct count *count = priv;

	if (ie->cookie == count->cookie) {
		count->entries++;
		count->bytes += ie->size;
	}
}

static struct count count_of(int cookie)
{
	struct count count = { .cookie = cookie };

	meminspect_lock_traverse(&count, count_entry);
	return count;
}

static void *alloc(struct kunit *test)
{
	void *p = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	return p;
}

/* Registered before the kernel knows which memory it has. */
static u64 early_area[4];
static int early_cookie, early_device_cookie;

static int __init register_early(void)
{
	early_cookie = meminspect_lock_register_va(early_area,
						   sizeof(early_area));
	early_device_cookie = meminspect_lock_register_pa(NO_RAM, 64);
	return 0;
}
early_initcall(register_early);

static void early_ones_are_judged_later(struct kunit *test)
{
	struct count count = { .cookie = early_cookie };

	KUNIT_EXPECT_GT(test, early_cookie, 0);
	KUNIT_EXPECT_GT(test, early_device_cookie, 0);
	meminspect_table_lock();
	meminspect_traverse(&count, count_entry);
	KUNIT_EXPECT_EQ(test, count.entries, 1);
	count = (struct count){ .cookie = early_device_cookie };
	meminspect_traverse(&count, count_entry);
	KUNIT_EXPECT_EQ(test, count.entries, 0);
	meminspect_table_unlock();
}

static void entry_comes_and_goes(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = alloc(test);
	int cookie = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 100);

	KUNIT_ASSERT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 1);
	KUNIT_EXPECT_EQ(test, count_of(cookie).bytes, 100);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before + 1);

	meminspect_lock_unregister(cookie);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);

	/* What comes late, or was refused, does no harm. */
	meminspect_lock_unregister(cookie);
	meminspect_lock_unregister(-EEXIST);
	meminspect_lock_unregister_va(p, 100);
	meminspect_lock_unregister_pa(virt_to_phys(p), 100);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
}

static void a_late_owner_takes_nobody_elses(struct kunit *test)
{
	void *p = alloc(test);
	int first = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 64), second;

	meminspect_lock_unregister(first);
	second = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 64);
	meminspect_lock_unregister(first);
	KUNIT_EXPECT_NE(test, first, second);
	KUNIT_EXPECT_EQ(test, count_of(second).entries, 1);
}

static void by_id_and_by_address(struct kunit *test)
{
	void *p = alloc(test);

	KUNIT_EXPECT_GT(test, put_in_va(test, FREE_ID, p, 8), 0);
	meminspect_lock_unregister_id(FREE_ID);
	KUNIT_EXPECT_GT(test, put_in_pa(test, FREE_ID, virt_to_phys(p), 8), 0);
	meminspect_lock_unregister_pa(virt_to_phys(p), 8);
	KUNIT_EXPECT_GT(test, put_in_va(test, FREE_ID, p, 8), 0);
	meminspect_lock_unregister_va(p, 8);
	KUNIT_EXPECT_NULL(test, meminspect_entry(FREE_ID));

	/* The image's own are nobody's to take. */
	meminspect_lock_unregister_id(MEMINSPECT_ID_ELF);
	KUNIT_EXPECT_NOT_NULL(test, meminspect_entry(MEMINSPECT_ID_ELF));
}

static void faults_have_their_errors(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = alloc(test);
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
	/* From RAM into what is none. */
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
	/* The frame buffer of a PC: in a section that is there and online. */
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

	/* The guard page behind it has nothing. */
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
		meminspect_lock_unregister(cookie);
		vunmap(p);
	}
	__free_pages(pages[1], 1);
}

static void the_table_has_an_end(struct kunit *test)
{
	const unsigned int before = meminspect_count();
	void *p = alloc(test);
	unsigned int id, more = 0;
	int cookies[MEMINSPECT_ID_DYNAMIC] = {}, dynamic, last;

	meminspect_table_lock();
	for (id = 1; id < MEMINSPECT_ID_DYNAMIC; id++) {
		const struct inspect_entry request = {
			.id = id, .va = p, .size = 8, .name = "full",
		};

		cookies[id] = meminspect_register(&request);
		more += cookies[id] > 0;
	}
	dynamic = meminspect_new_cookie();
	do {
		const struct inspect_entry request = {
			.id = MEMINSPECT_ID_DYNAMIC, .va = p, .size = 8,
		};

		last = meminspect_add(&request, NO_CPU, dynamic);
		more += last > 0;
	} while (last > 0);
	KUNIT_EXPECT_EQ(test, last, -ENOSPC);
	KUNIT_EXPECT_EQ(test, meminspect_count() + meminspect_windows(),
			CONFIG_MEMINSPECT_MAX_REGIONS);
	KUNIT_EXPECT_EQ(test, before + more, meminspect_count());

	meminspect_unregister(dynamic);
	for (id = 1; id < MEMINSPECT_ID_DYNAMIC; id++)
		meminspect_unregister(cookies[id]);
	KUNIT_EXPECT_EQ(test, meminspect_count(), before);
	meminspect_table_unlock();
}

static void a_consumer_has_limits(struct kunit *test)
{
	void *p = alloc(test);

	meminspect_table_lock();
	KUNIT_EXPECT_EQ(test, meminspect_set_limits(3, 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, meminspect_set_limits(0, PAGE_SIZE), -ERANGE);
	KUNIT_EXPECT_EQ(test,
			meminspect_set_limits(meminspect_count() +
					      meminspect_windows() - 1, 0),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test,
			meminspect_set_limits(meminspect_count() +
					      meminspect_windows(), 0), 0);
	KUNIT_EXPECT_EQ(test, meminspect_register_va(p, 8), -ENOSPC);
	KUNIT_EXPECT_EQ(test, meminspect_set_limits(0, 0), 0);
	meminspect_table_unlock();
}

static void changes_under_one_lock_are_one(struct kunit *test)
{
	const u64 before = meminspect_stats.published;
	void *a = alloc(test), *b = alloc(test);
	int cookie[2];

	meminspect_table_lock();
	cookie[0] = meminspect_register_va(a, 8);
	cookie[1] = meminspect_register_va(b, 8);
	KUNIT_EXPECT_EQ(test, meminspect_stats.published, before);
	meminspect_table_unlock();
	KUNIT_EXPECT_LE(test, meminspect_stats.published, before + 1);

	meminspect_lock_unregister(cookie[0]);
	meminspect_lock_unregister(cookie[1]);
}

static void percpu_has_one_a_cpu(struct kunit *test)
{
	u64 __percpu *p = alloc_percpu(u64);
	int cookie;

	KUNIT_ASSERT_TRUE(test, p);
	cookie = meminspect_register_percpu("test", (void __percpu *)p,
					    sizeof(*p), NULL);
	KUNIT_EXPECT_GT(test, cookie, 0);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, num_online_cpus());
	meminspect_lock_unregister(cookie);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);
	free_percpu(p);
}

static void device_takes_it_along(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "meminspect");
	void *p = alloc(test);
	int cookie;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	cookie = devm_meminspect_register_va(dev, p, 8);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 1);
	kunit_device_unregister(test, dev);
	KUNIT_EXPECT_EQ(test, count_of(cookie).entries, 0);
}

static void memory_that_goes_takes_it_along(struct kunit *test)
{
	char *p = alloc(test);
	const phys_addr_t pa = virt_to_phys(p);
	int inside = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p + 100, 100);
	int below = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p, 100);
	int above = put_in_va(test, MEMINSPECT_ID_DYNAMIC, p + 200, 100);

	meminspect_table_lock();
	meminspect_drop_range(pa + 199, pa + 199);
	meminspect_table_unlock();
	KUNIT_EXPECT_EQ(test, count_of(inside).entries, 0);
	KUNIT_EXPECT_EQ(test, count_of(below).entries, 1);
	KUNIT_EXPECT_EQ(test, count_of(above).entries, 1);
}

/* Whether a run of the image has all of an entry. */
static bool in_image(const struct inspect_entry *ie)
{
	const struct meminspect_image *image = meminspect_image_current();
	unsigned int i;

	for (i = 0; i < image->nr_runs; i++)
		if (ie->pa >= image->runs[i].start &&
		    ie->pa + ie->size <= image->runs[i].end)
			return true;
	return false;
}

/* Whether every entry is in a run of the image, in whole pages. */
static void find_run(void *priv, const struct inspect_entry *ie)
{
	struct kunit *test = priv;

	if (ie->id > MEMINSPECT_ID_VMCOREINFO &&
	    !(ie->properties & MEMINSPECT_NOT_IN_IMAGE) && !in_image(ie))
		KUNIT_FAIL(test, "%s is in no run", ie->name);
}

static void what_is_not_in_the_image_covers_nothing(struct kunit *test)
{
	struct inspect_entry request = {
		.id = FREE_ID, .va = alloc(test), .size = PAGE_SIZE,
		.properties = MEMINSPECT_NOT_IN_IMAGE, .name = "test",
	};
	const struct inspect_entry *ie;

	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	meminspect_table_lock();
	ie = meminspect_entry(FREE_ID);
	KUNIT_EXPECT_FALSE(test, meminspect_covers(ie->va, 0));
	KUNIT_EXPECT_FALSE(test, in_image(ie));
	meminspect_unregister_id(FREE_ID);
	meminspect_table_unlock();

	request.properties = 0;
	KUNIT_ASSERT_GT(test, put_in(test, &request), 0);
	meminspect_table_lock();
	ie = meminspect_entry(FREE_ID);
	KUNIT_EXPECT_TRUE(test, meminspect_covers(ie->va, 0));
	KUNIT_EXPECT_TRUE(test, in_image(ie));
	meminspect_table_unlock();
}

static void image_is_what_the_table_says(struct kunit *test)
{
	const struct meminspect_image *image;
	struct elfcorehdr_error err = {};
	const Elf64_Phdr *phdr;
	const Elf64_Ehdr *ehdr;
	u16 *scratch;
	unsigned int i;
	u64 offset;

	scratch = kunit_kcalloc(test, IMAGE_PHDRS + 1, sizeof(*scratch),
				GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, scratch);
	meminspect_table_lock();
	image = meminspect_image_current();
	ehdr = image->elf;
	phdr = elfcorehdr_phdrs(image->elf);

	/* Windows may overlap. */
	if (!image->nr_windows)
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    elfcorehdr_parse(image->elf,
						     elfcorehdr_bytes(ehdr->e_phnum),
						     NULL, scratch, &err),
				    "%s: %d", err.what, err.phdr);
	KUNIT_ASSERT_EQ(test, ehdr->e_phnum,
			image->nr_windows + image->nr_runs + 2);
	KUNIT_EXPECT_EQ(test, phdr[0].p_type, PT_NOTE);
	KUNIT_EXPECT_EQ(test, phdr[0].p_offset, image->elf_size);
	offset = phdr[0].p_offset + phdr[0].p_filesz;
	for (i = 0; i < image->nr_windows; i++, phdr++) {
		KUNIT_EXPECT_TRUE(test, phdr[1].p_flags & ELFCOREHDR_WINDOW);
		KUNIT_EXPECT_EQ(test, phdr[1].p_offset, offset);
		offset += phdr[1].p_filesz;
	}
	for (i = 0; i < image->nr_runs; i++) {
		const struct meminspect_run *run = &image->runs[i];

		KUNIT_EXPECT_EQ(test, phdr[1 + i].p_offset, offset);
		KUNIT_EXPECT_EQ(test, phdr[1 + i].p_paddr, run->start);
		KUNIT_EXPECT_EQ(test, phdr[1 + i].p_filesz,
				run->end - run->start);
		KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(run->start | run->end));
		if (i)
			KUNIT_EXPECT_GE(test, run->start, run[-1].end);
		offset += phdr[1 + i].p_filesz;
	}
	KUNIT_EXPECT_EQ(test, offset, image->size);
	KUNIT_EXPECT_EQ(test, phdr[1 + i].p_filesz, 0);
	KUNIT_EXPECT_EQ(test, phdr[1 + i].p_paddr, image->span.start);
	meminspect_traverse(test, find_run);
	meminspect_table_unlock();
}

static void windows_open_and_close(struct kunit *test)
{
	const struct elfcorehdr_machine machine = { .machine = ELF_ARCH };
	const struct elfcorehdr_view views[] = {
		{ .vaddr = 0x1000, .paddr = 0x2000 },
		{ .vaddr = 0x3000, .paddr = 0x4000 },
	};
	void *buf = alloc(test);
	const Elf64_Phdr *phdr = elfcorehdr_phdrs(buf);
	struct elfcorehdr hdr;

	KUNIT_ASSERT_EQ(test, 0,
			elfcorehdr_init(&hdr, buf, PAGE_SIZE, &machine));
	KUNIT_EXPECT_EQ(test, 0, elfcorehdr_append_note(&hdr, 0x5000, 64));
	KUNIT_EXPECT_EQ(test, 0,
			elfcorehdr_append_window(&hdr, 0x6000, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, 0,
			elfcorehdr_append_window(&hdr, 0x8000, PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, phdr[0].p_flags & ELFCOREHDR_WINDOW);
	KUNIT_EXPECT_TRUE(test, phdr[1].p_flags & ELFCOREHDR_WINDOW);
	KUNIT_EXPECT_EQ(test, phdr[1].p_paddr, ELFCOREHDR_CLOSED);
	KUNIT_EXPECT_EQ(test, phdr[2].p_paddr, ELFCOREHDR_CLOSED);

	elfcorehdr_show(buf, 1, 2, views);
	KUNIT_EXPECT_EQ(test, phdr[1].p_paddr, 0x2000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_paddr, 0x4000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_vaddr, 0x3000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_offset, 0x8000);

	elfcorehdr_mark(buf, 2, true);
	KUNIT_EXPECT_FALSE(test, phdr[1].p_flags & ELFCOREHDR_RUNNING);
	KUNIT_EXPECT_TRUE(test, phdr[2].p_flags & ELFCOREHDR_RUNNING);
	KUNIT_EXPECT_TRUE(test, phdr[2].p_flags & ELFCOREHDR_WINDOW);
	elfcorehdr_mark(buf, 2, false);
	KUNIT_EXPECT_FALSE(test, phdr[2].p_flags & ELFCOREHDR_RUNNING);

	elfcorehdr_close(buf, 2, 1);
	KUNIT_EXPECT_EQ(test, phdr[0].p_paddr, 0x5000);
	KUNIT_EXPECT_EQ(test, phdr[1].p_paddr, 0x2000);
	KUNIT_EXPECT_EQ(test, phdr[2].p_paddr, ELFCOREHDR_CLOSED);
}

static bool has_window_of(const struct task_struct *task)
{
	const struct meminspect_image *image = meminspect_image_current();
	const Elf64_Phdr *phdr = elfcorehdr_phdrs(image->elf) + 1;
	const u64 pa = ALIGN_DOWN(virt_to_phys((void *)task), PAGE_SIZE);
	unsigned int i;

	for (i = 0; i < image->nr_windows; i++)
		if (READ_ONCE(phdr[i].p_paddr) == pa)
			return true;
	return false;
}

static void windows_follow_task_switches(struct kunit *test)
{
	bool shown;

	if (!meminspect_windows())
		kunit_skip(test, "no windows without meminspect.switch=1");
	meminspect_table_lock();
	msleep(20);
	shown = has_window_of(current);
	KUNIT_EXPECT_TRUE(test, shown);

	preempt_disable();
	meminspect_switch_drop(0, U64_MAX);
	shown = has_window_of(current);
	preempt_enable();
	KUNIT_EXPECT_FALSE(test, shown);

	msleep(20);
	shown = has_window_of(current);
	KUNIT_EXPECT_TRUE(test, shown);
	meminspect_table_unlock();
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

static struct kunit_case meminspect_cases[] = {
	KUNIT_CASE(early_ones_are_judged_later),
	KUNIT_CASE(entry_comes_and_goes),
	KUNIT_CASE(a_late_owner_takes_nobody_elses),
	KUNIT_CASE(by_id_and_by_address),
	KUNIT_CASE(faults_have_their_errors),
	KUNIT_CASE(device_memory_is_refused),
	KUNIT_CASE(offline_memory_is_refused),
	KUNIT_CASE(vmalloc_is_runs_of_pages),
	KUNIT_CASE(one_id_is_one_run),
	KUNIT_CASE(the_table_has_an_end),
	KUNIT_CASE(a_consumer_has_limits),
	KUNIT_CASE(changes_under_one_lock_are_one),
	KUNIT_CASE(percpu_has_one_a_cpu),
	KUNIT_CASE(device_takes_it_along),
	KUNIT_CASE(memory_that_goes_takes_it_along),
	KUNIT_CASE(image_is_what_the_table_says),
	KUNIT_CASE(what_is_not_in_the_image_covers_nothing),
	KUNIT_CASE(windows_open_and_close),
	KUNIT_CASE(windows_follow_task_switches),
	KUNIT_CASE(structures_have_btf_ids),
	{}
};

static struct kunit_suite meminspect_suite = {
	.name = "meminspect",
	.test_cases = meminspect_cases,
};

kunit_test_suite(meminspect_suite);

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test the table of meminspect, as user space sees it, while a driver registers
 * and unregisters memory and CPUs go offline and online: each entry is in the
 * image, nothing is left behind, and memory that may not be in the table is
 * refused with an error of its own.
 *
 * Needs root, debugfs, and for most tests the module test_meminspect.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "table.h"

#define CYCLES	300
#define CPU1	"/sys/devices/system/cpu/cpu1/online"
#define BLOCKS	"/sys/devices/system/memory"
#define MAX_BLOCKS	4096

FIXTURE(meminspect)
{
	struct table *table;
	struct header *header;
	unsigned int number;
	int driver;
};

/* Return the number of the driver's last registration; the first one is 1. */
static unsigned int last_number(void)
{
	FILE *file = fopen(DRIVER, "r");
	unsigned int number = 0, seen;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%u cookie=", &seen) == 1)
			number = seen;
	if (file)
		fclose(file);
	return number;
}

/* Count the entries of the driver, which have its numbers in their names. */
static unsigned int registered(const struct table *table)
{
	unsigned int i, n = 0, number;

	for (i = 0; i < table->nr; i++)
		n += sscanf(table->entry[i].name, "test%u_", &number) == 1;
	return n;
}

FIXTURE_SETUP(meminspect)
{
	self->table = calloc(1, sizeof(*self->table));
	self->header = calloc(1, sizeof(*self->header));
	ASSERT_TRUE(self->table && self->header);
	if (geteuid())
		SKIP(return, "needs root");
	if (access(REGIONS, R_OK))
		SKIP(return, REGIONS " is not there: no CONFIG_MEMINSPECT, or debugfs not mounted");
	self->driver = !access(DRIVER, W_OK);
}

FIXTURE_TEARDOWN(meminspect)
{
	free(self->table);
	free(self->header);
}

TEST_F(meminspect, image_has_every_entry)
{
	const struct entry *e;
	unsigned int i;

	ASSERT_EQ(NULL, table_read(self->table));
	ASSERT_EQ(NULL, header_read(self->header));
	ASSERT_LT(2, self->table->nr);
	EXPECT_STREQ("ELF", self->table->entry[0].name);
	EXPECT_STREQ("VMCOREINFO", self->table->entry[1].name);
	EXPECT_EQ(PT_NOTE, self->header->phdr[0].p_type);
	EXPECT_EQ(self->table->entry[1].address,
		  self->header->phdr[0].p_paddr);
	for (i = 2; i < self->table->nr; i++) {
		e = &self->table->entry[i];
		if (e->not_in_image)
			continue;
		/* If a secret was cut out, the beginning is still there. */
		EXPECT_TRUE(header_covers(self->header, e->address,
					  e->secrets_cut ? 8 : e->size)) {
			TH_LOG("%s is not in the image", e->name);
		}
		EXPECT_NE(e->secrets_cut,
			  header_covers(self->header, e->address, e->size)) {
			TH_LOG("%s has secrets", e->name);
		}
	}
}

TEST_F(meminspect, what_is_no_ram_is_refused)
{
	if (!self->driver)
		SKIP(return, "module test_meminspect is not loaded");
	EXPECT_EQ(EINVAL, driver_write("pa 0x1000000 0"));
	EXPECT_EQ(EOVERFLOW, driver_write("pa 0xfffffffffffff000 8192"));
	EXPECT_EQ(ENXIO, driver_write("pa 0x100000000000 4096"));
	EXPECT_EQ(EINVAL, driver_write("nonsense"));
	EXPECT_EQ(ENOENT, driver_write("release 4000000000"));
}

TEST_F_TIMEOUT(meminspect, nothing_is_left_behind, 300)
{
	static const char *const kind[] = {
		"kmalloc 100", "vmalloc 30000", "percpu 64", "kmalloc 70000",
	};
	unsigned int before, i;

	if (!self->driver)
		SKIP(return, "module test_meminspect is not loaded");
	ASSERT_EQ(NULL, table_read(self->table));
	before = registered(self->table);
	for (i = 0; i < CYCLES; i++) {
		ASSERT_EQ(0, driver_write("%s", kind[i % 4]));
		ASSERT_EQ(0, driver_write("release %u", last_number()));
	}
	ASSERT_EQ(NULL, table_read(self->table));
	EXPECT_EQ(before, registered(self->table));
}

TEST_F_TIMEOUT(meminspect, the_table_fills_up, 300)
{
	unsigned int first, n = 0, before, i;
	int ret;

	if (!self->driver)
		SKIP(return, "module test_meminspect is not loaded");
	ASSERT_EQ(NULL, table_read(self->table));
	before = registered(self->table);
	first = last_number();
	while ((ret = driver_write("kmalloc 64")) == 0 && n < MAX_ENTRIES)
		n++;
	EXPECT_EQ(ENOSPC, ret);
	EXPECT_LT(0, n);
	if (!first)
		first = last_number() - n;
	for (i = 1; i <= n; i++)
		EXPECT_EQ(0, driver_write("release %u", first + i));
	ASSERT_EQ(NULL, table_read(self->table));
	EXPECT_EQ(before, registered(self->table));
}

static int set_cpu(char on)
{
	int fd = open(CPU1, O_WRONLY), ret;

	if (fd < 0)
		return -1;
	ret = write(fd, &on, 1) == 1 ? 0 : -1;
	close(fd);
	return ret;
}

TEST_F_TIMEOUT(meminspect, a_cpu_takes_its_entries_along, 300)
{
	unsigned int i;

	if (access(CPU1, W_OK))
		SKIP(return, "no CPU to take offline");
	for (i = 0; i < CYCLES / 10; i++) {
		ASSERT_EQ(0, set_cpu('0'));
		ASSERT_EQ(NULL, table_read(self->table));
		ASSERT_EQ(0, table_count(self->table, "cpu1"));
		ASSERT_EQ(0, table_count(self->table, "idle1"));
		ASSERT_EQ(0, set_cpu('1'));
		ASSERT_EQ(NULL, table_read(self->table));
		ASSERT_EQ(1, table_count(self->table, "cpu1"));
	}
}

static int set_block(unsigned int block, const char *state)
{
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), BLOCKS "/memory%u/state", block);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	ret = write(fd, state, strlen(state)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

/* Find the highest block that goes offline and online again, and its size; or -1. */
static int find_block(unsigned long long *size)
{
	FILE *file = fopen(BLOCKS "/block_size_bytes", "r");
	int block;

	*size = 0;
	if (!file || fscanf(file, "%llx", size) != 1)
		*size = 0;
	if (file)
		fclose(file);
	for (block = *size ? MAX_BLOCKS : -1; block >= 0; block--)
		if (!set_block(block, "offline") && !set_block(block, "online_movable"))
			break;
	return block;
}

TEST_F_TIMEOUT(meminspect, memory_takes_its_entries_along, 300)
{
	unsigned long long size, address;
	unsigned int before, i;
	int block;

	if (!self->driver)
		SKIP(return, "module test_meminspect is not loaded");
	block = find_block(&size);
	if (block < 0)
		SKIP(return, "no memory block goes offline and comes back");
	address = block * size + 65536;
	ASSERT_EQ(NULL, table_read(self->table));
	before = table_covers(self->table, address);
	for (i = 0; i < CYCLES / 10; i++) {
		ASSERT_EQ(0, driver_write("pa %#llx 8192", address));
		ASSERT_EQ(NULL, table_read(self->table));
		EXPECT_EQ(before + 1, table_covers(self->table, address));
		ASSERT_EQ(NULL, header_read(self->header));
		EXPECT_TRUE(header_covers(self->header, address, 8192));

		ASSERT_EQ(0, set_block(block, "offline"));
		ASSERT_EQ(NULL, table_read(self->table));
		EXPECT_EQ(0, table_covers(self->table, address));
		ASSERT_EQ(NULL, header_read(self->header));
		EXPECT_FALSE(header_covers(self->header, address, 8192));
		EXPECT_EQ(ENODEV, driver_write("pa %#llx 8192", address));

		/* The owner unregisters late. */
		EXPECT_EQ(0, driver_write("release %u", last_number()));
		ASSERT_EQ(0, set_block(block, "online_movable"));
	}
}

static void *toggle(void *stop)
{
	while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED)) {
		set_cpu('0');
		set_cpu('1');
	}
	return NULL;
}

TEST_F_TIMEOUT(meminspect, drivers_and_cpus_at_once, 300)
{
	pthread_t thread;
	int stop = 0;
	unsigned int i;

	if (access(CPU1, W_OK) || !self->driver)
		SKIP(return, "no CPU to take offline, or no module test_meminspect");
	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle, &stop));
	for (i = 0; i < CYCLES; i++) {
		EXPECT_EQ(0, driver_write("percpu 64"));
		EXPECT_EQ(0, driver_write("release %u", last_number()));
		EXPECT_EQ(NULL, table_read(self->table));
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	ASSERT_EQ(NULL, table_read(self->table));
	EXPECT_EQ(0, registered(self->table));
}

TEST_HARNESS_MAIN

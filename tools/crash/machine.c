// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

static int read_iomem(struct ranges *ram, struct ranges *holes, const char *path)
{
	unsigned long long start, end;
	char line[256], *name;
	FILE *f = fopen(path, "r");
	bool hidden = true;

	if (!f) {
		fprintf(stderr, "elfcorehdr: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while (fgets(line, sizeof(line), f)) {
		name = strstr(line, " : ");
		if (!name || sscanf(line, " %llx-%llx", &start, &end) != 2 ||
		    end < start)
			continue;
		name += 3;
		name[strcspn(name, "\n")] = '\0';
		hidden &= !end;
		/* "System RAM (kmem)" is from another driver, but is RAM all the same. */
		if (!strncmp(name, "System RAM", 10))
			ranges_add(ram, start, end);
		else if (!strcmp(name, "Crash kernel"))
			ranges_add(holes, start, end);
	}
	fclose(f);
	if (!ram->nr || hidden) {
		fprintf(stderr, ram->nr ? "elfcorehdr: %s: addresses are hidden; run as root\n" :
					  "elfcorehdr: %s: no System RAM in it\n", path);
		return -1;
	}
	return 0;
}

static int read_word(const char *dir, const char *file, char *word, size_t size)
{
	char path[512];
	FILE *f;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "r");
	if (!f)
		return -1;
	ret = fgets(word, size, f) ? 0 : -1;
	fclose(f);
	return ret;
}

/*
 * If the kernel does not have MACHINE_BLOCKS, there is no memory hotplug, and
 * nothing is offline.
 */
static int read_offline(struct ranges *holes, const char *dir)
{
	struct dirent *entry;
	char word[32], file[300];
	unsigned long long size, n;
	DIR *d = opendir(dir);

	if (!d && !strcmp(dir, MACHINE_BLOCKS))
		return 0;
	if (!d) {
		fprintf(stderr, "elfcorehdr: %s: %s\n", dir, strerror(errno));
		return -1;
	}
	if (read_word(dir, "block_size_bytes", word, sizeof(word)) ||
	    !(size = strtoull(word, NULL, 16))) {
		fprintf(stderr, "elfcorehdr: %s: no block size in it\n", dir);
		closedir(d);
		return -1;
	}
	while ((entry = readdir(d))) {
		if (strncmp(entry->d_name, "memory", 6) ||
		    !isdigit((unsigned char)entry->d_name[6]))
			continue;
		n = strtoull(entry->d_name + 6, NULL, 10);
		snprintf(file, sizeof(file), "%s/online", entry->d_name);
		/* Skip a block that was removed meanwhile. */
		if (read_word(dir, file, word, sizeof(word)))
			continue;
		if (word[0] == '0')
			ranges_add(holes, n * size, (n + 1) * size - 1);
	}
	closedir(d);
	return 0;
}

/**
 * machine_memory() - find the memory that a dump has to cover
 * @memory:	receives that memory, normalized
 * @iomem:	/proc/iomem of the machine
 * @blocks:	its /sys/devices/system/memory
 * @exclude_low: bytes at address 0 that no dump covers
 *
 * That is System RAM, minus the crash kernel's reservation, minus blocks that are
 * offline, minus @exclude_low.
 *
 * Return: 0, or -1 after a message.
 */
int machine_memory(struct ranges *memory, const char *iomem, const char *blocks,
		   u64 exclude_low)
{
	struct ranges ram = {}, holes = {};
	int ret;

	ret = read_iomem(&ram, &holes, iomem);
	if (!ret)
		ret = read_offline(&holes, blocks);
	if (!ret) {
		if (exclude_low)
			ranges_add(&holes, 0, exclude_low - 1);
		ranges_normalize(&ram, NULL);
		ranges_normalize(&holes, NULL);
		ranges_subtract(memory, &ram, &holes);
	}
	ranges_free(&ram);
	ranges_free(&holes);
	return ret;
}

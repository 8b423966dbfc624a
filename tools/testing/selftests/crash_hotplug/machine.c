// SPDX-License-Identifier: GPL-2.0-only
/* The machine as the kernel shows it, and how to change it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define BLOCKS "/sys/devices/system/memory"
#define CPUS "/sys/devices/system/cpu"

static int read_string(const char *path, char *buf, int size)
{
	FILE *f = fopen(path, "r");
	char *got;

	if (!f)
		return -1;
	got = fgets(buf, size, f);
	fclose(f);
	return got ? 0 : -1;
}

static int write_string(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	int ret;

	if (!f)
		return -1;
	ret = fputs(text, f);
	return fclose(f) || ret < 0 ? -1 : 0;
}

static bool block_online(int block)
{
	char path[64], state[16] = "";

	snprintf(path, sizeof(path), BLOCKS "/memory%d/online", block);
	return !read_string(path, state, sizeof(state)) && state[0] == '1';
}

static uint64_t block_size(void)
{
	char size[32] = "";

	read_string(BLOCKS "/block_size_bytes", size, sizeof(size));
	return strtoull(size, NULL, 16);
}

/* Read the memory that the header has to cover; -1 if the kernel doesn't show it. */
int machine_memory(struct ranges *memory)
{
	unsigned long long start, end;
	struct ranges holes = {};
	struct dirent *entry;
	char line[256];
	uint64_t size;
	size_t i;
	FILE *f;
	DIR *d;
	int n;

	memset(memory, 0, sizeof(*memory));
	f = fopen("/proc/iomem", "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		char *name = strstr(line, " : ");

		if (!name || sscanf(line, " %llx-%llx", &start, &end) != 2)
			continue;
		if (!strncmp(name, " : System RAM", 13))
			ranges_add(memory, start, end);
		else if (!strcmp(name, " : Crash kernel\n"))
			ranges_add(&holes, start, end);
	}
	fclose(f);

	size = block_size();
	d = opendir(BLOCKS);
	if (!d || !size)
		return -1;
	while ((entry = readdir(d)))
		if (sscanf(entry->d_name, "memory%d", &n) == 1 &&
		    !block_online(n))
			ranges_add(&holes, n * size, (n + 1) * size - 1);
	closedir(d);
#if defined(__x86_64__) || defined(__i386__)
	ranges_add(&holes, 0, (1 << 20) - 1);
#endif
	for (i = 0; i < holes.nr; i++)
		ranges_remove(memory, holes.r[i].start, holes.r[i].end);
	return memory->nr ? 0 : -1;
}

int machine_set_block(int block, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), BLOCKS "/memory%d/state", block);
	return write_string(path, online ? "online_movable" : "offline");
}

int machine_set_cpu(int cpu, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), CPUS "/cpu%d/online", cpu);
	return write_string(path, online ? "1" : "0");
}

/* Find the highest memory block that goes offline and online again, or -1. */
int machine_find_block(void)
{
	struct dirent *entry;
	int n, tried = 1 << 30, best;
	DIR *d;

	do {
		best = -1;
		d = opendir(BLOCKS);
		if (!d)
			return -1;
		while ((entry = readdir(d)))
			if (sscanf(entry->d_name, "memory%d", &n) == 1 &&
			    n > best && n < tried)
				best = n;
		closedir(d);
		tried = best;
		if (best >= 0 && block_online(best) &&
		    machine_set_block(best, false))
			continue;
		if (best >= 0 && !machine_set_block(best, true))
			return best;
	} while (best >= 0);
	return -1;
}

/* Find the highest CPU that goes offline and online again, or -1. */
int machine_find_cpu(void)
{
	int cpu;

	for (cpu = 1023; cpu > 0; cpu--)
		if (!machine_set_cpu(cpu, false) && !machine_set_cpu(cpu, true))
			return cpu;
	return -1;
}

/*
 * Find memory that the kernel has lost.  kmemleak reports it, if the kernel has
 * kmemleak; else the kernel's own memory must not have grown by more than caches
 * take.  With KASAN the growth says nothing: its quarantine keeps freed memory.
 */
#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define GROWTH_KIB 128

static long kernel_memory_before;

static bool has_quarantine(void)
{
	char line[256];
	bool found = false;
	FILE *f = fopen("/proc/kallsyms", "r");

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, " kasan_quarantine_put");
	if (f)
		fclose(f);
	return found;
}

static long kernel_memory(void)
{
	long value, total = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "SUnreclaim: %ld", &value) == 1 ||
		    sscanf(line, "VmallocUsed: %ld", &value) == 1)
			total += value;
	fclose(f);
	return total;
}

void machine_leaks_forget(void)
{
	/* Memory that was lost during boot does not count. */
	if (write_string(KMEMLEAK, "scan") || write_string(KMEMLEAK, "clear"))
		kernel_memory_before = kernel_memory();
	else
		kernel_memory_before = -1;
}

/* Return NULL, or a report of memory lost since machine_leaks_forget(). */
const char *machine_leaks_found(void)
{
	static char text[1024];
	long grown;
	size_t n;
	FILE *f;

	if (kernel_memory_before >= 0) {
		grown = kernel_memory() - kernel_memory_before;
		printf("# kernel memory grew by %ld KiB\n", grown);
		if (has_quarantine())
			return NULL;
		snprintf(text, sizeof(text), "grown by %ld KiB", grown);
		return grown > GROWTH_KIB ? text : NULL;
	}
	/* kmemleak reports an object when two scans have not found it. */
	write_string(KMEMLEAK, "scan");
	write_string(KMEMLEAK, "scan");
	f = fopen(KMEMLEAK, "r");
	if (!f)
		return "kmemleak is gone";
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return n ? text : NULL;
}

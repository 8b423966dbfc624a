// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compare the pages of a running kernel's memory with those of its dump.
 *
 * pages fill START END LIST: allocate all available physical memory between
 * START and END, fill each page with contents made of its address, and write
 * the pages' addresses to the device LIST; then print how many pages there are,
 * and wait for the crash.
 *
 * pages compare read|mmap LIST: in the capture kernel, look each page of LIST
 * up in /proc/vmcore, and print how many are equal, different, unreadable and
 * absent.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define PAGE 4096ul
#define WORDS (PAGE / sizeof(uint64_t))
/* After the place of the dump on the same device. */
#define LIST_AT (960ul << 20)
#define MAGIC 0x7061676573206f66ull
/* Memory that is left to the rest of the machine. */
#define SPARE (48ul << 20)
/* Pages that are touched before the next look at the free memory. */
#define STEP 256ul
#define WINDOW (4ul << 20)

struct list {
	uint64_t magic;
	uint64_t count;
};

static void die(const char *what)
{
	fprintf(stderr, "pages: %s: %s\n", what,
		errno ? strerror(errno) : "cut short");
	exit(1);
}

/* The contents of a word: different for each word of memory. */
static uint64_t word_at(uint64_t paddr)
{
	return paddr * 0x9e3779b97f4a7c15ull + MAGIC;
}

static void fill_page(uint64_t *page, uint64_t paddr)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		page[i] = word_at(paddr + i * sizeof(*page));
}

static int page_is(const uint64_t *page, uint64_t paddr)
{
	unsigned int i;

	for (i = 0; i < WORDS; i++)
		if (page[i] != word_at(paddr + i * sizeof(*page)))
			return 0;
	return 1;
}

static void whole(ssize_t done, size_t size, const char *what)
{
	if (done < 0 || (size_t)done != size) {
		if (done >= 0)
			errno = 0;
		die(what);
	}
}

static uint64_t free_memory(void)
{
	struct sysinfo info;

	if (sysinfo(&info))
		die("sysinfo");
	return (uint64_t)info.freeram * info.mem_unit;
}

/* The physical addresses of @count pages from @mem on. */
static void find_pages(int pagemap, const char *mem, size_t count,
		       uint64_t *paddrs)
{
	size_t size = count * sizeof(*paddrs), i;

	whole(pread(pagemap, paddrs, size, (uintptr_t)mem / PAGE *
		    sizeof(*paddrs)), size, "/proc/self/pagemap");
	for (i = 0; i < count; i++) {
		/* Bit 63: present; bits 0 to 54: the page frame. */
		if (paddrs[i] >> 63)
			paddrs[i] = (paddrs[i] & ((1ull << 55) - 1)) * PAGE;
		else
			paddrs[i] = 0;
	}
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void fill(uint64_t start, uint64_t end, const char *device)
{
	struct list list = { .magic = MAGIC };
	uint64_t *paddrs, *found;
	size_t touched = 0, i;
	struct sysinfo info;
	int pagemap, fd;
	size_t size;
	char *mem;

	if (sysinfo(&info))
		die("sysinfo");
	size = (uint64_t)info.totalram * info.mem_unit / PAGE / STEP * STEP;
	mem = mmap(NULL, size * PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	paddrs = calloc(size, sizeof(*paddrs));
	found = calloc(size, sizeof(*found));
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (mem == MAP_FAILED || !paddrs || !found || pagemap < 0)
		die("memory");
	/* Locked, so that with compact_unevictable_allowed 0 no page moves. */
	if (mlock2(mem, size * PAGE, MLOCK_ONFAULT))
		die("mlock2");

	while (touched < size && free_memory() > SPARE) {
		for (i = touched; i < touched + STEP; i++)
			mem[i * PAGE] = 1;
		touched += STEP;
	}
	find_pages(pagemap, mem, touched, paddrs);
	for (i = 0; i < touched; i++) {
		if (paddrs[i] < start || paddrs[i] >= end)
			continue;
		fill_page((uint64_t *)(mem + i * PAGE), paddrs[i]);
		found[list.count++] = paddrs[i];
	}
	qsort(found, list.count, sizeof(*found), by_address);

	fd = open(device, O_WRONLY);
	if (fd < 0)
		die(device);
	whole(pwrite(fd, &list, sizeof(list), LIST_AT), sizeof(list), device);
	size = list.count * sizeof(*found);
	whole(pwrite(fd, found, size, LIST_AT + sizeof(list)), size, device);
	if (fsync(fd))
		die(device);
	printf("%llu\n", (unsigned long long)list.count);
	fflush(stdout);
	/* Close the output, so that its reader ends. */
	fclose(stdout);
	fclose(stderr);
	pause();
}

struct vmcore {
	int fd;
	unsigned int phnum;
	Elf64_Phdr *phdrs;
	/* The window that was mapped last. */
	char *map;
	uint64_t map_start, map_size;
};

static void open_vmcore(struct vmcore *core)
{
	Elf64_Ehdr ehdr;
	size_t size;

	core->fd = open("/proc/vmcore", O_RDONLY);
	if (core->fd < 0)
		die("/proc/vmcore");
	whole(pread(core->fd, &ehdr, sizeof(ehdr), 0), sizeof(ehdr),
	      "/proc/vmcore's header");
	core->phnum = ehdr.e_phnum;
	size = core->phnum * sizeof(*core->phdrs);
	core->phdrs = malloc(size);
	if (!core->phdrs)
		die("memory");
	whole(pread(core->fd, core->phdrs, size, ehdr.e_phoff), size,
	      "/proc/vmcore's program headers");
}

static const Elf64_Phdr *segment_of(const struct vmcore *core, uint64_t paddr)
{
	unsigned int i;

	for (i = 0; i < core->phnum; i++) {
		const Elf64_Phdr *p = &core->phdrs[i];

		if (p->p_type == PT_LOAD && paddr >= p->p_paddr &&
		    paddr - p->p_paddr < p->p_filesz)
			return p;
	}
	return NULL;
}

static const uint64_t *read_page(struct vmcore *core, const Elf64_Phdr *phdr,
				 uint64_t paddr)
{
	static uint64_t page[WORDS];
	ssize_t done;

	done = pread(core->fd, page, PAGE,
		     phdr->p_offset + (paddr - phdr->p_paddr));
	if (done >= 0 && done < (ssize_t)PAGE)
		errno = 0;
	return done == (ssize_t)PAGE ? page : NULL;
}

static const uint64_t *map_page(struct vmcore *core, const Elf64_Phdr *phdr,
				uint64_t paddr)
{
	uint64_t at = phdr->p_offset + (paddr - phdr->p_paddr);
	uint64_t left = phdr->p_filesz - (paddr - phdr->p_paddr);

	if (!core->map || at < core->map_start ||
	    at + PAGE > core->map_start + core->map_size) {
		if (core->map)
			munmap(core->map, core->map_size);
		core->map_start = at;
		core->map_size = left < WINDOW ? left : WINDOW;
		core->map = mmap(NULL, core->map_size, PROT_READ, MAP_PRIVATE,
				 core->fd, at);
		if (core->map == MAP_FAILED) {
			core->map = NULL;
			return NULL;
		}
	}
	return (uint64_t *)(core->map + (at - core->map_start));
}

static void compare(int by_read, const char *device)
{
	unsigned long equal = 0, differ = 0, unreadable = 0, absent = 0;
	struct vmcore core = { 0 };
	char first[128] = "";
	struct list list;
	uint64_t *paddrs, i;
	int fd;

	open_vmcore(&core);
	fd = open(device, O_RDONLY);
	if (fd < 0)
		die(device);
	whole(pread(fd, &list, sizeof(list), LIST_AT), sizeof(list), device);
	if (list.magic != MAGIC) {
		fprintf(stderr, "pages: no list on %s\n", device);
		exit(1);
	}
	paddrs = malloc(list.count * sizeof(*paddrs));
	if (!paddrs)
		die("memory");
	whole(pread(fd, paddrs, list.count * sizeof(*paddrs),
		    LIST_AT + sizeof(list)),
	      list.count * sizeof(*paddrs), device);

	for (i = 0; i < list.count; i++) {
		const Elf64_Phdr *phdr = segment_of(&core, paddrs[i]);
		const uint64_t *page;
		const char *why;

		if (!phdr) {
			absent++;
			why = "in no PT_LOAD";
		} else {
			page = by_read ? read_page(&core, phdr, paddrs[i]) :
					 map_page(&core, phdr, paddrs[i]);
			if (page && page_is(page, paddrs[i])) {
				equal++;
				continue;
			}
			if (page) {
				differ++;
				why = "differs";
			} else {
				unreadable++;
				why = errno ? strerror(errno) : "cut short";
			}
		}
		if (!*first)
			snprintf(first, sizeof(first), "%#llx: %s",
				 (unsigned long long)paddrs[i], why);
	}
	printf("equal %lu differ %lu unreadable %lu absent %lu first %s\n",
	       equal, differ, unreadable, absent, *first ? first : "none");
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "fill")) {
		fill(strtoull(argv[2], NULL, 0), strtoull(argv[3], NULL, 0),
		     argv[4]);
	} else if (argc == 4 && !strcmp(argv[1], "compare") &&
		 (!strcmp(argv[2], "read") || !strcmp(argv[2], "mmap"))) {
		compare(!strcmp(argv[2], "read"), argv[3]);
	} else {
		fprintf(stderr, "usage: pages fill START END LIST\n"
			"       pages compare read|mmap LIST\n");
		return 2;
	}
	return 0;
}

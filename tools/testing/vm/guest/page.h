/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocate a page in a given part of physical memory.  Uses the C library and
 * /proc/self/pagemap.
 */
#ifndef _GUEST_PAGE_H
#define _GUEST_PAGE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul
#define PAGES_SIZE (64ul << 20)

/*
 * Returns a page that is between the physical addresses @start and @end, and its
 * address in @paddr.  Exits with a message if there is none.
 */
static inline char *page_between(const char *program, uint64_t start,
				 uint64_t end, uint64_t *paddr)
{
	uint64_t entry;
	char *mem;
	size_t i;
	int fd;

	mem = mmap(NULL, PAGES_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (mem == MAP_FAILED || fd < 0) {
		perror(program);
		exit(1);
	}

	for (i = 0; i < PAGES_SIZE; i += PAGE) {
		mem[i] = 1;
		if (pread(fd, &entry, sizeof(entry),
			  ((uintptr_t)mem + i) / PAGE * sizeof(entry)) !=
		    sizeof(entry))
			continue;
		/* Bit 63: present; bits 0 to 54: the page frame. */
		*paddr = (entry & ((1ull << 55) - 1)) * PAGE;
		if (entry >> 63 && *paddr >= start && *paddr < end)
			return mem + i;
	}
	fprintf(stderr, "%s: no page of ours is between %#llx and %#llx\n",
		program, (unsigned long long)start, (unsigned long long)end);
	exit(1);
}

/* Print the page's address, close the output so that its reader ends, and wait. */
static inline void tell_and_wait(uint64_t paddr)
{
	printf("%#llx\n", (unsigned long long)paddr);
	fclose(stdout);
	fclose(stderr);
	pause();
}

#endif

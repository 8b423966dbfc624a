// SPDX-License-Identifier: GPL-2.0-only
/*
 * pattern START END TEXT: keep TEXT in a page of physical memory between START
 * and END, and say at which address; then wait to be looked at.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096ul
#define SIZE (64ul << 20)

int main(int argc, char **argv)
{
	uint64_t start, end, entry, paddr;
	char *mem;
	size_t i;
	int fd;

	if (argc != 4) {
		fprintf(stderr, "usage: pattern START END TEXT\n");
		return 2;
	}
	start = strtoull(argv[1], NULL, 0);
	end = strtoull(argv[2], NULL, 0);
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (mem == MAP_FAILED || fd < 0) {
		perror("pattern");
		return 1;
	}

	for (i = 0; i < SIZE; i += PAGE) {
		mem[i] = 1;
		if (pread(fd, &entry, sizeof(entry),
			  ((uintptr_t)mem + i) / PAGE * sizeof(entry)) !=
		    sizeof(entry))
			continue;
		/* Bit 63: present; bits 0 to 54: the page frame. */
		paddr = (entry & ((1ull << 55) - 1)) * PAGE;
		if (!(entry >> 63) || paddr < start || paddr >= end)
			continue;
		strncpy(mem + i, argv[3], PAGE);
		printf("%#llx\n", (unsigned long long)paddr);
		fflush(stdout);
		/* Let go of the pipe that somebody reads this from. */
		fclose(stdout);
		fclose(stderr);
		pause();
	}
	fprintf(stderr, "pattern: no page of ours is between %#llx and %#llx\n",
		(unsigned long long)start, (unsigned long long)end);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin START END: keep a page of physical memory between START and END from
 * being migrated, so that its block can't go offline; say at which address it
 * is, and wait to be killed.
 *
 * The page is spliced into a pipe that nobody reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096ul
#define SIZE (64ul << 20)

int main(int argc, char **argv)
{
	uint64_t start, end, entry, paddr;
	struct iovec page;
	int fd, pipefd[2];
	char *mem;
	size_t i;

	if (argc != 3) {
		fprintf(stderr, "usage: pin START END\n");
		return 2;
	}
	start = strtoull(argv[1], NULL, 0);
	end = strtoull(argv[2], NULL, 0);
	mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd = open("/proc/self/pagemap", O_RDONLY);
	if (mem == MAP_FAILED || fd < 0 || pipe(pipefd)) {
		perror("pin");
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
		page = (struct iovec){ mem + i, PAGE };
		if (vmsplice(pipefd[1], &page, 1, 0) != (ssize_t)PAGE) {
			perror("pin: vmsplice");
			return 1;
		}
		printf("%#llx\n", (unsigned long long)paddr);
		/* Others may wait for the end of these. */
		fclose(stdout);
		fclose(stderr);
		pause();
	}
	fprintf(stderr, "pin: no page of ours is between %#llx and %#llx\n",
		(unsigned long long)start, (unsigned long long)end);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin START END: keep a page of physical memory between START and END from
 * being migrated, so that its block can't go offline; print the page's address,
 * and wait to be killed.
 *
 * The page is spliced into a pipe that nobody reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/uio.h>

#include "page.h"

int main(int argc, char **argv)
{
	struct iovec page = { .iov_len = PAGE };
	uint64_t paddr;
	int pipefd[2];

	if (argc != 3) {
		fprintf(stderr, "usage: pin START END\n");
		return 2;
	}
	page.iov_base = page_between("pin", strtoull(argv[1], NULL, 0),
				     strtoull(argv[2], NULL, 0), &paddr);
	if (pipe(pipefd) ||
	    vmsplice(pipefd[1], &page, 1, 0) != (ssize_t)PAGE) {
		perror("pin: vmsplice");
		return 1;
	}
	tell_and_wait(paddr);
	return 0;
}

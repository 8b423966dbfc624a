// SPDX-License-Identifier: GPL-2.0-only
/*
 * pattern START END TEXT: keep TEXT in a page of physical memory between START
 * and END, and print the page's address; then wait while others read it.
 */
#include <string.h>

#include "page.h"

int main(int argc, char **argv)
{
	uint64_t paddr;
	char *page;

	if (argc != 4) {
		fprintf(stderr, "usage: pattern START END TEXT\n");
		return 2;
	}
	page = page_between("pattern", strtoull(argv[1], NULL, 0),
			    strtoull(argv[2], NULL, 0), &paddr);
	strncpy(page, argv[3], PAGE);
	tell_and_wait(paddr);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "header.h"

/* Up to @size bytes; fewer at the end of the file; -1 after a message. */
static ssize_t read_fully(int fd, const char *name, void *buf, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, (char *)buf + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fprintf(stderr, "elfcorehdr: %s: %s\n", name,
				strerror(errno));
			return -1;
		}
		if (!n)
			break;
		done += n;
	}
	return done;
}

/*
 * The header and no more: what follows it may be all memory of a machine.
 * Returns its size; 0 for an empty file; -1 after a message.
 */
static ssize_t read_header(int fd, const char *name, void **buf)
{
	Elf64_Ehdr ehdr;
	ssize_t n, more;
	size_t size;

	n = read_fully(fd, name, &ehdr, sizeof(ehdr));
	if (n <= 0)
		return n;
	size = sizeof(ehdr);
	if (n == sizeof(ehdr) && !memcmp(ehdr.e_ident, ELFMAG, SELFMAG))
		size = elfcorehdr_bytes(ehdr.e_phnum);

	*buf = calloc(1, size);
	if (!*buf) {
		fprintf(stderr, "elfcorehdr: %s: no memory for %zu bytes\n",
			name, size);
		return -1;
	}
	memcpy(*buf, &ehdr, n);
	if (n < (ssize_t)sizeof(ehdr))
		return n;
	more = read_fully(fd, name, (char *)*buf + n, size - n);
	return more < 0 ? more : n + more;
}

static int cmp_u64(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int cmp_mapping(const void *a, const void *b)
{
	const Elf64_Phdr *x = a, *y = b;

	return cmp_u64(x->p_vaddr - x->p_paddr, y->p_vaddr - y->p_paddr);
}

static int cmp_paddr(const void *a, const void *b)
{
	const Elf64_Phdr *x = a, *y = b;

	return cmp_u64(x->p_paddr, y->p_paddr);
}

/*
 * The linear map is the mapping that most bytes of PT_LOADs have: the kernel's
 * own has a few MB at another address.  Expects the PT_LOADs by mapping.
 */
static u64 find_linear(const struct header *h)
{
	u64 best = 0, best_bytes = 0, bytes = 0, last = 0;
	unsigned int i;

	for (i = h->notes; i < h->nr; i++) {
		u64 offset = h->phdrs[i].p_vaddr - h->phdrs[i].p_paddr;

		bytes = (i > h->notes && offset == last ? bytes : 0) +
			h->phdrs[i].p_memsz;
		last = offset;
		if (bytes > best_bytes) {
			best = offset;
			best_bytes = bytes;
		}
	}
	return best;
}

bool header_is_kernel_map(const struct header *h, const Elf64_Phdr *p)
{
	return p->p_type == PT_LOAD && p->p_vaddr - p->p_paddr != h->linear;
}

static int take_apart(struct header *h, const char *name, size_t size)
{
	struct elfcorehdr_error err;
	unsigned int i;

	/* Overlaps are for us to show. */
	if (elfcorehdr_validate(h->buf, size, NULL, &err)) {
		if (err.phdr >= 0)
			fprintf(stderr, "elfcorehdr: %s: program header %d: %s\n",
				name, err.phdr, err.what);
		else
			fprintf(stderr, "elfcorehdr: %s: %s\n", name, err.what);
		return -1;
	}

	h->nr = ((Elf64_Ehdr *)h->buf)->e_phnum;
	h->phdrs = (Elf64_Phdr *)((Elf64_Ehdr *)h->buf + 1);
	while (h->notes < h->nr && h->phdrs[h->notes].p_type == PT_NOTE)
		h->notes++;
	qsort(h->phdrs + h->notes, h->nr - h->notes, sizeof(*h->phdrs),
	      cmp_mapping);
	h->linear = find_linear(h);
	qsort(h->phdrs + h->notes, h->nr - h->notes, sizeof(*h->phdrs),
	      cmp_paddr);
	for (i = h->notes; i < h->nr; i++)
		if (!header_is_kernel_map(h, &h->phdrs[i]))
			ranges_add(&h->memory, h->phdrs[i].p_paddr,
				   h->phdrs[i].p_paddr + h->phdrs[i].p_memsz - 1);
	ranges_normalize(&h->memory, &h->overlaps);
	ranges_normalize(&h->overlaps, NULL);
	return 0;
}

/**
 * header_read() - read and validate a core header
 * @h:		receives it, to be freed with header_free()
 * @path:	a file with a header, alone or with a core behind it; "-" for
 *		standard input; the live one of this machine if NULL
 *
 * Return: 0, or -1 after a message.
 */
int header_read(struct header *h, const char *path)
{
	const char *name = path ? path : LIVE_HEADER;
	int fd = 0, ret = -1;
	ssize_t size;

	memset(h, 0, sizeof(*h));
	if (!strcmp(name, "-")) {
		name = "standard input";
	} else {
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			fprintf(stderr, "elfcorehdr: %s: %s\n", name,
				strerror(errno));
			return -1;
		}
	}

	size = read_header(fd, name, &h->buf);
	if (!size && !strcmp(name, LIVE_HEADER))
		fprintf(stderr, "elfcorehdr: %s: no crash image with a live header is loaded\n",
			name);
	else if (!size)
		fprintf(stderr, "elfcorehdr: %s: empty\n", name);
	else if (size > 0)
		ret = take_apart(h, name, size);

	if (fd)
		close(fd);
	if (ret)
		header_free(h);
	return ret;
}

void header_free(struct header *h)
{
	ranges_free(&h->memory);
	ranges_free(&h->overlaps);
	free(h->buf);
	h->buf = NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* A parser of the live header that shares no code with others. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "header.h"

static int cmp_range(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

void ranges_add(struct ranges *set, uint64_t start, uint64_t end)
{
	size_t i, n = 0;

	if (set->nr == MAX_RANGES)
		abort();
	set->r[set->nr++] = (struct range){ start, end };
	qsort(set->r, set->nr, sizeof(*set->r), cmp_range);
	for (i = 1; i < set->nr; i++) {
		if (set->r[i].start <= set->r[n].end ||
		    set->r[i].start - 1 == set->r[n].end) {
			if (set->r[i].end > set->r[n].end)
				set->r[n].end = set->r[i].end;
		} else {
			set->r[++n] = set->r[i];
		}
	}
	set->nr = n + 1;
}

void ranges_remove(struct ranges *set, uint64_t start, uint64_t end)
{
	struct ranges result = {};
	size_t i;

	for (i = 0; i < set->nr; i++) {
		struct range r = set->r[i];

		if (r.end < start || r.start > end) {
			ranges_add(&result, r.start, r.end);
			continue;
		}
		if (r.start < start)
			ranges_add(&result, r.start, start - 1);
		if (r.end > end)
			ranges_add(&result, end + 1, r.end);
	}
	*set = result;
}

bool ranges_equal(const struct ranges *a, const struct ranges *b)
{
	return a->nr == b->nr && !memcmp(a->r, b->r, a->nr * sizeof(*a->r));
}

/* The kernel's own mapping begins at this address; the linear map lies below. */
#ifdef __aarch64__
#define KERNEL_MAP	0xffff800000000000ull
#else
#define KERNEL_MAP	0xffffffff80000000ull
#endif

static const char *take_apart(struct header *h, const char *buf, size_t size)
{
	const Elf64_Ehdr *ehdr = (const void *)buf;
	const Elf64_Phdr *p = (const void *)(ehdr + 1);
	uint64_t covered = 0;
	size_t i;

	if (size < sizeof(*ehdr) || memcmp(ehdr->e_ident, ELFMAG, SELFMAG) ||
	    ehdr->e_ident[EI_CLASS] != ELFCLASS64 || ehdr->e_type != ET_CORE)
		return "not an ELF64 core header";
	if (ehdr->e_phoff != sizeof(*ehdr) || ehdr->e_phentsize != sizeof(*p))
		return "program headers are not where /proc/vmcore wants them";
	if (sizeof(*ehdr) + ehdr->e_phnum * sizeof(*p) != size)
		return "e_phnum does not fit the file's size";
	if (ehdr->e_phnum > MAX_RANGES)
		return "more program headers than the test has room for";

	for (i = 0; i < ehdr->e_phnum; i++, p++) {
		if (p->p_type == PT_NOTE && h->memory.nr)
			return "a PT_NOTE after a PT_LOAD";
		if (p->p_type != PT_NOTE && p->p_type != PT_LOAD)
			return "neither PT_NOTE nor PT_LOAD";
		if (!p->p_memsz || p->p_filesz != p->p_memsz)
			return "an empty or partial entry";
		/* The kernel's own mapping precedes the memory, and overlaps it. */
		if (p->p_type == PT_NOTE || p->p_vaddr >= KERNEL_MAP) {
			h->notes[h->nr_notes++] = *p;
			continue;
		}
		if (p->p_offset != p->p_paddr)
			return "p_offset is not p_paddr";
		covered += p->p_memsz;
		ranges_add(&h->memory, p->p_paddr, p->p_paddr + p->p_memsz - 1);
	}
	for (i = 0; i < h->memory.nr; i++)
		covered -= h->memory.r[i].end - h->memory.r[i].start + 1;
	return covered ? "overlapping ranges" : NULL;
}

/* Read the live header; return NULL, or its first fault. */
const char *header_read(struct header *h)
{
	static __thread char buf[sizeof(Elf64_Ehdr) +
				 (MAX_RANGES + 1) * sizeof(Elf64_Phdr)];
	size_t size = 0;
	ssize_t n;
	int fd;

	memset(h, 0, sizeof(*h));
	fd = open(LIVE_HEADER, O_RDONLY);
	if (fd < 0)
		return strerror(errno);
	while ((n = read(fd, buf + size, sizeof(buf) - size)) > 0)
		size += n;
	close(fd);
	if (n < 0)
		return strerror(errno);
	if (!size)
		return "no crash image with a live header is loaded";
	return take_apart(h, buf, size);
}

bool header_notes_equal(const struct header *a, const struct header *b)
{
	return a->nr_notes == b->nr_notes &&
	       !memcmp(a->notes, b->notes, a->nr_notes * sizeof(*a->notes));
}

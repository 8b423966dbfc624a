// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>
#include <linux/minmax.h>

#include "header.h"

#define DEBUGFS "/sys/kernel/debug"
/* No core has its program headers farther behind the ELF header. */
#define MAX_PHOFF (1 << 20)

/* Read up to @size bytes.  Returns fewer at the end of the file, or -1 after a message. */
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

/* Read bytes that are not needed.  Returns the same as read_fully(). */
static ssize_t skip(int fd, const char *name, size_t size)
{
	char buf[4096];
	size_t done = 0;
	ssize_t n;

	do {
		n = read_fully(fd, name, buf, min(size - done, sizeof(buf)));
		if (n < 0)
			return n;
		done += n;
	} while (n && done < size);
	return done;
}

/* Return why the program headers cannot be read, or NULL. */
static const char *ehdr_fault(const Elf64_Ehdr *ehdr, size_t size)
{
	if (size < sizeof(*ehdr))
		return "shorter than an ELF header";
	if (memcmp(ehdr->e_ident, ELFMAG, SELFMAG))
		return "no ELF magic";
	if (ehdr->e_ident[EI_CLASS] != ELFCLASS64)
		return "not ELF64";
	if (ehdr->e_ident[EI_DATA] != ELFDATA2LSB)
		return "not little endian";
	if (ehdr->e_type != ET_CORE)
		return "not a core file (e_type)";
	if (ehdr->e_phentsize != sizeof(Elf64_Phdr))
		return "wrong e_phentsize";
	if (!ehdr->e_phnum)
		return "no program headers (e_phnum)";
	if (ehdr->e_phnum == PN_XNUM)
		return "extended numbering (PN_XNUM) is not supported";
	if (ehdr->e_phoff < sizeof(*ehdr) || ehdr->e_phoff > MAX_PHOFF)
		return "program headers are not near the ELF header (e_phoff)";
	return NULL;
}

static int read_phdrs(struct header *h, int fd, const char *name, const Elf64_Ehdr *ehdr)
{
	const size_t between = ehdr->e_phoff - sizeof(*ehdr);
	const size_t size = ehdr->e_phnum * sizeof(Elf64_Phdr);
	ssize_t n;

	h->buf = calloc(1, sizeof(*ehdr) + size);
	if (!h->buf) {
		fprintf(stderr, "elfcorehdr: %s: no memory for %zu bytes\n", name, size);
		return -1;
	}
	memcpy(h->buf, ehdr, sizeof(*ehdr));
	h->phdrs = (Elf64_Phdr *)((Elf64_Ehdr *)h->buf + 1);
	h->nr = ehdr->e_phnum;
	n = skip(fd, name, between);
	if (n == (ssize_t)between)
		n = read_fully(fd, name, h->phdrs, size);
	else if (n >= 0)
		n = 0;
	if (n >= 0 && n < (ssize_t)size)
		fprintf(stderr, "elfcorehdr: %s: truncated: e_phnum program headers do not fit\n",
			name);
	return n == (ssize_t)size ? 0 : -1;
}

/* Read no more than the header: all memory of a machine may follow it. */
static int read_header(struct header *h, int fd, const char *name)
{
	Elf64_Ehdr ehdr = {};
	const char *why;
	ssize_t n;

	n = read_fully(fd, name, &ehdr, sizeof(ehdr));
	if (n < 0)
		return -1;
	if (!n && !strcmp(name, LIVE_HEADER))
		why = "no crash image with a live header is loaded";
	else
		why = n ? ehdr_fault(&ehdr, n) : "empty";
	if (why) {
		fprintf(stderr, "elfcorehdr: %s: %s\n", name, why);
		return -1;
	}
	return read_phdrs(h, fd, name, &ehdr);
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
 * Find the linear map: most bytes of the PT_LOADs have this distance of virtual and
 * physical address, while the kernel's own mapping has a few MB at another address.
 * The PT_LOADs must be sorted by that distance.
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

bool header_is_memory(const Elf64_Phdr *p)
{
	return p->p_type == PT_LOAD && p->p_memsz && p->p_paddr + p->p_memsz - 1 >= p->p_paddr;
}

/* Move the PT_NOTEs to the front, and keep their order. */
static void notes_first(struct header *h)
{
	for (unsigned int i = 0; i < h->nr; i++) {
		Elf64_Phdr phdr = h->phdrs[i];

		if (phdr.p_type != PT_NOTE)
			continue;
		memmove(&h->phdrs[h->notes + 1], &h->phdrs[h->notes],
			(i - h->notes) * sizeof(phdr));
		h->phdrs[h->notes++] = phdr;
	}
}

static void take_apart(struct header *h)
{
	struct elfcorehdr_error err = { .phdr = -1 };
	unsigned int i, loads = 0;

	/* Overlaps are not looked for here: the tool reports them itself. */
	if (elfcorehdr_validate(h->buf, elfcorehdr_bytes(h->nr), NULL, &err))
		h->refusal = err.what;
	h->refused = err.phdr;

	notes_first(h);
	for (i = h->notes; i < h->nr; i++) {
		loads += h->phdrs[i].p_type == PT_LOAD;
		h->physical |= h->phdrs[i].p_paddr;
	}
	h->physical |= loads < 2;
	if (!h->physical)
		return;
	qsort(h->phdrs + h->notes, h->nr - h->notes, sizeof(*h->phdrs),
	      cmp_mapping);
	h->linear = find_linear(h);
	qsort(h->phdrs + h->notes, h->nr - h->notes, sizeof(*h->phdrs),
	      cmp_paddr);
	for (i = h->notes; i < h->nr; i++)
		if (header_is_memory(&h->phdrs[i]) && !header_is_kernel_map(h, &h->phdrs[i]))
			ranges_add(&h->memory, h->phdrs[i].p_paddr,
				   h->phdrs[i].p_paddr + h->phdrs[i].p_memsz - 1);
	ranges_normalize(&h->memory, &h->overlaps);
	ranges_normalize(&h->overlaps, NULL);
}

/**
 * header_print_refusal() - print why the kernel would not take the header
 * @h:		header with a refusal
 * @to:		stream to print to
 */
void header_print_refusal(const struct header *h, FILE *to)
{
	if (h->refused >= 0)
		fprintf(to, "program header %d: ", h->refused);
	fprintf(to, "%s\n", h->refusal);
}

/* Return why the live header cannot be opened. */
static const char *no_live_header(int error)
{
	struct statfs fs;

	if (error == EACCES)
		return "may be read by root only";
	if (error == EPERM)
		return "may not be read while the kernel is locked down";
	if (error != ENOENT)
		return strerror(error);
	if (statfs(DEBUGFS, &fs) || fs.f_type != DEBUGFS_MAGIC)
		return "debugfs is not mounted: mount -t debugfs none " DEBUGFS;
	return "this kernel has no live header: it lacks CONFIG_CRASH_HOTPLUG, CONFIG_DEBUG_FS or hotcore";
}

/**
 * header_read() - read a core header
 * @h:		receives the header; free it with header_free()
 * @path:	a file with a header, alone or with a core behind it; "-" for
 *		standard input; NULL for the live header of this machine
 *
 * Return: 0, or -1 after a message.
 */
int header_read(struct header *h, const char *path)
{
	const char *name = path ? path : LIVE_HEADER;
	int fd = 0, ret;

	memset(h, 0, sizeof(*h));
	if (!strcmp(name, "-")) {
		name = "standard input";
	} else {
		fd = open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			fprintf(stderr, "elfcorehdr: %s: %s\n", name,
				path ? strerror(errno) : no_live_header(errno));
			return -1;
		}
	}
	ret = read_header(h, fd, name);
	if (fd)
		close(fd);
	if (ret)
		header_free(h);
	else
		take_apart(h);
	return ret;
}

void header_free(struct header *h)
{
	ranges_free(&h->memory);
	ranges_free(&h->overlaps);
	free(h->buf);
	h->buf = NULL;
}

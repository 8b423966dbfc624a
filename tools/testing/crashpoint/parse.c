// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run elfcorehdr_parse() and elfcorehdr_open() on untrusted headers: each fault
 * is named, and neither these faults nor random bytes make them read outside of
 * the buffer (which ends where ASan guards).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elfcorehdr.h>

#define VA	0xffff888000000000ull
#define NR	6

static const struct elfcorehdr_machine machine = { .machine = EM_X86_64 };
static unsigned int failures, cases;

static u64 state = 7;

static u64 rnd(u64 below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 24) % below;
}

static void *sound(size_t *size)
{
	struct elfcorehdr hdr;
	void *buf;

	*size = elfcorehdr_bytes(NR);
	buf = calloc(1, *size);
	elfcorehdr_init(&hdr, buf, *size, &machine);
	elfcorehdr_append_note(&hdr, 0x1000, 0x170);
	elfcorehdr_append_note(&hdr, 0x2000, 0x1024);
	elfcorehdr_append_load(&hdr, 0xffffffff81000000ull, 0x1000000, 0xc00000);
	elfcorehdr_append_load(&hdr, VA + 0x100000, 0x100000, 0x1ff00000);
	elfcorehdr_append_load(&hdr, VA + 0x40000000, 0x40000000, 0x8000000);
	elfcorehdr_append_load(&hdr, VA + 0x30000000, 0x30000000, 0x8000000);
	return buf;
}

static void expect(const char *name, void *buf, size_t size, const char *what,
		   int phdr)
{
	struct elfcorehdr_error err = { .phdr = -2 };
	/* Exactly as long as the part that may be read. */
	void *exact = malloc(size);
	u16 *index = calloc(elfcorehdr_capacity(size) + 1, sizeof(*index));
	struct elfcorehdr hdr;
	int ret;

	memcpy(exact, buf, size);
	ret = elfcorehdr_open(&hdr, exact, size, &machine, VA, index, &err);
	cases++;
	if (what ? ret != -EINVAL || !strstr(err.what, what) || err.phdr != phdr : ret) {
		fprintf(stderr, "parse: %s: returned %d, '%s' at %d; expected '%s' at %d\n",
			name, ret, err.what ? err.what : "", err.phdr,
			what ? what : "success", phdr);
		failures++;
	}
	free(index);
	free(exact);
}

#define FAULT(what, phdr, ...) do {					\
	Elf64_Ehdr *e = buf = sound(&size);				\
	Elf64_Phdr *p = (Elf64_Phdr *)(e + 1);				\
									\
	(void)p;							\
	__VA_ARGS__;							\
	expect(#__VA_ARGS__, buf, size, what, phdr);			\
	free(buf);							\
} while (0)

static void named_faults(void)
{
	size_t size;
	void *buf;

	FAULT(NULL, 0, ;);
	FAULT("shorter than", -1, size = 63);
	FAULT("no ELF magic", -1, e->e_ident[0] = 0);
	FAULT("not ELF64", -1, e->e_ident[EI_CLASS] = ELFCLASS32);
	FAULT("little endian", -1, e->e_ident[EI_DATA] = ELFDATA2MSB);
	FAULT("version", -1, e->e_version = 2);
	FAULT("e_type", -1, e->e_type = ET_EXEC);
	FAULT("e_machine", -1, e->e_machine = EM_AARCH64);
	FAULT("e_ehsize", -1, e->e_ehsize = 52);
	FAULT("e_phentsize", -1, e->e_phentsize = 32);
	FAULT("e_phoff", -1, e->e_phoff = 128);
	FAULT("e_phnum", -1, e->e_phnum = 0);
	FAULT("PN_XNUM", -1, e->e_phnum = PN_XNUM);
	FAULT("truncated", -1, e->e_phnum = NR + 1);
	FAULT("truncated", -1, size -= 1);
	FAULT("neither", 2, p[2].p_type = PT_NULL);
	FAULT("PT_NOTE after", 4, p[4].p_type = PT_NOTE);
	FAULT("empty", 3, p[3].p_memsz = p[3].p_filesz = 0);
	FAULT("p_filesz exceeds", 4, p[4].p_filesz++);
	FAULT("physical range wraps", 5, p[5].p_paddr = -4096ull);
	FAULT("offset range wraps", 5, p[5].p_offset = -4096ull);
	FAULT("virtual range wraps", 2, p[2].p_vaddr = -4096ull);
	FAULT("overlaps", 5, p[5].p_paddr += 0xf800000, p[5].p_vaddr += 0xf800000,
	      p[5].p_offset += 0xf800000, p[5].p_memsz += 0x800001,
	      p[5].p_filesz += 0x800001, p[5].p_paddr += 0x800000,
	      p[5].p_vaddr += 0x800000, p[5].p_offset += 0x800000);
	/* They overlap by one byte; without it they are adjacent, which is sound. */
	FAULT("overlaps", 4, p[5].p_memsz += 0x8000001, p[5].p_filesz += 0x8000001);
	FAULT(NULL, 0, p[5].p_memsz += 0x8000000, p[5].p_filesz += 0x8000000);
	FAULT("overlaps", 5, p[3].p_memsz += 0x10000001, p[3].p_filesz += 0x10000001);
	FAULT("p_offset is not p_paddr", 4, p[4].p_offset += 4096);
	FAULT("p_filesz is not p_memsz", 4, p[4].p_filesz -= 4096);
	FAULT("follows a memory range", 4, p[4].p_vaddr += 4096);
}

/* A header that is accepted must stay sound under add and remove. */
static void random_faults(void)
{
	unsigned int i, n, accepted = 0;

	for (n = 0; n < 300000; n++) {
		struct elfcorehdr_error err;
		struct elfcorehdr hdr;
		u16 index[NR + 1];
		size_t size;
		u8 *buf = sound(&size);

		for (i = rnd(4) + 1; i; i--)
			buf[rnd(size)] = rnd(2) ? rnd(256) : (rnd(2) ? 0xff : 0);
		if (rnd(4) == 0)
			size -= rnd(size);
		if (!elfcorehdr_open(&hdr, buf, size, &machine, VA, index, &err)) {
			accepted++;
			elfcorehdr_remove(&hdr, 0x20000000, 0x41000000);
			elfcorehdr_add(&hdr, 0, 0xffffffff);
			if (elfcorehdr_parse(buf, size, &machine, index, &err)) {
				fprintf(stderr, "parse: random case %u: broken by add and remove: %s\n",
					n, err.what);
				failures++;
			}
		}
		cases++;
		free(buf);
	}
	if (!accepted || accepted == n) {
		fprintf(stderr, "parse: %u of %u random headers accepted\n",
			accepted, n);
		failures++;
	}
}

static void bounds(void)
{
	struct elfcorehdr_error err;
	u16 index[NR];
	struct elfcorehdr hdr;
	size_t size;
	u64 *buf = sound(&size);
	char before[4096];

	memcpy(before, buf, size);
#define REFUSED(ret, call) do {						\
	int got = (call);						\
									\
	cases++;							\
	if (got != (ret) || memcmp(before, buf, size)) {		\
		fprintf(stderr, "parse: %s returned %d, expected %d, header unchanged\n", \
			#call, got, (ret));				\
		failures++;						\
	}								\
} while (0)
	REFUSED(-EINVAL, elfcorehdr_open(&hdr, (char *)buf + 4, size - 8,
					 &machine, VA, index, &err));
	REFUSED(-EINVAL, elfcorehdr_init(&hdr, (char *)buf + 4, size - 8, &machine));
	REFUSED(-ENOSPC, elfcorehdr_init(&hdr, buf, 63, &machine));
	REFUSED(0, elfcorehdr_open(&hdr, buf, size, &machine, VA, index, &err));
	REFUSED(-ENOSPC, elfcorehdr_append_load(&hdr, VA, 0, 4096));
	REFUSED(-EINVAL, elfcorehdr_append_note(&hdr, -1ull, 2));
	REFUSED(-EINVAL, elfcorehdr_append_load(&hdr, 0, 4096, 0));
	REFUSED(-EINVAL, elfcorehdr_add(&hdr, 2, 1));
	REFUSED(-EINVAL, elfcorehdr_add(&hdr, 0, -1ull));
	REFUSED(-EINVAL, elfcorehdr_remove(&hdr, 2, 1));
	REFUSED(-ENOSPC, elfcorehdr_add(&hdr, 0x80000000, 0x87ffffff));
	REFUSED(-ENOSPC, elfcorehdr_remove(&hdr, 0x200000, 0x2fffff));
	REFUSED(0, elfcorehdr_add(&hdr, 0x200000, 0x2fffff));
	REFUSED(0, elfcorehdr_remove(&hdr, 0x80000000, -1ull));
	free(buf);
}

int main(void)
{
	named_faults();
	bounds();
	random_faults();
	printf("parse: %u cases, %u failures\n", cases, failures);
	return failures ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * elfcorehdr_recognize() accepts each header that kexec-tools may write, and
 * names the fault of anything else.  No bytes make it read outside of the
 * buffer, which ends where ASan guards.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elfcorehdr.h>

#define NR	4

static const struct elfcorehdr_machine x86 = { .machine = EM_X86_64 };
static const struct elfcorehdr_machine arm64 = { .machine = EM_AARCH64 };
static unsigned int failures, cases, accepted;

static u64 state = 11;

static u64 rnd(u64 below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 24) % below;
}

#define MAKE(bits)							\
static void *make##bits(size_t *size)					\
{									\
	Elf##bits##_Ehdr *e;						\
	Elf##bits##_Phdr *p;						\
	unsigned int i;							\
									\
	*size = sizeof(*e) + NR * sizeof(*p);				\
	e = calloc(1, *size);						\
	p = (Elf##bits##_Phdr *)(e + 1);				\
	memcpy(e->e_ident, ELFMAG, SELFMAG);				\
	e->e_ident[EI_CLASS] = ELFCLASS##bits;				\
	e->e_ident[EI_DATA] = ELFDATA2LSB;				\
	e->e_ident[EI_VERSION] = EV_CURRENT;				\
	e->e_type = ET_CORE;						\
	e->e_machine = EM_X86_64;					\
	e->e_version = EV_CURRENT;					\
	e->e_phoff = e->e_ehsize = sizeof(*e);				\
	e->e_phentsize = sizeof(*p);					\
	e->e_phnum = NR;						\
	for (i = 0; i < NR; i++) {					\
		p[i].p_type = i < 2 ? PT_NOTE : PT_LOAD;		\
		p[i].p_offset = p[i].p_paddr = 0x100000 * i;		\
		p[i].p_filesz = p[i].p_memsz = 0x80000;			\
	}								\
	return e;							\
}

MAKE(32)
MAKE(64)

static void expect(const char *name, const void *buf, size_t size,
		   const struct elfcorehdr_machine *m, const char *what,
		   int phdr)
{
	struct elfcorehdr_error err = { .phdr = -2 };
	/* Exactly as long as the part that may be read. */
	void *exact = malloc(size);
	int ret;

	memcpy(exact, buf, size);
	ret = elfcorehdr_recognize(exact, size, m, &err);
	cases++;
	if (what ? ret != -EINVAL || !err.what || !strstr(err.what, what) ||
		   err.phdr != phdr :
	    ret) {
		fprintf(stderr, "recognize: %s: returned %d, '%s' at %d; expected '%s' at %d\n",
			name, ret, err.what ? err.what : "", err.phdr,
			what ? what : "success", phdr);
		failures++;
	}
	if (memcmp(exact, buf, size)) {
		fprintf(stderr, "recognize: %s: header changed\n", name);
		failures++;
	}
	if (elfcorehdr_recognize(exact, size, m, NULL) != ret) {
		fprintf(stderr, "recognize: %s: differs without @err\n", name);
		failures++;
	}
	free(exact);
}

#define ONE(bits, m, what, phdr, ...) do {				\
	size_t size;							\
	Elf##bits##_Ehdr *e = make##bits(&size);			\
	Elf##bits##_Phdr *p = (Elf##bits##_Phdr *)(e + 1);		\
									\
	(void)p;							\
	__VA_ARGS__;							\
	expect("ELF" #bits ": " #__VA_ARGS__, e, size, m, what, phdr);	\
	free(e);							\
} while (0)

#define BOTH(what, phdr, ...) do {					\
	ONE(32, &x86, what, phdr, __VA_ARGS__);				\
	ONE(64, &x86, what, phdr, __VA_ARGS__);				\
} while (0)

/* elfcorehdr_recognize() does not look at the ranges. */
static void accepted_shapes(void)
{
	BOTH(NULL, 0, ;);
	ONE(32, &x86, NULL, 0, e->e_machine = EM_386);
	ONE(32, NULL, NULL, 0, e->e_machine = EM_ARM);
	ONE(64, NULL, NULL, 0, e->e_machine = EM_S390);
	ONE(64, &arm64, NULL, 0, e->e_machine = EM_AARCH64);
	BOTH(NULL, 0, e->e_phnum = 1);
	BOTH(NULL, 0, p[0].p_type = PT_LOAD);
	BOTH(NULL, 0, p[3].p_type = PT_NOTE);
	BOTH(NULL, 0, p[1].p_memsz = p[1].p_filesz = 0);
	BOTH(NULL, 0, p[2] = p[3]);
	BOTH(NULL, 0, p[2].p_paddr = p[2].p_offset = p[2].p_vaddr = -1);
	BOTH(NULL, 0, p[2].p_filesz = 0xffffff);
	BOTH(NULL, 0, e->e_flags = 5, e->e_ident[EI_OSABI] = ELFOSABI_LINUX);
}

static void named_faults(void)
{
	ONE(32, &x86, "shorter than", -1, size = 51);
	ONE(64, &x86, "shorter than", -1, size = 51);
	ONE(64, &x86, "shorter than", -1, size = 63);
	ONE(64, &x86, "shorter than", -1, size = 52);
	BOTH("shorter than", -1, size = 0);
	BOTH("no ELF magic", -1, e->e_ident[0] = 0);
	BOTH("neither ELF64 nor ELF32", -1, e->e_ident[EI_CLASS] = 0);
	BOTH("neither ELF64 nor ELF32", -1, e->e_ident[EI_CLASS] = 3);
	BOTH("not little endian", -1, e->e_ident[EI_DATA] = ELFDATA2MSB);
	BOTH("unknown ELF version", -1, e->e_ident[EI_VERSION] = 0);
	BOTH("unknown ELF version", -1, e->e_version = 2);
	BOTH("e_type", -1, e->e_type = ET_EXEC);
	BOTH("e_machine", -1, e->e_machine = EM_AARCH64);
	ONE(64, &x86, "e_machine", -1, e->e_machine = EM_386);
	ONE(32, &arm64, "e_machine", -1, e->e_machine = EM_386);
	ONE(32, &arm64, "e_machine", -1, e->e_machine = EM_ARM);
	ONE(32, &x86, "wrong e_ehsize", -1, e->e_ehsize = 64);
	ONE(64, &x86, "wrong e_ehsize", -1, e->e_ehsize = 52);
	ONE(32, &x86, "e_phentsize", -1, e->e_phentsize = 56);
	ONE(64, &x86, "e_phentsize", -1, e->e_phentsize = 32);
	ONE(32, &x86, "e_phoff", -1, e->e_phoff = 64);
	ONE(64, &x86, "e_phoff", -1, e->e_phoff = 52);
	ONE(64, &x86, "e_phoff", -1, e->e_phoff |= 1ull << 32);
	BOTH("no program headers", -1, e->e_phnum = 0);
	BOTH("PN_XNUM", -1, e->e_phnum = PN_XNUM);
	BOTH("truncated", -1, e->e_phnum = NR + 1);
	BOTH("truncated", -1, e->e_phnum = 0xfffe);
	BOTH("truncated", -1, size -= 1);
	BOTH("neither PT_NOTE", 0, p[0].p_type = PT_NULL);
	BOTH("neither PT_NOTE", 3, p[3].p_type = PT_DYNAMIC);
	/* The class is not the one that the fields were written for. */
	ONE(32, &x86, "", -1, e->e_ident[EI_CLASS] = ELFCLASS64);
	ONE(64, &x86, "", -1, e->e_ident[EI_CLASS] = ELFCLASS32);
}

/* The same decision, made byte by byte. */
static bool plain_reader(const u8 *b, size_t size)
{
	bool wide = size > 4 && b[4] == ELFCLASS64;
	size_t ehdr = wide ? 64 : 52, phdr = wide ? 56 : 32, i, nr;
	u32 type;

	if (size < ehdr || memcmp(b, "\177ELF", 4) || (b[4] != 1 && !wide) ||
	    b[5] != 1 || b[6] != 1 || b[16] != 4 || b[17] ||
	    b[20] != 1 || b[21] || b[22] || b[23])
		return false;
	if (!(b[18] == 62 || (b[18] == 3 && !wide)) || b[19])
		return false;
	for (i = 0; i < (wide ? 8 : 4); i++)
		if (b[(wide ? 32 : 28) + i] != (i ? 0 : ehdr))
			return false;
	b += wide ? 52 : 40;
	if (b[0] != ehdr || b[1] || b[2] != phdr || b[3])
		return false;
	nr = b[4] | b[5] << 8;
	b -= wide ? 52 : 40;
	if (!nr || nr == 0xffff || ehdr + nr * phdr > size)
		return false;
	for (i = 0; i < nr; i++) {
		memcpy(&type, b + ehdr + i * phdr, 4);
		if (type != 1 && type != 4)
			return false;
	}
	return true;
}

static void random_bytes(void)
{
	unsigned int i, n;

	for (n = 0; n < 300000; n++) {
		size_t size, was;
		u8 *buf = rnd(2) ? make32(&size) : make64(&size);
		u8 *exact;
		bool yes;

		for (i = rnd(4); i; i--)
			buf[rnd(rnd(2) ? 64 : size)] =
				rnd(2) ? rnd(256) : (rnd(2) ? 0xff : 0);
		was = size;
		if (rnd(4) == 0)
			size = rnd(size + 1);
		if (rnd(50) == 0)
			for (i = 0; i < was; i++)
				buf[i] = rnd(256);
		exact = malloc(size);
		memcpy(exact, buf, size);
		yes = !elfcorehdr_recognize(exact, size, &x86, NULL);
		if (yes != plain_reader(exact, size)) {
			fprintf(stderr, "recognize: random case %u: %s, against the plain reader\n",
				n, yes ? "accepted" : "refused");
			failures++;
		}
		accepted += yes;
		cases++;
		free(exact);
		free(buf);
	}
	if (!accepted || accepted == n) {
		fprintf(stderr, "recognize: %u of %u random headers accepted\n",
			accepted, n);
		failures++;
	}
}

/* A header of the builder is accepted; an unaligned buffer is refused. */
static void our_own(void)
{
	struct elfcorehdr_error err = {};
	struct elfcorehdr hdr;
	u64 buf[64];

	elfcorehdr_init(&hdr, buf, sizeof(buf), &x86);
	expect("no program header yet", buf, sizeof(buf), &x86,
	       "no program headers", -1);
	elfcorehdr_append_note(&hdr, 0x1000, 0x170);
	elfcorehdr_append_load(&hdr, 0, 0x100000, 0x1000);
	expect("made by the builder", buf, sizeof(buf), &x86, NULL, 0);
	cases++;
	if (elfcorehdr_recognize((char *)buf + 4, sizeof(buf) - 4, &x86, &err) !=
	    -EINVAL || strcmp(err.what, "buffer not aligned") || err.phdr != -1) {
		fprintf(stderr, "recognize: unaligned: '%s'\n", err.what);
		failures++;
	}
}

int main(void)
{
	accepted_shapes();
	named_faults();
	our_own();
	random_bytes();
	printf("recognize: %u cases, %u accepted at random, %u failures\n",
	       cases, accepted, failures);
	return failures ? 1 : 0;
}

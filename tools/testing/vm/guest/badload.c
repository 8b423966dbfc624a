// SPDX-License-Identifier: GPL-2.0-only
/*
 * badload FAULT START: kexec_load a crash image at physical address START,
 * with the flag that asks for updates.  Its elfcorehdr has the fault, or is an
 * ELF32 header without a fault (elf32).
 *
 * The image is never booted: it is a page in place of a kernel, and the header.
 */
#include <elf.h>
#include <linux/kexec.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef KEXEC_CRASH_HOTPLUG_SUPPORT
#define KEXEC_CRASH_HOTPLUG_SUPPORT 0x00000008
#endif

#ifdef __aarch64__
#define MACHINE	EM_AARCH64
#define ANOTHER	EM_X86_64
#else
#define MACHINE	EM_X86_64
#define ANOTHER	EM_AARCH64
#endif
#define PAGE	4096
#define PAGES	8
#define VA	0xffff888000000000ull

static char header[PAGES * PAGE] __attribute__((aligned(PAGE)));
static char second[PAGES * PAGE] __attribute__((aligned(PAGE)));
static char kernel[PAGE] __attribute__((aligned(PAGE)));

static void load(Elf64_Ehdr *ehdr, uint64_t start, uint64_t size)
{
	Elf64_Phdr *phdr = (Elf64_Phdr *)(ehdr + 1) + ehdr->e_phnum++;

	*phdr = (Elf64_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
		.p_offset = start, .p_paddr = start, .p_vaddr = VA + start,
		.p_filesz = size, .p_memsz = size,
	};
}

static void build(void *buf)
{
	Elf64_Ehdr *ehdr = buf;
	Elf64_Phdr *phdr = (Elf64_Phdr *)(ehdr + 1);

	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = ELFCLASS64;
	ehdr->e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	ehdr->e_type = ET_CORE;
	ehdr->e_machine = MACHINE;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_phoff = sizeof(*ehdr);
	ehdr->e_ehsize = sizeof(*ehdr);
	ehdr->e_phentsize = sizeof(*phdr);

	*phdr = (Elf64_Phdr){
		.p_type = PT_NOTE, .p_offset = 0x1000, .p_paddr = 0x1000,
		.p_filesz = 368, .p_memsz = 368,
	};
	ehdr->e_phnum = 1;
	load(ehdr, 0x100000, 0x1000000);
	load(ehdr, 0x2000000, 0x1000000);
}

/* An ELF32 header, which can describe a machine with at most 4 GiB of memory. */
static void build32(void *buf)
{
	Elf32_Ehdr *ehdr = buf;
	Elf32_Phdr *phdr = (Elf32_Phdr *)(ehdr + 1);

	memcpy(ehdr->e_ident, ELFMAG, SELFMAG);
	ehdr->e_ident[EI_CLASS] = ELFCLASS32;
	ehdr->e_ident[EI_DATA] = ELFDATA2LSB;
	ehdr->e_ident[EI_VERSION] = EV_CURRENT;
	ehdr->e_type = ET_CORE;
	ehdr->e_machine = MACHINE;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_phoff = sizeof(*ehdr);
	ehdr->e_ehsize = sizeof(*ehdr);
	ehdr->e_phentsize = sizeof(*phdr);
	ehdr->e_phnum = 2;

	phdr[0] = (Elf32_Phdr){
		.p_type = PT_NOTE, .p_offset = 0x1000, .p_paddr = 0x1000,
		.p_filesz = 368, .p_memsz = 368,
	};
	phdr[1] = (Elf32_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X,
		.p_offset = 0x100000, .p_paddr = 0x100000, .p_vaddr = -1,
		.p_filesz = 0x1000000, .p_memsz = 0x1000000,
	};
}

/* The size that the kernel wants for a segment that it has to update. */
static unsigned long wanted_size(void)
{
	FILE *file = fopen("/sys/kernel/crash_elfcorehdr_size", "r");
	unsigned long size = 0;

	if (!file || fscanf(file, "%lu", &size) != 1)
		size = 0;
	if (file)
		fclose(file);
	return (size + PAGE - 1) & -PAGE;
}

int main(int argc, char **argv)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)header;
	Elf64_Phdr *phdr = (Elf64_Phdr *)(ehdr + 1);
	struct kexec_segment segments[3] = {};
	unsigned long start, nr = 2, memsz = wanted_size();
	const char *fault;

	if (argc != 3) {
		fprintf(stderr, "usage: badload FAULT START\n");
		return 2;
	}
	fault = argv[1];
	if (memsz < sizeof(header))
		memsz = sizeof(header);
	start = strtoul(argv[2], NULL, 0);
	build(header);

	if (!strcmp(fault, "none"))
		;
	else if (!strcmp(fault, "truncated"))
		memsz = PAGE, ehdr->e_phnum = 80;
	else if (!strcmp(fault, "phnum"))
		ehdr->e_phnum = 0xffff;
	else if (!strcmp(fault, "nophdrs"))
		ehdr->e_phnum = 0;
	else if (!strcmp(fault, "overlap"))
		load(ehdr, 0x2800000, 0x1000000);
	else if (!strcmp(fault, "wrap"))
		load(ehdr, -4096ull, 8192);
	else if (!strcmp(fault, "empty"))
		load(ehdr, 0x4000000, 0);
	else if (!strcmp(fault, "type"))
		phdr[1].p_type = PT_DYNAMIC;
	else if (!strcmp(fault, "machine"))
		ehdr->e_machine = ANOTHER;
	else if (!strcmp(fault, "class"))
		ehdr->e_ident[EI_CLASS] = ELFCLASS32;
	else if (!strcmp(fault, "elf32"))
		memset(header, 0, sizeof(header)), build32(header);
	else if (!strcmp(fault, "noroom") || !strcmp(fault, "small"))
		memsz = PAGE;
	else if (!strcmp(fault, "none-at-all"))
		memset(header, 0, sizeof(header));
	else if (!strcmp(fault, "two"))
		build(second), nr = 3;
	else {
		fprintf(stderr, "badload: unknown fault '%s'\n", fault);
		return 2;
	}

	segments[0] = (struct kexec_segment){ kernel, PAGE, (void *)start, PAGE };
	segments[1] = (struct kexec_segment){
		header, memsz < sizeof(header) ? memsz : sizeof(header),
		(void *)(start + (1 << 20)), memsz };
	segments[2] = (struct kexec_segment){
		second, sizeof(second), (void *)(start + (2 << 20)), sizeof(second) };

	if (syscall(SYS_kexec_load, start, nr, segments, KEXEC_ON_CRASH |
		    KEXEC_ARCH_DEFAULT | KEXEC_CRASH_HOTPLUG_SUPPORT)) {
		perror("badload: kexec_load");
		return 1;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TABLE_H
#define _TABLE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#define REGIONS		"/sys/kernel/debug/meminspect/regions"
#define HEADER		"/sys/kernel/debug/meminspect/elfcorehdr"
#define DRIVER		"/sys/kernel/debug/meminspect_test"
#define MAX_ENTRIES	4096
#define MAX_PHDRS	4096

struct entry {
	unsigned int id;
	char name[32];
	uint64_t address;
	uint64_t size;
	int not_in_image;
	int secrets_cut;
};

struct table {
	unsigned int nr;
	struct entry entry[MAX_ENTRIES];
};

struct header {
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr[MAX_PHDRS];
};

/* Both return NULL, or the fault that was found. */
const char *table_read(struct table *table);
const char *header_read(struct header *header);

unsigned int table_count(const struct table *table, const char *prefix);
unsigned int table_covers(const struct table *table, uint64_t address);
int header_covers(const struct header *header, uint64_t address, uint64_t size);

/* Write a line to the driver; return 0, or the errno of the refusal. */
int driver_write(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read the table of meminspect and its ELF header from debugfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "table.h"

const char *table_read(struct table *table)
{
	FILE *file = fopen(REGIONS, "r");
	const char *fault = NULL;
	struct entry *e;
	char line[256];

	table->nr = 0;
	if (!file)
		return "cannot open " REGIONS;
	if (!fgets(line, sizeof(line), file) || !strstr(line, "address"))
		fault = "no heading";
	while (!fault && fgets(line, sizeof(line), file)) {
		e = &table->entry[table->nr];
		if (table->nr == MAX_ENTRIES ||
		    sscanf(line, "%u %31s %*s %*s %lx %lu", &e->id, e->name,
			   &e->address, &e->size) != 4)
			fault = "a line that is no entry";
		else if (table->nr && e->id <= e[-1].id)
			fault = "ids do not ascend";
		else
			table->nr++;
		if (fault)
			continue;
		e->not_in_image = !!strstr(line, " not_in_image") ||
				  strstr(line, " left_out");
		e->secrets_cut = !!strstr(line, " secrets_cut");
	}
	fclose(file);
	return fault;
}

/* Count the entries whose names begin with @prefix. */
unsigned int table_count(const struct table *table, const char *prefix)
{
	unsigned int i, n = 0;

	for (i = 0; i < table->nr; i++)
		n += !strncmp(table->entry[i].name, prefix, strlen(prefix));
	return n;
}

const char *header_read(struct header *header)
{
	int fd = open(HEADER, O_RDONLY);
	size_t have = 0;
	ssize_t n;

	if (fd < 0)
		return "cannot open " HEADER;
	while ((n = read(fd, (char *)header + have, sizeof(*header) - have)) > 0)
		have += n;
	close(fd);
	if (n < 0 || have < sizeof(header->ehdr))
		return "too short";
	if (memcmp(header->ehdr.e_ident, ELFMAG, SELFMAG) ||
	    header->ehdr.e_type != ET_CORE ||
	    header->ehdr.e_phoff != sizeof(header->ehdr))
		return "no ELF core header";
	if (have < sizeof(header->ehdr) +
		   header->ehdr.e_phnum * sizeof(Elf64_Phdr))
		return "program headers are missing";
	return NULL;
}

/* Count the entries that contain @address. */
unsigned int table_covers(const struct table *table, uint64_t address)
{
	unsigned int i, n = 0;

	for (i = 0; i < table->nr; i++)
		n += address >= table->entry[i].address &&
		     address - table->entry[i].address < table->entry[i].size;
	return n;
}

/* True if one PT_LOAD has all of the range in the file. */
int header_covers(const struct header *header, uint64_t address, uint64_t size)
{
	const Elf64_Phdr *p;
	unsigned int i;

	for (i = 0; i < header->ehdr.e_phnum; i++) {
		p = &header->phdr[i];
		if (p->p_type == PT_LOAD && address >= p->p_paddr &&
		    address + size <= p->p_paddr + p->p_filesz)
			return 1;
	}
	return 0;
}

int driver_write(const char *format, ...)
{
	int fd = open(DRIVER, O_WRONLY), ret = 0;
	char line[80];
	va_list ap;

	if (fd < 0)
		return errno;
	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (write(fd, line, strlen(line)) < 0)
		ret = errno;
	close(fd);
	return ret;
}

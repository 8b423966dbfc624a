// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/minmax.h>
#include <zlib.h>

#include "dump.h"
#include "toc.h"

/**
 * dump_label() - name a region for a message
 * @dump:	dump
 * @region:	one of its regions
 * @buf:	DUMP_LABEL bytes
 *
 * Return: @buf.
 */
const char *dump_label(const struct dump *dump, const struct region *region,
		       char *buf)
{
	unsigned int i = region - dump->regions;

	if (dump->kind == DUMP_RAM)
		snprintf(buf, DUMP_LABEL, "region %u %s", region->index + 1,
			 region->name);
	else if (region->file)
		snprintf(buf, DUMP_LABEL, "%s", region->file);
	else if (i)
		dump_phdr_label(i - 1, buf);
	else
		snprintf(buf, DUMP_LABEL, "ELF header");
	return buf;
}

const char *dump_phdr_label(unsigned int i, char *buf)
{
	snprintf(buf, DUMP_LABEL, "program header %u", i);
	return buf;
}

static bool read_fully(int fd, u8 *buf, size_t size, u64 offset)
{
	while (size) {
		ssize_t n = pread(fd, buf, size, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf += n;
		size -= n;
		offset += n;
	}
	return true;
}

/**
 * dump_open_file() - open the file of a region
 * @dump:	dump in a directory
 * @name:	name of the file in the directory
 * @size:	receives the size of the file
 *
 * Return: a file descriptor, or -1 with errno if the file cannot be opened or is not
 * a regular one.
 */
int dump_open_file(const struct dump *dump, const char *name, u64 *size)
{
	int fd = openat(dump->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	*size = st.st_size;
	return fd;
}

/**
 * dump_read() - read bytes of a region
 * @dump:	dump
 * @region:	one of its regions
 * @at:		offset of the first byte in the region
 * @buf:	receives the bytes
 * @size:	number of bytes
 *
 * Return: true if all of them were read.
 */
bool dump_read(const struct dump *dump, const struct region *region, u64 at,
	       void *buf, size_t size)
{
	u64 length;
	bool ret;
	int fd;

	if (at > region->have || size > region->have - at)
		return false;
	switch (dump->kind) {
	case DUMP_RAM:
		return ram_copy(dump->ram, region->address + at, buf, size);
	case DUMP_CORE:
		return read_fully(dump->fd, buf, size, region->offset + at);
	default:
		fd = region->file ? dump_open_file(dump, region->file, &length) : -1;
		ret = fd >= 0 && read_fully(fd, buf, size, at);
		if (fd >= 0)
			close(fd);
		return ret;
	}
}

/**
 * dump_data() - find the next byte of a region that is not in a hole
 * @dump:	dump
 * @region:	one of its regions
 * @at:		offset in the region to start from
 *
 * A hole reads as zero.
 *
 * Return: the offset of that byte, or @region->have if there is none.
 */
u64 dump_data(const struct dump *dump, const struct region *region, u64 at)
{
	off_t data = -1;
	u64 length;
	int fd;

	if (dump->kind != DUMP_FILES || !region->file || at >= region->have)
		return min(at, region->have);
	fd = dump_open_file(dump, region->file, &length);
	if (fd < 0)
		return at;
	data = lseek(fd, at, SEEK_DATA);
	if (data < 0)
		data = errno == ENXIO ? region->have : at;
	close(fd);
	return min((u64)data, region->have);
}

/**
 * dump_header_crc() - compute the CRC-32 of the first region, to tell headers apart
 * @dump:	dump with its regions; receives the CRC-32
 */
void dump_header_crc(struct dump *dump)
{
	const struct region *header = &dump->regions[0];
	u8 buf[4096];
	u64 at, n;

	if (header->have != header->size || header->size > CORE_HEADER_PADDED)
		return;
	dump->crc = 0;
	for (at = 0; at < header->size; at += n) {
		n = min((u64)sizeof(buf), header->size - at);
		if (!dump_read(dump, header, at, buf, n))
			return;
		dump->crc = crc32(dump->crc, buf, n);
	}
	dump->has_crc = true;
}

static void read_header(struct dump *dump)
{
	const struct region *header = &dump->regions[0];
	u64 size = min(header->size, (u64)CORE_HEADER);
	void *buf = must_alloc(1, size);
	char label[DUMP_LABEL];
	const char *why = "is not in RAM";

	if (ram_copy(dump->ram, header->address, buf, size))
		why = core_parse(&dump->core, buf, size);
	if (why)
		fault(&dump->faults, dump_label(dump, header, label), "%s", why);
	free(buf);
}

/* Set have and room of a region.  If it is not all in RAM, have is 0, and a fault is added. */
static void measure(struct dump *dump, struct region *region)
{
	u64 inside = ram_inside(dump->ram, region->address, region->size);
	char label[DUMP_LABEL];

	dump_label(dump, region, label);
	region->have = region->size;
	region->room = region->size;
	if (inside == region->size)
		return;
	region->have = 0;
	if (region->size > dump->ram->total) {
		region->room = 0;
		fault(&dump->faults, label,
		      "its size, 0x%llx, is more than all RAM: refused",
		      (ull)region->size);
	} else {
		fault(&dump->faults, label,
		      "0x%llx of its 0x%llx bytes at 0x%llx are not in RAM",
		      (ull)(region->size - inside), (ull)region->size,
		      (ull)region->address);
	}
}

/* Set the offset of each region.  The size of an absurd one may be in the ELF header. */
static void lay_out(struct dump *dump)
{
	char label[DUMP_LABEL];

	for (unsigned int i = 0; i < dump->nr; i++) {
		struct region *region = &dump->regions[i];

		if (region->size > dump->ram->total) {
			dump_label(dump, region, label);
			if (i && i <= dump->core.nr)
				region->room = dump->core.phdrs[i - 1].p_filesz;
			if (!dump->refusal &&
			    (!region->room || region->room > dump->ram->total))
				dump->refusal = must_print("%s is larger than all RAM, and what its size should be is not known",
							   label);
		}
		region->offset = dump->bytes;
		dump->bytes += min(region->room, dump->ram->total + 1);
	}
	if (dump->bytes <= dump->ram->total || dump->refusal)
		return;
	fault(&dump->faults, "table", "the regions have more bytes than all RAM, 0x%llx",
	      (ull)dump->ram->total);
	dump->refusal = must_print("the regions have more bytes than all RAM");
}

/**
 * dump_open_ram() - find a minidump in RAM
 * @dump:	receives the minidump; close it with dump_close() even after a failure
 * @ram:	RAM
 * @anchor:	address of the anchor, or NULL
 * @toc:	address of the ToC, or NULL
 * @subsystem:	subsystem whose regions are read
 *
 * Return: 0, even if the minidump has faults, or -1 after a message.
 */
int dump_open_ram(struct dump *dump, const struct ram *ram, const u64 *anchor,
		  const u64 *toc, unsigned int subsystem)
{
	dump->kind = DUMP_RAM;
	dump->ram = ram;
	dump->fd = -1;
	if (toc)
		dump->toc = *toc;
	else if (anchor && toc_of_anchor(ram, *anchor, &dump->toc))
		return -1;
	else if (!anchor && toc_find(ram, &dump->toc))
		return -1;
	if (toc_read_regions(dump, subsystem))
		return -1;
	for (unsigned int i = 0; i < dump->nr; i++)
		measure(dump, &dump->regions[i]);
	read_header(dump);
	dump_header_crc(dump);
	lay_out(dump);
	return 0;
}

/**
 * dump_regions_of_header() - set up the regions that a core's header describes
 * @dump:	dump with the header; receives the regions
 * @header:	size of the first region
 */
void dump_regions_of_header(struct dump *dump, u64 header)
{
	struct region *region = must_alloc(dump->core.nr + 1, sizeof(*region));

	dump->regions = region;
	strcpy(region->name, MINIDUMP_NAME_ELF);
	region->padded = true;
	region->size = header;
	region->room = header;
	for (unsigned int i = 0; i < dump->core.nr; i++) {
		const GElf_Phdr *phdr = &dump->core.phdrs[i];

		if (phdr == core_zero_fill(&dump->core))
			break;
		region++;
		region->index = i + 1;
		region->address = phdr->p_paddr;
		region->located = !core_is_closed(phdr);
		region->window = core_is_window(phdr);
		region->size = phdr->p_filesz;
		region->room = phdr->p_filesz;
		region->offset = phdr->p_offset;
	}
	dump->nr = region - dump->regions + 1;
}

static int open_core(struct dump *dump, u64 size)
{
	u64 n = min(size, (u64)CORE_HEADER);
	void *buf = must_alloc(1, n);
	char label[DUMP_LABEL];
	const char *why = "cannot be read";

	dump->kind = DUMP_CORE;
	if (read_fully(dump->fd, buf, n, 0))
		why = core_parse(&dump->core, buf, n);
	free(buf);
	if (why) {
		error("%s: %s", dump->path, why);
		return -1;
	}
	dump_regions_of_header(dump, dump->core.phdrs[0].p_offset);
	dump->bytes = size;
	for (unsigned int i = 0; i < dump->nr; i++) {
		struct region *region = &dump->regions[i];

		if (region->offset <= size)
			region->have = min(region->size, size - region->offset);
		if (region->have < region->size)
			fault(&dump->faults, dump_label(dump, region, label),
			      "0x%llx of its 0x%llx bytes at offset 0x%llx are not in the file",
			      (ull)(region->size - region->have), (ull)region->size,
			      (ull)region->offset);
	}
	dump_header_crc(dump);
	return 0;
}

/**
 * dump_open_path() - open a directory of md_*.BIN files, or a core
 * @dump:	receives the dump; close it with dump_close() even after a failure
 * @path:	path of the directory or the core
 *
 * Return: 0, even if the dump has faults, or -1 after a message.
 */
int dump_open_path(struct dump *dump, const char *path)
{
	struct stat st;

	dump->path = path;
	dump->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (dump->fd < 0 || fstat(dump->fd, &st)) {
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return dump_open_files(dump);
	if (S_ISREG(st.st_mode))
		return open_core(dump, st.st_size);
	error("%s: neither a directory nor a core", path);
	return -1;
}

void dump_close(struct dump *dump)
{
	for (unsigned int i = 0; i < dump->nr; i++)
		free(dump->regions[i].file);
	free(dump->regions);
	free(dump->refusal);
	core_free(&dump->core);
	faults_free(&dump->faults);
	if (dump->fd >= 0)
		close(dump->fd);
}

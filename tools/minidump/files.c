// SPDX-License-Identifier: GPL-2.0-only
/*
 * Match the files of regions, md_<name><number>.BIN, to program headers.  The number
 * is the place in the table, counted from 1.  The table may have had invalid entries
 * in between, and files may be missing: then the files whose program header is certain
 * are used, and doubts are reported.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "dump.h"
#include "names.h"

/* If files that are missing leave more bytes than this out, no core is made. */
#define MISSING_BYTES (1ULL << 30)
#define NOWHERE ((size_t)-1)

/**
 * struct file - the file of a region
 * @path:	name in the directory
 * @name:	name of the region
 * @seq:	number in the name of the file
 * @nth:	@seq relative to that of the ELF header, which has 1
 * @size:	bytes
 * @twin:	another file has the same number, so neither is used
 * @low:	index of the first region that it can be; NOWHERE if there is none
 * @high:	index of the last region that it can be
 */
struct file {
	char *path;
	char name[MINIDUMP_NAME_BYTES + 1];
	u32 seq;
	u32 nth;
	u64 size;
	bool twin;
	size_t low;
	size_t high;
};

struct files {
	struct file *v;
	size_t nr;
	size_t room;
};

static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	return x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) :
				  strcmp(x->path, y->path);
}

static void add_file(struct dump *dump, struct files *files, const char *path)
{
	struct file file = { .low = NOWHERE, .high = NOWHERE };
	int fd;

	if (!name_parse(path, file.name, &file.seq)) {
		fault(&dump->faults, path, "is not named as the file of a region: left out");
		return;
	}
	fd = dump_open_file(dump, path, &file.size);
	if (fd < 0) {
		fault(&dump->faults, path, "left out: %s", errno == EINVAL || errno == ELOOP ?
		      "not a regular file" : strerror(errno));
		return;
	}
	close(fd);
	file.path = must_print("%s", path);
	if (files->nr == files->room) {
		files->room = files->room ? 2 * files->room : 64;
		files->v = must_grow(files->v, files->room, sizeof(*files->v));
	}
	files->v[files->nr++] = file;
}

static void drop(struct files *files, size_t i)
{
	free(files->v[i].path);
	memmove(&files->v[i], &files->v[i + 1], (--files->nr - i) * sizeof(*files->v));
}

static int read_directory(struct dump *dump, struct files *files)
{
	DIR *dir = fdopendir(dup(dump->fd));
	struct dirent *entry;
	size_t i = 1;

	if (!dir) {
		error("%s: %s", dump->path, strerror(errno));
		return -1;
	}
	while ((entry = readdir(dir)))
		if (name_is_file(entry->d_name) && entry->d_name[3] == 'K')
			add_file(dump, files, entry->d_name);
	closedir(dir);
	if (files->nr)
		qsort(files->v, files->nr, sizeof(*files->v), compare);

	while (i < files->nr) {
		struct file *file = &files->v[i];

		if (file->seq != file[-1].seq || !strcmp(file->name, MINIDUMP_NAME_ELF) ||
		    !strcmp(file[-1].name, MINIDUMP_NAME_ELF)) {
			i++;
			continue;
		}
		fault(&dump->faults, file->path, "has the number of %s: neither is used",
		      file[-1].path);
		file[-1].twin = true;
		drop(files, i);
	}
	return 0;
}

/* Drop files whose number is not above that of the ELF header, the first region. */
static void leave_out_before(struct dump *dump, struct files *files, size_t elf)
{
	u32 seq = files->v[elf].seq;
	size_t i = 0;

	while (i < files->nr && files->v[i].seq <= seq) {
		files->v[i].nth = 1;
		if (!strcmp(files->v[i].name, MINIDUMP_NAME_ELF)) {
			i++;
			continue;
		}
		fault(&dump->faults, files->v[i].path,
		      "its number is not above that of the ELF header: left out");
		drop(files, i);
	}
	for (; i < files->nr; i++)
		files->v[i].nth = files->v[i].seq - seq + 1;
}

/* Move the file of the ELF header to the front, and set up the regions from it. */
static int read_header(struct dump *dump, struct files *files)
{
	size_t i, found = 0, at = 0;
	struct region elf = {};
	const char *why = "cannot be read";
	void *buf;

	for (i = 0; i < files->nr; i++) {
		if (strcmp(files->v[i].name, MINIDUMP_NAME_ELF))
			continue;
		at = i;
		found++;
	}
	if (found != 1) {
		error("%s: %s md_" MINIDUMP_NAME_ELF "*.BIN", dump->path,
		      found ? "more than one" : "no");
		return -1;
	}
	leave_out_before(dump, files, at);
	elf.file = files->v[0].path;
	elf.have = min(files->v[0].size, (u64)CORE_HEADER);
	buf = must_alloc(1, elf.have);
	if (dump_read(dump, &elf, 0, buf, elf.have))
		why = core_parse(&dump->core, buf, elf.have);
	free(buf);
	if (why) {
		error("%s/%s: %s", dump->path, files->v[0].path, why);
		return -1;
	}
	dump_regions_of_header(dump, dump->core.phdrs[0].p_offset);
	return 0;
}

static bool fits(const struct dump *dump, const struct file *file, size_t region)
{
	return file->twin || file->size == dump->regions[region].size;
}

/*
 * Place the files from @first on by their sizes; some files are missing.  Each file
 * is of a region after that of the file before it, and of none that is later in the
 * table than its number says.
 */
static bool place_by_size(const struct dump *dump, struct files *files, size_t first)
{
	size_t i, at = first;

	for (i = first; i < files->nr; i++, at++) {
		while (at < dump->nr && !fits(dump, &files->v[i], at))
			at++;
		if (at >= dump->nr || at >= files->v[i].nth)
			return false;
		files->v[i].low = at;
	}
	for (at = dump->nr, i = files->nr; i-- > first; files->v[i].high = at) {
		at = min(at, (size_t)files->v[i].nth);
		while (!fits(dump, &files->v[i], --at))
			;
	}
	return true;
}

/* Place files as if all entries of the table were valid; false if that cannot be. */
static bool place_by_number(const struct dump *dump, struct files *files,
			    size_t first, bool sizes_too)
{
	for (size_t i = first; i < files->nr; i++) {
		struct file *file = &files->v[i];
		size_t at = file->nth - 1;

		if (at >= dump->nr)
			return false;
		file->low = at;
		file->high = at;
		if (!fits(dump, file, at)) {
			if (sizes_too)
				return false;
			file->low = NOWHERE;
		}
	}
	return true;
}

/* Report a file that is placed by its number, but by its size may be of other regions. */
static void doubt(struct dump *dump, struct files *files, size_t first)
{
	if (!place_by_size(dump, files, first))
		return;
	for (size_t i = first; i < files->nr; i++) {
		const struct file *file = &files->v[i];

		if (file->low == file->high)
			continue;
		fault(&dump->faults, file->path,
		      "is taken to be of program header %u, by its number: by its size it can also be of another, from %zu to %zu, if entries of the table were not valid",
		      file->nth - 2, file->low - 1, file->high - 1);
		return;
	}
}

static void place_with_gaps(struct dump *dump, struct files *files, size_t first)
{
	if (place_by_number(dump, files, first, true)) {
		doubt(dump, files, first);
		place_by_number(dump, files, first, true);
		return;
	}
	if (place_by_size(dump, files, first) ||
	    place_by_number(dump, files, first, false))
		return;
	for (size_t i = first; i < files->nr; i++)
		files->v[i].low = NOWHERE;
}

/* Find the region of each file. */
static void place(struct dump *dump, struct files *files)
{
	size_t i, first = 1, left, want;

	files->v[0].low = 0;
	files->v[0].high = 0;
	/* No file's number is lower than its region's place, and without a gap they are equal. */
	while (first < files->nr && first < dump->nr &&
	       files->v[first].nth == first + 1) {
		files->v[first].low = first;
		files->v[first].high = first;
		first++;
	}
	left = files->nr - first;
	want = dump->nr - first;
	if (left < want) {
		place_with_gaps(dump, files, first);
	} else if (left == want) {
		for (i = first; i < files->nr; i++) {
			files->v[i].low = i;
			files->v[i].high = i;
		}
	}
}

static void take_file(struct dump *dump, struct file *file)
{
	struct region *region;

	if (file->low == NOWHERE) {
		fault(&dump->faults, file->path,
		      "left out: no program header is certainly its own, by number and size");
		return;
	}
	if (file->low != file->high) {
		fault(&dump->faults, file->path,
		      "left out: it can be of program header %zu as well as of %zu",
		      file->low - 1, file->high - 1);
		return;
	}
	if (file->twin)
		return;
	region = &dump->regions[file->low];
	region->file = file->path;
	file->path = NULL;
	strcpy(region->name, file->name);
	region->padded = true;
	region->seq = file->seq;
	region->have = min(file->size, region->size);
	if (file->size != region->size)
		fault(&dump->faults, region->file, "is %s: 0x%llx bytes, not 0x%llx",
		      file->size < region->size ? "short" : "long", (ull)file->size,
		      (ull)region->size);
}

static void refuse(struct dump *dump, char *why)
{
	if (dump->refusal)
		free(why);
	else
		dump->refusal = why;
}

/*
 * In an image regions follow one another, so that none ends behind the sum of their
 * sizes.  There are files of these sizes, except for a few that may be missing.
 */
static void measure(struct dump *dump)
{
	u64 limit = 0, missing = 0;
	char label[DUMP_LABEL];

	for (unsigned int i = 0; i < dump->nr; i++) {
		const struct region *region = &dump->regions[i];

		limit += min(region->size, UINT64_MAX - limit);
		missing += min(region->size - region->have, UINT64_MAX - missing);
	}

	for (unsigned int i = 0; i < dump->nr; i++) {
		const struct region *region = &dump->regions[i];

		dump_label(dump, region, label);
		if (!region->file)
			fault(&dump->faults, label,
			      "the file of its 0x%llx bytes at 0x%llx is missing",
			      (ull)region->size, (ull)region->address);
		if (region->offset > limit || region->size > limit - region->offset) {
			refuse(dump, must_print("%s: 0x%llx bytes at offset 0x%llx are absurd: all regions have 0x%llx",
						label, (ull)region->size,
						(ull)region->offset, (ull)limit));
			continue;
		}
		dump->bytes = max(dump->bytes, region->offset + region->size);
	}
	if (missing > MISSING_BYTES)
		refuse(dump, must_print("0x%llx bytes of the regions are missing", (ull)missing));
}

/**
 * dump_open_files() - match the files in a directory to regions
 * @dump:	dump with the directory; receives the regions
 *
 * Return: 0, even if something is missing, or -1 after a message.
 */
int dump_open_files(struct dump *dump)
{
	struct files files = {};
	int ret = -1;

	dump->kind = DUMP_FILES;
	if (!read_directory(dump, &files) && !read_header(dump, &files)) {
		place(dump, &files);
		for (size_t i = 0; i < files.nr; i++)
			take_file(dump, &files.v[i]);
		measure(dump);
		dump_header_crc(dump);
		ret = 0;
	}
	while (files.nr)
		drop(&files, files.nr - 1);
	free(files.v);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "names.h"
#include "output.h"

/* Files of another dump would be taken for ours. */
static int clear(int dir, const char *path, bool force)
{
	DIR *entries = fdopendir(dup(dir));
	struct dirent *entry;
	int ret = 0;

	if (!entries) {
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	while (!ret && (entry = readdir(entries))) {
		if (!name_is_file(entry->d_name))
			continue;
		if (!force) {
			error("%s: has %s already; --force removes md_*.BIN", path,
			      entry->d_name);
			ret = -1;
		} else if (unlinkat(dir, entry->d_name, 0)) {
			error("%s/%s: %s", path, entry->d_name, strerror(errno));
			ret = -1;
		}
	}
	closedir(entries);
	return ret;
}

static int open_directory(const char *path, bool force, bool *made)
{
	int dir;

	*made = !mkdir(path, 0700);
	if (!*made && errno != EEXIST) {
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	if (clear(dir, path, force)) {
		close(dir);
		return -1;
	}
	return dir;
}

/* What there is of a region; holes are left for the rest. */
static int write_region(const struct dump *dump, const struct region *region,
			int fd, const char *name, u64 offset)
{
	u64 skip, length;
	const u8 *bytes;

	if (region->size > dump->ram->total)
		return 0;
	for (unsigned int i = 0; i < dump->ram->nr; i++) {
		bytes = ram_overlap(&dump->ram->pieces[i], region->address,
				    region->size, &skip, &length);
		if (bytes && write_fully(fd, name, bytes, length, offset + skip))
			return -1;
	}
	return 0;
}

static int write_file(struct dump *dump, struct region *region, int dir)
{
	char *name = name_of_file(region->name, region->seq);
	char label[DUMP_LABEL];
	int fd, ret = -1;

	dump_label(dump, region, label);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0 && errno == EEXIST) {
		fault(&dump->faults, label, "has no file: %s is another's", name);
		free(name);
		return 0;
	}
	if (fd >= 0 && !write_region(dump, region, fd, name, 0)) {
		ret = ftruncate(fd, region->size);
		if (ret)
			error("%s: %s", name, strerror(errno));
	} else if (fd < 0) {
		error("%s: %s", name, strerror(errno));
	}
	if (fd >= 0 && close(fd) && !ret) {
		error("%s: %s", name, strerror(errno));
		ret = -1;
	}
	if (fd >= 0 && ret)
		unlinkat(dir, name, 0);
	if (ret)
		free(name);
	else
		region->file = name;
	return ret;
}

static int write_core(const struct dump *dump, int dir)
{
	struct output output;
	bool failed = false;

	if (output_open(&output, dir, CORE_NAME))
		return -1;
	for (unsigned int i = 0; i < dump->nr && !failed; i++)
		failed = write_region(dump, &dump->regions[i], output.fd, CORE_NAME,
				      dump->regions[i].offset);
	return output_finish(&output, dump->bytes, failed);
}

/* A part of a dump must not be taken for a dump. */
static void undo(struct dump *dump, int dir, const char *path, bool made)
{
	for (unsigned int i = 0; i < dump->nr; i++)
		if (dump->regions[i].file)
			unlinkat(dir, dump->regions[i].file, 0);
	if (made)
		rmdir(path);
}

/**
 * collect() - write what the firmware would
 * @dump:	minidump in RAM; its regions get their files
 * @path:	directory, which is made if there is none
 * @force:	remove files of regions that are there
 *
 * Return: 0, or -1 after a message; then no file of it is left.
 */
int collect(struct dump *dump, const char *path, bool force)
{
	int dir, ret = 0;
	bool made;

	if (dump->refusal) {
		error("refused: %s", dump->refusal);
		return -1;
	}
	dir = open_directory(path, force, &made);
	if (dir < 0)
		return -1;
	for (unsigned int i = 0; i < dump->nr && !ret; i++)
		if (dump->regions[i].size <= dump->ram->total)
			ret = write_file(dump, &dump->regions[i], dir);
	if (!ret)
		ret = write_core(dump, dir);
	if (ret)
		undo(dump, dir, path, made);
	close(dir);
	return ret;
}

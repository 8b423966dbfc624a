// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files and core are written to a scratch directory inside the target directory, and
 * moved to the target when all of them are complete.  The core is moved last, since a
 * reader that finds it assumes that the files beside it belong to it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "names.h"
#include "output.h"
#include "progress.h"

#define SCRATCH ".collect.XXXXXX"

/**
 * struct place - the directories for the files
 * @path:	path of the target directory
 * @dir:	file descriptor of the target directory
 * @made:	the target directory was created
 * @scratch:	path of the scratch directory, or NULL
 * @new:	file descriptor of the scratch directory
 */
struct place {
	const char *path;
	int dir;
	bool made;
	char *scratch;
	int new;
};

static bool is_ours(const char *name)
{
	return name_is_file(name) || !strcmp(name, CORE_NAME);
}

static bool is_ram(const struct ram *ram, int dir, const char *name)
{
	struct stat file, piece;

	if (fstatat(dir, name, &file, 0))
		return false;
	for (unsigned int i = 0; i < ram->nr; i++)
		if (!fstat(ram->pieces[i].fd, &piece) && piece.st_dev == file.st_dev &&
		    piece.st_ino == file.st_ino)
			return true;
	return false;
}

/* Return the name of the next file that is in the way, to be freed, or NULL. */
static char *next_old(DIR *entries)
{
	struct dirent *entry;

	while ((entry = readdir(entries)))
		if (is_ours(entry->d_name))
			return must_print("%s", entry->d_name);
	return NULL;
}

static DIR *list(const struct place *place)
{
	DIR *entries = fdopendir(dup(place->dir));

	if (!entries)
		error("%s: %s", place->path, strerror(errno));
	else
		rewinddir(entries);
	return entries;
}

/* Look for files of another dump, which would be taken for ours. */
static int look_around(const struct place *place, const struct ram *ram, bool force)
{
	DIR *entries = list(place);
	int ret = entries ? 0 : -1;
	char *name;

	while (!ret && (name = next_old(entries))) {
		if (!force)
			error("%s: has %s already; --force removes md_*.BIN and " CORE_NAME,
			      place->path, name);
		else if (is_ram(ram, place->dir, name))
			error("%s/%s is read from: name another directory", place->path, name);
		if (!force || is_ram(ram, place->dir, name))
			ret = -1;
		free(name);
	}
	if (entries)
		closedir(entries);
	return ret;
}

/* Remove the core first, so that no other file can be taken for a part of its dump. */
static int remove_old(const struct place *place)
{
	DIR *entries = list(place);
	int ret = entries ? 0 : -1;
	char *name = NULL;

	if (!ret && unlinkat(place->dir, CORE_NAME, 0) && errno != ENOENT) {
		name = must_print(CORE_NAME);
		ret = -1;
	}
	while (!ret && (name = next_old(entries))) {
		ret = unlinkat(place->dir, name, 0);
		if (!ret)
			free(name);
	}
	if (ret && name)
		error("%s/%s: %s", place->path, name, strerror(errno));
	if (ret)
		free(name);
	if (entries)
		closedir(entries);
	return ret;
}

/* Returns 0, or -1 after a message; then there is nothing to close. */
static int open_place(struct place *place, const char *path, const struct ram *ram,
		      bool force)
{
	*place = (struct place){ .path = path, .new = -1 };
	place->made = !mkdir(path, 0700);
	if (!place->made && errno != EEXIST) {
		error("%s: %s", path, strerror(errno));
		return -1;
	}
	place->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->dir < 0) {
		error("%s: %s", path, strerror(errno));
		goto undo;
	}
	if (look_around(place, ram, force))
		goto close;
	place->scratch = must_print("%s/" SCRATCH, path);
	if (!mkdtemp(place->scratch)) {
		error("%s: %s", place->scratch, strerror(errno));
		goto free;
	}
	place->new = open(place->scratch, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (place->new >= 0)
		return 0;
	error("%s: %s", place->scratch, strerror(errno));
	rmdir(place->scratch);
free:
	free(place->scratch);
close:
	close(place->dir);
undo:
	if (place->made)
		rmdir(path);
	return -1;
}

/* Remove the scratch directory, with the files that are still in it. */
static void close_place(struct place *place, bool failed)
{
	DIR *entries = fdopendir(place->new);
	struct dirent *entry;

	while (entries && (entry = readdir(entries)))
		unlinkat(place->new, entry->d_name, 0);
	if (entries)
		closedir(entries);
	else
		close(place->new);
	rmdir(place->scratch);
	free(place->scratch);
	close(place->dir);
	if (failed && place->made)
		rmdir(place->path);
}

/* Write the bytes of a region that are in RAM, and leave holes for the rest. */
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

/* Returns a file descriptor, or -1: after a message, or without it if the file exists. */
static int create(const struct place *place, const char *name)
{
	int fd = openat(place->new, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 && errno != EEXIST)
		error("%s/%s: %s", place->path, name, strerror(errno));
	return fd;
}

/* Returns 0, or -1 after a message; the file is closed in any case. */
static int close_file(const struct place *place, const char *name, int fd, u64 size,
		      int failed)
{
	int ret = failed ? 0 : ftruncate(fd, size);

	/* A full disk may be reported as late as here. */
	if ((close(fd) || ret) && !failed) {
		error("%s/%s: %s", place->path, name, strerror(errno));
		failed = -1;
	}
	return failed;
}

static int write_file(struct dump *dump, struct region *region, const struct place *place)
{
	char *name = name_of_file(region->name, region->seq);
	char *path = must_print("%s/%s", place->path, name);
	char label[DUMP_LABEL];
	int fd, ret = -1;

	dump_label(dump, region, label);
	fd = create(place, name);
	if (fd >= 0) {
		ret = write_region(dump, region, fd, path, 0);
		ret = close_file(place, name, fd, region->size, ret);
	} else if (errno == EEXIST) {
		fault(&dump->faults, label, "has no file: %s is another's", name);
		free(name);
		name = NULL;
		ret = 0;
	}
	free(path);
	if (ret)
		free(name);
	else
		region->file = name;
	return ret;
}

static int write_core(const struct dump *dump, const struct place *place,
		      struct progress *progress)
{
	char *path = must_print("%s/" CORE_NAME, place->path);
	int fd = create(place, CORE_NAME), ret = fd < 0 ? -1 : 0;

	for (unsigned int i = 0; i < dump->nr && !ret; i++) {
		ret = write_region(dump, &dump->regions[i], fd, path,
				   dump->regions[i].offset);
		progress_show(progress, dump->bytes + dump->regions[i].offset);
	}
	if (fd >= 0)
		ret = close_file(place, CORE_NAME, fd, dump->bytes, ret);
	free(path);
	return ret;
}

static int write_all(struct dump *dump, const struct place *place)
{
	struct progress progress;
	int ret = 0;

	progress_start(&progress, "collecting", 2 * dump->bytes);
	for (unsigned int i = 0; i < dump->nr && !ret; i++) {
		if (dump->regions[i].size <= dump->ram->total)
			ret = write_file(dump, &dump->regions[i], place);
		progress_show(&progress, dump->regions[i].offset);
	}
	if (!ret)
		ret = write_core(dump, place, &progress);
	progress_end(&progress);
	return ret;
}

static int move(const struct place *place, const char *name)
{
	if (!renameat(place->new, name, place->dir, name))
		return 0;
	error("%s/%s: %s", place->path, name, strerror(errno));
	return -1;
}

/* If one move fails, remove all files: a part of a dump must not be taken for a dump. */
static int move_all(const struct dump *dump, const struct place *place)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < dump->nr && !ret; i++)
		if (dump->regions[i].file)
			ret = move(place, dump->regions[i].file);
	if (!ret)
		ret = move(place, CORE_NAME);
	while (ret && i-- > 0)
		if (dump->regions[i].file)
			unlinkat(place->dir, dump->regions[i].file, 0);
	return ret;
}

/**
 * collect() - write the files that the firmware would write, and the core
 * @dump:	minidump in RAM; its regions receive the names of their files
 * @path:	directory, which is created if there is none
 * @force:	remove the files of an existing dump when the new ones are complete
 *
 * Return: 0, or -1 after a message; then no file of the new dump is left.
 */
int collect(struct dump *dump, const char *path, bool force)
{
	struct place place;
	int ret;

	if (dump->refusal) {
		error("refused: %s", dump->refusal);
		return -1;
	}
	if (open_place(&place, path, dump->ram, force))
		return -1;
	ret = write_all(dump, &place);
	if (!ret)
		ret = remove_old(&place);
	if (!ret)
		ret = move_all(dump, &place);
	close_place(&place, ret);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "files.h"
#include "message.h"

/* Refuse a directory with files of another dump: they would be mistaken for ours. */
static int check_empty(int dir, const char *path)
{
	DIR *entries = fdopendir(dup(dir));
	struct dirent *entry;
	int ret = 0;

	if (!entries)
		return error("%s: %s", path, strerror(errno));
	while (!ret && (entry = readdir(entries)))
		if (!strncmp(entry->d_name, "md_", 3))
			ret = error("%s: has %s already", path, entry->d_name);
	closedir(entries);
	return ret;
}

static int open_directory(const char *path, bool *made)
{
	int dir;

	*made = !mkdir(path, 0700);
	if (!*made && errno != EEXIST)
		return error("%s: %s", path, strerror(errno));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error("%s: %s", path, strerror(errno));
	if (check_empty(dir, path)) {
		close(dir);
		return -1;
	}
	return dir;
}

static bool write_bytes(int fd, const u8 *bytes, u64 size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		size -= n;
	}
	return true;
}

static bool write_region(int fd, const struct ram *ram, u64 address, u64 size)
{
	u64 run;

	for (; size; address += run, size -= run) {
		const u8 *bytes = ram_at(ram, address, &run);

		/* Not reached: the plan takes only regions that are in RAM. */
		if (!bytes)
			return false;
		run = min(run, size);
		if (!write_bytes(fd, bytes, run))
			return false;
	}
	return true;
}

static int write_file(int dir, const struct piece *piece, const struct ram *ram)
{
	int fd = openat(dir, piece->file,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool written;

	if (fd < 0)
		return error("%s: %s", piece->file, strerror(errno));
	written = write_region(fd, ram, piece->address, piece->size);
	if (close(fd) || !written) {
		error("%s: %s", piece->file, strerror(errno));
		unlinkat(dir, piece->file, 0);
		return -1;
	}
	return 0;
}

static void undo(const struct plan *plan, unsigned int nr, int dir)
{
	for (unsigned int i = 0; i < nr; i++)
		if (*plan->pieces[i].file)
			unlinkat(dir, plan->pieces[i].file, 0);
}

/**
 * files_write() - write all regions that are taken, or nothing
 * @plan:	the regions
 * @ram:	memory of the machine
 * @path:	directory, which is made if there is none
 *
 * Return: 0, or -1 after a message.
 */
int files_write(const struct plan *plan, const struct ram *ram, const char *path)
{
	bool made;
	int dir = open_directory(path, &made), ret = 0;

	if (dir < 0)
		return -1;
	for (unsigned int i = 0; i < plan->nr && !ret; i++) {
		if (!*plan->pieces[i].file)
			continue;
		ret = write_file(dir, &plan->pieces[i], ram);
		if (ret)
			undo(plan, i, dir);
	}
	close(dir);
	if (ret && made)
		rmdir(path);
	return ret;
}

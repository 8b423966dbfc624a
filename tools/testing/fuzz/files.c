// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run minidump check and assemble on the files of regions.  For each file the input
 * has a byte that selects its name, a byte for its number, two bytes for its length,
 * and the bytes of the file.
 */
#include <dirent.h>
#include <fcntl.h>

#include <linux/minmax.h>

#include "minidump.h"

static const char *const names[] = {
	"KELF", "Knotes", "Kdata", "Kcur0s", "Kcur0t", "Kcur1s", "K", "x", "Kvery_long",
};

static int write_file(int dir, const unsigned char *data, size_t size)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "md_%s%u.BIN",
		 names[data[0] % (sizeof(names) / sizeof(*names))], data[1]);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data + 4, size) != (ssize_t)size)
		give_up(name);
	return close(fd);
}

static void remove_files(int dir)
{
	DIR *entries = fdopendir(dup(dir));
	struct dirent *entry;

	if (!entries)
		give_up("fdopendir");
	rewinddir(entries);
	while ((entry = readdir(entries)))
		unlinkat(dir, entry->d_name, 0);
	closedir(entries);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static char path[] = "/dev/shm/fuzz.XXXXXX";
	static int dir = -1;
	size_t length;

	if (dir < 0)
		dir = mkdtemp(path) ? open(path, O_RDONLY | O_DIRECTORY) : -1;
	if (dir < 0)
		give_up(path);
	for (; size >= 4; data += 4 + length, size -= 4 + length) {
		length = min((size_t)(data[2] | data[3] << 8), size - 4);
		write_file(dir, data, length);
	}
	minidump((const char *const []){ "check", path, "--json", NULL });
	minidump((const char *const []){ "assemble", path, "-o", "/dev/null", NULL });
	minidump((const char *const []){ "assemble", "--registers", path, "-o", "/dev/null", NULL });
	remove_files(dir);
	return 0;
}

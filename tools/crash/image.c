// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include "image.h"

/* Read the number in the file. Returns 0, or the negative error number. */
static int read_number(const char *sys, const char *file, u64 *value)
{
	char path[512], line[64];
	int ret = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", sys, file);
	f = fopen(path, "r");
	if (!f)
		return -errno;
	errno = 0;
	if (fgets(line, sizeof(line), f))
		*value = strtoull(line, NULL, 10);
	else
		ret = errno ? -errno : -EINVAL;
	fclose(f);
	return ret;
}

/**
 * image_read() - read the state of the loaded crash image
 * @image:	receives it
 * @sys:	sysfs, with debugfs in it
 *
 * Return: 0, or -1 after a message.
 */
int image_read(struct image *image, const char *sys)
{
	u64 loaded = 0, memory = 0;
	int ret;

	*image = (struct image){};
	ret = read_number(sys, "kernel/kexec_crash_loaded", &loaded);
	if (ret) {
		fprintf(stderr, "elfcorehdr: %s/kernel/kexec_crash_loaded: %s: a kernel without kdump?\n",
			sys, strerror(-ret));
		return -1;
	}
	image->loaded = loaded;
	/* A kernel without memory hotplug has no such file. */
	ret = read_number(sys, "devices/system/memory/crash_hotplug", &memory);
	if (ret)
		ret = read_number(sys, "devices/system/cpu/crash_hotplug", &memory);
	image->follows = !ret && memory;
	return 0;
}

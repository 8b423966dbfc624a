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

/* Read the lines "reserved N" and "needed N".  A kernel without the file tells neither. */
static void read_reservation(struct image *image, const char *sys)
{
	unsigned long long value;
	char path[512], line[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/kernel/debug/crash_hotplug/reservation", sys);
	f = fopen(path, "r");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "reserved %llu", &value) == 1)
			image->reserved = value;
		else if (sscanf(line, "needed %llu", &value) == 1)
			image->needed = value;
	}
	fclose(f);
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
	read_reservation(image, sys);
	return 0;
}

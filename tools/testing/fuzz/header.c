// SPDX-License-Identifier: GPL-2.0-only
/* Run each command of elfcorehdr on a header. */
#define main elfcorehdr_main
#include "../../crash/main.c"
#undef main

#include "input.h"

/* Return the path of a machine's iomem, which has no effect on how a header is read. */
static const char *iomem_path(void)
{
	static const char iomem[] = "00001000-0009ffff : System RAM\n100000000-10fffffff : System RAM\n";
	static char path[INPUT_PATH];

	if (!*path) {
		int fd = memfd_create("iomem", 0);

		if (fd < 0 || write(fd, iomem, strlen(iomem)) < 0)
			give_up("iomem");
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	return path;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *path = input_file(data, size);
	const struct machine m = { .iomem = iomem_path(), .sys = SYS, .exclude_low = -1 };
	int shown, same;

	json = size & 1;
	shown = show(path);
	same = diff(path, path);
	must(shown == same && shown != 1, "a header is shown, but differs from itself");
	check(path, &m);
	return 0;
}

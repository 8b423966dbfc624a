// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "collect.h"
#include "output.h"

#define CHUNK (1u << 20)

static int copy_region(struct dump *dump, const struct region *region,
		       const struct output *output, u8 *buf)
{
	u64 at, n;

	for (at = 0; at < region->have; at += n) {
		n = min((u64)CHUNK, region->have - at);
		if (!dump_read(dump, region, at, buf, n)) {
			fault(&dump->faults, region->file, "cannot be read from 0x%llx on",
			      (ull)at);
			return 0;
		}
		if (write_fully(output->fd, output->name, buf, n, region->offset + at))
			return -1;
	}
	return 0;
}

static int write_core(struct dump *dump, int dir, const char *name,
		      const struct registers *registers)
{
	u8 *buf = must_alloc(1, CHUNK);
	struct output output;
	bool failed = false;
	int ret = -1;

	if (!output_open(&output, dir, name)) {
		for (unsigned int i = 0; i < dump->nr && !failed; i++)
			failed = copy_region(dump, &dump->regions[i], &output, buf);
		failed = failed || registers_write(registers, &output);
		ret = output_finish(&output, dump->bytes, failed);
	}
	free(buf);
	return ret;
}

/**
 * assemble() - make a core of the files of regions
 * @dump:	the files
 * @core:	path of the core, or NULL for the directory of the files
 * @registers:	of CPUs, to be put into the core's notes; may be none
 *
 * Return: 0, with faults if something is missing, or -1 after a message.
 */
int assemble(struct dump *dump, const char *core, const struct registers *registers)
{
	const char *name = core ? strrchr(core, '/') : NULL;
	char *path;
	int dir, ret;

	if (dump->refusal) {
		error("refused: %s", dump->refusal);
		return -1;
	}
	if (!core)
		return write_core(dump, dump->fd, CORE_NAME, registers);

	path = name ? must_print("%.*s", (int)(name - core + 1), core) :
		      must_print(".");
	name = name ? name + 1 : core;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		error("%s: %s", path, strerror(errno));
	free(path);
	if (dir < 0)
		return -1;
	ret = write_core(dump, dir, name, registers);
	close(dir);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "collect.h"
#include "names.h"
#include "output.h"
#include "progress.h"

#define CHUNK (1u << 20)

static int copy_region(struct dump *dump, const struct region *region,
		       const struct output *output, struct progress *progress, u8 *buf)
{
	u64 at = 0, n;

	while ((at = dump_data(dump, region, at)) < region->have) {
		n = min((u64)CHUNK, region->have - at);
		if (!dump_read(dump, region, at, buf, n)) {
			fault(&dump->faults, region->file, "cannot be read from 0x%llx on",
			      (ull)at);
			return 0;
		}
		if (write_fully(output->fd, output->path, buf, n, region->offset + at))
			return -1;
		at += n;
		progress_show(progress, region->offset + at);
	}
	return 0;
}

/* True for any file of a region in the directory, whether it is used or not. */
static bool is_input(const void *priv, const struct stat *st)
{
	const struct dump *dump = priv;
	DIR *dir = fdopendir(dup(dump->fd));
	struct dirent *entry;
	struct stat input;
	bool found = false;

	if (!dir)
		return true;
	rewinddir(dir);
	while (!found && (entry = readdir(dir)))
		found = name_is_file(entry->d_name) &&
			!fstatat(dump->fd, entry->d_name, &input, 0) &&
			input.st_dev == st->st_dev && input.st_ino == st->st_ino;
	closedir(dir);
	return found;
}

/**
 * assemble() - make a core of the files of regions
 * @dump:	the files
 * @core:	path of the core; - is standard output
 * @force:	replace an existing file
 * @registers:	registers of CPUs for the core's notes; may be empty
 * @to_stdout:	receives true if the core is on standard output, where nothing else
 *		may be written then
 *
 * Return: 0, with faults if something is missing, or -1 after a message.
 */
int assemble(struct dump *dump, const char *core, bool force,
	     const struct registers *registers, bool *to_stdout)
{
	struct progress progress;
	struct output output;
	bool failed = false;
	u8 *buf;

	if (dump->refusal) {
		error("refused: %s", dump->refusal);
		return -1;
	}
	if (output_open(&output, core, force, is_input, dump))
		return -1;
	*to_stdout = output.to_stdout;
	buf = must_alloc(1, CHUNK);
	progress_start(&progress, "assembling", dump->bytes);
	for (unsigned int i = 0; i < dump->nr && !failed; i++)
		failed = copy_region(dump, &dump->regions[i], &output, &progress, buf);
	progress_end(&progress);
	free(buf);
	failed = failed || registers_write(registers, &output);
	return output_finish(&output, dump->bytes, failed);
}

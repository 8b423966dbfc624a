// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run minidump on the RAM of a machine with its tables.  The first byte of the input
 * selects the command and how the tables are found; the rest is RAM.
 */
#include <sys/stat.h>

#include "minidump.h"

#define BASE "0x40000000"
#define TOC "0x40000040"

/* Return the output directory, which is in memory and the same for all inputs. */
static const char *directory(void)
{
	static char path[] = "/dev/shm/fuzz.XXXXXX";
	static bool made;

	if (!made && !mkdtemp(path))
		give_up(path);
	made = true;
	return path;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char spec[INPUT_PATH + 16];
	const char *words[10] = { "check", "--ram", spec }, **word = &words[3];

	if (size < 2)
		return 0;
	snprintf(spec, sizeof(spec), "%s@" BASE, input_file(data + 1, size - 1));
	if (data[0] & 1) {
		*word++ = "--toc";
		*word++ = TOC;
	}
	if (data[0] & 2)
		*word++ = "--json";
	if ((data[0] & 12) == 4) {
		words[0] = "list";
	} else if ((data[0] & 60) == 8) {
		words[0] = "collect";
		*word++ = "--force";
		*word++ = "-o";
		*word++ = directory();
	}
	minidump(words);
	return 0;
}

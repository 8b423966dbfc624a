// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run minidump kinfo on RAM that begins with debug-kinfo.  The checksum is corrected,
 * so that the tool reads the fields that it covers.
 */
#include "minidump.h"

#define BASE "0x40000000"
/* The bytes of struct debug_kinfo that the checksum covers. */
#define SUM_FROM 8
#define SUM_TO 472

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	unsigned char *ram = malloc(size + 1);
	char spec[INPUT_PATH + 16];
	u32 sum = 0, word;

	if (!ram)
		give_up("malloc");
	memcpy(ram, data, size);
	for (size_t at = SUM_FROM; at < SUM_TO && size >= SUM_TO; at += sizeof(word)) {
		memcpy(&word, ram + at, sizeof(word));
		sum ^= word;
	}
	if (size >= SUM_TO)
		memcpy(ram + 4, &sum, sizeof(sum));
	snprintf(spec, sizeof(spec), "%s@" BASE, input_file(ram, size));
	minidump((const char *const []){ "kinfo", "--ram", spec, "--address", BASE,
					 size & 1 ? "--json" : NULL, NULL });
	minidump((const char *const []){ "kinfo", "--ram", spec, "--address", BASE,
					 "--symbol", "init_task", NULL });
	free(ram);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Run minidump on a core. */
#include "minidump.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *path = input_file(data, size);
	const char *how = size & 1 ? "--json" : "--symbol=x";
	int listed = minidump((const char *const []){ "list", path, size & 1 ? how : NULL, NULL });
	int checked = minidump((const char *const []){ "check", path, size & 1 ? how : NULL, NULL });

	must((listed == 2) == (checked == 2), "a core can be listed, but not checked");
	return 0;
}

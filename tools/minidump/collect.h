/* SPDX-License-Identifier: GPL-2.0-only */
/* Writing of dumps: the files of regions, and the core. */
#ifndef _TOOLS_MINIDUMP_COLLECT_H
#define _TOOLS_MINIDUMP_COLLECT_H

#include "dump.h"
#include "registers.h"

#define CORE_NAME "minidump.core"

/* Both return 0, with faults if something is missing, or -1 after a message. */
int collect(struct dump *dump, const char *dir, bool force);
int assemble(struct dump *dump, const char *core, bool force,
	     const struct registers *registers, bool *to_stdout);

#endif

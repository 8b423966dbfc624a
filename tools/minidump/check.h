/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether table, ELF header and notes are as they should be. */
#ifndef _TOOLS_MINIDUMP_CHECK_H
#define _TOOLS_MINIDUMP_CHECK_H

#include "dump.h"

void check_dump(struct dump *dump);

#endif

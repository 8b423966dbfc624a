/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks of the table, the ELF header and the notes. */
#ifndef _TOOLS_MINIDUMP_CHECK_H
#define _TOOLS_MINIDUMP_CHECK_H

#include "dump.h"

void check_dump(struct dump *dump);

#endif

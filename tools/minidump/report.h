/* SPDX-License-Identifier: GPL-2.0-only */
/* What is said of a dump. */
#ifndef _TOOLS_MINIDUMP_REPORT_H
#define _TOOLS_MINIDUMP_REPORT_H

#include <stdio.h>

#include "dump.h"

void report_table(const struct dump *dump);
void report_written(const struct dump *dump, const char *core);
void report_faults(const struct dump *dump);
void report_check(const struct dump *dump);
void report_json(const struct dump *dump, const char *core);

#endif

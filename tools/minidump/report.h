/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports on a dump, for people and for programs. */
#ifndef _TOOLS_MINIDUMP_REPORT_H
#define _TOOLS_MINIDUMP_REPORT_H

#include <stdio.h>

#include "dump.h"
#include "registers.h"

/* Common to the reports on dumps and on debug-kinfo. */
void report_fault_list(const struct faults *faults);
void report_fault_count(const struct faults *faults);

void report_table(const struct dump *dump);
void report_written(const struct dump *dump, const char *core);
void report_faults(const struct dump *dump);
void report_check(const struct dump *dump);
void report_registers(const struct registers *registers);
void report_json(const struct dump *dump, bool checked, const char *core,
		 const struct registers *registers);

#endif

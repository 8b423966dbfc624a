/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports of a collection, for people and for programs. */
#ifndef _FIRMWARE_REPORT_H
#define _FIRMWARE_REPORT_H

#include "plan.h"

void report_faults(const struct plan *plan);
void report_text(const struct plan *plan, const char *path);
void report_json(const struct plan *plan, const struct smem *smem);

#endif

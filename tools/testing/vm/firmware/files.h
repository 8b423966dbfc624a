/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that the loader writes. */
#ifndef _FIRMWARE_FILES_H
#define _FIRMWARE_FILES_H

#include "plan.h"

int files_write(const struct plan *plan, const struct ram *ram, const char *path);

#endif

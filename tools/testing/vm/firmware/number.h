/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers on the command line. */
#ifndef _FIRMWARE_NUMBER_H
#define _FIRMWARE_NUMBER_H

#include <linux/types.h>

bool number_parse(const char *text, u64 *number);

#endif

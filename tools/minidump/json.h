/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON output for programs, in ASCII.  An address is a string, hexadecimal after 0x,
 * since many JSON readers have 53 bits for a number; sizes and offsets are numbers.
 * This file uses faults.h and the C library.
 */
#ifndef _TOOLS_MINIDUMP_JSON_H
#define _TOOLS_MINIDUMP_JSON_H

#include "faults.h"

void json_string(const char *text);
void json_address(u64 address);
void json_faults(const struct faults *faults);

#endif

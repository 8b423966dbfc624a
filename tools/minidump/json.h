/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs read, in ASCII.  An address is a string, hexadecimal after 0x, since
 * many readers keep numbers in 53 bits; sizes and offsets are numbers.  Uses faults.h
 * and the C library.
 */
#ifndef _TOOLS_MINIDUMP_JSON_H
#define _TOOLS_MINIDUMP_JSON_H

#include "faults.h"

void json_string(const char *text);
void json_address(u64 address);
void json_faults(const struct faults *faults);

#endif

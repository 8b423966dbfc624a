/* SPDX-License-Identifier: GPL-2.0-only */
/* What we say, one line at a time. */
#ifndef _FIRMWARE_MESSAGE_H
#define _FIRMWARE_MESSAGE_H

#include <linux/types.h>

/* What a u64 is printed as. */
typedef unsigned long long ull;

void scrub(char *text);

/* One line on standard error.  Return: -1, to be passed on. */
int error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

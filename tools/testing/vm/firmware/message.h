/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of one line each. */
#ifndef _FIRMWARE_MESSAGE_H
#define _FIRMWARE_MESSAGE_H

#include <linux/types.h>

/* The type to print a u64. */
typedef unsigned long long ull;

void scrub(char *text);

/* Print one line on standard error.  Return: -1, for the caller to pass on. */
int error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

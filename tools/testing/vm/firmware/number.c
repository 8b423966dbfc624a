// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "number.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/**
 * number_parse() - read a number
 * @text:	decimal, or hexadecimal after 0x; K, M or G may follow
 * @number:	receives the number
 *
 * Return: true if @text is a number that fits in 64 bits, and nothing else.
 */
bool number_parse(const char *text, u64 *number)
{
	int base = !strncmp(text, "0x", 2) ? 16 : 10;
	const char *c = base == 16 ? text + 2 : text;
	u64 sum = 0, unit = 1;

	if (digit(*c) >= base)
		return false;
	for (; digit(*c) < base; c++)
		if (__builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit(*c), &sum))
			return false;
	if (*c == 'K' || *c == 'k')
		unit = 1ULL << 10;
	else if (*c == 'M' || *c == 'm')
		unit = 1ULL << 20;
	else if (*c == 'G' || *c == 'g')
		unit = 1ULL << 30;
	if (unit != 1)
		c++;
	if (*c || __builtin_mul_overflow(sum, unit, &sum))
		return false;
	*number = sum;
	return true;
}

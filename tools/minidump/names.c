// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <linux/minidump_abi.h>

#include "faults.h"
#include "names.h"

#define PREFIX "md_"
#define SUFFIX ".BIN"

static bool is_plain(char c)
{
	return isascii(c) && (isalnum(c) || c == '_');
}

/* True if a file is named like that of a region: md_*.BIN. */
bool name_is_file(const char *path)
{
	size_t length = strlen(path);

	return length >= strlen(PREFIX SUFFIX) &&
	       !strncmp(path, PREFIX, strlen(PREFIX)) &&
	       !strcmp(path + length - strlen(SUFFIX), SUFFIX);
}

/**
 * name_parse() - parse md_<name><number>.BIN
 * @path:	the file's name, for which name_is_file() is true
 * @name:	receives the region's name, of MINIDUMP_NAME_BYTES at most
 * @seq:	receives the number, which is not 0
 *
 * Return: true if the file's name has that form.
 */
bool name_parse(const char *path, char *name, u32 *seq)
{
	const char *start = path + strlen(PREFIX);
	const char *end = path + strlen(path) - strlen(SUFFIX), *digits = end;
	unsigned long long number;

	while (digits > start && isascii(digits[-1]) && isdigit(digits[-1]))
		digits--;
	if (end == digits || end - digits > 10 || *digits == '0' ||
	    digits - start > MINIDUMP_NAME_BYTES)
		return false;
	for (const char *c = start; c < digits; c++)
		if (!isascii(*c) || !isprint(*c))
			return false;
	number = strtoull(digits, NULL, 10);
	if (number > UINT32_MAX)
		return false;
	memcpy(name, start, digits - start);
	name[digits - start] = '\0';
	*seq = number;
	return true;
}

/* Name a region's file.  No name of a region can lead out of the directory. */
char *name_of_file(const char *name, u32 seq)
{
	char *path = must_print(PREFIX "%s%u" SUFFIX, name, seq);
	char *c = path + strlen(PREFIX);

	for (size_t i = strlen(name); i--; c++)
		if (!is_plain(*c))
			*c = '_';
	return path;
}

/* Return the first fault of a region's name, or NULL. */
const char *name_fault(const char *name)
{
	size_t length = strlen(name);

	if (length == MINIDUMP_NAME_BYTES)
		return "its name does not end";
	if (name[0] != 'K')
		return "its name does not begin with K";
	if (length > 1 + MINIDUMP_NAME_CHARS)
		return "its name is too long";
	for (const char *c = name; *c; c++)
		if (!is_plain(*c))
			return "its name has a character that is no letter, digit or _";
	if (isdigit(name[length - 1]))
		return "its name ends in a digit, as if that were of its number";
	return NULL;
}

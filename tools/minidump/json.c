// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"

#define NOT_UTF8	0xfffd
#define CODE_POINTS	0x110000

/*
 * Decode the code point at *@at and advance *@at behind it.  Return NOT_UTF8, and
 * advance by one byte, if no valid code point in its shortest form starts there.
 */
static u32 next_point(const u8 **at)
{
	static const u32 least[] = { 0, 0x80, 0x800, 0x10000 };
	const u8 *text = (*at)++;
	unsigned int more = *text < 0x80 ? 0 : (*text & 0xe0) == 0xc0 ? 1 :
			    (*text & 0xf0) == 0xe0 ? 2 : (*text & 0xf8) == 0xf0 ? 3 : 4;
	u32 point;

	if (more > 3)
		return NOT_UTF8;
	point = more ? *text & (0x3f >> more) : *text;
	for (unsigned int i = 1; i <= more; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return NOT_UTF8;
		point = point << 6 | (text[i] & 0x3f);
	}
	if (point < least[more] || point >= CODE_POINTS || (point & ~0x7ffu) == 0xd800)
		return NOT_UTF8;
	*at += more;
	return point;
}

void json_string(const char *text)
{
	const u8 *at = (const u8 *)text;
	u32 point;

	putchar('"');
	while (*at) {
		point = next_point(&at);
		if (point == '"' || point == '\\')
			printf("\\%c", point);
		else if (point >= ' ' && point < 0x7f)
			putchar(point);
		else if (point < 0x10000)
			printf("\\u%04x", point);
		else
			printf("\\u%04x\\u%04x", 0xd800 + ((point - 0x10000) >> 10),
			       0xdc00 + (point & 0x3ff));
	}
	putchar('"');
}

void json_address(u64 address)
{
	printf("\"0x%llx\"", (ull)address);
}

void json_faults(const struct faults *faults)
{
	putchar('[');
	for (size_t i = 0; i < faults->nr; i++) {
		printf("%s\n    {\"where\": ", i ? "," : "");
		json_string(faults->v[i].where);
		printf(", \"what\": ");
		json_string(faults->v[i].what);
		putchar('}');
	}
	printf("%s]", faults->nr ? "\n  " : "");
}

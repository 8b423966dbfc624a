/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of physical addresses, as sorted lists of ranges. */
#ifndef _TOOLS_CRASH_RANGES_H
#define _TOOLS_CRASH_RANGES_H

#include <linux/types.h>

/* From start to end, both inclusive. */
struct range {
	u64 start;
	u64 end;
};

struct ranges {
	struct range *r;
	size_t nr;
	size_t room;
};

void ranges_add(struct ranges *set, u64 start, u64 end);
void ranges_normalize(struct ranges *set, struct ranges *overlaps);
void ranges_subtract(struct ranges *result, const struct ranges *from,
		     const struct ranges *what);
u64 ranges_total(const struct ranges *set);
void ranges_free(struct ranges *set);

#endif

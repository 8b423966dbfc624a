/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of damage. */
#ifndef _FIRMWARE_KINDS_H
#define _FIRMWARE_KINDS_H

#include "toc.h"

/* What a field is in. */
enum place {
	IN_HEAD,
	IN_TABLE,
	IN_ENTRY,
	IN_INFO,
	IN_PARTITION,
	IN_ITEM,
	IN_TOC,
	IN_LINUX,
	/* The last region that is valid. */
	IN_REGION,
	/* The one before it. */
	IN_OTHER,
	PLACES,
};

/**
 * struct field - a field that is overwritten
 * @place:	what it is in
 * @offset:	where in there
 * @width:	its bytes
 */
struct field {
	enum place place;
	unsigned int offset;
	unsigned int width;
};

/**
 * struct scene - a sound machine, about to be damaged
 * @smem:	where things are in SMEM
 * @at:		physical addresses of the places; 0 for what there is not
 * @region:	the last region that is valid, if there is a table
 * @other:	the one before it
 */
struct scene {
	const struct smem *smem;
	u64 at[PLACES];
	struct minidump_region region;
	struct minidump_region other;
};

/**
 * struct kind - one kind of damage
 * @name:	what it is called
 * @what:	what is wrong then
 * @before_boot: Linux meets it when it probes, and has to refuse; else it is
 *		for a machine on which Linux has made its table
 * @field:	what is overwritten
 * @value:	with what
 * @text:	or, if not NULL, with this and zeros
 * @derive:	or, if not NULL, with what this returns
 * @hurt:	or, if not NULL, this does it; returns 0, or -1 after a message
 */
struct kind {
	const char *name;
	const char *what;
	bool before_boot;
	struct field field;
	u64 value;
	const char *text;
	u64 (*derive)(const struct scene *scene);
	int (*hurt)(const struct scene *scene);
};

struct kinds {
	const struct kind *v;
	unsigned int nr;
};

/* Of what the firmware leaves for Linux, and of what Linux makes. */
extern const struct kinds kinds_smem;
extern const struct kinds kinds_linux;

#define FIELD(in, type, member) \
	{ in, offsetof(type, member), sizeof(((type *)NULL)->member) }

#endif

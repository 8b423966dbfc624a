/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of damage. */
#ifndef _FIRMWARE_KINDS_H
#define _FIRMWARE_KINDS_H

#include "toc.h"

/* The structure that a field is in. */
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
	/* The valid region before that. */
	IN_OTHER,
	PLACES,
};

/**
 * struct field - a field that is overwritten
 * @place:	the structure that it is in
 * @offset:	its offset in that structure
 * @width:	its bytes
 */
struct field {
	enum place place;
	unsigned int offset;
	unsigned int width;
};

/**
 * struct scene - a sound machine, about to be damaged
 * @smem:	SMEM and the addresses of its parts
 * @at:		physical addresses of the places; 0 for a place that does not exist
 * @region:	the last region that is valid, if there is a table
 * @other:	the valid region before @region
 */
struct scene {
	const struct smem *smem;
	u64 at[PLACES];
	struct minidump_region region;
	struct minidump_region other;
};

/**
 * struct kind - one kind of damage
 * @name:	its name on the command line
 * @what:	description of the damage, for the list of kinds
 * @before_boot: Linux finds the damage when it probes, and has to refuse; else
 *		it is for a machine on which Linux has made its table
 * @field:	the field that is overwritten
 * @value:	the number that is written to it
 * @text:	if not NULL, the text that is written instead, with zeros after it
 * @derive:	if not NULL, returns the number to write
 * @hurt:	if not NULL, does all of the damage; returns 0, or -1 after a message
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

/* Damage to the data that the firmware leaves for Linux, and to Linux's tables. */
extern const struct kinds kinds_smem;
extern const struct kinds kinds_linux;

#define FIELD(in, type, member) \
	{ in, offsetof(type, member), sizeof(((type *)NULL)->member) }

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * meminspect - the image of the table, and the sink that shows it to the outside.
 *
 * For sinks that are built in.
 */
#ifndef _LINUX_MEMINSPECT_IMAGE_H
#define _LINUX_MEMINSPECT_IMAGE_H

#include <linux/meminspect.h>
#include <linux/types.h>

/* Regions that every image begins with: ELF header, and notes. */
#define MEMINSPECT_FIXED_REGIONS	2

/*
 * Bytes of the name of a region.  At most 8 letters, digits and underscores, no digit
 * at the end, and zeros up to the last byte.
 */
#define MEMINSPECT_REGION_NAME_BYTES	12

/* Images: two take turns, and one is a panic's. */
#define MEMINSPECT_IMAGES	3

/**
 * enum meminspect_region_kind - the kinds of regions
 * @MEMINSPECT_REGION_ELF:	the ELF header and its program headers
 * @MEMINSPECT_REGION_NOTES:	vmcoreinfo, and a note for each CPU
 * @MEMINSPECT_REGION_WINDOW:	of fixed size and place in the file, its memory changes
 *				while the image is published
 * @MEMINSPECT_REGION_RUN:	memory that the table names
 */
enum meminspect_region_kind {
	MEMINSPECT_REGION_ELF,
	MEMINSPECT_REGION_NOTES,
	MEMINSPECT_REGION_WINDOW,
	MEMINSPECT_REGION_RUN,
};

/**
 * struct meminspect_region - memory of the image
 * @start:	physical address
 * @end:	first byte behind it
 * @va:		virtual address of @start
 * @kind:	enum meminspect_region_kind
 * @rank:	of a run, the lowest of the entries in it
 * @name:	name of the first entry in it
 *
 * A run has whole pages, unless it is of MEMINSPECT_EXACT entries, or a secret is
 * beside it.
 */
struct meminspect_region {
	u64 start;
	u64 end;
	u64 va;
	u8 kind;
	u8 rank;
	char name[MEMINSPECT_REGION_NAME_BYTES];
};

/**
 * struct meminspect_runs - runs, ascending and disjoint
 * @run:	the runs
 * @nr:		how many there are
 * @max:	how many there may be
 * @changed:	the first that has changed since somebody set it to UINT_MAX, and with
 *		it those behind, or their places
 */
struct meminspect_runs {
	struct meminspect_region *run;
	unsigned int nr;
	unsigned int max;
	unsigned int changed;
};

/**
 * struct meminspect_span - from where to where there is RAM
 * @start:	first byte
 * @end:	first byte behind it; not above @start if there is none
 */
struct meminspect_span {
	u64 start;
	u64 end;
};

/**
 * struct meminspect_image - a core file of the memory that the table names
 * @copy:	which of the MEMINSPECT_IMAGES it is
 * @elf:	ELF header and program headers, in whole pages
 * @elf_pa:	their physical address
 * @elf_size:	bytes of those pages
 * @size:	bytes of the whole core
 * @generation:	number of the image, ascending
 * @span:	all RAM
 * @windows_hidden: the windows show nothing
 * @nr_windows:	how many windows there are
 * @nr_regions:	how many regions there are
 * @region:	the regions in the order of the file: ELF header, notes, windows, runs
 * @runs:	the runs, which are part of @region; from @runs.changed on they are
 *		older than the table
 */
struct meminspect_image {
	unsigned int copy;
	void *elf;
	phys_addr_t elf_pa;
	size_t elf_size;
	u64 size;
	u64 generation;
	struct meminspect_span span;
	bool windows_hidden;
	unsigned int nr_windows;
	unsigned int nr_regions;
	struct meminspect_region *region;
	struct meminspect_runs runs;
};

/**
 * struct meminspect_addresses - where a sink's table has the addresses of windows
 * @first:	address of the first window, or NULL if the sink has no table
 * @stride:	bytes from one window's to the next one's
 */
struct meminspect_addresses {
	__le64 *first;
	size_t stride;
};

/**
 * struct meminspect_sink - shows the image to the outside
 * @max_regions: regions that it takes, or 0 for as many as the table is made for.
 *		The regions of the lowest worth are left out if there are more.
 * @max_address: first physical address that it can't reach, or 0
 * @fill:	Makes the table of one image, which is complete, and which is not
 *		shown before @publish is called.  The regions before @first are as
 *		they were when @fill was called for the same @image->copy last.
 * @publish:	Shows the table of that image, and no longer the one before, with
 *		one store.
 * @enable:	Called once instead of @publish for the first table.  Returns 0; or
 *		-errno, if nothing is shown.
 * @disable:	Stops showing any table.
 * @windows:	Says where the table of an image, which @fill has made, has the
 *		addresses of the windows.  They are written at task switches.
 *
 * Context of all: the slots of the table locked, also with kexec_lock held or in a
 * softirq; @fill, @publish and @windows in a panic, too, when the other CPUs are
 * stopped.  They neither sleep nor take a lock.
 */
struct meminspect_sink {
	unsigned int max_regions;
	u64 max_address;
	void (*fill)(struct meminspect_sink *sink,
		     const struct meminspect_image *image, unsigned int first);
	void (*publish)(struct meminspect_sink *sink, unsigned int copy);
	int (*enable)(struct meminspect_sink *sink, unsigned int copy);
	void (*disable)(struct meminspect_sink *sink);
	struct meminspect_addresses (*windows)(struct meminspect_sink *sink,
					       unsigned int copy);
};

int meminspect_attach_sink(struct meminspect_sink *sink);
bool meminspect_detach_sink(struct meminspect_sink *sink);
bool meminspect_withdraw_sink(struct meminspect_sink *sink);
bool meminspect_has_image(void);

#endif /* _LINUX_MEMINSPECT_IMAGE_H */

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image: the ELF core file that the table's memory makes when it is laid
 * end to end.
 *
 *	ELF header and program headers		PT_NOTE, PT_LOADs
 *	notes					vmcoreinfo, one for each CPU
 *	windows, if there are any		one PT_LOAD each
 *	runs, ascending				one PT_LOAD each
 *
 * Entries that overlap or adjoin in memory are one run: crash finds a PT_LOAD by the
 * address at which a read starts, takes the first that matches, and does not check
 * that the read ends inside.  The last PT_LOAD has no bytes in the file and covers all
 * RAM, so that memory which is not registered reads as zero.
 *
 * This file makes an image of its runs.  publish.c decides when.  Uses windows.h alone.
 */
#define pr_fmt(fmt) "meminspect: " fmt

#include <linux/elf.h>
#include <linux/elfcorehdr.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "image.h"
#include "slots.h"
#include "windows.h"

static const struct elfcorehdr_machine image_machine = {
	.machine = ELF_ARCH,
	.osabi = ELF_OSABI,
};

/**
 * meminspect_image_windows() - give an image its windows
 * @image:	the image; its runs are void if the number changes
 * @nr:		how many windows it has
 * @hidden:	they show nothing
 *
 * While it is closed, the region of a window is in the image's own header.
 *
 * Context: the slots locked, or a panic.
 */
void meminspect_image_windows(struct meminspect_image *image, unsigned int nr,
			      bool hidden)
{
	struct meminspect_region *region = image->region + MEMINSPECT_FIXED_REGIONS;
	unsigned int i;

	image->windows_hidden = hidden;
	if (image->nr_windows == nr)
		return;
	image->nr_windows = nr;
	image->runs.run = region + nr;
	image->runs.nr = 0;
	for (i = 0; i < nr; i++, region++) {
		memset(region, 0, sizeof(*region));
		region->kind = MEMINSPECT_REGION_WINDOW;
		region->start = image->elf_pa;
		region->end = image->elf_pa + meminspect_window_size(i);
		meminspect_window_name(i, region->name, sizeof(region->name));
	}
}

static void append_phdr(struct elfcorehdr *hdr, u32 type, u64 vaddr, u64 paddr,
			u64 offset, u64 filesz, u64 memsz)
{
	Elf64_Phdr *phdr = elfcorehdr_next(hdr);

	/* There is room for all that the table can hold. */
	if (WARN_ON_ONCE(!phdr))
		return;
	phdr->p_type = type;
	phdr->p_flags = 0;
	phdr->p_offset = offset;
	phdr->p_vaddr = vaddr;
	phdr->p_paddr = paddr;
	phdr->p_filesz = filesz;
	phdr->p_memsz = memsz;
	WARN_ON_ONCE(elfcorehdr_append(hdr, phdr));
}

static void append_region(struct elfcorehdr *hdr,
			  const struct meminspect_region *region, u64 offset)
{
	const u64 size = region->end - region->start;

	switch (region->kind) {
	case MEMINSPECT_REGION_NOTES:
		append_phdr(hdr, PT_NOTE, 0, region->start, offset, size, size);
		break;
	case MEMINSPECT_REGION_WINDOW:
		WARN_ON_ONCE(elfcorehdr_append_window(hdr, offset, size));
		break;
	case MEMINSPECT_REGION_RUN:
		append_phdr(hdr, PT_LOAD, region->va, region->start, offset,
			    size, size);
		break;
	}
}

/**
 * meminspect_image_build() - make the ELF header of an image
 * @image:	windows, runs and span are filled in
 * @first:	the first region that has changed since the last time
 *
 * Context: the slots locked, or a panic.  Nobody looks at the image.
 */
void meminspect_image_build(struct meminspect_image *image, unsigned int first)
{
	const size_t before = elfcorehdr_bytes(((Elf64_Ehdr *)image->elf)->e_phnum);
	const struct meminspect_region *region = image->region;
	struct elfcorehdr hdr;
	size_t bytes;
	u64 offset = 0;
	unsigned int i;

	if (WARN_ON_ONCE(elfcorehdr_init(&hdr, image->elf, image->elf_size,
					 &image_machine)))
		return;
	image->nr_regions = MEMINSPECT_FIXED_REGIONS + image->nr_windows +
			    image->runs.nr;
	for (i = 0; i < first; i++, region++)
		offset += region->end - region->start;
	/* The ELF header's own region has no program header. */
	if (first)
		elfcorehdr_keep(&hdr, first - 1);
	for (; i < image->nr_regions; i++, region++) {
		append_region(&hdr, region, offset);
		offset += region->end - region->start;
	}
	/* Memory that is not registered reads as zero, through this PT_LOAD. */
	if (image->span.end > image->span.start)
		append_phdr(&hdr, PT_LOAD, 0, image->span.start, offset, 0,
			    image->span.end - image->span.start);
	image->size = offset;

	/* Nothing is left of a longer one. */
	bytes = elfcorehdr_bytes(((Elf64_Ehdr *)image->elf)->e_phnum);
	if (bytes < before)
		memset(image->elf + bytes, 0, before - bytes);
}

/**
 * meminspect_image_has_runs() - whether an image has these runs
 * @image:	the image
 * @runs:	the runs, which can differ from @runs->changed on
 *
 * Return: true if it has.
 */
bool meminspect_image_has_runs(const struct meminspect_image *image,
			       const struct meminspect_runs *runs)
{
	const unsigned int first = min(runs->changed, runs->nr);

	return image->runs.nr == runs->nr &&
	       !memcmp(image->runs.run + first, runs->run + first,
		       (runs->nr - first) * sizeof(*runs->run));
}

static void fill_own_region(struct meminspect_region *region, u8 kind, u64 start,
			    u64 size, const char *name)
{
	region->start = start;
	region->end = start + size;
	region->kind = kind;
	strscpy(region->name, name, sizeof(region->name));
}

/**
 * meminspect_image_alloc() - allocate an image
 * @image:	all zero; its memory is allocated
 * @copy:	which of the MEMINSPECT_IMAGES it is
 * @notes_pa:	physical address of the notes
 * @notes_size:	bytes of them
 *
 * Context: boot.
 *
 * Return: 0; or -ENOMEM, in which case meminspect_image_free() frees the rest.
 */
int __init meminspect_image_alloc(struct meminspect_image *image,
				  unsigned int copy, phys_addr_t notes_pa,
				  size_t notes_size)
{
	image->copy = copy;
	/* The region of a window that is closed is in here, and must fit. */
	image->elf_size = PAGE_ALIGN(max(elfcorehdr_bytes(IMAGE_PHDRS),
					 sizeof(struct task_struct)));
	image->elf = alloc_pages_exact(image->elf_size,
				       GFP_KERNEL | __GFP_ZERO);
	image->region = kcalloc(CONFIG_MEMINSPECT_MAX_REGIONS,
				sizeof(*image->region), GFP_KERNEL);
	if (!image->elf || !image->region)
		return -ENOMEM;
	image->elf_pa = virt_to_phys(image->elf);
	image->runs.run = image->region + MEMINSPECT_FIXED_REGIONS;
	image->runs.max = CONFIG_MEMINSPECT_MAX_REGIONS - MEMINSPECT_FIXED_REGIONS;
	fill_own_region(&image->region[0], MEMINSPECT_REGION_ELF, image->elf_pa,
			image->elf_size, "ELF");
	fill_own_region(&image->region[1], MEMINSPECT_REGION_NOTES, notes_pa,
			notes_size, "VMCOREIN");
	return 0;
}

/**
 * meminspect_image_free() - free an image that is not in use
 * @image:	the image, as meminspect_image_alloc() has left it
 */
void __init meminspect_image_free(struct meminspect_image *image)
{
	if (image->elf)
		free_pages_exact(image->elf, image->elf_size);
	kfree(image->region);
	memset(image, 0, sizeof(*image));
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the builder that opens and closes windows.
 */
#include <linux/compiler.h>
#include <linux/elf.h>
#include <linux/elfcorehdr.h>
#include <linux/types.h>
#include <asm/barrier.h>

/**
 * elfcorehdr_append_window() - append a window to a header that is being built
 * @hdr:	header from elfcorehdr_init()
 * @offset:	offset of its bytes in the file
 * @size:	number of its bytes
 *
 * The window is closed at first.
 *
 * Return: as elfcorehdr_append().
 */
int elfcorehdr_append_window(struct elfcorehdr *hdr, u64 offset, u64 size)
{
	const Elf64_Phdr phdr = {
		.p_type		= PT_LOAD,
		.p_flags	= ELFCOREHDR_WINDOW,
		.p_offset	= offset,
		.p_paddr	= ELFCOREHDR_CLOSED,
		.p_filesz	= size,
		.p_memsz	= size,
	};

	return elfcorehdr_append(hdr, &phdr);
}

/**
 * elfcorehdr_close() - let windows of a header in use show nothing
 * @buf:	the header
 * @first:	slot of the first window
 * @nr:		number of windows
 *
 * Other tables that name the memory of the windows must be changed after this
 * and before elfcorehdr_show(): then they disagree at no instant.
 *
 * Context: any; the caller serializes.
 */
void elfcorehdr_close(void *buf, u32 first, u32 nr)
{
	Elf64_Phdr *phdr = (Elf64_Phdr *)((Elf64_Ehdr *)buf + 1) + first;
	u32 i;

	for (i = 0; i < nr; i++)
		WRITE_ONCE(phdr[i].p_paddr, ELFCOREHDR_CLOSED);
	/* Closed before anything else of them changes. */
	dma_wmb();
}

/**
 * elfcorehdr_mark() - say whether a CPU is on the stack that a window shows
 * @buf:	the header
 * @slot:	slot of the stack's first window
 * @running:	whether it is
 *
 * Context: as elfcorehdr_close().
 */
void elfcorehdr_mark(void *buf, u32 slot, bool running)
{
	Elf64_Phdr *phdr = (Elf64_Phdr *)((Elf64_Ehdr *)buf + 1) + slot;

	WRITE_ONCE(phdr->p_flags,
		   PF_R | PF_W | PF_X | ELFCOREHDR_WINDOW |
		   (running ? ELFCOREHDR_RUNNING : 0));
}

/**
 * elfcorehdr_show() - open windows that are closed
 * @buf:	the header
 * @first:	slot of the first window
 * @nr:		number of windows
 * @views:	the memory that they show
 *
 * Context: as elfcorehdr_close().
 */
void elfcorehdr_show(void *buf, u32 first, u32 nr,
		     const struct elfcorehdr_view *views)
{
	Elf64_Phdr *phdr = (Elf64_Phdr *)((Elf64_Ehdr *)buf + 1) + first;
	u32 i;

	for (i = 0; i < nr; i++)
		WRITE_ONCE(phdr[i].p_vaddr, views[i].vaddr);
	/* The caller's changes and p_vaddr become visible before the windows open. */
	dma_wmb();
	for (i = 0; i < nr; i++)
		WRITE_ONCE(phdr[i].p_paddr, views[i].paddr);
}

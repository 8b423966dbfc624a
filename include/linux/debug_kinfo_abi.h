/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debug_kinfo_abi - data that the kernel leaves for the boot loader of an Android
 * device in the memory that the device tree calls "google,debug-kinfo".
 *
 * The layout is that of Android's mainline kernel since it has @seqs_of_names,
 * little endian and without padding.  It has neither a version nor a size: a
 * loader knows them by the kernel that it has started.  Kernels before that have
 * other fields, and fewer.
 *
 * No reader may trust it.
 */
#ifndef _LINUX_DEBUG_KINFO_ABI_H
#define _LINUX_DEBUG_KINFO_ABI_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define DEBUG_KINFO_MAGIC		0xcceeddff
#define DEBUG_KINFO_RELEASE_BYTES	64
#define DEBUG_KINFO_BUILD_BYTES		256

/**
 * struct debug_kinfo_body - the part that the checksum covers
 * @kallsyms_all:	1 if data has symbols too
 * @base_relative:	1 if @offsets are relative to @relative_base
 * @absolute_percpu:	1 if those of @offsets that are not negative are
 *			addresses of their own, virtual ones
 * @cfi:		1 if the kernel was built with control flow integrity
 * @num_syms:		symbols
 * @name_len:		most bytes that a symbol's name has, with the NUL
 * @bits_per_long:	64
 * @module_name_len:	the same of a module's name
 * @symbol_len:		the same of a symbol with offset, size and module
 * @relative_base:	where @offsets count from; 0 if each counts from the
 *			place in @offsets where it is, as from 7.0 on
 * @text:		_text, the first byte of the kernel's image
 * @stext:		_stext
 * @etext:		_etext
 * @sinittext:		_sinittext
 * @einittext:		_einittext
 * @end:		_end, the first byte behind the image
 * @offsets:		kallsyms_offsets, 4 bytes a symbol, ascending by address
 * @names:		kallsyms_names, compressed, of a length each
 * @token_table:	kallsyms_token_table, 256 strings
 * @token_index:	kallsyms_token_index, where each of them starts, 2 bytes
 * @markers:		kallsyms_markers, where each 256th name starts, 4 bytes
 * @seqs_of_names:	kallsyms_seqs_of_names, symbols by name, 3 bytes
 * @thread_size:	bytes of a kernel stack
 * @page_table:		swapper_pg_dir
 * @release:		as uname -r says it
 * @build_info:		text from user space that names the build
 * @modules_tree:	1 if modules are in a tree by address
 * @module_mem:		offset of struct module's mem
 * @module_kallsyms:	offset of struct module's kallsyms
 *
 * Addresses are physical.  Fields that are not known are zero.
 */
struct debug_kinfo_body {
	__u8 kallsyms_all;
	__u8 base_relative;
	__u8 absolute_percpu;
	__u8 cfi;
	__le32 num_syms;
	__le16 name_len;
	__le16 bits_per_long;
	__le16 module_name_len;
	__le16 symbol_len;
	__le64 relative_base;
	__le64 text;
	__le64 stext;
	__le64 etext;
	__le64 sinittext;
	__le64 einittext;
	__le64 end;
	__le64 offsets;
	__le64 names;
	__le64 token_table;
	__le64 token_index;
	__le64 markers;
	__le64 seqs_of_names;
	__le32 thread_size;
	__le64 page_table;
	char release[DEBUG_KINFO_RELEASE_BYTES];
	char build_info[DEBUG_KINFO_BUILD_BYTES];
	__le32 modules_tree;
	__le32 module_mem;
	__le32 module_kallsyms;
} __packed;

/**
 * struct debug_kinfo - all of it
 * @magic:	DEBUG_KINFO_MAGIC; anything else: nothing is there
 * @checksum:	@body's words of 32 bits, XORed
 * @body:	the rest
 *
 * The kernel writes magic and checksum in one store, aligned to 8, after the
 * body, and clears them in one before.  A reader has to check
 * both: an XOR alone may be right by chance while the body changes.
 */
struct debug_kinfo {
	__le32 magic;
	__le32 checksum;
	struct debug_kinfo_body body;
} __packed;

static_assert(offsetof(struct debug_kinfo, body) == 8);
static_assert(offsetof(struct debug_kinfo, body.relative_base) == 24);
static_assert(offsetof(struct debug_kinfo, body.thread_size) == 128);
static_assert(offsetof(struct debug_kinfo, body.page_table) == 132);
static_assert(offsetof(struct debug_kinfo, body.release) == 140);
static_assert(offsetof(struct debug_kinfo, body.build_info) == 204);
static_assert(offsetof(struct debug_kinfo, body.modules_tree) == 460);
static_assert(sizeof(struct debug_kinfo) == 472);

#endif /* _LINUX_DEBUG_KINFO_ABI_H */

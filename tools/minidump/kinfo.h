/* SPDX-License-Identifier: GPL-2.0-only */
/* debug-kinfo, the data that a kernel leaves for its boot loader. */
#ifndef _TOOLS_MINIDUMP_KINFO_H
#define _TOOLS_MINIDUMP_KINFO_H

#include <linux/debug_kinfo_abi.h>

#include "faults.h"
#include "kallsyms.h"
#include "ram.h"

#define KINFO_BANNER	512
#define KINFO_SYMBOLS	64

/* The addresses of the body, in its order. */
enum kinfo_address {
	KINFO_RELATIVE_BASE, KINFO_TEXT, KINFO_STEXT, KINFO_ETEXT, KINFO_SINITTEXT,
	KINFO_EINITTEXT, KINFO_END, KINFO_OFFSETS, KINFO_NAMES, KINFO_TOKEN_TABLE,
	KINFO_TOKEN_INDEX, KINFO_MARKERS, KINFO_SEQS_OF_NAMES, KINFO_PAGE_TABLE,
	KINFO_ADDRESSES
};

extern const char *const kinfo_names[KINFO_ADDRESSES];

/**
 * struct kinfo - debug-kinfo, and the symbols that were found with it
 * @body:	the body, as it was read
 * @v:		addresses of the body
 * @release:	release, with a NUL
 * @build_info:	build_info, with a NUL
 * @banner:	linux_banner, or empty
 * @symbols:	the symbols that were asked for
 * @nr:		number of @symbols
 * @ks:		the symbol tables
 * @faults:	the faults that were found
 */
struct kinfo {
	struct debug_kinfo_body body;
	u64 v[KINFO_ADDRESSES];
	char release[DEBUG_KINFO_RELEASE_BYTES + 1];
	char build_info[DEBUG_KINFO_BUILD_BYTES + 1];
	char banner[KINFO_BANNER];
	struct symbol symbols[KINFO_SYMBOLS];
	unsigned int nr;
	struct kallsyms ks;
	struct faults faults;
};

int kinfo_open(struct kinfo *kinfo, const struct ram *ram, u64 address);
void kinfo_check(struct kinfo *kinfo, const struct ram *ram,
		 const char *const *names, unsigned int nr);
void kinfo_close(struct kinfo *kinfo);

/* kinfo_report.c */
void kinfo_report(const struct kinfo *kinfo);
void kinfo_json(const struct kinfo *kinfo);

#endif

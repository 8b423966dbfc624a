/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables that the firmware reads. */
#ifndef _TOOLS_MINIDUMP_TOC_H
#define _TOOLS_MINIDUMP_TOC_H

#include "dump.h"

/* A table with more entries than this is refused as absurd. */
#define TOC_ENTRIES 65536

int toc_of_anchor(const struct ram *ram, u64 address, u64 *toc);
int toc_find(const struct ram *ram, u64 *toc);
int toc_read_regions(struct dump *dump, unsigned int subsystem);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read debug-kinfo as a boot loader does, without trusting any of it.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <linux/minmax.h>

#include "kinfo.h"

const char *const kinfo_names[KINFO_ADDRESSES] = {
	[KINFO_RELATIVE_BASE]	= "relative_base",
	[KINFO_TEXT]		= "text",
	[KINFO_STEXT]		= "stext",
	[KINFO_ETEXT]		= "etext",
	[KINFO_SINITTEXT]	= "sinittext",
	[KINFO_EINITTEXT]	= "einittext",
	[KINFO_END]		= "end",
	[KINFO_OFFSETS]		= "offsets",
	[KINFO_NAMES]		= "names",
	[KINFO_TOKEN_TABLE]	= "token_table",
	[KINFO_TOKEN_INDEX]	= "token_index",
	[KINFO_MARKERS]		= "markers",
	[KINFO_SEQS_OF_NAMES]	= "seqs_of_names",
	[KINFO_PAGE_TABLE]	= "page_table",
};

/* Symbols whose addresses are in the body of debug-kinfo as well: both must agree. */
static const struct {
	const char *symbol;
	enum kinfo_address address;
} twice[] = {
	{ "_text", KINFO_TEXT },
	{ "_stext", KINFO_STEXT },
	{ "_etext", KINFO_ETEXT },
	{ "_sinittext", KINFO_SINITTEXT },
	{ "_einittext", KINFO_EINITTEXT },
	{ "_end", KINFO_END },
	{ "swapper_pg_dir", KINFO_PAGE_TABLE },
};
#define NR_TWICE	(sizeof(twice) / sizeof(twice[0]))

#define BANNER		"linux_banner"
#define WHERE		"debug-kinfo"

static u32 sum(const struct debug_kinfo_body *body)
{
	u32 word, sum = 0;

	for (size_t at = 0; at < sizeof(*body); at += sizeof(word)) {
		memcpy(&word, (const u8 *)body + at, sizeof(word));
		sum ^= le32toh(word);
	}
	return sum;
}

static void take_addresses(struct kinfo *kinfo)
{
	const struct debug_kinfo_body *b = &kinfo->body;

	kinfo->v[KINFO_RELATIVE_BASE] = le64toh(b->relative_base);
	kinfo->v[KINFO_TEXT] = le64toh(b->text);
	kinfo->v[KINFO_STEXT] = le64toh(b->stext);
	kinfo->v[KINFO_ETEXT] = le64toh(b->etext);
	kinfo->v[KINFO_SINITTEXT] = le64toh(b->sinittext);
	kinfo->v[KINFO_EINITTEXT] = le64toh(b->einittext);
	kinfo->v[KINFO_END] = le64toh(b->end);
	kinfo->v[KINFO_OFFSETS] = le64toh(b->offsets);
	kinfo->v[KINFO_NAMES] = le64toh(b->names);
	kinfo->v[KINFO_TOKEN_TABLE] = le64toh(b->token_table);
	kinfo->v[KINFO_TOKEN_INDEX] = le64toh(b->token_index);
	kinfo->v[KINFO_MARKERS] = le64toh(b->markers);
	kinfo->v[KINFO_SEQS_OF_NAMES] = le64toh(b->seqs_of_names);
	kinfo->v[KINFO_PAGE_TABLE] = le64toh(b->page_table);
}

/**
 * kinfo_open() - read debug-kinfo
 * @kinfo:	receives debug-kinfo; close it with kinfo_close() even after a failure
 * @ram:	RAM
 * @address:	physical address of debug-kinfo
 *
 * Return: 0 if magic and checksum are right, or -1 after a message.
 */
int kinfo_open(struct kinfo *kinfo, const struct ram *ram, u64 address)
{
	struct debug_kinfo info;
	u32 got, wanted;

	if (!ram_copy(ram, address, &info, sizeof(info))) {
		error("%s: its %zu bytes at 0x%llx are not all in RAM", WHERE,
		      sizeof(info), (ull)address);
		return -1;
	}
	if (!info.magic && !info.checksum) {
		error("%s: nothing is at 0x%llx: never written, or being changed", WHERE,
		      (ull)address);
		return -1;
	}
	if (le32toh(info.magic) != DEBUG_KINFO_MAGIC) {
		error("%s: the magic at 0x%llx is 0x%08x, not 0x%08x", WHERE,
		      (ull)address, le32toh(info.magic), DEBUG_KINFO_MAGIC);
		return -1;
	}
	got = le32toh(info.checksum);
	wanted = sum(&info.body);
	if (got != wanted) {
		error("%s: the checksum is 0x%08x, but that of %zu bytes is 0x%08x",
		      WHERE, got, sizeof(info.body), wanted);
		return -1;
	}
	kinfo->body = info.body;
	memcpy(kinfo->release, info.body.release, sizeof(info.body.release));
	memcpy(kinfo->build_info, info.body.build_info, sizeof(info.body.build_info));
	take_addresses(kinfo);
	return 0;
}

void kinfo_close(struct kinfo *kinfo)
{
	kallsyms_close(&kinfo->ks);
	faults_free(&kinfo->faults);
}

static void check_text(struct kinfo *kinfo, const char *what, const char *text,
		       size_t size)
{
	size_t len = strnlen(text, size);

	if (len == size) {
		fault(&kinfo->faults, WHERE, "its %s has no end", what);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < ' ' || text[i] > '~') {
			fault(&kinfo->faults, WHERE, "its %s has a byte 0x%02x", what,
			      (u8)text[i]);
			return;
		}
	}
}

static void check_constants(struct kinfo *kinfo)
{
	const struct debug_kinfo_body *b = &kinfo->body;
	u32 thread = le32toh(b->thread_size);

	if ((b->kallsyms_all | b->base_relative | b->absolute_percpu | b->cfi) > 1)
		fault(&kinfo->faults, WHERE, "a flag is neither 0 nor 1: %u %u %u %u",
		      b->kallsyms_all, b->base_relative, b->absolute_percpu, b->cfi);
	if (le16toh(b->bits_per_long) != 64)
		fault(&kinfo->faults, WHERE, "a long has %u bits, not 64",
		      le16toh(b->bits_per_long));
	if (thread < 4096 || thread & (thread - 1))
		fault(&kinfo->faults, WHERE, "a kernel stack has %u bytes, which is absurd",
		      thread);
	if (!*kinfo->release)
		fault(&kinfo->faults, WHERE, "its release is missing");
	check_text(kinfo, "release", b->release, sizeof(b->release));
	check_text(kinfo, "build_info", b->build_info, sizeof(b->build_info));
}

/* Add a fault if both addresses are known and @low is above @high. */
static void check_order(struct kinfo *kinfo, enum kinfo_address low,
			enum kinfo_address high)
{
	if (kinfo->v[low] && kinfo->v[high] && kinfo->v[low] > kinfo->v[high])
		fault(&kinfo->faults, WHERE, "%s, 0x%llx, is above %s, 0x%llx",
		      kinfo_names[low], (ull)kinfo->v[low], kinfo_names[high],
		      (ull)kinfo->v[high]);
}

static void check_addresses(struct kinfo *kinfo, const struct ram *ram)
{
	u64 text = kinfo->v[KINFO_TEXT], end = kinfo->v[KINFO_END], at;

	for (unsigned int i = 0; i < KINFO_ADDRESSES; i++) {
		at = kinfo->v[i];
		/* _end is the first byte behind the image: it need not be in RAM. */
		if (i == KINFO_END && at)
			at--;
		if (!at && (i != KINFO_RELATIVE_BASE || kinfo->body.base_relative))
			fault(&kinfo->faults, WHERE, "%s is missing", kinfo_names[i]);
		else if (at && !ram_inside(ram, at, 1))
			fault(&kinfo->faults, WHERE, "%s, 0x%llx, is not in RAM",
			      kinfo_names[i], (ull)kinfo->v[i]);
		else if (at && text && end && (at < text || at >= end))
			fault(&kinfo->faults, WHERE,
			      "%s, 0x%llx, is not in the kernel, 0x%llx to 0x%llx",
			      kinfo_names[i], (ull)kinfo->v[i], (ull)text, (ull)end);
	}
	check_order(kinfo, KINFO_STEXT, KINFO_ETEXT);
	check_order(kinfo, KINFO_SINITTEXT, KINFO_EINITTEXT);
}

static void check_twice(struct kinfo *kinfo, const struct symbol *symbol,
			enum kinfo_address address)
{
	if (symbol->found && !symbol->absolute && kinfo->v[address] &&
	    symbol->address != kinfo->v[address])
		fault(&kinfo->faults, WHERE, "%s is 0x%llx, but kallsyms has %s at 0x%llx",
		      kinfo_names[address], (ull)kinfo->v[address], symbol->name,
		      (ull)symbol->address);
}

static void read_banner(struct kinfo *kinfo, const struct ram *ram,
			const struct symbol *symbol)
{
	char *wanted, *end;

	if (!symbol->found)
		return;
	if (symbol->absolute || !ram_inside(ram, symbol->address, 1)) {
		fault(&kinfo->faults, BANNER, "0x%llx is not in RAM", (ull)symbol->address);
		return;
	}
	ram_copy(ram, symbol->address, kinfo->banner, sizeof(kinfo->banner) - 1);
	end = strchr(kinfo->banner, '\n');
	if (end)
		*end = '\0';
	check_text(kinfo, "banner", kinfo->banner, sizeof(kinfo->banner));
	wanted = must_print("Linux version %s ", kinfo->release);
	if (strncmp(kinfo->banner, wanted, strlen(wanted)))
		fault(&kinfo->faults, BANNER, "does not begin with '%s', but with '%.*s'",
		      wanted, (int)strlen(wanted), kinfo->banner);
	free(wanted);
}

static bool open_kallsyms(struct kinfo *kinfo, const struct ram *ram)
{
	const struct debug_kinfo_body *b = &kinfo->body;

	kinfo->ks = (struct kallsyms) {
		.ram = ram,
		.nr = le32toh(b->num_syms),
		.name_len = le16toh(b->name_len),
		.absolute_percpu = b->absolute_percpu,
		.base = kinfo->v[KINFO_RELATIVE_BASE],
		.names = kinfo->v[KINFO_NAMES],
		.offsets = kinfo->v[KINFO_OFFSETS],
		.token_table = kinfo->v[KINFO_TOKEN_TABLE],
		.token_index = kinfo->v[KINFO_TOKEN_INDEX],
		.markers = kinfo->v[KINFO_MARKERS],
		.seqs = kinfo->v[KINFO_SEQS_OF_NAMES],
	};
	return kallsyms_open(&kinfo->ks, &kinfo->faults);
}

/**
 * kinfo_check() - check debug-kinfo and the symbol tables, and look symbols up
 * @kinfo:	opened with kinfo_open(); receives symbols and faults
 * @ram:	RAM
 * @names:	names of the symbols to look up
 * @nr:		number of @names, KINFO_SYMBOLS at most
 */
void kinfo_check(struct kinfo *kinfo, const struct ram *ram,
		 const char *const *names, unsigned int nr)
{
	struct symbol all[KINFO_SYMBOLS + NR_TWICE + 1] = {};
	unsigned int i, n = 0;

	check_constants(kinfo);
	check_addresses(kinfo, ram);
	if (!open_kallsyms(kinfo, ram))
		return;
	for (i = 0; i < nr; i++)
		all[n++].name = names[i];
	for (i = 0; i < NR_TWICE; i++)
		all[n++].name = twice[i].symbol;
	all[n++].name = BANNER;
	/* If a name cannot be read, earlier ones may have been misread: drop all symbols. */
	if (!kallsyms_find(&kinfo->ks, all, n, &kinfo->faults))
		return;

	memcpy(kinfo->symbols, all, nr * sizeof(*all));
	kinfo->nr = nr;
	for (i = 0; i < nr; i++)
		if (!all[i].found)
			fault(&kinfo->faults, all[i].name, "is none of the symbols");
	for (i = 0; i < NR_TWICE; i++)
		check_twice(kinfo, &all[nr + i], twice[i].address);
	read_banner(kinfo, ram, &all[n - 1]);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <stdio.h>

#include "kinfo.h"
#include "json.h"
#include "report.h"

static void print_range(const struct kinfo *kinfo, const char *what,
			enum kinfo_address start, enum kinfo_address end)
{
	printf("  %-12s %12llx - %llx\n", what, (ull)kinfo->v[start],
	       (ull)kinfo->v[end]);
}

/* The text is untrusted: a terminal must not obey any of its characters. */
static void print_text(const char *what, const char *text)
{
	printf("  %-12s ", what);
	for (; *text; text++)
		putchar(*text >= ' ' && *text <= '~' ? *text : '?');
	putchar('\n');
}

static void print_symbol(const struct kinfo *kinfo, const struct symbol *symbol)
{
	u64 text = kinfo->v[KINFO_TEXT];

	if (!symbol->found)
		return;
	printf("  %12llx  %c ", (ull)symbol->address,
	       symbol->type > ' ' && symbol->type <= '~' ? symbol->type : '?');
	if (symbol->absolute)
		printf("%-18s", "absolute");
	else if (symbol->address < text)
		printf("_text-%-12llx", (ull)(text - symbol->address));
	else
		printf("_text+%-12llx", (ull)(symbol->address - text));
	printf(" %s", symbol->name);
	if (symbol->found > 1)
		printf(", the first of %u", symbol->found);
	putchar('\n');
}

/**
 * kinfo_report() - print debug-kinfo, and its faults
 * @kinfo:	debug-kinfo, after kinfo_check()
 */
void kinfo_report(const struct kinfo *kinfo)
{
	const struct debug_kinfo_body *b = &kinfo->body;
	u64 base = kinfo->v[KINFO_RELATIVE_BASE];

	print_text("release", kinfo->release);
	if (*kinfo->build_info)
		print_text("build", kinfo->build_info);
	if (*kinfo->banner)
		print_text("banner", kinfo->banner);
	print_range(kinfo, "kernel", KINFO_TEXT, KINFO_END);
	print_range(kinfo, "text", KINFO_STEXT, KINFO_ETEXT);
	print_range(kinfo, "init text", KINFO_SINITTEXT, KINFO_EINITTEXT);
	printf("  %-12s %12llx\n", "page table", (ull)kinfo->v[KINFO_PAGE_TABLE]);
	printf("  %-12s %12u bytes\n", "stack", le32toh(b->thread_size));
	printf("  %-12s %12u, offsets from ", "symbols", le32toh(b->num_syms));
	if (base)
		printf("%llx%s\n", (ull)base, b->absolute_percpu ? ", if negative" : "");
	else
		printf("where each is\n");
	for (unsigned int i = 0; i < kinfo->nr; i++)
		print_symbol(kinfo, &kinfo->symbols[i]);
	report_fault_list(&kinfo->faults);
	report_fault_count(&kinfo->faults);
	putchar('\n');
}

static void json_symbol(const struct kinfo *kinfo, const struct symbol *symbol)
{
	char type[2] = { symbol->type };

	printf("\n    {\"name\": ");
	json_string(symbol->name);
	printf(", \"found\": %u, \"type\": ", symbol->found);
	json_string(type);
	printf(", \"address\": ");
	if (symbol->found)
		json_address(symbol->address);
	else
		printf("null");
	if (symbol->found && !symbol->absolute)
		printf(", \"offset\": %lld}",
		       (long long)(symbol->address - kinfo->v[KINFO_TEXT]));
	else
		printf(", \"offset\": null}");
}

/**
 * kinfo_json() - print everything as JSON
 * @kinfo:	debug-kinfo, after kinfo_check()
 */
void kinfo_json(const struct kinfo *kinfo)
{
	const struct debug_kinfo_body *b = &kinfo->body;
	unsigned int i;

	printf("{\n  \"ok\": %s,\n  \"release\": ", kinfo->faults.nr ? "false" : "true");
	json_string(kinfo->release);
	printf(",\n  \"build_info\": ");
	json_string(kinfo->build_info);
	printf(",\n  \"banner\": ");
	json_string(kinfo->banner);
	printf(",\n  \"kallsyms_all\": %u,\n  \"base_relative\": %u,\n"
	       "  \"absolute_percpu\": %u,\n  \"cfi\": %u,\n",
	       b->kallsyms_all, b->base_relative, b->absolute_percpu, b->cfi);
	printf("  \"num_syms\": %u,\n  \"name_len\": %u,\n  \"bits_per_long\": %u,\n"
	       "  \"module_name_len\": %u,\n  \"symbol_len\": %u,\n  \"thread_size\": %u,\n",
	       le32toh(b->num_syms), le16toh(b->name_len), le16toh(b->bits_per_long),
	       le16toh(b->module_name_len), le16toh(b->symbol_len),
	       le32toh(b->thread_size));
	printf("  \"modules_tree\": %u,\n  \"module_mem\": %u,\n  \"module_kallsyms\": %u,\n",
	       le32toh(b->modules_tree), le32toh(b->module_mem),
	       le32toh(b->module_kallsyms));
	printf("  \"addresses\": {");
	for (i = 0; i < KINFO_ADDRESSES; i++)
		printf("%s\"%s\": \"0x%llx\"", i ? ", " : "", kinfo_names[i],
		       (ull)kinfo->v[i]);
	printf("},\n  \"symbols\": [");
	for (i = 0; i < kinfo->nr; i++) {
		if (i)
			putchar(',');
		json_symbol(kinfo, &kinfo->symbols[i]);
	}
	printf("%s],\n  \"faults\": ", kinfo->nr ? "\n  " : "");
	json_faults(&kinfo->faults);
	puts("\n}");
}

// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "../crash/human.h"
#include "json.h"
#include "report.h"

static const char *kind(const struct dump *dump, unsigned int i)
{
	if (i < 2)
		return i ? "notes" : "header";
	return dump->regions[i].window ? "window" : "memory";
}

/* Return why a region is incomplete, or NULL. */
static const char *lack(const struct dump *dump, const struct region *region)
{
	if (region->have == region->size && (dump->kind != DUMP_FILES || region->file))
		return NULL;
	if (dump->kind == DUMP_RAM)
		return region->room == region->size ? "not all in RAM" : "refused";
	return dump->kind == DUMP_FILES && !region->file ? "missing" : "short";
}

static void print_name(const char *name)
{
	int width = MINIDUMP_NAME_CHARS + 1;

	for (; *name; name++, width--)
		putchar(*name > ' ' && *name < 0x7f ? *name : '?');
	printf("%*s", width > 0 ? width : 0, "");
}

static void print_region(const struct dump *dump, unsigned int i)
{
	const struct region *region = &dump->regions[i];
	const char *lacking = lack(dump, region);
	char size[16], address[20] = "-", seq[12] = "-";

	if (region->seq || dump->kind == DUMP_RAM)
		snprintf(seq, sizeof(seq), "%u", region->seq);
	if (region->located)
		snprintf(address, sizeof(address), "%llx", (ull)region->address);
	printf("  %5s  ", seq);
	print_name(*region->name ? region->name : "-");
	printf("  %16s  %10s  %10llx  %s", address,
	       human(region->size, size, sizeof(size)), (ull)region->offset,
	       kind(dump, i));
	if (lacking) {
		colour("31");
		printf(", %s", lacking);
		colour("0");
	}
	putchar('\n');
}

static const char *plural(u64 nr)
{
	return nr == 1 ? "" : "s";
}

/**
 * report_table() - print the table of regions
 * @dump:	dump
 */
void report_table(const struct dump *dump)
{
	const GElf_Phdr *all = core_zero_fill(&dump->core);
	u32 invalid = dump->kind == DUMP_RAM ? dump->entries - dump->nr : 0;
	char size[16];

	printf("  %5s  %-9s  %16s  %10s  %10s  %s\n", "seq", "name", "address", "size",
	       "offset", "kind");
	for (unsigned int i = 0; i < dump->nr; i++)
		print_region(dump, i);
	if (all)
		printf("  %5s  %-9s  %16llx  %10s  %10s  zero fill\n", "-", "-",
		       (ull)all->p_paddr, human(all->p_memsz, size, sizeof(size)), "-");
	printf("\n  %u region%s, %s in all", dump->nr, plural(dump->nr),
	       human(dump->bytes, size, sizeof(size)));
	if (invalid)
		printf("; %u more of the table %s not valid", invalid,
		       invalid == 1 ? "is" : "are");
	putchar('\n');
}

/**
 * report_written() - print the number of files, and the core that was written
 * @dump:	dump
 * @core:	path of the core
 */
void report_written(const struct dump *dump, const char *core)
{
	unsigned int files = 0;
	char size[16];

	for (unsigned int i = 0; i < dump->nr; i++)
		files += !!dump->regions[i].file;
	printf(dump->kind == DUMP_RAM ? "  wrote %u file%s and %s, %s\n" :
					"  read %u file%s, wrote %s, %s\n",
	       files, plural(files), core, human(dump->bytes, size, sizeof(size)));
}

/**
 * report_registers() - print where the backtrace of each CPU starts
 * @registers:	results of registers_find(); may be empty
 */
void report_registers(const struct registers *registers)
{
	if (!registers->nr)
		return;
	printf("\n  %5s  %6s  %16s  %16s\n", "CPU", "frames", "stack", "text");
	for (unsigned int i = 0; i < registers->nr; i++) {
		const struct cpu_registers *cpu = &registers->v[i];

		if (cpu->why)
			printf("  %5u  %6s  %s\n", cpu->cpu, "-", cpu->why);
		else
			printf("  %5u  %6u  %16llx  %16llx\n", cpu->cpu, cpu->frames,
			       (ull)cpu->sp, (ull)cpu->pc);
	}
}

/* Print the faults of a dump that was listed or written in spite of them. */
void report_faults(const struct dump *dump)
{
	for (size_t i = 0; i < dump->faults.nr; i++)
		error("%s: %s", dump->faults.v[i].where, dump->faults.v[i].what);
}

/* Print a remark that is not a fault to @buf. Return -1 if there is none. */
static int note(const struct dump *dump, char *buf, size_t size)
{
	if (dump->kind != DUMP_RAM || dump->entries <= MINIDUMP_MAX_REGIONS)
		return -1;
	return snprintf(buf, size, "the table has %u entries: some firmware takes %d",
			dump->entries, MINIDUMP_MAX_REGIONS);
}

void report_fault_list(const struct faults *faults)
{
	for (size_t i = 0; i < faults->nr; i++) {
		colour("31");
		printf("  %s", faults->v[i].where);
		colour("0");
		printf(": %s\n", faults->v[i].what);
	}
}

void report_fault_count(const struct faults *faults)
{
	if (faults->nr)
		printf("%zu fault%s", faults->nr, plural(faults->nr));
	else
		printf("no fault");
}

/**
 * report_check() - print the faults, or that there are none
 * @dump:	dump, checked
 */
void report_check(const struct dump *dump)
{
	char text[128];

	report_fault_list(&dump->faults);
	if (note(dump, text, sizeof(text)) > 0)
		printf("  note: %s\n", text);
	if (dump->has_crc)
		printf("  header crc 0x%08x\n", dump->crc);
	report_fault_count(&dump->faults);
	printf(" in %u region%s, %s\n", dump->nr, plural(dump->nr),
	       human(dump->bytes, text, sizeof(text)));
}

static void json_region(const struct dump *dump, unsigned int i)
{
	const struct region *region = &dump->regions[i];

	printf("\n    {\"seq\": ");
	printf(region->seq || dump->kind == DUMP_RAM ? "%u" : "null", region->seq);
	printf(", \"name\": ");
	if (*region->name || dump->kind == DUMP_RAM)
		json_string(region->name);
	else
		printf("null");
	printf(", \"address\": ");
	if (region->located)
		json_address(region->address);
	else
		printf("null");
	printf(", \"size\": %llu, \"offset\": %llu, \"kind\": \"%s\", \"complete\": %s",
	       (ull)region->size, (ull)region->offset, kind(dump, i),
	       lack(dump, region) ? "false" : "true");
	if (region->file) {
		printf(", \"file\": ");
		json_string(region->file);
	}
	putchar('}');
}

static void json_registers(const struct registers *registers)
{
	printf(",\n  \"registers\": [");
	for (unsigned int i = 0; i < registers->nr; i++) {
		const struct cpu_registers *cpu = &registers->v[i];

		printf("%s\n    {\"cpu\": %u, \"frames\": %u, \"pc\": ", i ? "," : "",
		       cpu->cpu, cpu->frames);
		json_address(cpu->pc);
		printf(", \"sp\": ");
		json_address(cpu->sp);
		printf(", \"fp\": ");
		json_address(cpu->fp);
		printf(", \"why\": ");
		if (cpu->why)
			json_string(cpu->why);
		else
			printf("null");
		putchar('}');
	}
	printf("%s]", registers->nr ? "\n  " : "");
}

/**
 * report_json() - print everything as JSON
 * @dump:	dump
 * @checked:	check_dump() has run; without it, a dump is not known to be right
 * @core:	path of the core that was written, or NULL
 * @registers:	registers that were written into the core; may be empty
 */
void report_json(const struct dump *dump, bool checked, const char *core,
		 const struct registers *registers)
{
	const struct faults *faults = &dump->faults;
	const GElf_Phdr *all = core_zero_fill(&dump->core);
	char text[128];

	printf("{\n  \"ok\": %s,\n  \"bytes\": %llu,\n  \"header_crc\": ",
	       faults->nr ? "false" : checked ? "true" : "null", (ull)dump->bytes);
	printf(dump->has_crc ? "\"0x%08x\"" : "null", dump->crc);
	if (dump->kind == DUMP_RAM)
		printf(",\n  \"toc\": \"0x%llx\",\n  \"entries\": %u", (ull)dump->toc,
		       dump->entries);
	if (core) {
		printf(",\n  \"core\": ");
		json_string(core);
	}
	printf(",\n  \"regions\": [");
	for (unsigned int i = 0; i < dump->nr; i++) {
		if (i)
			putchar(',');
		json_region(dump, i);
	}
	printf("\n  ],\n  \"zero_fill\": ");
	if (all)
		printf("{\"address\": \"0x%llx\", \"size\": %llu}", (ull)all->p_paddr,
		       (ull)all->p_memsz);
	else
		printf("null");
	if (registers->nr)
		json_registers(registers);
	printf(",\n  \"faults\": ");
	json_faults(faults);
	printf(",\n  \"notes\": [");
	if (note(dump, text, sizeof(text)) > 0)
		json_string(text);
	puts("]\n}");
}

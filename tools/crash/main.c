// SPDX-License-Identifier: GPL-2.0-only
/*
 * elfcorehdr - show, check and compare ELF core headers.
 *
 * The builder that the kernel uses validates the headers here, too, so that the tool
 * and the kernel agree about a header.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/minmax.h>

#include "header.h"
#include "human.h"
#include "image.h"
#include "machine.h"
#include "stdout.h"
#include "version.h"

#define BAR 64

static bool json;

static void usage(FILE *to)
{
	fputs("elfcorehdr - show, check and compare ELF core headers\n"
	      "\n"
	      "  elfcorehdr show [FILE]     print the contents of the header\n"
	      "  elfcorehdr check [FILE]    whether it is exactly the machine's memory; exit\n"
	      "                             status 1 and the ranges if it is not.  Without FILE:\n"
	      "                             or if no crash image is loaded, or it does not\n"
	      "                             follow hotplug; and a warning if the reservation of\n"
	      "                             crashkernel= is too small for the memory of now\n"
	      "  elfcorehdr diff A B        print the differences; exit status 1 if there are any\n"
	      "\n"
	      "FILE is a header, alone or with a core behind it, - for standard input, or by\n"
	      "default the live header of the loaded crash image,\n"
	      LIVE_HEADER ".\n"
	      "\n"
	      "  --json           for programs; addresses are strings, hexadecimal after 0x\n"
	      "  --iomem FILE     check against this instead of /proc/iomem\n"
	      "  --blocks DIR     and this instead of /sys/devices/system/memory\n"
	      "  --sys DIR        or this instead of /sys, for all that check reads there\n"
	      "  --exclude-low N  bytes at address 0 that no dump covers; 1 MiB for headers\n"
	      "                   of x86, else 0\n"
	      "  --version        print the version\n"
	      "\n"
	      "Exit status 2: an argument or a file was not understood, or the output\n"
	      "could not be written.\n", to);
}

/* Report arguments that are not understood.  Returns the exit status. */
static int misuse(const char *word, const char *why)
{
	if (why)
		fprintf(stderr, "elfcorehdr: %s%s%s\n", word ? word : "", word ? ": " : "", why);
	fputs("Try 'elfcorehdr --help'.\n", stderr);
	return 2;
}

/*
 * Name a PT_NOTE.  An elfcorehdr has one for each CPU, in order, and vmcoreinfo as the
 * last one.  The core that is made of it, and cores of other origin, have all notes in one.
 */
static void note_name(const struct header *h, unsigned int i, char *buf,
		      size_t size)
{
	if (h->notes == 1 || !h->physical)
		snprintf(buf, size, "notes");
	else if (i + 1 == h->notes)
		snprintf(buf, size, "vmcoreinfo");
	else
		snprintf(buf, size, "CPU note %u", i);
}

static void print_bar(const struct header *h)
{
	u64 end = h->memory.nr ? h->memory.r[h->memory.nr - 1].end : 0;
	u64 cell = end / BAR + 1;
	char size[16];
	size_t j = 0;
	unsigned int i;

	printf("\n  |");
	for (i = 0; i < BAR; i++) {
		u64 low = i * cell, high = min(low + cell - 1, end), covered = 0;

		while (j < h->memory.nr && h->memory.r[j].end < low)
			j++;
		for (size_t k = j; k < h->memory.nr && h->memory.r[k].start <= high; k++) {
			u64 s = max(h->memory.r[k].start, low);
			u64 e = min(h->memory.r[k].end, high);

			covered += e - s + 1;
		}
		colour(covered ? "32" : "2");
		/* The last column of memory may span fewer bytes; those behind it span none. */
		putchar(!covered ? '.' : covered == high - low + 1 ? '#' : '+');
		colour("0");
	}
	printf("|\n  0%*s", BAR + 1, "");
	printf("%s\n  # covered  + in part  . not; %s a column\n",
	       human(end + 1, size, sizeof(size)), human(cell, (char[16]){}, 16));
}

static void json_ranges(const char *name, const struct ranges *set, const char *end)
{
	size_t i;

	printf("  \"%s\": [", name);
	for (i = 0; i < set->nr; i++)
		printf("%s\n    {\"start\": \"0x%llx\", \"end\": \"0x%llx\"}", i ? "," : "",
		       (unsigned long long)set->r[i].start,
		       (unsigned long long)set->r[i].end);
	printf("%s]%s\n", set->nr ? "\n  " : "", end);
}

static void show_json(const struct header *h)
{
	unsigned int i;

	printf("{\n  \"cpus\": ");
	printf(h->notes > 1 && h->physical ? "%u" : "null", h->notes - 1);
	printf(",\n  \"kernel_takes_it\": %s,\n  \"total\": %llu,\n  \"phdrs\": [\n",
	       h->refusal ? "false" : "true",
	       (unsigned long long)ranges_total(&h->memory));
	for (i = 0; i < h->nr; i++) {
		const Elf64_Phdr *p = &h->phdrs[i];

		printf("    {\"type\": \"%s\", \"paddr\": \"0x%llx\", \"vaddr\": \"0x%llx\", \"offset\": %llu, \"filesz\": %llu, \"memsz\": %llu, \"kernel_map\": %s}%s\n",
		       p->p_type == PT_NOTE ? "note" : p->p_type == PT_LOAD ? "load" : "other",
		       (unsigned long long)p->p_paddr,
		       (unsigned long long)p->p_vaddr,
		       (unsigned long long)p->p_offset,
		       (unsigned long long)p->p_filesz,
		       (unsigned long long)p->p_memsz,
		       header_is_kernel_map(h, p) ? "true" : "false",
		       i + 1 < h->nr ? "," : "");
	}
	puts("  ],");
	json_ranges("memory", &h->memory, "");
	puts("}");
}

static void show_phdr(const struct header *h, unsigned int i)
{
	const Elf64_Phdr *p = &h->phdrs[i];
	const char *what = "memory";
	char size[16], note[32];

	if (p->p_type == PT_NOTE) {
		note_name(h, i, note, sizeof(note));
		what = note;
	} else if (p->p_type != PT_LOAD) {
		what = "other";
	} else if (!h->physical) {
		what = "segment";
	} else if (p->p_memsz && !header_is_memory(p)) {
		what = "wraps";
	} else if (header_is_kernel_map(h, p)) {
		what = "kernel mapping";
	}
	/* The notes of a core are in the file, not in memory. */
	printf("  %-14s %16llx - %-16llx %11s", what, (unsigned long long)p->p_paddr,
	       (unsigned long long)(p->p_paddr + max(p->p_memsz, (u64)1) - 1),
	       human(p->p_memsz ? p->p_memsz : p->p_filesz, size, sizeof(size)));
	if (p->p_type == PT_LOAD)
		printf("  %llx", (unsigned long long)p->p_vaddr);
	putchar('\n');
}

static void show_notes(const struct header *h)
{
	if (!h->notes)
		printf("  no notes, ");
	else if (h->notes == 1 || !h->physical)
		printf("  notes, ");
	else
		printf("  %u CPU%s, vmcoreinfo, ", h->notes - 1, h->notes == 2 ? "" : "s");
}

static int show(const char *path)
{
	struct header h;
	unsigned int i;
	char size[16];

	if (header_read(&h, path))
		return 2;
	if (json) {
		show_json(&h);
		header_free(&h);
		return 0;
	}

	printf("  %-14s %16s   %-16s %11s  %s\n", "what", "physical start",
	       "end", "size", "virtual start");
	for (i = 0; i < h.nr; i++)
		show_phdr(&h, i);
	putchar('\n');
	show_notes(&h);
	if (!h.physical) {
		printf("%u segments; no physical addresses: the core of a process?\n",
		       h.nr - h.notes);
		header_free(&h);
		return 0;
	}
	printf("%zu range%s of memory, %s in all\n", h.memory.nr,
	       h.memory.nr == 1 ? "" : "s",
	       human(ranges_total(&h.memory), size, sizeof(size)));
	if (h.refusal) {
		printf("  no kernel would take it for a crash image: ");
		header_print_refusal(&h, stdout);
	}
	print_bar(&h);
	header_free(&h);
	return 0;
}

static void print_ranges(const char *what, const char *how, const struct ranges *set)
{
	char size[16];
	size_t i;

	for (i = 0; i < set->nr; i++) {
		colour(how);
		printf("  %-12s", what);
		colour("0");
		printf(" %16llx - %-16llx %11s\n",
		       (unsigned long long)set->r[i].start,
		       (unsigned long long)set->r[i].end,
		       human(set->r[i].end - set->r[i].start + 1, size,
			     sizeof(size)));
	}
}

static u16 machine_of(const struct header *h)
{
	return ((const Elf64_Ehdr *)h->buf)->e_machine;
}

/**
 * struct machine - the places that tell the machine's state
 * @iomem:	/proc/iomem
 * @blocks:	/sys/devices/system/memory
 * @sys:	/sys
 * @exclude_low: bytes at address 0 that no dump covers, or negative for the default
 */
struct machine {
	const char *iomem;
	const char *blocks;
	const char *sys;
	long long exclude_low;
};

/* Say what is wrong with the loaded image as such. Returns true if something is. */
static bool image_complain(const struct image *image)
{
	if (!image->loaded)
		fputs("elfcorehdr: no crash image is loaded, so that a crash leaves no dump: load one, by kexec -p or kdump-config load\n",
		      stderr);
	else if (!image->follows)
		fputs("elfcorehdr: the crash image does not follow hotplug (crash_hotplug reads 0): load it again; if that does not help, see the kernel's log\n",
		      stderr);
	if (image->reserved && image->needed > image->reserved)
		fprintf(stderr, "elfcorehdr: warning: a dump of this machine's memory may need a reservation of %llu MiB, and crashkernel= has made one of %llu MiB: boot with a larger one\n",
			(unsigned long long)(image->needed + (1 << 20) - 1) >> 20,
			(unsigned long long)image->reserved >> 20);
	return !image->loaded || !image->follows;
}

static void json_image(const struct image *image)
{
	printf("  \"loaded\": %s,\n  \"follows_hotplug\": %s,\n  \"reserved\": %llu,\n  \"needed\": %llu,\n",
	       image->loaded ? "true" : "false", image->follows ? "true" : "false",
	       (unsigned long long)image->reserved, (unsigned long long)image->needed);
}

/* Compare the header with the machine's memory. @image is that of a live header, or NULL. */
static int compare(const struct header *h, const struct machine *m, const struct image *image)
{
	struct ranges memory = {}, missing = {}, stale = {};
	long long exclude_low = m->exclude_low;
	u16 machine = machine_of(h);
	char size[16];
	int ret = 2;

	if (exclude_low < 0)
		exclude_low = machine == EM_X86_64 || machine == EM_386 ?
			      1 << 20 : 0;
	if (!machine_memory(&memory, m->iomem, m->blocks, exclude_low)) {
		ranges_subtract(&missing, &memory, &h->memory);
		ranges_subtract(&stale, &h->memory, &memory);
		ret = missing.nr || stale.nr || h->overlaps.nr;
		if (json) {
			printf("{\n  \"exact\": %s,\n", ret ? "false" : "true");
			if (image)
				json_image(image);
			json_ranges("covered", &h->memory, ",");
			json_ranges("missing", &missing, ",");
			json_ranges("stale", &stale, ",");
			json_ranges("overlapping", &h->overlaps, "");
			puts("}");
		} else {
			print_ranges("covered", "32", &h->memory);
			print_ranges("missing", "31", &missing);
			print_ranges("stale", "33", &stale);
			print_ranges("overlapping", "33", &h->overlaps);
			printf("%s: %s covered of %s that the machine has\n",
			       ret ? "not exact" : "exact",
			       human(ranges_total(&h->memory), size, sizeof(size)),
			       human(ranges_total(&memory), (char[16]){}, 16));
		}
	}
	ranges_free(&memory);
	ranges_free(&missing);
	ranges_free(&stale);
	return ret;
}

static int check_header(const char *path, const struct machine *m, const struct image *image)
{
	struct header h;
	int ret = 2;

	if (header_read(&h, path))
		return 2;
	if (h.refusal) {
		fprintf(stderr, "elfcorehdr: no kernel would take it for a crash image: ");
		header_print_refusal(&h, stderr);
	} else {
		ret = compare(&h, m, image);
	}
	header_free(&h);
	return ret;
}

static int check(const char *path, const struct machine *m)
{
	char blocks[512], live[512];
	struct machine machine = *m;
	struct image image;
	bool bad;
	int ret;

	if (!machine.blocks) {
		snprintf(blocks, sizeof(blocks), "%s/devices/system/memory", m->sys);
		machine.blocks = blocks;
	}
	if (path)
		return check_header(path, &machine, NULL);

	if (image_read(&image, m->sys))
		return 2;
	bad = image_complain(&image);
	if (!image.loaded || (!image.follows && json)) {
		if (json) {
			puts("{\n  \"exact\": false,");
			json_image(&image);
			puts("  \"covered\": null\n}");
		}
		return 1;
	}
	snprintf(live, sizeof(live), "%s/" LIVE_HEADER_FILE, m->sys);
	/* An image that never followed hotplug has no live header. */
	ret = check_header(!strcmp(m->sys, SYS) ? NULL : live, &machine, &image);
	return bad ? 1 : ret;
}

/* Return the next PT_LOAD, from *@i on, that is not in the linear map, or NULL. */
static const Elf64_Phdr *kernel_map(const struct header *h, unsigned int *i)
{
	for (; *i < h->nr; (*i)++)
		if (header_is_kernel_map(h, &h->phdrs[*i]))
			return &h->phdrs[(*i)++];
	return NULL;
}

static bool kernel_maps_equal(const struct header *a, const struct header *b)
{
	unsigned int i = a->notes, j = b->notes;
	const Elf64_Phdr *x, *y;

	do {
		x = kernel_map(a, &i);
		y = kernel_map(b, &j);
		if (!x != !y || (x && memcmp(x, y, sizeof(*x))))
			return false;
	} while (x);
	return true;
}

/* Return the index of the first PT_NOTE that is not in both; their number if all are. */
static unsigned int same_notes(const struct header *a, const struct header *b)
{
	unsigned int i;

	for (i = 0; i < a->notes && i < b->notes; i++)
		if (memcmp(&a->phdrs[i], &b->phdrs[i], sizeof(*a->phdrs)))
			break;
	return i;
}

static int diff(const char *path_a, const char *path_b)
{
	struct ranges gone = {}, new = {};
	struct header a, b;
	bool machines, notes, mapping, differ;
	unsigned int same;

	if (header_read(&a, path_a))
		return 2;
	if (header_read(&b, path_b)) {
		header_free(&a);
		return 2;
	}
	ranges_subtract(&gone, &a.memory, &b.memory);
	ranges_subtract(&new, &b.memory, &a.memory);
	machines = machine_of(&a) != machine_of(&b);
	same = same_notes(&a, &b);
	notes = same != a.notes || same != b.notes;
	mapping = a.linear != b.linear || !kernel_maps_equal(&a, &b);
	differ = gone.nr || new.nr || machines || notes || mapping;

	if (json) {
		printf("{\n  \"differ\": %s,\n  \"machines_differ\": %s,\n  \"notes_differ\": %s,\n  \"mapping_differs\": %s,\n",
		       differ ? "true" : "false", machines ? "true" : "false",
		       notes ? "true" : "false", mapping ? "true" : "false");
		json_ranges("removed", &gone, ",");
		json_ranges("added", &new, "");
		puts("}");
	} else {
		print_ranges("- removed", "31", &gone);
		print_ranges("+ added", "32", &new);
		if (machines)
			printf("  machines differ: %u and %u\n", machine_of(&a),
			       machine_of(&b));
		if (notes && a.notes != b.notes)
			printf("  notes differ: %u and %u\n", a.notes, b.notes);
		else if (notes)
			printf("  notes differ: number %u of %u\n", same, a.notes);
		if (mapping)
			puts("  virtual addresses differ");
		if (!differ)
			puts("no difference");
	}
	ranges_free(&gone);
	ranges_free(&new);
	header_free(&a);
	header_free(&b);
	return differ;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "iomem", required_argument, NULL, 'i' },
		{ "blocks", required_argument, NULL, 'b' },
		{ "exclude-low", required_argument, NULL, 'x' },
		{ "sys", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	struct machine m = { .iomem = "/proc/iomem", .sys = SYS, .exclude_low = -1 };
	const char *command;
	char *end;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 'i':
			m.iomem = optarg;
			break;
		case 'b':
			m.blocks = optarg;
			break;
		case 's':
			m.sys = optarg;
			break;
		case 'x':
			m.exclude_low = strtoll(optarg, &end, 0);
			if (*end || end == optarg || m.exclude_low < 0)
				return misuse(optarg, "--exclude-low: not a number of bytes");
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			puts("elfcorehdr " TOOLS_VERSION);
			return 0;
		default:
			return misuse(NULL, NULL);
		}
	}
	argc -= optind;
	argv += optind;
	command = argc ? argv[0] : "";

	if (!strcmp(command, "show") && argc <= 2)
		return show(argc == 2 ? argv[1] : NULL);
	if (!strcmp(command, "check") && argc <= 2)
		return check(argc == 2 ? argv[1] : NULL, &m);
	if (!strcmp(command, "diff") && argc == 3)
		return diff(argv[1], argv[2]);
	if (!argc)
		return misuse(NULL, "no command");
	if (strcmp(command, "show") && strcmp(command, "check") && strcmp(command, "diff"))
		return misuse(command, "is not a command");
	return misuse(command, !strcmp(command, "diff") ? "needs two files" : "takes one file");
}

int main(int argc, char **argv)
{
	return close_stdout("elfcorehdr", run(argc, argv));
}

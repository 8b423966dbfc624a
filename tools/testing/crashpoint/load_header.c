// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header that is prepared at load time is byte for byte mainline's, and
 * kexec -d prints the same for it: one line for each range, with the same values.
 *
 * Linked with crash_prepare_elf64_headers() as the pristine tree has it, under
 * the name mainline_prepare_elf64_headers(), and with ours.
 */
#include <stdarg.h>

#include "kernel-shim.h"

#define MAX_RANGES	2000

unsigned int shim_nr_cpus;
note_buf_t *crash_notes = (void *)0xffff88801f22cc00ul;

static u64 state = 1;

static u64 rnd(u64 below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 20) % below;
}

/* One line of kexec -d. */
struct told {
	u64 vaddr, paddr, size, phnum, offset;
};

static struct log {
	unsigned int lines;
	struct told told[MAX_RANGES];
} our_log, their_log, *log_to;

/* The number behind @key; mainline writes key=number, we write key number. */
static u64 number(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	if (!at) {
		fprintf(stderr, "load_header: no %s in '%s'\n", key, line);
		exit(1);
	}
	return strtoull(at + strlen(key) + 1, NULL, 0);
}

void shim_dprintk(const char *format, ...)
{
	struct told *told = &log_to->told[log_to->lines++];
	char line[256];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (log_to->lines > MAX_RANGES || line[strlen(line) - 1] != '\n') {
		fprintf(stderr, "load_header: line %u is one too many, or not ended: '%s'\n",
			log_to->lines, line);
		exit(1);
	}
	told->vaddr = number(line, "vaddr");
	told->paddr = number(line, "paddr");
	told->size = number(line, log_to == &our_log ? "size" : "sz");
	told->phnum = number(line, "e_phnum");
	told->offset = number(line, "p_offset");
}

int main(void)
{
	unsigned int max = MAX_RANGES, i, n, cases = 5000, lines = 0;
	unsigned long our_size, their_size, bytes = 0;
	struct crash_mem *mem;
	void *ours, *theirs;

	mem = calloc(1, sizeof(*mem) + max * sizeof(mem->ranges[0]));
	mem->max_nr_ranges = max;

	for (n = 0; n < cases; n++) {
		int map = n & 1;
		u64 at = 0;

		shim_nr_cpus = 1 + rnd(n % 100 ? 16 : 512);
		mem->nr_ranges = rnd(n % 100 ? 20 : max);
		for (i = 0; i < mem->nr_ranges; i++) {
			at += rnd(1 << 20) * 4096;
			mem->ranges[i].start = at;
			at += (1 + rnd(1 << 18)) * 4096;
			mem->ranges[i].end = at - 1;
		}
		our_log.lines = 0;
		their_log.lines = 0;
		log_to = &our_log;
		if (crash_prepare_elf64_headers(mem, map, &ours, &our_size)) {
			fprintf(stderr, "load_header: case %u: not prepared\n", n);
			return 1;
		}
		log_to = &their_log;
		if (mainline_prepare_elf64_headers(mem, map, &theirs,
						   &their_size)) {
			fprintf(stderr, "load_header: case %u: not prepared by mainline\n", n);
			return 1;
		}
		if (our_log.lines != mem->nr_ranges ||
		    their_log.lines != mem->nr_ranges ||
		    memcmp(our_log.told, their_log.told,
			   mem->nr_ranges * sizeof(struct told))) {
			fprintf(stderr, "load_header: case %u: %u lines for %u ranges, mainline's %u, or other values\n",
				n, our_log.lines, mem->nr_ranges, their_log.lines);
			return 1;
		}
		lines += our_log.lines;
		if (our_size != their_size || memcmp(ours, theirs, our_size)) {
			fprintf(stderr, "load_header: case %u (%u CPUs, %u ranges, map %d): differs from mainline\n",
				n, shim_nr_cpus, mem->nr_ranges, map);
			return 1;
		}
		bytes += our_size;
		free(ours);
		free(theirs);
	}
	free(mem);
	printf("load_header: %u headers, %lu bytes, and %u lines of kexec -d, all equal to mainline's\n",
	       cases, bytes, lines);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header that is prepared at load time is byte for byte mainline's.
 *
 * Linked with crash_prepare_elf64_headers() as the pristine tree has it, under
 * the name mainline_prepare_elf64_headers(), and with ours.
 */
#include "kernel-shim.h"

unsigned int shim_nr_cpus;
note_buf_t *crash_notes = (void *)0xffff88801f22cc00ul;

static u64 state = 1;

static u64 rnd(u64 below)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (state >> 20) % below;
}

int main(void)
{
	unsigned int max = 2000, i, n, cases = 5000;
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
		if (crash_prepare_elf64_headers(mem, map, &ours, &our_size) ||
		    mainline_prepare_elf64_headers(mem, map, &theirs,
						   &their_size)) {
			fprintf(stderr, "load_header: case %u: not prepared\n", n);
			return 1;
		}
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
	printf("load_header: %u headers, %lu bytes, all equal to mainline's\n",
	       cases, bytes);
	return 0;
}

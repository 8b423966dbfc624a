// SPDX-License-Identifier: GPL-2.0-only
/*
 * firmware-fuzz SEED RUNS - damage at random, with memory from malloc(), so that a
 * sanitizer sees each byte that is read past its end.
 *
 * With any contents of the tables, the loader must plan to take allowed regions only.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "plan.h"
#include "prepare.h"

#define RAM		0x40000000ULL
#define RAM_SIZE	(256 << 10)
#define DIMM		0x50000000ULL
#define DIMM_SIZE	(64 << 10)
#define SMEM		(RAM + 0x10000)
#define SMEM_SIZE	(32 << 10)
#define TABLE		(RAM + 0x20008)
#define REGIONS		12

static const struct limits limits = { .region = 48 << 10, .all = 96 << 10 };

/* xorshift64* */
static u64 rng_state;

static u64 rng(void)
{
	rng_state ^= rng_state >> 12;
	rng_state ^= rng_state << 25;
	rng_state ^= rng_state >> 27;
	return rng_state * 0x2545f4914f6cdd1dULL;
}

static u64 below(u64 n)
{
	return (rng() >> 11) % n;
}

static void fail(u64 run, const char *what)
{
	printf("fuzz: run %llu: %s\n", (ull)run, what);
	exit(1);
}

/* Do Linux's part on a machine that has been prepared. */
static void fill_in(const struct ram *ram, const struct smem *smem)
{
	struct minidump_region table[REGIONS] = {};
	struct minidump_subsystem sub = {
		.status = htole32(1),
		.enabled = htole32(MINIDUMP_ENABLED),
		.encryption_status = htole32(MINIDUMP_ENCRYPT_DONE),
		.encryption_required = htole32(MINIDUMP_ENCRYPT_NONE),
		.region_count = htole32(REGIONS),
		.regions_baseptr = htole64(TABLE),
	};

	for (unsigned int i = 0; i < REGIONS; i++) {
		snprintf(table[i].name, sizeof(table[i].name), "Kname%c", 'a' + i);
		table[i].seq_num = htole32(i + 1);
		table[i].valid = htole32(i % 4 == 3 ? MINIDUMP_INVALID : MINIDUMP_VALID);
		table[i].address = htole64((i & 1 ? DIMM : RAM + 0x24000) + i * 0x1000);
		table[i].size = htole64(0x1000 + 4 * i);
	}
	ram_write(ram, TABLE, table, sizeof(table));
	ram_write(ram, smem->data + offsetof(struct minidump_global_toc, subsystems), &sub,
		  sizeof(sub));
}

/* The memory that the loader reads. */
static const struct {
	u64 start;
	u64 size;
} spans[] = {
	{ SMEM, sizeof(struct smem_head) - 512 * sizeof(struct smem_slot) },
	{ SMEM + SMEM_SIZE - SMEM_PAGE, 112 },
	{ SMEM + 3 * SMEM_PAGE, 48 },
	{ SMEM + 3 * SMEM_PAGE + 48, 48 },
	{ TABLE, REGIONS * sizeof(struct minidump_region) },
	{ TABLE, REGIONS * sizeof(struct minidump_region) },
	{ TABLE, REGIONS * sizeof(struct minidump_region) },
};

static const u64 values[] = {
	0, 1, 3, 4, 8, 16, 31, 32, 40, 64, 201, 202, 602, 1024, 4096, 0x5000, 0x7fff,
	0x8000, 0xa5a5, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
	RAM, RAM - 4, RAM + RAM_SIZE, RAM + RAM_SIZE - 4, RAM + RAM_SIZE - 40, DIMM,
	DIMM + DIMM_SIZE - 8, SMEM, SMEM - 4, SMEM + SMEM_SIZE - 4, 1ULL << 32,
	1ULL << 63, -1ULL, -4ULL, -8ULL, -4096ULL, MINIDUMP_VALID, MINIDUMP_ENABLED,
};

static void mutate(const struct ram *ram)
{
	const unsigned int which = below(sizeof(spans) / sizeof(*spans));
	const unsigned int width = 1U << below(4);
	u64 at = spans[which].start, old = 0;
	__le64 bytes;

	at += below(spans[which].size / width) * width;
	ram_read(ram, at, &old, width);
	old = le64toh(old);
	switch (below(4)) {
	case 0:
		old = rng();
		break;
	case 1:
		old ^= 1ULL << below(8 * width);
		break;
	case 2:
		old += values[below(8)] * (below(2) ? 1 : -1ULL);
		break;
	default:
		old = values[below(sizeof(values) / sizeof(*values))];
	}
	bytes = htole64(old);
	ram_write(ram, at, &bytes, width);
}

static bool inside(u64 address, u64 size, u64 start, u64 length)
{
	return address >= start && address - start <= length &&
	       size <= length - (address - start);
}

static const char *judge(const struct piece *piece)
{
	size_t letters = strspn(piece->file + 3,
				"0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	if (!piece->size || piece->size % 4 || piece->address % 4)
		return "took a region that is empty or not aligned";
	if (!inside(piece->address, piece->size, RAM, RAM_SIZE) &&
	    !inside(piece->address, piece->size, DIMM, DIMM_SIZE))
		return "took a region that is not in RAM";
	if (!inside(piece->address, piece->size, RAM, SMEM - RAM) &&
	    piece->address < SMEM + SMEM_SIZE)
		return "took a region in SMEM";
	if (piece->size > limits.region)
		return "took more than the limit of one";
	if (strncmp(piece->file, "md_K", 4) || strcmp(piece->file + 3 + letters, ".BIN") ||
	    strlen(piece->file) > strlen("md_K12345678") + 10 + strlen(".BIN"))
		return "made a file of a strange name";
	return NULL;
}

static void check(const struct plan *plan, u64 run)
{
	unsigned int taken = 0;
	const char *why;
	u64 bytes = 0;

	for (unsigned int i = 0; i < plan->nr; i++) {
		const struct piece *piece = &plan->pieces[i];

		if (!*piece->file != !!*piece->why)
			fail(run, "neither took it nor said why not");
		if (*piece->why)
			continue;
		why = judge(piece);
		if (why)
			fail(run, why);
		taken++;
		bytes += piece->size;
		for (unsigned int j = 0; j < i; j++)
			if (!strcmp(plan->pieces[j].file, piece->file))
				fail(run, "made one file of two regions");
	}
	if (plan->taken != taken || plan->bytes != bytes || bytes > limits.all ||
	    plan->nr > MINIDUMP_MAX_REGIONS)
		fail(run, "took more than the limit of all, or does not know how much");
}

static u8 *must_alloc(size_t size)
{
	u8 *memory = calloc(1, size);

	if (!memory)
		exit(2);
	return memory;
}

int main(int argc, char **argv)
{
	struct ram ram = {
		.banks = {
			{ RAM, RAM_SIZE, must_alloc(RAM_SIZE) },
			{ DIMM, DIMM_SIZE, must_alloc(DIMM_SIZE) },
		},
		.nr = 2,
	};
	struct setup setup = {
		.toc_size = sizeof(struct minidump_global_toc),
		.status = 1,
		.revision = MINIDUMP_REVISION,
		.enabled = MINIDUMP_ENABLED,
	};
	const u64 runs = argc > 2 ? strtoull(argv[2], NULL, 0) : 20000;
	u8 *pristine = must_alloc(RAM_SIZE);
	u64 outcomes[3] = {}, mutations = 0;
	static struct plan plan;
	struct smem smem;

	rng_state = argc > 1 ? strtoull(argv[1], NULL, 0) * 2 + 1 : 1;
	if (smem_place(&smem, &ram, SMEM, SMEM_SIZE) || prepare(&smem, &setup))
		return 2;
	fill_in(&ram, &smem);
	if (plan_make(&plan, &smem, &limits) || plan.taken != plan.nr || plan.nr != 9)
		fail(0, "the sound machine is not taken whole");
	memcpy(pristine, ram.banks[0].bytes, RAM_SIZE);

	/* Discard the messages of the runs; a sanitizer writes to descriptor 2. */
	stderr = fopen("/dev/null", "w");
	for (u64 run = 1; run <= runs; run++) {
		memcpy(ram.banks[0].bytes, pristine, RAM_SIZE);
		for (u64 n = 1 + below(6); n--; mutations++)
			mutate(&ram);
		if (plan_make(&plan, &smem, &limits)) {
			outcomes[2]++;
			continue;
		}
		check(&plan, run);
		outcomes[plan.taken != plan.nr]++;
	}
	printf("fuzz: %llu runs, %llu mutations: %llu taken whole, %llu in part, %llu refused\n",
	       (ull)runs, (ull)mutations, (ull)outcomes[0], (ull)outcomes[1],
	       (ull)outcomes[2]);
	free(pristine);
	free(ram.banks[0].bytes);
	free(ram.banks[1].bytes);
	return 0;
}

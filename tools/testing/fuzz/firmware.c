// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run the firmware's part on a machine with a few changed words: the loader must take
 * only memory that it may take.  Each EDIT bytes of the input select the place and
 * the width of a word, and have its new value.
 */
#define main firmware_fuzz_main
#include "../vm/firmware/fuzz.c"
#undef main

#include "input.h"

#define EDIT 12

static struct ram ram = {
	.banks = { { .base = RAM, .size = RAM_SIZE }, { .base = DIMM, .size = DIMM_SIZE } },
	.nr = 2,
};
static struct smem smem;
static u8 *pristine;

static void set_up(void)
{
	const struct setup setup = {
		.toc_size = sizeof(struct minidump_global_toc),
		.status = 1,
		.revision = MINIDUMP_REVISION,
		.enabled = MINIDUMP_ENABLED,
	};

	pristine = must_alloc(RAM_SIZE);
	ram.banks[0].bytes = must_alloc(RAM_SIZE);
	ram.banks[1].bytes = must_alloc(DIMM_SIZE);
	must(!smem_place(&smem, &ram, SMEM, SMEM_SIZE) && !prepare(&smem, &setup),
	     "no machine");
	fill_in(&ram, &smem);
	memcpy(pristine, ram.banks[0].bytes, RAM_SIZE);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct plan plan;

	if (!pristine)
		set_up();
	memcpy(ram.banks[0].bytes, pristine, RAM_SIZE);
	for (; size >= EDIT; data += EDIT, size -= EDIT) {
		const unsigned int which = data[0] % (sizeof(spans) / sizeof(*spans));
		const unsigned int width = 1U << (data[1] & 3);
		const u64 places = spans[which].size / width;

		ram_write(&ram, spans[which].start + (data[2] | data[3] << 8) % places * width,
			  data + 4, width);
	}
	if (!plan_make(&plan, &smem, &limits))
		check(&plan, 0);
	return 0;
}

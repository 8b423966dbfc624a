// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers for the core of an arm64 machine that has not panicked.
 *
 * On arm64, crash starts the backtrace of a CPU at the registers in the CPU's note.
 * A machine that hangs has saved none, but the stacks that its CPUs are on are in
 * the dump, and flags of windows identify them.  A frame record, as defined by the
 * procedure call standard, is the address of the caller's record and the return
 * address.  The last record of a stack, above which the kernel was entered, is two
 * zeros.  So the backtrace starts at the record with the longest chain to the last
 * one.  Functions that have returned may have left such records, too, below the
 * frames in use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/elfcorehdr.h>

#include "registers.h"

#define CPU_NAME "CORE"
#define INFO_NAME "VMCOREINFO"
/* struct elf_prstatus of arm64: its size, and the offsets of registers in it. */
#define PRSTATUS_BYTES 392
#define PR_REGS 112
#define PR_FP (PR_REGS + 29 * 8)
#define PR_SP (PR_REGS + 31 * 8)
#define PR_PC (PR_REGS + 32 * 8)
#define PR_PSTATE (PR_REGS + 33 * 8)
/* Exception level 1 with its own stack pointer: the mode in which kernels run. */
#define MODE_EL1H 5
/* No kernel stack is larger. */
#define STACK_BYTES (1u << 20)

/* The kernel's text, its init text, where idle tasks start, and modules. */
static const char *const text_keys[][2] = {
	{ "SYMBOL(_stext)=", "SYMBOL(_etext)=" },
	{ "SYMBOL(_sinittext)=", "SYMBOL(_einittext)=" },
	{ "NUMBER(MODULES_VADDR)=", "NUMBER(MODULES_END)=" },
};
#define TEXTS (sizeof(text_keys) / sizeof(*text_keys))

/**
 * struct text - address ranges of text, in which return addresses lie
 * @start:	start of each kind of text; 0 if unknown
 * @end:	end of each kind of text
 * @pac:	bits of an address that may hold its signature
 */
struct text {
	u64 start[TEXTS];
	u64 end[TEXTS];
	u64 pac;
};

/**
 * struct notes - the notes of the core
 * @bytes:	contents of the notes
 * @size:	number of bytes
 * @offset:	offset of the notes in the core
 * @cpu:	offsets in @bytes of the descriptions in the CPUs' notes
 * @nr:		number of CPUs
 * @room:	allocated entries of @cpu
 * @text:	ranges of text, from vmcoreinfo
 */
struct notes {
	u8 *bytes;
	size_t size;
	u64 offset;
	size_t *cpu;
	unsigned int nr;
	unsigned int room;
	struct text text;
};

static u64 get(const u8 *at)
{
	u64 value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Get the hexadecimal number behind @key at the start of a line; 0 if there is none. */
static u64 number_of(const char *info, const char *key)
{
	const char *at = info;

	while (strncmp(at, key, strlen(key))) {
		at = strchr(at, '\n');
		if (!at)
			return 0;
		at++;
	}
	return strtoull(at + strlen(key), NULL, 16);
}

static void parse_info(struct text *text, const u8 *desc, size_t size)
{
	char *info = must_alloc(1, size + 1);

	memcpy(info, desc, size);
	for (size_t i = 0; i < TEXTS; i++) {
		text->start[i] = number_of(info, text_keys[i][0]);
		text->end[i] = number_of(info, text_keys[i][1]);
	}
	text->pac = number_of(info, "NUMBER(KERNELPACMASK)=");
	free(info);
}

/* The caller has checked that no note extends beyond the end of the notes. */
static void parse_notes(struct notes *notes)
{
	const u8 *name;
	Elf64_Nhdr note;
	size_t desc;

	for (size_t at = 0; notes->size - at >= sizeof(note);
	     at = desc + ((note.n_descsz + 3) & ~3u)) {
		memcpy(&note, notes->bytes + at, sizeof(note));
		name = notes->bytes + at + sizeof(note);
		desc = at + sizeof(note) + ((note.n_namesz + 3) & ~3u);
		if (note.n_namesz == sizeof(INFO_NAME) &&
		    !memcmp(name, INFO_NAME, sizeof(INFO_NAME))) {
			parse_info(&notes->text, notes->bytes + desc, note.n_descsz);
		} else if (note.n_namesz == sizeof(CPU_NAME) &&
			   note.n_descsz == PRSTATUS_BYTES &&
			   !memcmp(name, CPU_NAME, sizeof(CPU_NAME))) {
			if (notes->nr == notes->room) {
				notes->room = notes->room ? 2 * notes->room : 64;
				notes->cpu = must_grow(notes->cpu, notes->room,
						       sizeof(*notes->cpu));
			}
			notes->cpu[notes->nr++] = desc;
		}
	}
}

static const char *read_notes(struct notes *notes, const struct dump *dump)
{
	const struct region *region = &dump->regions[1];
	char *fault;

	if (dump->nr < 2 || dump->core.phdrs[0].p_type != PT_NOTE)
		return "its notes are not where they should be";
	if (region->have != region->size || region->size > CORE_NOTES)
		return "not all of its notes are there";
	notes->size = region->size;
	notes->offset = region->offset;
	notes->bytes = must_alloc(1, notes->size);
	if (!dump_read(dump, region, 0, notes->bytes, notes->size))
		return "its notes cannot be read";
	fault = core_check_notes(notes->bytes, notes->size);
	free(fault);
	if (fault)
		return "its notes are faulty";
	parse_notes(notes);
	if (!notes->nr)
		return "it has no notes of CPUs";
	return notes->text.start[0] && notes->text.end[0] ? NULL : "its vmcoreinfo does not say where text is";
}

static bool is_text(const struct text *text, u64 address)
{
	for (size_t i = 0; i < TEXTS; i++)
		if (address >= text->start[i] && address < text->end[i])
			return !(address & 3);
	return false;
}

/*
 * A record leads to one at a higher address.  So count from the end of the stack
 * downwards: a record counts one more than the record that it leads to.  The last
 * record of the stack counts 1, and a record that leads elsewhere counts 0.
 */
static void walk(struct cpu_registers *cpu, const u8 *stack, u64 base, size_t size,
		 const struct text *text)
{
	unsigned int *records = must_alloc(size / 16, sizeof(*records));
	u64 next, pc;

	for (size_t i = size / 16; i-- > 0;) {
		next = get(stack + i * 16);
		pc = get(stack + i * 16 + 8);
		if (!next && !pc)
			records[i] = 1;
		if (!is_text(text, pc | text->pac) || (next | base) & 15 ||
		    next <= base + i * 16 || next - base > size - 16 ||
		    !records[(next - base) / 16])
			continue;
		records[i] = records[(next - base) / 16] + 1;
		if (records[i] <= cpu->frames)
			continue;
		cpu->frames = records[i] - 1;
		cpu->fp = next;
		cpu->pc = pc | text->pac;
		cpu->sp = base + i * 16 + 16;
	}
	free(records);
	if (!cpu->frames)
		cpu->why = "no frame record on its stack leads to the last one";
}

/* Read the stack that starts at window @first, and walk it. */
static void search(struct cpu_registers *cpu, const struct dump *dump,
		   unsigned int first, const struct text *text)
{
	const GElf_Phdr *phdrs = dump->core.phdrs;
	const u64 base = phdrs[first].p_vaddr;
	u8 *stack = must_alloc(1, STACK_BYTES);
	unsigned int i = first;
	size_t size = 0;

	do {
		const struct region *region = &dump->regions[i + 1];

		if (phdrs[i].p_vaddr != base + size || core_is_closed(&phdrs[i]) ||
		    (region->file && strcmp(region->name, dump->regions[first + 1].name)))
			break;
		if (phdrs[i].p_filesz > STACK_BYTES - size ||
		    region->have != phdrs[i].p_filesz ||
		    !dump_read(dump, region, 0, stack + size, phdrs[i].p_filesz)) {
			cpu->why = "its stack is not all there";
			break;
		}
		size += phdrs[i].p_filesz;
	} while (++i < dump->nr - 1 && core_is_window(&phdrs[i]));
	if (!cpu->why && !size)
		cpu->why = "its stack is not in the dump";
	if (!cpu->why)
		walk(cpu, stack, base, size, text);
	free(stack);
}

/* In place of the index of a CPU's marked window: none is marked, or several are. */
#define NO_WINDOW -1
#define WINDOWS -2

/* Get the CPU from the name of a stack's window; false for any other window. */
static bool stack_of(const char *name, unsigned int *cpu)
{
	char same[MINIDUMP_NAME_BYTES + 1];

	if (sscanf(name, "Kcur%9us", cpu) != 1)
		return false;
	snprintf(same, sizeof(same), "Kcur%us", *cpu);
	return !strcmp(name, same);
}

/* Find the window of each CPU that is marked with ELFCOREHDR_RUNNING. */
static int *find_windows(const struct dump *dump, unsigned int nr)
{
	int *window = must_alloc(nr, sizeof(*window));
	unsigned int i, cpu;

	for (cpu = 0; cpu < nr; cpu++)
		window[cpu] = NO_WINDOW;
	for (i = 0; i + 1 < dump->nr; i++)
		if (core_is_window(&dump->core.phdrs[i]) &&
		    dump->core.phdrs[i].p_flags & ELFCOREHDR_RUNNING &&
		    stack_of(dump->regions[i + 1].name, &cpu) && cpu < nr)
			window[cpu] = window[cpu] == NO_WINDOW ? (int)i : WINDOWS;
	return window;
}

static void find_cpu(struct cpu_registers *cpu, const struct dump *dump,
		     const struct notes *notes, int first)
{
	const size_t desc = notes->cpu[cpu->cpu];

	cpu->note = notes->offset + desc;
	if (get(notes->bytes + desc + PR_PC))
		cpu->why = "it has registers";
	else if (first == WINDOWS)
		cpu->why = "several stacks are said to be its own";
	else if (first < 0)
		cpu->why = "no stack is said to be its own";
	else
		search(cpu, dump, first, &notes->text);
}

/**
 * registers_find() - find where the backtraces of CPUs start
 * @registers:	receives the registers; free them with registers_free()
 * @dump:	dump of an arm64 machine with meminspect.switch=1
 *
 * Return: 0, or -1 after a message.
 */
int registers_find(struct registers *registers, struct dump *dump)
{
	struct notes notes = {};
	const char *why = "it has no header that is understood";
	int *window;

	*registers = (struct registers){};
	if (dump->core.nr && dump->core.ehdr.e_machine != EM_AARCH64)
		why = "it is not of an arm64 machine, where crash needs them";
	else if (dump->core.nr && dump->core.nr >= dump->nr - 1)
		why = read_notes(&notes, dump);
	if (why)
		error("--registers: %s: %s", dump->path, why);

	if (!why) {
		registers->v = must_alloc(notes.nr, sizeof(*registers->v));
		registers->nr = notes.nr;
		window = find_windows(dump, notes.nr);
		for (unsigned int i = 0; i < notes.nr; i++) {
			registers->v[i].cpu = i;
			find_cpu(&registers->v[i], dump, &notes, window[i]);
		}
		free(window);
	}
	free(notes.bytes);
	free(notes.cpu);
	return why ? -1 : 0;
}

/**
 * registers_write() - write registers into the notes of a core
 * @registers:	registers
 * @output:	the core, with its notes already written
 *
 * Return: 0, or -1 after a message.
 */
int registers_write(const struct registers *registers, const struct output *output)
{
	const u32 type = NT_PRSTATUS;
	const u64 pstate = MODE_EL1H;
	int ret = 0;

	for (unsigned int i = 0; i < registers->nr && !ret; i++) {
		const struct cpu_registers *cpu = &registers->v[i];
		const struct { const void *value; size_t size; u64 at; } writes[] = {
			{ &cpu->fp, 8, cpu->note + PR_FP },
			{ &cpu->sp, 8, cpu->note + PR_SP },
			{ &cpu->pc, 8, cpu->note + PR_PC },
			{ &pstate, 8, cpu->note + PR_PSTATE },
			/* In front of the description are 8 bytes of name, after the type. */
			{ &type, 4, cpu->note - 12 },
		};

		for (size_t j = 0; !cpu->why && j < sizeof(writes) / sizeof(*writes) && !ret; j++)
			ret = write_fully(output->fd, output->path, writes[j].value,
					  writes[j].size, writes[j].at);
	}
	return ret;
}

void registers_free(struct registers *registers)
{
	free(registers->v);
	*registers = (struct registers){};
}

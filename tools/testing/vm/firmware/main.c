// SPDX-License-Identifier: GPL-2.0-only
/*
 * firmware - the boot loader's part in a minidump, played on the memory files of
 * an emulated machine.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "../../../crash/stdout.h"
#include "damage.h"
#include "files.h"
#include "message.h"
#include "number.h"
#include "plan.h"
#include "prepare.h"
#include "report.h"

#define LIMIT_REGION	(32ULL << 20)
#define LIMIT_ALL	(64ULL << 20)

enum { PREPARE = 1, COLLECT = 2, DAMAGE = 4 };

/**
 * struct arguments - the parsed command line
 * @command:	PREPARE, COLLECT or DAMAGE
 * @specs:	files of RAM, unparsed
 * @specs_nr:	number of @specs
 * @smem:	physical address of SMEM
 * @smem_size:	its bytes; 0 if not given
 * @setup:	for prepare
 * @limits:	for collect
 * @output:	for collect, the directory
 * @json:	print a report for programs
 * @list:	for damage: list the kinds
 * @kind:	for damage: the kind
 */
struct arguments {
	unsigned int command;
	const char *specs[RAM_BANKS];
	unsigned int specs_nr;
	u64 smem;
	u64 smem_size;
	struct setup setup;
	struct limits limits;
	const char *output;
	bool json;
	bool list;
	const char *kind;
};

/* The commands that take each option. */
static const struct {
	char letter;
	unsigned int commands;
} option_commands[] = {
	{ 'r', PREPARE | COLLECT | DAMAGE }, { 'm', PREPARE | COLLECT | DAMAGE },
	{ 'z', PREPARE | COLLECT | DAMAGE }, { 't', PREPARE }, { 's', PREPARE },
	{ 'v', PREPARE }, { 'e', PREPARE }, { 'c', PREPARE }, { 'o', COLLECT },
	{ 'l', COLLECT }, { 'L', COLLECT }, { 'j', PREPARE | COLLECT },
	{ 'k', DAMAGE },
};

static void usage(FILE *to)
{
	fputs("firmware - the boot loader's part in a minidump\n"
	      "\n"
	      "  firmware prepare RAM [MACHINE]     lay out SMEM as it is before Linux boots\n"
	      "  firmware collect RAM -o DIR        write the regions, md_<name><number>.BIN\n"
	      "  firmware damage KIND RAM           damage SMEM, or Linux's table\n"
	      "  firmware damage --list             the kinds: name, when, description\n"
	      "\n"
	      "RAM is the memory of a machine that stands still:\n"
	      "  --ram FILE@ADDRESS[,SIZE]   again for each file\n"
	      "  --smem ADDRESS              where SMEM is\n"
	      "  --smem-size BYTES\n"
	      "MACHINE has the properties of its firmware:\n"
	      "  --toc-size BYTES    of item 602; 0 for no such item; by default all of the ToC\n"
	      "  --status N          of the ToC, by default 1\n"
	      "  --revision N        by default 1\n"
	      "  --enabled yes|no    whether minidump is; by default yes\n"
	      "  --encryption unset|none|required\n"
	      "                      of Linux's regions, by default unset\n"
	      "collect:\n"
	      "  --limit BYTES         of all regions, by default 64M\n"
	      "  --region-limit BYTES  of one, by default 32M\n"
	      "  --json                for programs; for prepare too\n"
	      "Numbers are decimal, or hexadecimal after 0x; K, M and G may follow.\n"
	      "\n"
	      "Exit status 1: something was left out, the rest was written.\n"
	      "Exit status 2: nothing was written, or the output could not be.\n",
	      to);
}

static int take_number(const char *option, const char *value, u64 most, u64 *number)
{
	if (number_parse(value, number) && *number <= most)
		return 0;
	return error("--%s %s: not a number up to 0x%llx", option, value, (ull)most);
}

static int take_u32(const char *option, const char *value, u32 *number)
{
	u64 wide;

	if (take_number(option, value, UINT32_MAX, &wide))
		return -1;
	*number = wide;
	return 0;
}

static int take_enabled(const char *value, u32 *enabled)
{
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return error("--enabled %s: neither yes nor no", value);
	*enabled = *value == 'y' ? MINIDUMP_ENABLED : 0;
	return 0;
}

static int take_encryption(const char *value, u32 *encryption)
{
	if (!strcmp(value, "unset"))
		*encryption = 0;
	else if (!strcmp(value, "none"))
		*encryption = MINIDUMP_ENCRYPT_NONE;
	else if (!strcmp(value, "required"))
		*encryption = TOC_ENCRYPT_YES;
	else
		return error("--encryption %s: not unset, none or required", value);
	return 0;
}

static int take_ram(struct arguments *args, const char *spec)
{
	if (args->specs_nr == RAM_BANKS)
		return error("--ram: more than %d of them", RAM_BANKS);
	args->specs[args->specs_nr++] = spec;
	return 0;
}

static int take_option(struct arguments *args, int letter, const char *name,
		       const char *value)
{
	switch (letter) {
	case 'r':
		return take_ram(args, value);
	case 'm':
		return take_number(name, value, UINT32_MAX, &args->smem);
	case 'z':
		return take_number(name, value, UINT32_MAX, &args->smem_size);
	case 't':
		return take_number(name, value, UINT32_MAX - 7, &args->setup.toc_size);
	case 's':
		return take_u32(name, value, &args->setup.status);
	case 'v':
		return take_u32(name, value, &args->setup.revision);
	case 'e':
		return take_enabled(value, &args->setup.enabled);
	case 'c':
		return take_encryption(value, &args->setup.encryption);
	case 'o':
		args->output = value;
		return 0;
	case 'l':
		return take_number(name, value, UINT64_MAX, &args->limits.all);
	case 'L':
		return take_number(name, value, UINT64_MAX, &args->limits.region);
	case 'j':
		args->json = true;
		return 0;
	default:
		args->list = true;
		return 0;
	}
}

static bool is_for(unsigned int command, int letter)
{
	for (unsigned int i = 0; i < sizeof(option_commands) / sizeof(*option_commands); i++)
		if (option_commands[i].letter == letter)
			return option_commands[i].commands & command;
	return false;
}

static int parse_options(struct arguments *args, int argc, char **argv)
{
	static const struct option options[] = {
		{ "ram", required_argument, NULL, 'r' },
		{ "smem", required_argument, NULL, 'm' },
		{ "smem-size", required_argument, NULL, 'z' },
		{ "toc-size", required_argument, NULL, 't' },
		{ "status", required_argument, NULL, 's' },
		{ "revision", required_argument, NULL, 'v' },
		{ "enabled", required_argument, NULL, 'e' },
		{ "encryption", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "limit", required_argument, NULL, 'l' },
		{ "region-limit", required_argument, NULL, 'L' },
		{ "json", no_argument, NULL, 'j' },
		{ "list", no_argument, NULL, 'k' },
		{}
	};
	int letter, index;

	for (;;) {
		/* getopt_long() sets no index for -o: preset that of --output. */
		for (index = 0; options[index].val != 'o'; index++)
			;
		letter = getopt_long(argc, argv, "o:", options, &index);
		if (letter == -1)
			return 0;
		if (letter == '?')
			return -1;
		if (!is_for(args->command, letter))
			return error("%s: takes no --%s", argv[0], options[index].name);
		if (take_option(args, letter, options[index].name, optarg))
			return -1;
	}
}

static int parse(struct arguments *args, int argc, char **argv)
{
	if (!strcmp(argv[0], "prepare"))
		args->command = PREPARE;
	else if (!strcmp(argv[0], "collect"))
		args->command = COLLECT;
	else if (!strcmp(argv[0], "damage"))
		args->command = DAMAGE;
	else
		return error("%s: is not a command", argv[0]);
	if (parse_options(args, argc, argv))
		return -1;
	if (args->command == DAMAGE && !args->list && optind < argc)
		args->kind = argv[optind++];
	if (optind < argc)
		return error("%s: one argument too many", argv[optind]);
	if (args->list)
		return 0;
	if (args->command == DAMAGE && !args->kind)
		return error("damage: needs a kind, or --list");
	if (!args->specs_nr || !args->smem_size)
		return error("%s: needs --ram, --smem and --smem-size", argv[0]);
	if (args->command == COLLECT && !args->output)
		return error("collect: needs -o DIR");
	return 0;
}

static int run_prepare(const struct arguments *args, struct smem *smem)
{
	if (prepare(smem, &args->setup))
		return 2;
	printf(args->json ? "{\"smem\": \"0x%llx\", \"toc\": \"0x%llx\", \"toc_size\": %llu}\n" :
			    "SMEM at 0x%llx; ToC at 0x%llx, %llu bytes\n",
	       (ull)smem->address, (ull)smem->data, (ull)smem->bytes);
	return 0;
}

static int run_collect(const struct arguments *args, struct smem *smem)
{
	struct plan plan;

	if (plan_make(&plan, smem, &args->limits))
		return 2;
	report_faults(&plan);
	if (!plan.taken) {
		error("collect: all of %u regions are left out: nothing is written",
		      plan.nr);
		return 2;
	}
	if (files_write(&plan, smem->ram, args->output))
		return 2;
	if (args->json)
		report_json(&plan, smem);
	else
		report_text(&plan, args->output);
	return plan.taken == plan.nr ? 0 : 1;
}

static int run(const struct arguments *args)
{
	struct ram ram = {};
	struct smem smem;
	int ret = 2;

	for (unsigned int i = 0; i < args->specs_nr; i++)
		if (ram_add(&ram, args->specs[i], args->command != COLLECT))
			goto out;
	if (smem_place(&smem, &ram, args->smem, args->smem_size))
		goto out;
	if (args->command == PREPARE)
		ret = run_prepare(args, &smem);
	else if (args->command == COLLECT)
		ret = run_collect(args, &smem);
	else
		ret = damage_do(&smem, args->kind) ? 2 : 0;
out:
	ram_close(&ram);
	return ret;
}

int main(int argc, char **argv)
{
	struct arguments args = {
		.setup = {
			.toc_size = sizeof(struct minidump_global_toc),
			.status = 1,
			.revision = MINIDUMP_REVISION,
			.enabled = MINIDUMP_ENABLED,
		},
		.limits = { .region = LIMIT_REGION, .all = LIMIT_ALL },
	};
	int ret = 0;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
	} else if (argc < 2) {
		usage(stderr);
		return 2;
	} else if (parse(&args, argc - 1, argv + 1)) {
		return 2;
	} else if (args.list) {
		damage_list();
	} else {
		ret = run(&args);
	}
	return close_stdout("firmware", ret);
}

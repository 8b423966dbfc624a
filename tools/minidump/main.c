// SPDX-License-Identifier: GPL-2.0-only
/*
 * minidump - collect, assemble, list and check minidumps, and read debug-kinfo.
 *
 * The tool takes the part of the firmware, on the memory of a stopped machine.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../crash/stdout.h"
#include "../crash/version.h"
#include "check.h"
#include "collect.h"
#include "kinfo.h"
#include "report.h"

/**
 * struct arguments - the parsed command line
 * @command:	name of the command
 * @path:	the directory or core, or NULL
 * @ram:	RAM, if any
 * @anchor:	address of the anchor, if @by_anchor
 * @toc:	address of the ToC, if @by_toc
 * @subsystem:	subsystem whose regions are read
 * @address:	address of debug-kinfo, if @by_address
 * @names:	names of symbols
 * @nr_names:	number of names
 * @output:	directory or core to write, or NULL
 * @force:	replace files that are in the way
 * @registers:	write the registers at which backtraces start into the core
 * @json:	print JSON, for programs
 * @help:	print the usage, and do nothing else
 * @version:	print the version, and do nothing else
 */
struct arguments {
	const char *command;
	const char *path;
	struct ram ram;
	u64 anchor;
	bool by_anchor;
	u64 toc;
	bool by_toc;
	unsigned int subsystem;
	u64 address;
	bool by_address;
	const char *names[KINFO_SYMBOLS];
	unsigned int nr_names;
	const char *output;
	bool force;
	bool registers;
	bool json;
	bool help;
	bool version;
};

static void usage(FILE *to)
{
	fputs("minidump - collect, assemble, list and check minidumps\n"
	      "\n"
	      "  minidump collect RAM -o DIR       write md_*.BIN, as the firmware would, and\n"
	      "                                    DIR/" CORE_NAME ", which is all of them\n"
	      "  minidump assemble DIR [-o CORE]   write the core of the md_*.BIN in DIR: by default\n"
	      "                                    DIR/" CORE_NAME ", and - is standard output\n"
	      "  minidump list RAM|DIR|CORE        list the regions\n"
	      "  minidump check RAM|DIR|CORE       check the table, the ELF header and the notes\n"
	      "  minidump kinfo RAM --address ADDR print and check the data for a boot loader\n"
	      "\n"
	      "RAM names a machine's memory, and the tables in it:\n"
	      "  --ram FILE@ADDR[,offset=N][,size=N]   again for each piece; the byte at offset is\n"
	      "                    physical address ADDR; size is the rest of the file if not given\n"
	      "  --anchor ADDR     address of the anchor; if not given, it is looked for\n"
	      "  --toc ADDR        or address of the global table of contents\n"
	      "  --subsystem N     subsystem that has the regions; by default 0, which is Linux\n"
	      "  --address ADDR    address of debug-kinfo\n"
	      "  --symbol NAME     look it up; again for each; by default linux_banner, init_task\n"
	      "Numbers are decimal, or hexadecimal after 0x; k, M and G may follow.\n"
	      "\n"
	      "  --json            for programs; addresses are strings, hexadecimal after 0x\n"
	      "  --force           replace the core that is there; collect: and md_*.BIN\n"
	      "  --registers       assemble: for arm64 with meminspect.switch=1, write registers\n"
	      "                    from which crash finds the backtraces of the CPUs\n"
	      "  --version         print the version\n"
	      "\n"
	      "Exit status 1: something is wrong or missing; all that can be had was written.\n"
	      "Exit status 2: an argument or a file was not understood, nothing can be had, or\n"
	      "its output could not be written.\n",
	      to);
}

/* Refer to --help after arguments that are not understood. */
static void try_help(void)
{
	fputs("Try 'minidump --help'.\n", stderr);
}

/*
 * Take an option with a value. Returns 0; or, after a message, -1, or -2 if --help
 * would not be of use.
 */
static int take_option(struct arguments *args, int option, const char *value)
{
	const char *name = option == 'a' ? "--anchor" : option == 't' ? "--toc" : "--address";
	u64 subsystem;

	switch (option) {
	case 'r':
		return ram_add(&args->ram, value) ? -2 : 0;
	case 'a':
		args->by_anchor = true;
		if (parse_number(value, &args->anchor))
			return 0;
		break;
	case 't':
		args->by_toc = true;
		if (parse_number(value, &args->toc))
			return 0;
		break;
	case 'A':
		args->by_address = true;
		if (parse_number(value, &args->address))
			return 0;
		break;
	case 'n':
		if (args->nr_names < KINFO_SYMBOLS) {
			args->names[args->nr_names++] = value;
			return 0;
		}
		error("--symbol: more than %d of them", KINFO_SYMBOLS);
		return -1;
	default:
		if (parse_number(value, &subsystem) && subsystem < MINIDUMP_SUBSYSTEMS) {
			args->subsystem = subsystem;
			return 0;
		}
		error("--subsystem %s: not a number below %d", value, MINIDUMP_SUBSYSTEMS);
		return -1;
	}
	error("%s %s: not an address", name, value);
	return -1;
}

/* Parse the command line. Returns the same as take_option(). */
static int parse(struct arguments *args, int argc, char **argv)
{
	static const struct option options[] = {
		{ "ram", required_argument, NULL, 'r' },
		{ "anchor", required_argument, NULL, 'a' },
		{ "toc", required_argument, NULL, 't' },
		{ "subsystem", required_argument, NULL, 's' },
		{ "address", required_argument, NULL, 'A' },
		{ "symbol", required_argument, NULL, 'n' },
		{ "output", required_argument, NULL, 'o' },
		{ "force", no_argument, NULL, 'f' },
		{ "registers", no_argument, NULL, 'R' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{}
	};
	int c, ret;

	while ((c = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		switch (c) {
		case 'h':
			args->help = true;
			return 0;
		case 'V':
			args->version = true;
			return 0;
		case 'o':
			args->output = optarg;
			break;
		case 'f':
			args->force = true;
			break;
		case 'R':
			args->registers = true;
			break;
		case 'j':
			args->json = true;
			break;
		case '?':
			return -1;
		default:
			ret = take_option(args, c, optarg);
			if (ret)
				return ret;
		}
	}
	args->command = optind < argc ? argv[optind++] : "";
	args->path = optind < argc ? argv[optind++] : NULL;
	if (optind < argc) {
		error("%s: one argument too many", argv[optind]);
		return -1;
	}
	return 0;
}

/* Check that the options fit the command. Returns a message, or NULL. */
static const char *misfit(const struct arguments *args)
{
	bool collects = !strcmp(args->command, "collect");
	bool assembles = !strcmp(args->command, "assemble");
	bool kinfo = !strcmp(args->command, "kinfo");

	if (!collects && !assembles && !kinfo && strcmp(args->command, "list") &&
	    strcmp(args->command, "check"))
		return "is not a command";
	if ((args->by_address || args->nr_names) && !kinfo)
		return "--address and --symbol are for kinfo";
	if (kinfo && (args->by_anchor || args->by_toc))
		return "--anchor and --toc are not for kinfo";
	if (args->by_anchor && args->by_toc)
		return "--anchor and --toc exclude each other";
	if ((args->by_anchor || args->by_toc) && !args->ram.nr)
		return "--anchor and --toc need --ram";
	if (args->force && !collects && !assembles)
		return "--force is for collect and assemble";
	if (args->registers && !assembles)
		return "--registers is for assemble";
	if (args->output && !collects && !assembles)
		return "-o is for collect and assemble";
	if (collects)
		return args->path ? "takes no argument, but --ram" :
		       !args->ram.nr ? "needs --ram" :
		       !args->output ? "needs -o DIR" : NULL;
	if (kinfo)
		return args->path ? "takes no argument, but --ram" :
		       !args->ram.nr ? "needs --ram" :
		       !args->by_address ? "needs --address ADDR" : NULL;
	if (assembles)
		return args->ram.nr || !args->path ? "needs a directory" :
		       args->json && args->output && !strcmp(args->output, "-") ?
		       "--json and -o - both want standard output" : NULL;
	return !args->ram.nr == !args->path ?
	       "needs either --ram, or a directory or core" : NULL;
}

static int run_kinfo(const struct arguments *args)
{
	/* These are data, and not every kernel has symbols of data. */
	static const char *const usual[] = { "linux_banner", "init_task" };
	struct kinfo kinfo = {};
	int ret = 2;

	if (!kinfo_open(&kinfo, &args->ram, args->address)) {
		if (args->nr_names)
			kinfo_check(&kinfo, &args->ram, args->names, args->nr_names);
		else
			kinfo_check(&kinfo, &args->ram, usual,
				    kinfo.body.kallsyms_all ? 2 : 0);
		if (args->json)
			kinfo_json(&kinfo);
		else
			kinfo_report(&kinfo);
		ret = kinfo.faults.nr ? 1 : 0;
	}
	kinfo_close(&kinfo);
	return ret;
}

/* Returns 0, or -1 after a message. */
static int run_assemble(const struct arguments *args, struct dump *dump,
			const char *core, struct registers *registers)
{
	bool to_stdout = false;
	int ret;

	if (dump->kind != DUMP_FILES) {
		error("%s: not a directory", args->path);
		return -1;
	}
	if (args->registers && registers_find(registers, dump))
		return -1;
	ret = assemble(dump, core, args->force, registers, &to_stdout);
	/* The report must not get into the core. */
	if (to_stdout && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		ret = -1;
	return ret;
}

static int run(const struct arguments *args, struct dump *dump)
{
	bool lists = !strcmp(args->command, "list");
	struct registers registers = {};
	char *core = NULL;
	int ret;

	ret = args->ram.nr ?
	      dump_open_ram(dump, &args->ram, args->by_anchor ? &args->anchor : NULL,
			    args->by_toc ? &args->toc : NULL, args->subsystem) :
	      dump_open_path(dump, args->path);
	if (ret)
		return 2;
	if (!lists)
		check_dump(dump);

	if (!strcmp(args->command, "collect")) {
		core = must_print("%s/" CORE_NAME, args->output);
		ret = collect(dump, args->output, args->force);
	} else if (!strcmp(args->command, "assemble")) {
		core = args->output ? must_print("%s", args->output) :
				      must_print("%s/" CORE_NAME, args->path);
		ret = run_assemble(args, dump, core, &registers);
	}
	if (ret) {
		ret = 2;
	} else {
		ret = dump->faults.nr ? 1 : 0;
		if (args->json) {
			report_json(dump, !lists, core, &registers);
		} else if (!core && !lists) {
			report_check(dump);
		} else {
			report_table(dump);
			if (core)
				report_written(dump, strcmp(core, "-") ? core : "standard output");
			report_registers(&registers);
			fflush(stdout);
			report_faults(dump);
		}
	}
	registers_free(&registers);
	free(core);
	return ret;
}

static int run_command(const struct arguments *args, struct dump *dump)
{
	const char *why;

	if (args->help) {
		usage(stdout);
		return 0;
	}
	if (args->version) {
		puts("minidump " TOOLS_VERSION);
		return 0;
	}
	why = *args->command ? misfit(args) : "no command";
	if (why) {
		error("%s%s%s", args->command, *args->command ? ": " : "", why);
		try_help();
		return 2;
	}
	return strcmp(args->command, "kinfo") ? run(args, dump) : run_kinfo(args);
}

int main(int argc, char **argv)
{
	struct arguments args = {};
	struct dump dump = { .fd = -1 };
	int ret = 2, parsed;

	parsed = parse(&args, argc, argv);
	if (!parsed)
		ret = run_command(&args, &dump);
	else if (parsed == -1)
		try_help();
	dump_close(&dump);
	ram_free(&args.ram);
	return close_stdout("minidump", ret);
}

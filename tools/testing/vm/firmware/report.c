// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "message.h"
#include "report.h"

/* Print the reason for each region that is left out. */
void report_faults(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->nr; i++) {
		const struct piece *piece = &plan->pieces[i];

		if (*piece->why)
			error("region %u %s: left out: %s", piece->place, piece->name,
			      piece->why);
	}
}

void report_text(const struct plan *plan, const char *path)
{
	printf("wrote %u files to %s, 0x%llx bytes; left out %u regions\n", plan->taken,
	       path, (ull)plan->bytes, plan->nr - plan->taken);
}

/* All strings that get here are printable already. */
static void json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void json_piece(const struct piece *piece)
{
	printf("{\"place\": %u, \"name\": ", piece->place);
	json_string(piece->name);
	printf(", \"seq\": %u, \"address\": \"0x%llx\", \"size\": %llu, ", piece->seq,
	       (ull)piece->address, (ull)piece->size);
	printf(*piece->why ? "\"why\": " : "\"file\": ");
	json_string(*piece->why ? piece->why : piece->file);
	putchar('}');
}

static void json_pieces(const struct plan *plan, bool taken)
{
	const char *comma = "";

	for (unsigned int i = 0; i < plan->nr; i++) {
		if (!*plan->pieces[i].why != taken)
			continue;
		printf("%s\n    ", comma);
		json_piece(&plan->pieces[i]);
		comma = ",";
	}
}

/**
 * report_json() - print the whole report for a program
 * @plan:	the regions that were collected
 * @smem:	SMEM in which their table was found
 */
void report_json(const struct plan *plan, const struct smem *smem)
{
	printf("{\n  \"ok\": %s,\n  \"toc\": \"0x%llx\",\n  \"table\": \"0x%llx\",\n",
	       plan->taken == plan->nr ? "true" : "false", (ull)smem->data,
	       (ull)plan->table);
	printf("  \"bytes\": %llu,\n  \"regions\": [", (ull)plan->bytes);
	json_pieces(plan, true);
	printf("\n  ],\n  \"left_out\": [");
	json_pieces(plan, false);
	puts("\n  ]\n}");
}

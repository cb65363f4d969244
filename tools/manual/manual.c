/* SPDX-License-Identifier: MIT
 *
 * tandem-manual group|speaker|group-status|speaker-status|sentences|json
 *
 * One part of the manual to stdout: manual.h has the picture.
 */
#include "manual.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Puts the next name of "where, key" and gives what follows it. */
static const char *put_name(const char *names, void (*put)(char c))
{
	put('<');
	while (*names != '\0' && *names != ',')
		put(*names++);
	put('>');
	return names + strspn(names, ", ");
}

void tandem_manual_spell(const struct tandem_sentence_row *row, void (*put)(char c))
{
	const char *names = row->args;

	for (const char *c = row->text; *c != '\0'; c++) {
		if (c[0] == '%' && c[1] == 's') {
			names = put_name(names, put);
			c++;
		} else {
			put(*c);
			c += c[0] == '%' && c[1] == '%';
		}
	}
}

static void print_group(void)
{
	tandem_manual_settings(&tandem_group_table);
}

static void print_speaker(void)
{
	tandem_manual_settings(&tandem_speaker_table);
}

static void print_group_status(void)
{
	tandem_manual_status(&tandem_group_status_table, "tandem.");
}

static void print_speaker_status(void)
{
	tandem_manual_status(&tandem_speaker_status_table, "speaker.<label>.");
}

static const struct {
	const char *name;
	void (*print)(void);
} parts[] = {
	{ "group", print_group },
	{ "speaker", print_speaker },
	{ "group-status", print_group_status },
	{ "speaker-status", print_speaker_status },
	{ "sentences", tandem_manual_sentences },
	{ "json", tandem_manual_json },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(parts); i++) {
		if (argc == 2 && strcmp(argv[1], parts[i].name) == 0) {
			parts[i].print();
			return fflush(stdout) == 0 ? 0 : 1;
		}
	}
	fprintf(stderr, "usage: tandem-manual");
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(parts); i++)
		fprintf(stderr, "%c%s", i == 0 ? ' ' : '|', parts[i].name);
	fprintf(stderr, "\n");
	return 2;
}

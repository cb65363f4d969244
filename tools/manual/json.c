/* SPDX-License-Identifier: MIT
 *
 * The tables for the checks, as JSON.
 */
#include "manual.h"

#include <stdbool.h>
#include <stdio.h>

static void put_escaped(char c)
{
	if (c == '"' || c == '\\')
		putchar('\\');
	if ((unsigned char)c < ' ') {
		printf("\\u%04x", (unsigned char)c);
	} else {
		putchar(c);
	}
}

/* "name": "text" */
static void put_member(const char *name, const char *text)
{
	printf("\"%s\": \"", name);
	while (*text != '\0')
		put_escaped(*text++);
	putchar('"');
}

static void put_settings(const char *name, const struct tandem_setting_table *table)
{
	char range[TANDEM_VALUE_SIZE];

	printf("\"%s\": [", name);
	for (uint32_t i = 0; i < table->n; i++) {
		const struct tandem_setting *const row = &table->rows[i];
		const bool live = row->flags & TANDEM_SETTING_LIVE;

		tandem_setting_range(row, range);
		printf("%s\n  {", i == 0 ? "" : ",");
		put_member("key", row->key);
		printf(", ");
		put_member("range", range);
		printf(", ");
		put_member("default", row->fallback);
		printf(", ");
		put_member("unit", row->unit);
		printf(", ");
		put_member("help", row->help);
		printf(", \"live\": %s}", live ? "true" : "false");
	}
	printf("\n]");
}

static void put_status(const char *name, const struct tandem_status_table *table)
{
	printf("\"%s\": [", name);
	for (uint32_t i = 0; i < table->n; i++) {
		printf("%s\n  {", i == 0 ? "" : ",");
		put_member("key", table->rows[i].key);
		printf(", ");
		put_member("help", table->rows[i].help);
		printf("}");
	}
	printf("\n]");
}

static void put_sentences(void)
{
	printf("\"sentences\": [");
	for (uint32_t i = 0; i < TANDEM_N_SENTENCES; i++) {
		printf("%s\n  {\"message\": \"", i == 0 ? "" : ",");
		tandem_manual_spell(&tandem_sentences[i], put_escaped);
		printf("\", ");
		put_member("cure", tandem_sentences[i].cure);
		printf("}");
	}
	printf("\n]");
}

void tandem_manual_json(void)
{
	printf("{\n");
	put_settings("group", &tandem_group_table);
	printf(",\n");
	put_settings("speaker", &tandem_speaker_table);
	printf(",\n");
	put_status("group-status", &tandem_group_status_table);
	printf(",\n");
	put_status("speaker-status", &tandem_speaker_status_table);
	printf(",\n");
	put_sentences();
	printf("\n}\n");
}

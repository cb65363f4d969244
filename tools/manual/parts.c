/* SPDX-License-Identifier: MIT
 *
 * Parts of the man pages: definition lists in reStructuredText.
 */
#include "manual.h"

#include <stdio.h>
#include <string.h>

/* Text as it is: what means something to reStructuredText is escaped. */
static void put_escaped(char c)
{
	if (strchr("\\*`_|<>:", c))
		putchar('\\');
	putchar(c);
}

static void put_text(const char *text)
{
	while (*text != '\0')
		put_escaped(*text++);
}

/* A value stands between ``, where nothing means anything. */
static void put_fallback(const struct tandem_setting *row)
{
	if (row->fallback[0] == '\0') {
		printf("none");
	} else {
		printf("``%s``%s%s", row->fallback, row->unit[0] ? " " : "", row->unit);
	}
}

static const char *when(const struct tandem_setting *row)
{
	if (row->flags & TANDEM_SETTING_TOLD)
		return "Live only";
	if (row->flags & TANDEM_SETTING_KEPT)
		return "Live, remembered";
	return row->flags & TANDEM_SETTING_LIVE ? "Live" : "At the start only";
}

void tandem_manual_settings(const struct tandem_setting_table *table)
{
	char range[TANDEM_VALUE_SIZE];

	for (uint32_t i = 0; i < table->n; i++) {
		const struct tandem_setting *const row = &table->rows[i];

		tandem_setting_range(row, range);
		printf("``%s``\n  ", row->key);
		put_text(row->help);
		printf(".\n  Range: ");
		put_text(range);
		printf(". Default: ");
		put_fallback(row);
		printf(". *%s.*\n\n", when(row));
	}
}

static void put_state_names(void)
{
	printf(": ");
	for (int s = TANDEM_SPEAKER_ABSENT; s <= TANDEM_SPEAKER_BACKING_OFF; s++) {
		printf("%s%s", s == TANDEM_SPEAKER_ABSENT ? "" : ", ",
				tandem_speaker_state_name((enum tandem_speaker_state)s));
	}
}

void tandem_manual_status(const struct tandem_status_table *table, const char *prefix)
{
	for (uint32_t i = 0; i < table->n; i++) {
		printf("``%s%s``\n  ", prefix, table->rows[i].key);
		put_text(table->rows[i].help);
		if (table->rows[i].type == TANDEM_STATUS_STATE)
			put_state_names();
		printf(".\n\n");
	}
}

void tandem_manual_sentences(void)
{
	for (uint32_t i = 0; i < TANDEM_N_SENTENCES; i++) {
		tandem_manual_spell(&tandem_sentences[i], put_escaped);
		printf("\n  ");
		put_text(tandem_sentences[i].cure);
		printf("\n\n");
	}
}

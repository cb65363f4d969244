/* SPDX-License-Identifier: MIT
 *
 * Any text as the module's arguments. Whatever stands in it, the settings can be used and
 * written again, and each mistake is a sentence.
 */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "base/settings-check.h"
#include "bytes.h"
#include "layout.h"
#include "settings.h"

static bool input_is_utf8; /* then what is made of it is, too */

static bool is_text(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	return end && (!input_is_utf8 || g_utf8_validate(text, end - text, NULL));
}

/* What was read is in range: it is written, read again, and the same. */
static void check_rows(const struct tandem_setting_table *table, const void *base,
		void *again)
{
	for (uint32_t i = 0; i < table->n; i++) {
		char text[TANDEM_VALUE_SIZE], second[TANDEM_VALUE_SIZE];

		tandem_setting_write(&table->rows[i], base, text);
		MUST(is_text(text, sizeof(text)), "%s", table->rows[i].key);
		if (!text[0])
			continue; /* not given */
		MUST(tandem_setting_read(&table->rows[i], again, text) == 0, "%s = %s",
				table->rows[i].key, text);
		tandem_setting_write(&table->rows[i], again, second);
		MUST(strcmp(text, second) == 0, "%s = %s, then %s", table->rows[i].key,
				text, second);
	}
}

static void check_speaker(const struct tandem_settings *s, uint32_t i)
{
	struct tandem_speaker_settings again;
	const struct tandem_mix mix = tandem_layout_mix(s, i);

	tandem_speaker_settings_init(&again);
	check_rows(&tandem_speaker_table, &s->speakers[i], &again);
	MUST(is_text(s->speakers[i].label, sizeof(again.label)), "label");
	for (uint32_t c = 0; c < 2; c++) {
		for (uint32_t k = 0; k < TANDEM_SINK_CHANNELS; k++)
			MUST(isfinite(mix.gains[c][k]), "gain %u %u", c, k);
	}
}

static void check_settings(const struct tandem_settings *s)
{
	struct tandem_settings again;

	tandem_settings_init(&again);
	check_rows(&tandem_group_table, s, &again);
	MUST(s->n_speakers >= 1 && s->n_speakers <= TANDEM_MAX_SPEAKERS, "%u speakers",
			s->n_speakers);
	for (uint32_t i = 0; i < s->n_speakers; i++)
		check_speaker(s, i);
}

static void check_sentence(void *data, const char *sentence)
{
	(void)data;
	MUST(is_text(sentence, TANDEM_SENTENCE_SIZE) && sentence[0], "'%s'", sentence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tandem_settings settings;
	static struct tandem_mistakes mistakes;
	char *text = malloc(size + 1);

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0'; /* libspa 0.3.65 looks behind a string that breaks off */
	input_is_utf8 = g_utf8_validate(text, (gssize)size, NULL);
	mistakes.n = 0;
	tandem_settings_init(&settings);
	tandem_settings_read(&settings, &mistakes, "arguments", text, size);
	tandem_settings_finish(&settings);
	MUST(mistakes.n <= TANDEM_MAX_MISTAKES, "%u mistakes", mistakes.n);
	for (uint32_t i = 0; i < mistakes.n; i++)
		check_sentence(NULL, mistakes.sentences[i]);
	check_settings(&settings);
	tandem_settings_check(&settings, check_sentence, NULL);
	free(text);
	return 0;
}

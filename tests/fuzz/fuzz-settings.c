/* SPDX-License-Identifier: MIT
 *
 * Any text as the module's arguments. Whatever stands in it, the settings can be used, and
 * each mistake is a sentence.
 */
#include <math.h>
#include <string.h>

#include "bytes.h"
#include "settings.h"

static bool is_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static void check_speaker(const struct tandem_settings_speaker *s)
{
	MUST(is_text(s->wish.address, sizeof(s->wish.address)), "address");
	MUST(is_text(s->wish.name, sizeof(s->wish.name)), "name");
	MUST(s->n_channels <= TANDEM_MAX_CHANNELS, "%u channels", s->n_channels);
	for (uint32_t i = 0; i < s->n_channels; i++)
		MUST(s->channels[i] < 2, "channel %u", s->channels[i]);
}

static void check_settings(const struct tandem_settings *s)
{
	MUST(is_text(s->name, sizeof(s->name)) && s->name[0], "name");
	MUST(is_text(s->description, sizeof(s->description)), "description");
	MUST(is_text(s->remote, sizeof(s->remote)), "remote");
	MUST(s->layout <= TANDEM_LAYOUT_MONO, "layout %d", (int)s->layout);
	MUST(s->n_speakers >= 1 && s->n_speakers <= TANDEM_MAX_SPEAKERS, "%u speakers",
			s->n_speakers);
	for (uint32_t i = 0; i < s->n_speakers; i++)
		check_speaker(&s->speakers[i]);
}

static void check_mistakes(const struct tandem_mistakes *m)
{
	MUST(m->n <= TANDEM_MAX_MISTAKES, "%u mistakes", m->n);
	for (uint32_t i = 0; i < m->n; i++) {
		MUST(is_text(m->sentences[i], sizeof(m->sentences[i])) &&
						m->sentences[i][0],
				"sentence %u", i);
	}
}

static void check_group(const struct tandem_group_setup *g)
{
	MUST(g->n_channels >= 1 && g->n_channels <= TANDEM_MAX_CHANNELS, "%u",
			g->n_channels);
	MUST(g->n_speakers >= 1 && g->n_speakers <= TANDEM_MAX_SPEAKERS, "%u",
			g->n_speakers);
	for (uint32_t i = 0; i < g->n_speakers; i++) {
		const struct tandem_speaker_setup *s = &g->speakers[i];

		MUST(is_text(s->label, sizeof(s->label)) && s->label[0], "label");
		MUST(s->n_channels == 1 || s->n_channels == 2, "%u", s->n_channels);
		for (uint32_t c = 0; c < 2 * TANDEM_MAX_CHANNELS; c++) {
			MUST(isfinite(s->gains[c % 2][c / 2]), "gain %u", c);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tandem_settings settings;
	static struct tandem_mistakes mistakes;
	static struct tandem_group_setup group;
	char *text = malloc(size + 1);

	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	memset(&settings, 0xee, sizeof(settings));
	memset(&mistakes, 0xee, sizeof(mistakes));
	memset(&group, 0, sizeof(group));
	tandem_settings_parse(&settings, &mistakes, text);
	check_settings(&settings);
	check_mistakes(&mistakes);
	tandem_settings_group(&settings, &group);
	check_group(&group);
	free(text);
	return 0;
}

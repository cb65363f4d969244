/* SPDX-License-Identifier: MIT */
#include "settings-check.h"

#include <stdio.h>

#include "sentence.h"

struct teller {
	void (*tell)(void *data, const char *sentence);
	void *data;
	char sentence[TANDEM_SENTENCE_SIZE];
};

#define SAY(t, ...)                                                                        \
	do {                                                                               \
		tandem_say((t)->sentence, __VA_ARGS__);                                    \
		(t)->tell((t)->data, (t)->sentence);                                       \
	} while (0)

static const char *layout_name(const struct tandem_settings *s)
{
	return tandem_setting_find(&tandem_group_table, "layout")->choices[s->layout];
}

static void check_matrix(const struct tandem_settings *s, struct teller *t)
{
	const bool custom = s->layout == TANDEM_LAYOUT_CUSTOM;
	char rows[16], speakers[16];

	if (custom && s->matrix.n_rows == 0)
		SAY(t, TANDEM_SAY_MATRIX_MISSING);
	if (!custom && s->matrix.n_rows > 0)
		SAY(t, TANDEM_SAY_MATRIX_UNUSED, layout_name(s));
	if (custom && s->matrix.n_rows > 0 && s->matrix.n_rows != s->n_speakers) {
		snprintf(rows, sizeof(rows), "%u", s->matrix.n_rows);
		snprintf(speakers, sizeof(speakers), "%u", s->n_speakers);
		SAY(t, TANDEM_SAY_MATRIX_ROWS, rows, speakers);
	}
	for (uint32_t i = 0; custom && s->matrix.n_rows > 0 && i < s->n_speakers; i++) {
		if (s->speakers[i].channels.n > 0)
			SAY(t, TANDEM_SAY_CHANNELS_UNUSED, s->speakers[i].label);
	}
}

static void check_layout(const struct tandem_settings *s, struct teller *t)
{
	uint32_t with_channels = 0;

	for (uint32_t i = 0; i < s->n_speakers; i++)
		with_channels += s->speakers[i].channels.n > 0;
	if (with_channels == s->n_speakers &&
			(s->layout == TANDEM_LAYOUT_PARTY ||
					s->layout == TANDEM_LAYOUT_MONO))
		SAY(t, TANDEM_SAY_LAYOUT_UNUSED, layout_name(s));
}

static bool plays(const struct tandem_settings *s, uint32_t speaker, uint32_t channel)
{
	const struct tandem_channels *const c = &s->speakers[speaker].channels;

	if (c->n == 0) {
		return s->layout == TANDEM_LAYOUT_PARTY ||
		       s->layout == TANDEM_LAYOUT_MONO ||
		       speaker % TANDEM_SINK_CHANNELS == channel;
	}
	return c->index[0] == channel || (c->n > 1 && c->index[1] == channel);
}

/* A group of one is a speaker somebody wants for its delay or its codec. */
static void check_channels(const struct tandem_settings *s, struct teller *t)
{
	if (s->n_speakers < 2 ||
			(s->layout == TANDEM_LAYOUT_CUSTOM && s->matrix.n_rows > 0))
		return;
	for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++) {
		bool heard = false;

		for (uint32_t i = 0; i < s->n_speakers; i++)
			heard = heard || plays(s, i, c);
		if (!heard)
			SAY(t, TANDEM_SAY_NOBODY_PLAYS, tandem_channel_names[c]);
	}
}

void tandem_settings_check(const struct tandem_settings *s,
		void (*tell)(void *data, const char *sentence), void *data)
{
	struct teller t = { .tell = tell, .data = data };

	check_matrix(s, &t);
	check_layout(s, &t);
	check_channels(s, &t);
}

/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <math.h>

#define FL 0
#define FR 1

/* Both drivers of the box play the same mean of these channels. */
static struct tandem_mix same(const struct tandem_channels *c)
{
	struct tandem_mix mix = { 0 };

	for (uint32_t i = 0; i < c->n; i++) {
		mix.gains[0][c->index[i]] = 1.0f / (float)c->n;
		mix.gains[1][c->index[i]] = 1.0f / (float)c->n;
	}
	return mix;
}

/* Stereo within the box; one with a single driver mixes by itself. */
static struct tandem_mix apart(const struct tandem_channels *c)
{
	struct tandem_mix mix = { 0 };

	mix.gains[0][c->index[0]] = 1.0f;
	mix.gains[1][c->index[1]] = 1.0f;
	return mix;
}

static struct tandem_mix by_matrix(const struct tandem_matrix *m, uint32_t speaker)
{
	struct tandem_mix mix = { 0 };

	if (speaker >= m->n_rows)
		return mix;
	for (uint32_t i = 0; i < 2 * TANDEM_SINK_CHANNELS; i++) {
		mix.gains[i / TANDEM_SINK_CHANNELS][i % TANDEM_SINK_CHANNELS] =
				m->rows[speaker].gains[i % m->rows[speaker].n];
	}
	return mix;
}

static struct tandem_mix by_layout(const struct tandem_settings *s, uint32_t speaker)
{
	const struct tandem_channels own = s->speakers[speaker].channels;
	const struct tandem_channels both = { 2, { FL, FR } };
	const struct tandem_channels one = { 1, { speaker % TANDEM_SINK_CHANNELS, 0 } };

	if (s->layout == TANDEM_LAYOUT_CUSTOM && s->matrix.n_rows > 0)
		return by_matrix(&s->matrix, speaker);
	if (own.n > 0)
		return own.n == 2 ? apart(&own) : same(&own);
	if (s->layout == TANDEM_LAYOUT_PARTY)
		return apart(&both);
	return s->layout == TANDEM_LAYOUT_MONO ? same(&both) : same(&one);
}

struct tandem_mix tandem_layout_mix(const struct tandem_settings *s, uint32_t speaker)
{
	const struct tandem_speaker_settings *const p = &s->speakers[speaker];
	const float gain = p->mute ? 0.0f
				   : (float)pow(10.0, p->gain_db / 20.0) *
							   (p->invert ? -1.0f : 1.0f);
	const struct tandem_mix plain = by_layout(s, speaker);
	struct tandem_mix mix = { 0 };

	for (uint32_t row = 0; row < TANDEM_ARRAY_LEN(mix.gains); row++) {
		for (uint32_t c = 0; c < TANDEM_SINK_CHANNELS; c++) {
			const uint32_t from = s->swap ? TANDEM_SINK_CHANNELS - 1 - c : c;

			mix.gains[row][c] = gain * plain.gains[row][from];
		}
	}
	return mix;
}

const char *tandem_layout_plays(const struct tandem_mix *mix)
{
	const bool left[2] = { mix->gains[0][FL] != 0.0f, mix->gains[1][FL] != 0.0f };
	const bool right[2] = { mix->gains[0][FR] != 0.0f, mix->gains[1][FR] != 0.0f };

	if (!left[0] && !left[1])
		return right[0] || right[1] ? "FR" : "nothing";
	if (!right[0] && !right[1])
		return "FL";
	if (left[0] && !right[0] && !left[1] && right[1])
		return "FL/FR";
	if (!left[0] && right[0] && left[1] && !right[1])
		return "FR/FL";
	return "FL+FR";
}

struct tandem_codec_wish tandem_layout_wish(const struct tandem_settings *s,
		uint32_t speaker)
{
	const struct tandem_speaker_settings *const p = &s->speakers[speaker];
	const struct tandem_mix mix = by_layout(s, speaker);

	return (struct tandem_codec_wish){
		.codec = p->codec,
		.sbc_mode = p->sbc_mode,
		.bitpool = p->bitpool,
		.ldac_mode = p->ldac_mode,
		.ldac_quality = p->ldac_quality,
		.goal = s->goal,
		.one_channel = tandem_mix_is_alike(&mix),
		.alone = s->n_speakers == 1,
	};
}

uint32_t tandem_layout_codecs(const struct tandem_settings *s)
{
	uint32_t mask = TANDEM_CODEC_BIT(tandem_codecs[0]);

	for (uint32_t i = 0; i < s->n_speakers; i++) {
		const struct tandem_codec_wish wish = tandem_layout_wish(s, i);
		const struct tandem_codec *const codec = tandem_codec_wished(&wish);

		if (codec->encoder)
			mask |= TANDEM_CODEC_BIT(codec);
	}
	return mask;
}

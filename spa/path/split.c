/* SPDX-License-Identifier: MIT */
#include "split.h"

#include <math.h>
#include <string.h>

/* The mix as the coded channels have it. */
static struct tandem_mix fold(const struct tandem_mix *mix, uint32_t channels)
{
	struct tandem_mix folded = *mix;

	if (channels == 1) {
		for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++)
			folded.gains[0][c] = 0.5f * (mix->gains[0][c] + mix->gains[1][c]);
	}
	return folded;
}

void tandem_split_init(struct tandem_split *s, uint32_t channels,
		const struct tandem_mix *mix)
{
	*s = (struct tandem_split){ .channels = channels, .mix = fold(mix, channels) };
	s->alike = tandem_mix_is_alike(&s->mix);
}

void tandem_split_set_mix(struct tandem_split *s, const struct tandem_mix *mix,
		uint32_t fade_frames)
{
	const float x = s->mix_left > 0 ? (float)s->mix_left / (float)s->mix_frames : 0.0f;

	for (uint32_t row = 0; row < 2; row++) {
		for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++) {
			const float old = s->old_mix.gains[row][c];
			const float now = s->mix.gains[row][c];

			s->old_mix.gains[row][c] = x * old + (1.0f - x) * now;
		}
	}
	s->old_alike = tandem_mix_is_alike(&s->old_mix);
	s->mix = fold(mix, s->channels);
	s->alike = tandem_mix_is_alike(&s->mix);
	s->mix_frames = fade_frames;
	s->mix_left = fade_frames;
}

void tandem_split_seek(struct tandem_split *s, int64_t frame)
{
	s->position = frame;
	s->fade_left = 0;
}

void tandem_split_jump(struct tandem_split *s, int64_t frames, uint32_t fade_frames)
{
	s->old_position = s->position;
	s->position += frames;
	s->fade_frames = fade_frames;
	s->fade_left = fade_frames;
}

void tandem_split_open(struct tandem_split *s, uint32_t on, uint32_t ramp_frames)
{
	s->level_step = (on ? 1.0f : -1.0f) / (float)ramp_frames;
}

bool tandem_split_is_alike(const struct tandem_split *s)
{
	return s->channels == 1 || (s->alike && (s->mix_left == 0 || s->old_alike));
}

/* A box that plays one channel of the sink as it is gets a copy. */
static void gather(const struct tandem_delayline *l, const float *gains, int64_t frame,
		float *out, uint32_t frames)
{
	uint32_t c = 0;

	while (c < l->channels && gains[c] == 0.0f)
		c++;
	if (c < l->channels && gains[c] == 1.0f) {
		tandem_delayline_read(l, c++, frame, out, frames);
	} else {
		memset(out, 0, frames * sizeof(float));
	}
	for (; c < l->channels; c++) {
		if (gains[c] != 0.0f)
			tandem_delayline_mix(l, c, frame, gains[c], out, frames);
	}
}

/* One row as it is mixed now. */
static void take(const struct tandem_split *s, const struct tandem_delayline *l,
		uint32_t row, int64_t frame, float *out, uint32_t frames)
{
	float old[TANDEM_SPLIT_MAX_FRAMES];

	gather(l, s->mix.gains[row], frame, out, frames);
	if (s->mix_left == 0)
		return;
	gather(l, s->old_mix.gains[row], frame, old, frames);
	for (uint32_t i = 0; i < frames && i < s->mix_left; i++) {
		const float x = (float)(s->mix_left - i) / (float)s->mix_frames;

		out[i] += x * (old[i] - out[i]);
	}
}

/* How alike the two places of a jump are: the correlation of the last frames before them,
 * as many as the fade will last. Opposites count as unlike: weights that made up for
 * them would be without bound. */
static float measure_likeness(const struct tandem_split *s,
		const struct tandem_delayline *l)
{
	float new[TANDEM_SPLIT_MAX_FRAMES];
	float old[TANDEM_SPLIT_MAX_FRAMES];
	float power[2] = { 0 };
	float common = 0.0f;
	const uint32_t rows = tandem_split_is_alike(s) ? 1 : 2;

	for (uint32_t done = 0; done < s->fade_frames; done += TANDEM_SPLIT_MAX_FRAMES) {
		const int64_t back = (int64_t)s->fade_frames - done;
		const uint32_t n = back < TANDEM_SPLIT_MAX_FRAMES ? (uint32_t)back
								  : TANDEM_SPLIT_MAX_FRAMES;

		for (uint32_t row = 0; row < rows; row++) {
			take(s, l, row, s->position - back, new, n);
			take(s, l, row, s->old_position - back, old, n);
			for (uint32_t i = 0; i < n; i++) {
				power[0] += new[i] * new[i];
				power[1] += old[i] * old[i];
				common += new[i] * old[i];
			}
		}
	}
	common /= sqrtf(power[0] * power[1]) + 1e-12f; /* silence: nothing in common */
	return common > 0.0f ? common : 0.0f;
}

/* Keeps the power: of x old + (1 - x) new it is x^2 + (1 - x)^2 + 2 x (1 - x) likeness. */
static void crossfade(const struct tandem_split *s, const float *old, float *out,
		uint32_t frames)
{
	for (uint32_t i = 0; i < frames && i < s->fade_left; i++) {
		const float x = (float)(s->fade_left - i) / (float)s->fade_frames;
		const float lost = 2.0f * x * (1.0f - x) * (1.0f - s->likeness);

		out[i] = (x * old[i] + (1.0f - x) * out[i]) / sqrtf(1.0f - lost);
	}
}

static float apply_level(const struct tandem_split *s, float *out, uint32_t frames)
{
	float level = s->level;

	if (level == 1.0f && s->level_step >= 0.0f)
		return level;
	for (uint32_t i = 0; i < frames; i++) {
		level += s->level_step;
		level = level < 0.0f ? 0.0f : level > 1.0f ? 1.0f : level;
		out[i] *= level;
	}
	return level;
}

void tandem_split_run(struct tandem_split *s, const struct tandem_delayline *l,
		float *const out[], uint32_t frames)
{
	const uint32_t rows = s->channels == 2 && out[1] != NULL ? 2 : 1;
	float old[TANDEM_SPLIT_MAX_FRAMES];
	float level = s->level;

	if (s->fade_left > 0 && s->fade_left == s->fade_frames)
		s->likeness = measure_likeness(s, l);
	for (uint32_t row = 0; row < rows; row++) {
		take(s, l, row, s->position, out[row], frames);
		if (s->fade_left > 0) {
			take(s, l, row, s->old_position, old, frames);
			crossfade(s, old, out[row], frames);
		}
		level = apply_level(s, out[row], frames);
	}
	s->level = level;
	s->position += frames;
	s->old_position += frames;
	s->fade_left = s->fade_left > frames ? s->fade_left - frames : 0;
	s->mix_left = s->mix_left > frames ? s->mix_left - frames : 0;
}

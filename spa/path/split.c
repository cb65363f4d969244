/* SPDX-License-Identifier: MIT */
#include "split.h"

#include <math.h>
#include <string.h>

void tandem_split_init(struct tandem_split *s, uint32_t channels,
		const float gains[2][TANDEM_MAX_CHANNELS])
{
	*s = (struct tandem_split){ .channels = channels };
	memcpy(s->gains, gains, sizeof(s->gains));
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

static void take(const struct tandem_split *s, const struct tandem_delayline *l,
		uint32_t row, int64_t frame, float *out, uint32_t frames)
{
	memset(out, 0, frames * sizeof(float));
	for (uint32_t c = 0; c < l->channels; c++) {
		if (s->gains[row][c] != 0.0f)
			tandem_delayline_mix(l, c, frame, s->gains[row][c], out, frames);
	}
}

/* Equal power: what meets in a jump of more than a millisecond is hardly correlated. */
static void crossfade(const struct tandem_split *s, const float *old, float *out,
		uint32_t frames)
{
	for (uint32_t i = 0; i < frames && i < s->fade_left; i++) {
		const float x = (float)(s->fade_left - i) / (float)s->fade_frames;
		const float angle = x * (float)M_PI_2;

		out[i] = out[i] * cosf(angle) + old[i] * sinf(angle);
	}
}

static float apply_level(const struct tandem_split *s, float *out, uint32_t frames)
{
	float level = s->level;

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
	float old[TANDEM_SPLIT_MAX_FRAMES];
	float level = s->level;

	for (uint32_t row = 0; row < s->channels; row++) {
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
}

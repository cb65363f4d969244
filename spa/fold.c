/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include <math.h>

#define N_ROWS TANDEM_ARRAY_LEN(((struct tandem_mix *)0)->gains)

/* Bit mask of channels. */
static uint32_t channels_of(const float gains[TANDEM_MAX_CHANNELS])
{
	uint32_t channels = 0;

	for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++) {
		if (gains[c] != 0.0f)
			channels |= 1u << c;
	}
	return channels;
}

/* Bit mask of the channels that nobody who is present plays, and somebody should. */
static uint32_t missing_channels(const struct tandem_mix mixes[TANDEM_MAX_SPEAKERS],
		uint32_t present)
{
	uint32_t wanted = 0;
	uint32_t carried = 0;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		for (uint32_t row = 0; row < N_ROWS; row++) {
			const uint32_t channels = channels_of(mixes[i].gains[row]);

			wanted |= channels;
			if (present & (1u << i))
				carried |= channels;
		}
	}
	return wanted & ~carried;
}

static float greatest(const float gains[TANDEM_MAX_CHANNELS])
{
	float best = 0.0f;

	for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++)
		best = fabsf(gains[c]) > fabsf(best) ? gains[c] : best;
	return best;
}

/* The mean, as the layout mono has it. Chosen: what is in the middle, a voice, stays as
 * loud as it was on this box, and nothing can clip; with -3 dB of each it would be 3 dB
 * louder, and clip. Who is muted stays so. */
static void spread(float gains[TANDEM_MAX_CHANNELS], uint32_t missing)
{
	const uint32_t channels = channels_of(gains) | missing;
	const float gain = greatest(gains);
	uint32_t n = 0;

	for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++)
		n += (channels >> c) & 1u;
	for (uint32_t c = 0; c < TANDEM_MAX_CHANNELS; c++)
		gains[c] = (channels >> c) & 1u ? gain / (float)n : 0.0f;
}

struct tandem_mix tandem_fold_mix(const struct tandem_mix mixes[TANDEM_MAX_SPEAKERS],
		uint32_t present, uint32_t slot)
{
	const uint32_t missing = missing_channels(mixes, present | 1u << slot);
	struct tandem_mix mix = mixes[slot];

	for (uint32_t row = 0; row < N_ROWS && missing != 0; row++)
		spread(mix.gains[row], missing);
	return mix;
}

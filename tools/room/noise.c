/* SPDX-License-Identifier: MIT */
#include "noise.h"

#include <math.h>

/* Part of the way to a new value per frame; the lowest corner is at 23 Hz of 48 kHz. */
static const float way[TANDEM_NOISE_POLES] = { 0.003f, 0.012f, 0.048f, 0.192f, 0.768f };
static const float height[TANDEM_NOISE_POLES] = { 16.0f, 8.0f, 4.0f, 2.0f, 1.0f };

/* Of the sum, fed with white noise of mean square 1: the poles' answers overlap. */
static double mean_square(void)
{
	double sum = 0.0;

	for (int i = 0; i < TANDEM_NOISE_POLES; i++) {
		for (int k = 0; k < TANDEM_NOISE_POLES; k++) {
			const double a = (double)way[i], b = (double)way[k];

			sum += (double)(height[i] * height[k]) * a * b /
			       (1.0 - (1.0 - a) * (1.0 - b));
		}
	}
	return sum;
}

void tandem_noise_init(struct tandem_noise *n, struct tandem_random random)
{
	*n = (struct tandem_noise){ .random = random,
		.scale = (float)(1.0 / sqrt(mean_square())) };
}

void tandem_noise_add(struct tandem_noise *n, float rms, float *x, uint32_t frames)
{
	const float scale = rms * n->scale;

	for (uint32_t i = 0; i < frames; i++) {
		const float white = (float)tandem_random_normal(&n->random);
		float sum = 0.0f;

		for (int k = 0; k < TANDEM_NOISE_POLES; k++) {
			n->state[k] += way[k] * (white - n->state[k]);
			sum += height[k] * n->state[k];
		}
		x[i] += scale * sum;
	}
}

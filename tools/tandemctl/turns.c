/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include <math.h>
#include <stdbool.h>

/* Sine of the angle between them, as directions in the plane of left and right. A third
 * (19 degrees) leaves 10 dB between what is common and what is not. Chosen. */
#define APART (1.0f / 3.0f)

static bool are_apart(const float a[TANDEM_SINK_CHANNELS],
		const float b[TANDEM_SINK_CHANNELS])
{
	const float cross = fabsf(a[0] * b[1] - a[1] * b[0]);

	return cross > APART * hypotf(a[0], a[1]) * hypotf(b[0], b[1]);
}

/* More than there are channels can never be told apart. */
static bool fits(const float gains[][TANDEM_SINK_CHANNELS], const uint32_t turn[],
		uint32_t speaker, uint32_t k)
{
	uint32_t company = 0;

	for (uint32_t i = 0; i < speaker; i++) {
		if (turn[i] != k)
			continue;
		if (!are_apart(gains[i], gains[speaker]))
			return false;
		company++;
	}
	return company < TANDEM_SINK_CHANNELS;
}

uint32_t tandem_turns_plan(const float gains[][TANDEM_SINK_CHANNELS], uint32_t n,
		uint32_t turn[])
{
	uint32_t turns = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = 0;

		while (!fits(gains, turn, i, k))
			k++;
		turn[i] = k;
		if (k == turns)
			turns++;
	}
	return turns;
}

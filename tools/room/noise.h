/* SPDX-License-Identifier: MIT
 *
 * Noise: what a room has of its own. Pink, for that is how fans, streets and the noise of
 * people fall off: one white source through five one-pole low-passes, corners four times
 * apart, each of half the height of the one below. Within 1 dB of 1/f from 30 Hz to 12 kHz
 * at 48 kHz (computed).
 */
#ifndef TANDEM_ROOM_NOISE_H
#define TANDEM_ROOM_NOISE_H

#include "base/random.h"
#include "base/units.h"

#define TANDEM_NOISE_POLES 5

struct tandem_noise {
	struct tandem_random random;
	float scale; /* to a mean square of 1 */
	float state[TANDEM_NOISE_POLES];
};

void tandem_noise_init(struct tandem_noise *n, struct tandem_random random);

/* x[frames] += noise of that rms. */
void tandem_noise_add(struct tandem_noise *n, float rms, float *x, uint32_t frames);

#endif

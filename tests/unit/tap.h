/* SPDX-License-Identifier: MIT
 *
 * Tap: a box whose codec keeps the samples as they are, so that a test sees what goes into
 * the encoder, and when it was due. Codec and transport in one.
 */
#ifndef TANDEM_TESTS_TAP_H
#define TANDEM_TESTS_TAP_H

#include "world.h"

#define TAP_BLOCK_FRAMES 120 /* two channels of floats fill one packet */
#define TAP_MAX_BLOCKS 8192  /* 20 s at 48 kHz */

struct tap { /* first member: the transport */
	struct tandem_transport transport;
	const int64_t *now_ns;
	int *freed;
	uint32_t channels;
	int64_t sent_ns[TAP_MAX_BLOCKS];
	float pcm[2][TAP_MAX_BLOCKS * TAP_BLOCK_FRAMES]; /* [channel][frame] */
	uint32_t n_blocks;
};

/* Into the slot of the world, which frees it, at the graph's rate; channels: coded. */
struct tap *tandem_tap_add(struct world *w, uint32_t slot, uint32_t channels,
		const struct tandem_mix *mix);

uint32_t tandem_tap_frames(const struct tap *t);

/* How late, in s and modulo one period of hz, the tone was heard in the last tenth of a
 * second, against where the graph had it. */
double tandem_tap_lateness_s(const struct world *w, const struct tap *t, double hz);
double tandem_tap_apart_s(double a, double b, double hz); /* modulo one period */

/* Greatest second difference of both channels in frames [from, to). */
double tandem_tap_roughness(const struct tap *t, uint32_t from, uint32_t to);

/* Root mean square of a channel in frames [from, to). */
double tandem_tap_rms(const struct tap *t, uint32_t channel, uint32_t from, uint32_t to);

#endif

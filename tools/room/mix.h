/* SPDX-License-Identifier: MIT
 *
 * Mix: what a microphone at the seat hears of boxes in a room, on the clock of its own.
 *
 *   box 0 --> response --+                                 pink noise
 *   box 1 --> response --+--> level --+                        |
 *                        |            +--> how loud the others are
 *                        +--> speech -----> microphone's clock +--> gain --> out
 *
 * Host frames are the recordings' (tools/speaker/host-wav.h: 48 kHz, frame 0 at their t0);
 * microphone frames are 1 + mic_ppm / 1e6 of them in the same time. Microphone frame 0 is
 * at the host frame that start() was told, frame n at that + n / (1 + mic_ppm / 1e6): no
 * delay is added. The resampler is libsamplerate's (a foreign one: ours must not grade
 * itself), its fast filter: 97 dB, flat to 19 kHz.
 *
 * Noise and speech are as far below the boxes' sound as told, whatever is played: its mean
 * power is followed over 3 s, pauses (30 dB below) left out. Before the first sound they
 * are as for boxes that play white noise 20 dB below full scale.
 *
 * Two boxes in a room of 0.8 s take 2.8 % of a core (measured: test-room-mix).
 * Full scale +-1.0. new() takes all memory; the rest is for any one thread.
 */
#ifndef TANDEM_ROOM_MIX_H
#define TANDEM_ROOM_MIX_H

#include "convolve.h"
#include "room.h"

#define TANDEM_MIX_HZ 48000
/* Chosen: a box at full scale, 0.3 m away in a live room, stays below +-1. */
#define TANDEM_MIX_GAIN 0.1f

struct tandem_mix;

struct tandem_mix_config {
	struct tandem_room room; /* n_speakers boxes */
	/* Writes what that box plays, host frames first to first + BLOCK, which may be
	 * before 0. */
	void (*read)(void *data, uint32_t box, int64_t first,
			float out[TANDEM_CONVOLVE_BLOCK]);
	void *data;
	const float *speech; /* borrowed for good, played in a loop; NULL: none */
	int64_t speech_frames;
	double speech_db; /* its mean power against the boxes' together */
};

/* Sets *ret_mix; untouched on failure. Returns 0, -EINVAL (what room.h says) or -ENOMEM. */
TANDEM_CHECK int tandem_mix_new(struct tandem_mix **ret_mix,
		const struct tandem_mix_config *config);
void tandem_mix_free(struct tandem_mix *m); /* NULL is fine */

/* Begins anew; what the boxes played before that host frame is not heard any more. */
void tandem_mix_start(struct tandem_mix *m, int64_t first);

/* The next frames of the microphone. Reads up to 1 + 300 / BLOCK blocks ahead of what it
 * gives. */
void tandem_mix_run(struct tandem_mix *m, float *out, uint32_t frames);

#endif

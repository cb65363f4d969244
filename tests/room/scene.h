/* SPDX-License-Identifier: MIT
 *
 * Scene: boxes that play in a simulated room, and what a microphone at the seat records,
 * all in virtual time.
 *
 *   sound of each box --> [ response of the room ] --> [ latency, clock ] --+--> microphone
 *                                                 noise, speech ------------+
 *
 * Frame n of the microphone is at n / (1 + mic_ppm) of the host; a box plays its frame
 * (t - latency) * (1 + drift) at host time t. Noise is half pink and half white, as loud as
 * the room's snr_db says against what all boxes bring to the microphone.
 */
#ifndef TANDEM_TESTS_SCENE_H
#define TANDEM_TESTS_SCENE_H

#include <stdint.h>

#include "tools/room/room.h"

struct scene {
	struct tandem_room room;
	uint32_t rate_hz;
	uint32_t frames;
	double latency_s[TANDEM_MAX_SPEAKERS];
	double drift_ppm[TANDEM_MAX_SPEAKERS];
	const float *given[TANDEM_MAX_SPEAKERS];  /* [frames]: the references */
	const float *played[TANDEM_MAX_SPEAKERS]; /* [frames]: as the codec leaves them */
	const float *speech;                      /* [speech_frames], repeated; or NULL */
	uint32_t speech_frames;
	double speech_db; /* at the microphone, against all boxes */
	float *mic;       /* [frames], made */
};

/* Makes mic; the caller frees it. Aborts without memory. */
void tandem_scene_record(struct scene *s);

/* At that frame of the microphone: its frame less the one of the reference whose direct
 * sound is heard then. */
double tandem_scene_lag_frames(const struct scene *s, uint32_t speaker, double frame);

/* What the ear should say of level and of each octave: 20 ms of the response from 1 ms
 * before the direct sound on, octaves alike. */
double tandem_scene_level_db(const struct scene *s, uint32_t speaker);

#endif

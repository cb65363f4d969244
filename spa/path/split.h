/* SPDX-License-Identifier: MIT
 *
 * Split: takes one speaker's share of the sound out of the group's delay line, by a row
 * of gains per channel of the box, at a read position of its own.
 *
 *   delay line [sink channels] --gains--> [1 or 2 channels of the box] --level--> out
 *
 * The position moves by the frames taken; a jump crossfades from the old place to the
 * new, so that a step in time is not a step in the waveform. The level ramps likewise.
 * Thread: data loop; init anywhere before.
 */
#ifndef TANDEM_PATH_SPLIT_H
#define TANDEM_PATH_SPLIT_H

#include "delayline.h"

struct tandem_split {
	/* constant after init */
	uint32_t channels;
	float gains[2][TANDEM_MAX_CHANNELS];
	/* data loop */
	int64_t position;     /* the next frame to take */
	int64_t old_position; /* where the sound being faded out stands */
	uint32_t fade_frames; /* length of the crossfade under way */
	uint32_t fade_left;   /* 0: none */
	float level;
	float level_step; /* per frame, towards 0 or 1 */
};

/* channels: 1 or 2. Starts silent (level 0) at frame 0. */
void tandem_split_init(struct tandem_split *s, uint32_t channels,
		const float gains[2][TANDEM_MAX_CHANNELS]);

/* Goes there at once, without a fade: only while silent. */
void tandem_split_seek(struct tandem_split *s, int64_t frame) TANDEM_RT;

/* Moves the read position by frames (> 0: forward in the music), crossfaded over
 * fade_frames (> 0). During a fade the old place is forgotten: the caller waits. */
void tandem_split_jump(struct tandem_split *s, int64_t frames,
		uint32_t fade_frames) TANDEM_RT;

/* Level towards 1 (on) or 0 within ramp_frames (> 0). */
void tandem_split_open(struct tandem_split *s, uint32_t on, uint32_t ramp_frames) TANDEM_RT;

/* out[channels][frames], frames <= TANDEM_SPLIT_MAX_FRAMES. */
#define TANDEM_SPLIT_MAX_FRAMES 256
void tandem_split_run(struct tandem_split *s, const struct tandem_delayline *l,
		float *const out[], uint32_t frames) TANDEM_RT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * Split: takes one speaker's share of the sound out of the group's delay line, by a row
 * of gains per channel of the box, at a read position of its own.
 *
 *   delay line [sink channels] --mix--> [1 or 2 coded channels] --level--> out
 *
 * Everything may change while it plays, and nothing steps:
 *   the mix       crossfaded linearly: both sides are the same music at the same instant,
 *                 so amplitudes add; a change of gain is a straight ramp. Two channels
 *                 that have nothing in common dip by 3 dB in the middle of a swap.
 *   the position  moves by the frames taken; a jump crossfades from the old place to the
 *                 new with weights that keep the power, after how alike the two places
 *                 are: alike, amplitudes add; not alike, powers do.
 *   the level     ramps.
 * Thread: data loop; init anywhere before.
 */
#ifndef TANDEM_PATH_SPLIT_H
#define TANDEM_PATH_SPLIT_H

#include <stdbool.h>

#include "delayline.h"
#include "mix.h"

struct tandem_split {
	/* constant after init */
	uint32_t channels; /* coded */
	/* data loop: what */
	struct tandem_mix mix;
	struct tandem_mix old_mix; /* being faded out */
	uint32_t mix_frames;       /* length of the fade under way */
	uint32_t mix_left;         /* 0: none */
	bool alike;                /* both rows of mix */
	bool old_alike;            /* of old_mix */
	/* data loop: where */
	int64_t position;     /* the next frame to take */
	int64_t old_position; /* where the sound being faded out stands */
	uint32_t fade_frames; /* length of the crossfade under way */
	uint32_t fade_left;   /* 0: none */
	float likeness;       /* correlation of the two places, 0 to 1 */
	/* data loop: how loud */
	float level;
	float level_step; /* per frame, towards 0 or 1 */
};

/* channels: 1 or 2. Starts silent (level 0) at frame 0. */
void tandem_split_init(struct tandem_split *s, uint32_t channels,
		const struct tandem_mix *mix);

/* Crossfades from what is heard now over fade_frames (> 0); at any time, also while an
 * earlier change still fades. */
void tandem_split_set_mix(struct tandem_split *s, const struct tandem_mix *mix,
		uint32_t fade_frames) TANDEM_RT;

/* Goes there at once, without a fade: only while silent. */
void tandem_split_seek(struct tandem_split *s, int64_t frame) TANDEM_RT;

/* Moves the read position by frames (> 0: forward in the music), crossfaded over
 * fade_frames (> 0). During a fade the old place is forgotten: the caller waits. */
void tandem_split_jump(struct tandem_split *s, int64_t frames,
		uint32_t fade_frames) TANDEM_RT;

/* Level towards 1 (on) or 0 within ramp_frames (> 0). */
void tandem_split_open(struct tandem_split *s, uint32_t on, uint32_t ramp_frames) TANDEM_RT;

/* Whether both rows of the box are the same sound, and stay it until the next set_mix(). */
bool tandem_split_is_alike(const struct tandem_split *s) TANDEM_RT;

/* out[channels][frames], frames <= TANDEM_SPLIT_MAX_FRAMES. out[1] may be NULL while both
 * are alike: then it would be the same as out[0]. */
#define TANDEM_SPLIT_MAX_FRAMES 256
void tandem_split_run(struct tandem_split *s, const struct tandem_delayline *l,
		float *const out[], uint32_t frames) TANDEM_RT;

#endif

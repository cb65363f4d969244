/* SPDX-License-Identifier: MIT
 *
 * Resampler with a moving ratio, in two stages: to twice the input's rate by a fixed
 * filter, from there to any place by a short one whose taps are parabolas of the place.
 *
 *   in [in_hz] --> 2 x in_hz --> at the place p --> out [out_hz],   p += step per output
 *
 * The step moves per sample; the place is an integer of 2^-48 frames, so that it is exact
 * for days; there is no special case at ratio 1. Design and errors: resample-design.h.
 * Inner loops for the instruction set at hand: resample-kernel.h.
 * Thread: new and free on main, the rest on the data loop.
 */
#ifndef TANDEM_PATH_RESAMPLE_H
#define TANDEM_PATH_RESAMPLE_H

#include <stdbool.h>

#include "base/units.h"

struct tandem_resample;
struct tandem_resample_kernel;

/* Tone against all else, 48 kHz, 1 to 20 kHz: */
enum tandem_resample_tier {
	TANDEM_RESAMPLE_DEFAULT, /* 120 dB */
	TANDEM_RESAMPLE_HIGH,    /* 137 dB, at 1.3 times the cost */
};

/* Frames one call took and made. Input not taken stays with the caller. */
struct tandem_progress {
	uint32_t taken_frames;
	uint32_t made_frames;
};

/* in_hz, out_hz: 44100 or 48000. channels: 1 or 2. The ratio moves within
 * out_hz/in_hz * (1 +- 0.005). Sets *ret_resample, which the caller frees; untouched on
 * failure. Returns 0, -EINVAL (out of range) or -ENOMEM. */
int tandem_resample_new(struct tandem_resample **ret_resample, uint32_t in_hz,
		uint32_t out_hz, uint32_t channels,
		enum tandem_resample_tier tier) TANDEM_CHECK;
void tandem_resample_free(struct tandem_resample *r); /* NULL is fine */

/* For tests and measurements, instead of the best for this processor, before the first
 * run; name: see resample-kernel.h. 0, or -ENOTSUP: not here. */
int tandem_resample_set_kernel(struct tandem_resample *r, const char *name) TANDEM_CHECK;

/* step: input frames per output frame, reached linearly over the next slew_frames
 * (> 0) outputs; clamped to the range of new(). */
void tandem_resample_set_step(struct tandem_resample *r, double step,
		uint32_t slew_frames) TANDEM_RT;

/* in[channels][in_frames], out[channels][out_frames]: planes, full scale +-1.0, borrowed
 * for the call, must not overlap. Stops when either side runs out. */
struct tandem_progress tandem_resample_run(struct tandem_resample *r,
		const float *const in[], uint32_t in_frames, float *const out[],
		uint32_t out_frames) TANDEM_RT;

/* For two channels: alike: from here on both get the same input, and in[1] may be in[0].
 * Returns the planes that run() makes from here on: 1 as soon as its memory, too, is the
 * same in both. out[1] is then left alone; it would be the same as out[0], to the bit, as
 * are both channels' pasts when they part again. */
uint32_t tandem_resample_set_alike(struct tandem_resample *r, bool alike) TANDEM_RT;

/* Input frames wanted for out_frames more outputs: never more than run() takes; fewer, and
 * to be asked again, while the step slews and beyond 16384 outputs. Exact for one. */
uint32_t tandem_resample_need_frames(const struct tandem_resample *r,
		uint32_t out_frames) TANDEM_RT;

/* Input frames, with fraction, between the last frame taken and the place in the music
 * of the next output: that output stands at (frames taken so far) - delay. */
double tandem_resample_delay_frames(const struct tandem_resample *r) TANDEM_RT;

#endif

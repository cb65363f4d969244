/* SPDX-License-Identifier: MIT
 *
 * The filters of the resampler, designed when it is made: systems of at most 112
 * equations, solved in a fraction of a millisecond, instead of thousands of digits.
 *
 *   in [f] --> fir --> grid [2 f] --> kernel: short, at any place --> out
 *
 *   grid   a b a b a b ...   a: on the input frames (even), b: half-way between (odd)
 *          |---------|       a kernel, `kernel_taps` long; the output stands between its
 *               ^            two middle points, at a fraction of the way
 *
 * Stage 1, the fir: when the output is at least as fast as the input, a half-band filter:
 * even points are the input itself, odd ones a half-sample delay, exact to 20 kHz. When it
 * is slower, both are low-passes to 20 kHz, and nothing folds back below 20 kHz.
 * Stage 2, the kernel: a fractional delay, exact to 20.5 kHz. The fraction is divided into
 * segments; within one, every tap is a parabola of the place u in [0, 1].
 *
 * All are least-squares designs. What they leave beside a tone of 1, 15, 18 and 20 kHz at
 * 48 kHz and +100 ppm: -131 -129 -131 -121 dB (default), -141 -138 -141 -139 dB (high);
 * measured by tests/unit/test-resample-tone.c. Of it, the parabolas, with w = 2 pi f / grid
 * rate: 2 (w / 4 segments)^3 / 3!, at 20 kHz -129 dB with 32 segments, -147 dB with 64.
 */
#ifndef TANDEM_PATH_RESAMPLE_DESIGN_H
#define TANDEM_PATH_RESAMPLE_DESIGN_H

#include <stdbool.h>

#include "resample.h"

#define TANDEM_FIR_MAX_TAPS 112
#define TANDEM_KERNEL_MAX_TAPS 16
#define TANDEM_KERNEL_ROWS 3 /* u^0, u^1, u^2 */
#define TANDEM_KERNEL_MAX_SEGMENTS 64

struct tandem_resample_design {
	uint32_t fir_taps;      /* 48, 64, 96 or 112 */
	uint32_t kernel_taps;   /* 12 or 16 */
	uint32_t segments_log2; /* of one step of the grid */
	bool half_band;         /* even points: input frame i + fir_taps / 2 - 1 */
	/* Grid points 2 i (even) and 2 i + 1 (odd) from input frames i, i + 1, ...: the
	 * even fir stands one frame earlier and its first tap is 0. */
	float fir_even[TANDEM_FIR_MAX_TAPS];
	float fir_odd[TANDEM_FIR_MAX_TAPS];
	/* [segment][row][taps on the points of the first one's kind, then the others] */
	float kernel[TANDEM_KERNEL_MAX_SEGMENTS * TANDEM_KERNEL_ROWS *
			TANDEM_KERNEL_MAX_TAPS];
};

/* in_hz, out_hz: 44100 or 48000. 0 or -ENOMEM. */
int tandem_resample_design(struct tandem_resample_design *d, uint32_t in_hz,
		uint32_t out_hz, enum tandem_resample_tier tier) TANDEM_CHECK;

#endif

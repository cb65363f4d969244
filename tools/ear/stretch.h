/* SPDX-License-Identifier: MIT
 *
 * Stretch: the spectrum of some frames of a stream, under a Hann window, from a place that
 * may lie between two frames. A stretch is what a response is seen through: longer than
 * most of a room's echoes.
 */
#ifndef TANDEM_EAR_STRETCH_H
#define TANDEM_EAR_STRETCH_H

#include <complex.h>
#include <kiss_fftr.h>
#include <stdint.h>

#include "tools/ear/history.h"

/* Lines first_bin to first_bin + bins of an FFT over n frames; a power of two. */
struct tandem_stretch {
	uint32_t n, first_bin, bins;
	kiss_fftr_cfg fft, back;
	float *window, *frames; /* [n] */
	kiss_fft_cpx *lines;    /* [n / 2 + 1] */
};

/* 0 or -ENOMEM; finish() works on a zeroed one. */
int tandem_stretch_init(struct tandem_stretch *s, uint32_t n, uint32_t first_bin,
		uint32_t bins);
void tandem_stretch_finish(struct tandem_stretch *s);

/* Of how many stretches, each step_frames after the one before, one is worth: >= 1, as they
 * share frames (Welch, 1967). */
double tandem_stretch_overlap(const struct tandem_stretch *s, uint32_t step_frames);

/* out[bins] of the n frames of h from there on. Returns their mean square. */
double tandem_stretch_transform(struct tandem_stretch *s, const struct tandem_history *h,
		double from, float complex *out);

/* The way back: frames[n], under the window still, of x[bins] and no other lines. Borrowed
 * until the next call. */
const float *tandem_stretch_restore(struct tandem_stretch *s, const float complex *x);

#endif

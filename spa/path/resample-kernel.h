/* SPDX-License-Identifier: MIT
 *
 * The resampler's inner loops, vectorised across outputs: neighbouring outputs in the lanes
 * of one vector, every lane the same operations in the same order. So an output does not
 * depend on which others are made with it, and any block size gives the same bits.
 *
 * One source (resample-kernel.c), compiled once per instruction set; which one is chosen
 * when the processor is known. They differ by rounding only (fused or not).
 * Thread: any.
 */
#ifndef TANDEM_PATH_RESAMPLE_KERNEL_H
#define TANDEM_PATH_RESAMPLE_KERNEL_H

#include "resample-design.h"

/* All inputs may be read this far beyond what is asked for: it must be memory. */
#define TANDEM_KERNEL_OVERREAD_FRAMES 16

/* A stretch of outputs one input frame apart, but for a change of place so small that all
 * lie in one segment: output i stands at place + i change + i^2 bend of it, 0 to 1. All
 * are multiples of 2^-43 segments, so that the sums are exact in a double. */
struct tandem_stretch {
	double place;
	double change;
	double bend;
};

/* One output at any place. */
struct tandem_spot {
	const float *segment; /* of the design's kernel */
	uint32_t first[2];    /* frames of the points of the first one's kind, the others */
	uint32_t odd;         /* 1: the first point is odd */
	float u;              /* in the segment, 0 to 1 */
};

struct tandem_resample_kernel {
	const char *name; /* "sse2" "avx2" "avx512"; elsewhere "plain" */

	/* Stage 1: out[i] = sum of taps[k] in[i + k], i < n. n_taps: 48, 64, 96 or 112.
	 * out may be written TANDEM_KERNEL_OVERREAD_FRAMES beyond n. */
	void (*fir)(const float *taps, uint32_t n_taps, const float *in, float *out,
			uint32_t n) TANDEM_RT;
	/* The place of each output in its segment, 0 to 1. u: likewise overwritten. */
	void (*places)(const struct tandem_stretch *s, float *u, uint32_t n) TANDEM_RT;
	/* Stage 2 of a stretch: first, others: the points under its first output. */
	void (*stretch)(const float *segment, uint32_t n_taps, const float *const points[2],
			const float *u, float *out, uint32_t n) TANDEM_RT;
	/* Stage 2 at any places, with 16 taps: points are the even and the odd plane. */
	void (*spots)(const struct tandem_spot *spots, const float *const points[2],
			float *out, uint32_t n) TANDEM_RT;
};

/* That of this name, or NULL when it is not in this build or not for this processor.
 * name NULL: the best of all; never NULL. */
const struct tandem_resample_kernel *tandem_resample_kernel_named(const char *name);

#endif

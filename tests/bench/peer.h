/* SPDX-License-Identifier: MIT
 *
 * Peer: a resampler as the bench sees it, ours among them.
 *
 *   in (as much as there is) --> peer, ratio set before every block --> a block of outputs
 *
 * Each peer is one file and one table of its settings, which ends with a name of NULL. A
 * peer that is not installed has no table in the program (meson.build).
 */
#ifndef TANDEM_BENCH_PEER_H
#define TANDEM_BENCH_PEER_H

#include <stdbool.h>

#include "path/resample.h"

#define BENCH_MAX_BLOCK 256

struct bench_rates {
	uint32_t in_hz, out_hz;
	uint32_t channels; /* 1 or 2 */
};

struct bench_peer {
	const char *name;
	int setting; /* what open() makes of it */
	/* NULL: it cannot do this. */
	void *(*open)(const struct bench_rates *rates, int setting);
	/* ratio: output frames per input frame, against out_hz / in_hz. */
	void (*set)(void *peer, double ratio);
	/* in: one plane per channel, or interleaved frames in in[0] for those who want
	 * that; so is out. Takes what it needs for out_frames, <= BENCH_MAX_BLOCK. */
	struct tandem_progress (*run)(void *peer, const float *const in[],
			uint32_t in_frames, float *const out[], uint32_t out_frames);
	void (*close)(void *peer);
};

extern const struct bench_peer tandem_bench_tandem[];
extern const struct bench_peer tandem_bench_pipewire[];
extern const struct bench_peer tandem_bench_zita[];
extern const struct bench_peer tandem_bench_samplerate[];
extern const struct bench_peer tandem_bench_soxr[];
extern const struct bench_peer tandem_bench_speex[];
extern const struct bench_peer tandem_bench_swr[];

/* For ours alone: the instruction set, NULL is the best. Before the first open(). Returns
 * false when this processor does not have it. */
bool tandem_bench_set_kernel(const char *name);

#endif

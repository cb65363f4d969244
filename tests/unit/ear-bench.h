/* SPDX-License-Identifier: MIT
 *
 * Bench for the ear: speakers without a room, each heard exactly so many frames later.
 */
#ifndef TANDEM_TESTS_EAR_BENCH_H
#define TANDEM_TESTS_EAR_BENCH_H

#include <stdbool.h>

#include "tools/ear/ear.h"

#define EAR_RATE_HZ 48000

struct ear_bench {
	uint32_t n_speakers, frames;
	float *reference[TANDEM_MAX_SPEAKERS]; /* [frames] */
	float *mic;                            /* [frames] */
	struct tandem_ear *ear;
	struct tandem_ear_config config;
	uint32_t fed;
	double lag_frames[TANDEM_MAX_SPEAKERS]; /* as last heard */
};

/* References of white noise, rms 0.1, another one for each; a silent microphone. */
void tandem_ear_bench_init(struct ear_bench *b, uint32_t n_speakers, double seconds);
void tandem_ear_bench_finish(struct ear_bench *b);

/* From that second to the other the microphone hears speaker gain times as loud (below 0:
 * inverted) and lag_frames later, fraction kept. Adds. */
void tandem_ear_bench_hear(struct ear_bench *b, uint32_t speaker, double lag_frames,
		double gain, double from_s, double to_s);
/* White, of that rms; over the whole. */
void tandem_ear_bench_add_noise(struct ear_bench *b, double rms);

/* Feeds up to that second and returns the last finding; fails when there was none. */
struct tandem_ear_finding tandem_ear_bench_run(struct ear_bench *b, double to_s);
/* The next finding, or false at the end of what there is. */
bool tandem_ear_bench_next(struct ear_bench *b, struct tandem_ear_finding *ret);

/* HEARD, where tandem_ear_bench_hear() last said, within so many frames. */
void tandem_ear_bench_check(const struct ear_bench *b, const struct tandem_ear_finding *f,
		uint32_t speaker, double within_frames);

#endif

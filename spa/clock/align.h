/* SPDX-License-Identifier: MIT
 *
 * Align: the common delay D that makes all speakers play the same instant.
 *
 *   socket ... air:   |--------- latency A ---------|
 *                     |-- extra B --|-- latency B --|
 *                     |------------- D -------------|
 *
 * D is the greatest latency. It never shrinks under the music, for that would move
 * every speaker only to be a little earlier. It never exceeds what is allowed: a speaker
 * slower than that plays late.
 * Latencies in s, from a frame being due to the same frame at the air. A speaker that shall
 * play later by its trim counts as faster by as much. Pure.
 */
#ifndef TANDEM_CLOCK_ALIGN_H
#define TANDEM_CLOCK_ALIGN_H

#include <stdbool.h>

#include "base/units.h"

struct tandem_align {
	double common_s; /* D; stays when the last speaker leaves */
	double max_s;    /* D never exceeds it; 0: no limit */
};

/* latencies_s[n]: of those who play or are about to. heard: somebody listens already, so
 * D may only grow, max_s apart. Returns D. */
double tandem_align_update(struct tandem_align *a, const double *latencies_s, uint32_t n,
		bool heard) TANDEM_RT;

/* What to add for a speaker of that latency, s; < 0: it plays so much too late. */
double tandem_align_extra_s(const struct tandem_align *a, double latency_s) TANDEM_RT;

/* common_s, or the limit when that is less. */
double tandem_align_limit_s(const struct tandem_align *a, double common_s) TANDEM_RT;

#endif

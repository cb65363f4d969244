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
	double common_s;  /* D; stays when the last speaker leaves */
	double max_s;     /* D never exceeds it; 0: no limit */
	bool chosen;      /* D has been, with some room */
	uint64_t changes; /* since then */
};

/* What D is greater than the greatest latency when it is chosen: how far the buffer of a
 * free speaker runs off before the pace holds it (clock/servo), and some more. */
#define TANDEM_ALIGN_ROOM_S 0.030

/* latencies_s[n]: of those who play or are about to. heard: somebody listens already, so
 * D may only grow, max_s apart. Returns D. */
double tandem_align_update(struct tandem_align *a, const double *latencies_s, uint32_t n,
		bool heard) TANDEM_RT;

/* D for speakers whose latency is estimated and moves (clock/clock.h). Chosen with room at
 * the first call. In silence it is chosen anew when it is off by more than the room; while
 * heard, which is worth a call only when all are sure (tandem_clock_is_sure), it only ever
 * grows, when a speaker would have to play what does not exist yet.
 * Never to follow the slowest speaker: differences between speakers are corrected by each
 * of them, what they have in common is not corrected at all. True: D has changed, and all
 * speakers jump at once (tandem_place.at_once). */
bool tandem_align_choose(struct tandem_align *a, const double *latencies_s, uint32_t n,
		bool silent) TANDEM_RT;

/* What to add for a speaker of that latency, s; < 0: it plays so much too late. */
double tandem_align_extra_s(const struct tandem_align *a, double latency_s) TANDEM_RT;

/* common_s, or the limit when that is less. */
double tandem_align_limit_s(const struct tandem_align *a, double common_s) TANDEM_RT;

#endif

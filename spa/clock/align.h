/* SPDX-License-Identifier: MIT
 *
 * Align: the common delay D that makes all speakers play the same instant.
 *
 *   socket ... air:   |--------- latency A ---------|
 *                     |-- extra B --|-- latency B --|
 *                     |------------- D -------------|
 *
 * D is the greatest latency, chosen before the first sound, with something to spare for
 * who may turn out to run free (clock/clock.h). Under the music it never shrinks, for that
 * would move every speaker only to be a little earlier, and it does not follow the slowest
 * one: differences are corrected by each of them, what they have in common is not corrected
 * at all. It grows, in one jump of all, when a speaker joins that needs more, or one has
 * come to need more than there is, by a step or by running off, and would be late for good.
 * It never exceeds what is allowed: a speaker slower than that plays late.
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

/* How much more than D a speaker may come to need before D grows: what one that runs off
 * by 60 ppm does before the pace holds it (clock/servo). It is taken from the margin. */
#define TANDEM_ALIGN_ROOM_S 0.015

/* Kept beside it, where D is chosen anyway, for a speaker whose class is not known: at 100
 * ppm it runs off by 25 ms in the 250 s that reports take to show that it is free, at the
 * longest. */
#define TANDEM_ALIGN_SPARE_S 0.010

/* What a speaker needs of D. */
struct tandem_need {
	double latency_s;
	double spare_s; /* would like to have besides; no reason to move D */
};

/* needs[n]: of those who play or are about to. heard: somebody listens already, so D may
 * only grow, max_s apart. Returns D. */
double tandem_align_update(struct tandem_align *a, const struct tandem_need *needs,
		uint32_t n, bool heard) TANDEM_RT;

/* Is that latency, of a speaker that is heard, worth an update? */
bool tandem_align_is_short(const struct tandem_align *a, double latency_s) TANDEM_RT;

/* What to add for a speaker of that latency, s; < 0: it plays so much too late. */
double tandem_align_extra_s(const struct tandem_align *a, double latency_s) TANDEM_RT;

/* common_s, or the limit when that is less. */
double tandem_align_limit_s(const struct tandem_align *a, double common_s) TANDEM_RT;

#endif

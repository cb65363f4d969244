/* SPDX-License-Identifier: MIT
 *
 * Heard: what a microphone tells of a speaker, as it comes from outside.
 *
 *   a sound in the sink's cycle ............ the same sound at the ear
 *   |------------------ late_ms, > 0 ------------------| at_ns
 *
 * Whole, not less the latency that the sink states, for that one may move meanwhile. But
 * less what the microphone itself adds: that makes no skew, for it is the same for all
 * speakers, but the latency that players are told would have it. sigma_ms is without it:
 * nobody knows better than the microphone says, and who does not say, leaves all of it in.
 * Plain data.
 */
#ifndef TANDEM_BASE_HEARD_H
#define TANDEM_BASE_HEARD_H

#include "units.h"

struct tandem_heard {
	double late_ms;
	double sigma_ms; /* of one standard deviation; 0: nothing was heard */
	int64_t at_ns;   /* CLOCK_MONOTONIC; 0: just now */
};

/* Of sigma, as clock/guard has them. */
#define TANDEM_HEARD_MIN_SIGMA_MS 0.01
#define TANDEM_HEARD_MAX_SIGMA_MS 200.0

#endif

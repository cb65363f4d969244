/* SPDX-License-Identifier: MIT
 *
 * Pace: when each frame of one speaker is due, as a line through host time.
 *
 *   frame
 *     |            ./        slope = rate * (1 + drift)
 *     |        . /
 *     |    ./                a change of drift bends the line at a frame: that frame and
 *     | . /                  all before it stay where they were
 *     +------------ host
 *
 * A speaker that plays on its own crystal keeps its buffer level only when it is fed at
 * its own rate; one that follows our packets wants a drift of 0.
 * Thread: data loop.
 */
#ifndef TANDEM_CLOCK_PACE_H
#define TANDEM_CLOCK_PACE_H

#include "base/units.h"

struct tandem_pace {
	/* constant after init */
	double nominal_hz;
	/* data loop */
	double rate_hz;        /* frames per host second */
	int64_t origin_ns;     /* a point of the line: the whole ns of it, */
	double origin_part_ns; /* and the rest, so that many bends do not add up */
	uint64_t origin_frame;
};

/* Frame 0 is due at 0 ns, drift 0. */
void tandem_pace_init(struct tandem_pace *p, uint32_t rate_hz);

/* Frame 0 is due at start_ns; drift stays. */
void tandem_pace_start(struct tandem_pace *p, int64_t start_ns) TANDEM_RT;

/* From this frame on the speaker's clock runs so fast: ppm, kept within +-1000. */
void tandem_pace_set_drift(struct tandem_pace *p, double drift_ppm,
		uint64_t frame) TANDEM_RT;

int64_t tandem_pace_due_ns(const struct tandem_pace *p, uint64_t frame) TANDEM_RT;

/* The frame, with fraction, that is due then; < 0 before the start. */
double tandem_pace_frame_at(const struct tandem_pace *p, int64_t host_ns) TANDEM_RT;

#endif

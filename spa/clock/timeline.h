/* SPDX-License-Identifier: MIT
 *
 * Timeline: the one frame counter that all speakers share, as a line through host time.
 *
 *   frame
 *     |            . cycle          slope = rate_hz * rate_diff frames per second
 *     |       . /
 *     |   . /                       each cycle nudges the line (200 ppm at most);
 *     | /                           further off than 5 ms, the graph has jumped and the
 *     +-------------------- host    counter follows host time, not the cycle count
 *
 * So the counter never runs against host time: what the graph failed to deliver is
 * missing (silence), what it delivered twice is replaced; no speaker is ever shifted.
 * Thread: data loop.
 */
#ifndef TANDEM_CLOCK_TIMELINE_H
#define TANDEM_CLOCK_TIMELINE_H

#include <stdbool.h>

#include "base/units.h"

struct tandem_timeline {
	/* constant after init */
	double rate_hz;
	/* data loop */
	bool running;      /* a cycle has been seen */
	int64_t origin_ns; /* a point of the line: the latest cycle */
	double origin_frame;
	double frames_per_ns;
	int64_t next_frame; /* of the cycle to come */
	uint64_t jumps;     /* times the graph jumped */
};

void tandem_timeline_init(struct tandem_timeline *t, uint32_t rate_hz);

/* A cycle begins at host_ns with `frames` frames; rate_diff: the driver's clock against
 * CLOCK_MONOTONIC, 1 when unknown. Returns the number of the cycle's first frame. */
int64_t tandem_timeline_cycle(struct tandem_timeline *t, int64_t host_ns, uint32_t frames,
		double rate_diff) TANDEM_RT;

/* The frame, with fraction, that the counter stands at. Any host time; only when running.
 */
double tandem_timeline_frame_at(const struct tandem_timeline *t, int64_t host_ns) TANDEM_RT;

/* Frames per host second. */
double tandem_timeline_rate(const struct tandem_timeline *t) TANDEM_RT;

#endif

/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <math.h>

#define JUMP_NS                                                                            \
	(5 * TANDEM_NS_PER_MS) /* chosen: far above a driver's jitter, below margin */
#define PULL_S 2.0             /* time constant of the nudge */
#define MAX_PULL 200e-6
#define MAX_RATE_DIFF 0.005 /* a driver further off than this does not tell the truth */

void tandem_timeline_init(struct tandem_timeline *t, uint32_t rate_hz)
{
	*t = (struct tandem_timeline){
		.rate_hz = rate_hz,
		.frames_per_ns = rate_hz / (double)TANDEM_NS_PER_S,
	};
}

static double clamp(double x, double limit)
{
	return x > limit ? limit : x < -limit ? -limit : x;
}

int64_t tandem_timeline_cycle(struct tandem_timeline *t, int64_t host_ns, uint32_t frames,
		double rate_diff)
{
	const double diff = fabs(rate_diff - 1.0) < MAX_RATE_DIFF ? rate_diff : 1.0;
	const double here = t->running ? tandem_timeline_frame_at(t, host_ns) : 0.0;
	const double ahead_s = ((double)t->next_frame - here) / t->rate_hz;
	int64_t first = t->next_frame;
	double pull = 0.0;

	if (t->running && fabs(ahead_s) * TANDEM_NS_PER_S > (double)JUMP_NS) {
		first = llround(here);
		t->jumps++;
	} else if (t->running) {
		pull = clamp(ahead_s / PULL_S, MAX_PULL);
	}
	t->running = true;
	t->origin_ns = host_ns;
	t->origin_frame = here;
	t->frames_per_ns = t->rate_hz * diff * (1.0 + pull) / (double)TANDEM_NS_PER_S;
	t->next_frame = first + frames;
	return first;
}

double tandem_timeline_frame_at(const struct tandem_timeline *t, int64_t host_ns)
{
	return t->origin_frame + (double)(host_ns - t->origin_ns) * t->frames_per_ns;
}

double tandem_timeline_rate(const struct tandem_timeline *t)
{
	return t->frames_per_ns * (double)TANDEM_NS_PER_S;
}

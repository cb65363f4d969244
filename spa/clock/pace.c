/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <math.h>

/* Chosen: ten times the worst crystal, a fifth of what the resampler can follow. */
#define MAX_DRIFT_PPM 1000.0

void tandem_pace_init(struct tandem_pace *p, uint32_t rate_hz)
{
	*p = (struct tandem_pace){ .nominal_hz = rate_hz, .rate_hz = rate_hz };
}

void tandem_pace_start(struct tandem_pace *p, int64_t start_ns)
{
	p->origin_ns = start_ns;
	p->origin_part_ns = 0.0;
	p->origin_frame = 0;
}

static double since_origin_ns(const struct tandem_pace *p, uint64_t frame)
{
	const double since = (double)((int64_t)frame - (int64_t)p->origin_frame);

	return p->origin_part_ns + since * ((double)TANDEM_NS_PER_S / p->rate_hz);
}

void tandem_pace_set_drift(struct tandem_pace *p, double drift_ppm, uint64_t frame)
{
	const double ppm = tandem_within(drift_ppm, MAX_DRIFT_PPM);
	const double rate_hz = p->nominal_hz * (1.0 + ppm * 1e-6);
	const double since_ns = since_origin_ns(p, frame);

	if (rate_hz == p->rate_hz)
		return;
	p->origin_ns += (int64_t)since_ns;
	p->origin_part_ns = since_ns - (double)(int64_t)since_ns;
	p->origin_frame = frame;
	p->rate_hz = rate_hz;
}

int64_t tandem_pace_due_ns(const struct tandem_pace *p, uint64_t frame)
{
	return p->origin_ns + llround(since_origin_ns(p, frame));
}

double tandem_pace_frame_at(const struct tandem_pace *p, int64_t host_ns)
{
	return (double)p->origin_frame +
	       ((double)(host_ns - p->origin_ns) - p->origin_part_ns) * p->rate_hz /
			       (double)TANDEM_NS_PER_S;
}

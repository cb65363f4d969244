/* SPDX-License-Identifier: MIT */
#include "mic.h"

#include <math.h>

/* PipeWire 0.3 has them without a sign, and an offset by hand (latencyOffsetNsec) may be
 * below 0 all the same. */
static double middle(int64_t least, int64_t greatest)
{
	return ((double)least + (double)greatest) / 2.0;
}

double tandem_mic_own_s(const struct spa_latency_info *said, uint32_t cycle_frames,
		uint32_t rate_hz)
{
	const double cycles = ((double)said->min_quantum + (double)said->max_quantum) / 2.0;
	const double frames = cycles * cycle_frames +
			      middle((int32_t)said->min_rate, (int32_t)said->max_rate);
	const double ns = middle((int64_t)said->min_ns, (int64_t)said->max_ns);
	const double own_s = frames / rate_hz + ns / (double)TANDEM_NS_PER_S;

	return own_s > 0.0 && isfinite(own_s) ? own_s : 0.0;
}

double tandem_mic_take_off(struct tandem_ear_finding *f, uint32_t n_speakers,
		double own_frames)
{
	for (uint32_t i = 0; i < n_speakers; i++) {
		if (f->of[i].verdict == TANDEM_EAR_HEARD &&
				f->of[i].lag_frames <= own_frames)
			return 0.0;
	}
	for (uint32_t i = 0; i < n_speakers; i++)
		f->of[i].lag_frames -= own_frames;
	return own_frames;
}

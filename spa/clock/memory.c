/* SPDX-License-Identifier: MIT */
#include "memory.h"

#define MAX_S 2.0
#define MAX_PPM 500.0

const char *tandem_clock_class_name(enum tandem_clock_class c)
{
	static const char *const names[] = { "unknown", "locked", "free" };

	return (unsigned)c < TANDEM_ARRAY_LEN(names) ? names[c] : "unknown";
}

/* NaN is not. */
static bool is_within(double x, double least, double greatest)
{
	return x >= least && x <= greatest;
}

bool tandem_memory_is_sane(const struct tandem_memory *m)
{
	return (unsigned)m->class <= TANDEM_CLASS_FREE &&
	       is_within(m->drift_ppm, -MAX_PPM, MAX_PPM) &&
	       is_within(m->drift_sigma_ppm, 0.0, MAX_PPM) &&
	       is_within(m->latency_s, 0.0, MAX_S) && is_within(m->bias_s, -MAX_S, MAX_S) &&
	       is_within(m->bias_sigma_s, 0.0, MAX_S) &&
	       is_within(m->wobble_s, 0.0, TANDEM_MAX_WOBBLE_S) &&
	       is_within(m->spread_s, 0.0, TANDEM_MAX_SPREAD_S);
}

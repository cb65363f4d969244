/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <math.h>
#include <stdbool.h>

/* The bounds of a value and of its sigma. A latency: a speaker that buffers for two seconds
 * is none (chosen). Sigma: 10 us is a third of the step of a delay report, and better than
 * a microphone (facts on clocks, 3); above 0.2 s nothing is told. */
#define MIN_LATENCY_S 0.0
#define MAX_LATENCY_S 2.0
#define MIN_SIGMA_S 10e-6
#define MAX_SIGMA_S 0.2
#define MAX_QUEUE_S 10.0
#define MAX_TRIM_S 2.0
#define MAX_DRIFT 500e-6 /* crystals are within 100 ppm; chosen: five times that */

/* Later than this the arithmetic would not hold; 146 years. */
#define MAX_TIME_NS (INT64_MAX / 2)
#define MAX_AHEAD_NS (2 * TANDEM_NS_PER_S)
/* One that was on its way for longer is no news. Chosen: ten times AVDTP's slowness. */
#define MAX_AGE_NS (2 * TANDEM_NS_PER_S)

struct bounds {
	double least_s;
	double greatest_s;
	bool has_sigma;
};

static const struct bounds bounds[TANDEM_N_OBSERVED] = {
	[TANDEM_OBSERVED_REPORT] = { MIN_LATENCY_S, MAX_LATENCY_S, true },
	[TANDEM_OBSERVED_PRESSURE] = { MIN_LATENCY_S, MAX_LATENCY_S, true },
	[TANDEM_OBSERVED_MICROPHONE] = { MIN_LATENCY_S, MAX_LATENCY_S, true },
	[TANDEM_OBSERVED_QUEUE] = { 0.0, MAX_QUEUE_S, false },
	[TANDEM_OBSERVED_COMPLETION] = { 0.0, MAX_QUEUE_S, false },
	[TANDEM_OBSERVED_TRIM] = { -MAX_TRIM_S, MAX_TRIM_S, false },
	[TANDEM_OBSERVED_DRIFT] = { -MAX_DRIFT, MAX_DRIFT, false },
};

static bool is_event(enum tandem_observed kind)
{
	return kind >= TANDEM_OBSERVED_START;
}

static bool is_by_hand(enum tandem_observed kind)
{
	return kind == TANDEM_OBSERVED_TRIM || kind == TANDEM_OBSERVED_DRIFT;
}

void tandem_guard_init(struct tandem_guard *g)
{
	*g = (struct tandem_guard){ 0 };
	for (int i = 0; i < TANDEM_N_OBSERVED; i++)
		g->last[i].host_ns = INT64_MIN;
}

static enum tandem_guarded check_value(struct tandem_observation *o)
{
	const struct bounds *const b = &bounds[o->kind];

	if (is_event(o->kind))
		return TANDEM_GUARD_PASSED;
	if (isnan(o->value_s) || (b->has_sigma && isnan(o->sigma_s)))
		return TANDEM_GUARD_NOT_A_NUMBER;
	if (o->value_s < b->least_s || o->value_s > b->greatest_s)
		return TANDEM_GUARD_HUGE;
	if (b->has_sigma && (o->sigma_s > MAX_SIGMA_S || o->sigma_s < 0.0))
		return TANDEM_GUARD_HUGE;
	if (b->has_sigma && o->sigma_s < MIN_SIGMA_S)
		o->sigma_s = MIN_SIGMA_S;
	return TANDEM_GUARD_PASSED;
}

static enum tandem_guarded check_time(const struct tandem_guard *g,
		const struct tandem_observation *o, int64_t now_ns)
{
	const struct tandem_observation *const last = &g->last[o->kind];

	if (o->host_ns < 0 || o->host_ns > MAX_TIME_NS)
		return TANDEM_GUARD_HUGE;
	if (o->host_ns - MAX_AHEAD_NS > now_ns)
		return TANDEM_GUARD_EARLY;
	if (o->host_ns + MAX_AGE_NS < now_ns || o->host_ns < last->host_ns)
		return TANDEM_GUARD_STALE;
	if (o->host_ns > last->host_ns)
		return TANDEM_GUARD_PASSED;
	if (is_event(o->kind) || o->value_s == last->value_s)
		return TANDEM_GUARD_REPEATED;
	if (is_by_hand(o->kind)) /* whoever says it last */
		return TANDEM_GUARD_PASSED;
	return TANDEM_GUARD_CONTRADICTORY;
}

enum tandem_guarded tandem_guard_check(struct tandem_guard *g, struct tandem_observation *o,
		int64_t now_ns)
{
	enum tandem_guarded what;

	if ((unsigned)o->kind >= TANDEM_N_OBSERVED) {
		g->unknown++;
		return TANDEM_GUARD_UNKNOWN;
	}
	what = check_value(o);
	if (what == TANDEM_GUARD_PASSED)
		what = check_time(g, o, now_ns);
	if (what != TANDEM_GUARD_PASSED) {
		g->dropped[o->kind][what]++;
		return what;
	}
	g->passed[o->kind]++;
	g->last[o->kind] = *o;
	return what;
}

const char *tandem_guarded_name(enum tandem_guarded g)
{
	static const char *const names[TANDEM_N_GUARDED] = {
		[TANDEM_GUARD_PASSED] = "",
		[TANDEM_GUARD_UNKNOWN] = "no such kind",
		[TANDEM_GUARD_NOT_A_NUMBER] = "not a number",
		[TANDEM_GUARD_HUGE] = "huge",
		[TANDEM_GUARD_STALE] = "stale",
		[TANDEM_GUARD_EARLY] = "from the future",
		[TANDEM_GUARD_REPEATED] = "repeated",
		[TANDEM_GUARD_CONTRADICTORY] = "contradictory",
	};

	return (unsigned)g < TANDEM_N_GUARDED ? names[g] : "";
}

/* SPDX-License-Identifier: MIT
 *
 * Any observations at any time: NaN, huge, stale, repeated, contradictory. What comes out
 * is finite and within the limits, and so is what would be remembered.
 *
 *     first      1: recalls a memory
 *     then       steps: one byte says what, see step()
 *
 * A step says much in few bytes, and few calls stand for much time: an input is short, and
 * thousands are tried in a second.
 */
#include <math.h>

#include "bytes.h"
#include "clock/clock.h"

#define MAX_CALLS 128 /* of the clock, an input */

struct life {
	struct tandem_clock clock;
	struct bytes bytes;
	int64_t now_ns;
	struct tandem_place place;          /* of the last steering */
	struct tandem_observation observed; /* the last one */
	uint32_t calls;
};

static const double odd[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, 0.0, 1e-300, 2.0 };

/* A byte that is 8 times something odd, else scaled to [0, most). */
static double take_value(struct bytes *b, double most)
{
	const uint8_t high = take_byte(b), low = take_byte(b);

	if (high >= 248)
		return odd[high - 248];
	return most * (high * 256 + low) / 65536.0;
}

/* Likewise, in one byte. */
static double take_rough(struct bytes *b, double least, double most)
{
	const uint8_t byte = take_byte(b);

	if (byte >= 248)
		return odd[byte - 248];
	return least + (most - least) * byte / 240.0;
}

static int64_t take_time(struct bytes *b, int64_t now_ns)
{
	static const int64_t far[] = { INT64_MIN, INT64_MAX, 0, -1 };
	const uint8_t how = take_byte(b);

	if (how >= 252)
		return far[how - 252];
	return now_ns + (how - 126) * 20 * TANDEM_NS_PER_MS;
}

static void check(const struct tandem_clock *c, const struct tandem_steering *st)
{
	const struct tandem_clock_state s = tandem_clock_state(c);
	const struct tandem_memory m = tandem_clock_memory(c);

	MUST(fabs(st->content_v) <= TANDEM_MAX_CONTENT, "%g", st->content_v);
	MUST(fabs(st->pace_rho - 1.0) <= TANDEM_MAX_PACE * 1.0000001, "%g", st->pace_rho);
	MUST(isfinite(st->jump_s), "%g", st->jump_s);
	MUST(s.latency_s >= -1.0 && s.latency_s < 10.0, "%g", s.latency_s);
	MUST(isfinite(s.lateness_s), "%g", s.lateness_s);
	MUST(s.sigma_s >= 0.0 && s.sigma_s < 1.0, "%g", s.sigma_s);
	MUST(isnan(s.drift_ppm) || fabs(s.drift_ppm) <= 500.0001, "%g", s.drift_ppm);
	MUST(isfinite(s.radio_s), "%g", s.radio_s);
	MUST(isfinite(tandem_clock_latency_s(c)), "%g", tandem_clock_latency_s(c));
	MUST(tandem_memory_is_sane(&m), "%g %g %g", m.latency_s, m.bias_s, m.drift_ppm);
}

/* n blocks of dt_s. */
static struct tandem_steering steer(struct life *l, uint32_t n, double dt_s)
{
	struct tandem_steering st = { .pace_rho = 1.0 };
	double last = l->clock.servo.content_v;

	l->place.dt_s = dt_s;
	for (uint32_t i = 0; i < n && l->calls < MAX_CALLS; i++) {
		l->calls++;
		l->now_ns += (int64_t)(dt_s * (double)TANDEM_NS_PER_S);
		l->place.due_ns = l->now_ns;
		st = tandem_clock_steer(&l->clock, &l->place);
		MUST(fabs(st.content_v - last) <= TANDEM_MAX_SLEW * dt_s * 1.001, "%g %g",
				st.content_v, last);
		last = st.content_v;
	}
	return st;
}

static struct tandem_steering steer_anywhere(struct life *l)
{
	static const double dt_s[] = { 0.0025, 0.02, 0.1, 0.5 };
	const uint8_t extent = take_byte(&l->bytes), flags = take_byte(&l->bytes);

	l->place.silent = flags & 1;
	l->place.at_once = flags & 2;
	l->place.lag_s = take_rough(&l->bytes, 0.0, 0.5);
	l->place.common_s = take_rough(&l->bytes, 0.0, 0.5);
	return steer(l, (extent >> 2) + 1u, dt_s[extent & 3]);
}

static void tell(struct life *l)
{
	l->calls++;
	tandem_clock_observe(&l->clock, &l->observed, l->now_ns);
}

/* how: the kind, and what is unusual about it. */
static void observe(struct life *l, uint8_t how)
{
	const bool wide = how / 20 & 1, twice = how / 20 & 2;
	struct tandem_observation *const o = &l->observed;

	*o = (struct tandem_observation){
		.kind = (enum tandem_observed)(how % 20 - 2),
		.host_ns = take_time(&l->bytes, l->now_ns),
		.value_s = take_value(&l->bytes, 2.2),
		.sigma_s = take_rough(&l->bytes, 0.0, wide ? 0.25 : 0.002),
	};
	if (o->kind == TANDEM_OBSERVED_DRIFT)
		o->value_s = (o->value_s - 1.1) * 500e-6;
	tell(l);
	if (twice)
		tell(l);
}

/* The last one again and again, along a line, with some scatter about it. */
static struct tandem_steering observe_series(struct life *l)
{
	static const struct {
		uint32_t blocks; /* between two */
		double dt_s;
	} gaps[] = { { 1, 0.2 }, { 2, 0.5 }, { 4, 0.75 }, { 1, 30.0 } };
	const uint8_t extent = take_byte(&l->bytes);
	const uint32_t blocks = gaps[extent & 3].blocks;
	const double dt_s = gaps[extent & 3].dt_s;
	const double slope = take_rough(&l->bytes, -500e-6, 500e-6);
	const double scatter_s = take_rough(&l->bytes, 0.0, 0.01);
	struct tandem_steering st = { .pace_rho = 1.0 };

	for (uint32_t i = 0; i <= extent >> 2 && l->calls < MAX_CALLS; i++) {
		st = steer(l, blocks, dt_s);
		l->observed.host_ns = l->now_ns;
		l->observed.value_s +=
				slope * dt_s * blocks + (i & 1 ? scatter_s : -scatter_s);
		tell(l);
	}
	return st;
}

static void step(struct life *l)
{
	const uint8_t what = take_byte(&l->bytes);
	struct tandem_steering st = { .pace_rho = 1.0 };

	if (what < 80) {
		observe(l, what);
	} else if (what < 160) {
		st = observe_series(l);
	} else if (what < 240) {
		st = steer_anywhere(l);
	} else {
		l->now_ns += (int64_t)(what - 239) * 600 * TANDEM_NS_PER_S;
	}
	check(&l->clock, &st);
}

static void recall(struct life *l)
{
	struct bytes *const b = &l->bytes;
	const struct tandem_memory m = {
		.class = (enum tandem_clock_class)take_below(b, 4),
		.calibrations = take_byte(b),
		.latency_s = take_rough(b, 0.0, 2.0),
		.spread_s = take_rough(b, 0.0, 0.2),
		.drift_ppm = take_rough(b, -500.0, 500.0),
		.drift_sigma_ppm = take_rough(b, 0.0, 500.0),
		.bias_s = take_rough(b, -2.0, 2.0),
		.bias_sigma_s = take_rough(b, 0.0, 2.0),
		.wobble_s = take_rough(b, 0.0, 0.02),
		.reports_move = take_byte(b) & 1,
	};

	tandem_clock_recall(&l->clock, &m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct life l = { .bytes = { data, size }, .now_ns = 1000 * TANDEM_NS_PER_S };

	tandem_clock_init(&l.clock, 0.125);
	if (take_byte(&l.bytes) & 1)
		recall(&l);
	do {
		step(&l);
	} while (l.bytes.left > 0 && l.calls < MAX_CALLS);
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * Any observations at any time: NaN, huge, stale, repeated, contradictory. What comes out
 * is finite and within the limits, and so is what would be remembered.
 *
 *     first      1: recalls a memory of 64 bytes, as they are
 *     then       steps: one byte says what, see step()
 */
#include <math.h>
#include <string.h>

#include "bytes.h"
#include "clock/clock.h"

#define MAX_STEPS 64

static const double odd[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, 0.0, 1e-300, 2.0 };

/* A byte that is 8 times something odd, else scaled to [0, most). */
static double take_value(struct bytes *b, double most)
{
	const uint8_t high = take_byte(b), low = take_byte(b);

	if (high >= 248)
		return odd[high - 248];
	return most * (high * 256 + low) / 65536.0;
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

static void steer(struct tandem_clock *c, struct bytes *b, int64_t *now_ns)
{
	const uint8_t blocks = take_byte(b), flags = take_byte(b);
	struct tandem_place p = {
		.dt_s = 0.0025,
		.lag_s = take_value(b, 0.5),
		.common_s = take_value(b, 0.5),
		.silent = flags & 1,
		.at_once = flags & 2,
		.wait = flags & 4,
	};
	struct tandem_steering st = { .pace_rho = 1.0 };
	double last = c->servo.content_v;

	for (int i = 0; i <= blocks; i++) {
		*now_ns += 2500000;
		p.due_ns = *now_ns;
		st = tandem_clock_steer(c, &p);
		MUST(fabs(st.content_v - last) <= TANDEM_MAX_SLEW * p.dt_s * 1.001, "%g %g",
				st.content_v, last);
		last = st.content_v;
	}
	check(c, &st);
}

static void observe(struct tandem_clock *c, struct bytes *b, int64_t now_ns)
{
	const uint8_t kind = take_byte(b);
	struct tandem_observation o = {
		.kind = (enum tandem_observed)(kind % 20 - 2),
		.host_ns = take_time(b, now_ns),
		.value_s = take_value(b, 2.2),
		.sigma_s = take_value(b, kind & 0x80 ? 0.25 : 0.002),
	};

	if (o.kind == TANDEM_OBSERVED_DRIFT)
		o.value_s = (o.value_s - 1.1) * 500e-6;
	tandem_clock_observe(c, &o, now_ns);
	if (kind & 0x40)
		tandem_clock_observe(c, &o, now_ns);
}

static void step(struct tandem_clock *c, struct bytes *b, int64_t *now_ns)
{
	const uint8_t what = take_byte(b);

	if (what < 128) {
		observe(c, b, *now_ns);
	} else if (what < 240) {
		steer(c, b, now_ns);
	} else {
		*now_ns += (int64_t)(what - 239) * 600 * TANDEM_NS_PER_S;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	struct tandem_steering none = { .pace_rho = 1.0 };
	int64_t now_ns = 1000 * TANDEM_NS_PER_S;
	struct tandem_memory m = { 0 };
	struct tandem_clock c;

	tandem_clock_init(&c, 0.125);
	if (take_byte(&b) & 1) {
		for (size_t i = 0; i < sizeof(m); i++)
			((uint8_t *)&m)[i] = take_byte(&b);
		memset(&m.reports_move, 0, sizeof(m.reports_move)); /* a bool is one */
		tandem_clock_recall(&c, &m);
	}
	for (int i = 0; i < MAX_STEPS && b.left > 0; i++)
		step(&c, &b, &now_ns);
	check(&c, &none);
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * Clock: observations in, steering and status out; and the common delay of a group.
 */
#include <check.h>
#include <math.h>
#include <string.h>

#include "clock-bench.h"
#include "suite.h"

static struct tandem_clock made(struct bench *b)
{
	struct tandem_clock c;

	*b = (struct bench){ .random = 1, .now_s = 1000.0 };
	tandem_clock_init(&c, 0.125);
	ck_assert_int_eq(tandem_bench_tell(b, &c, TANDEM_OBSERVED_START, 0.0, 0.0),
			TANDEM_GUARD_PASSED);
	return c;
}

static struct tandem_steering steer(const struct bench *b, struct tandem_clock *c,
		double lag_s)
{
	const struct tandem_place p = { tandem_bench_ns(b->now_s), 0.0025, lag_s, 0.300,
		false, false };

	return tandem_clock_steer(c, &p);
}

START_TEST(knowledge_grows)
{
	struct bench b;
	struct tandem_clock c = made(&b);

	steer(&b, &c, 0.175);
	ck_assert_int_eq(tandem_clock_state(&c).knows, TANDEM_KNOWS_NOTHING);
	ck_assert_double_eq_tol(tandem_clock_latency_s(&c), 0.125, 1e-9);
	b.now_s += 1.0;
	tandem_bench_tell(&b, &c, TANDEM_OBSERVED_REPORT, 0.170, BENCH_REPORT_S);
	steer(&b, &c, 0.175);
	ck_assert_int_eq(tandem_clock_state(&c).knows, TANDEM_KNOWS_REPORT);
	ck_assert_double_eq_tol(tandem_clock_latency_s(&c), 0.170, 1e-3);
	ck_assert_double_gt(tandem_clock_state(&c).sigma_s, 10e-3); /* reports are biased */
	b.now_s += 1.0;
	tandem_bench_tell(&b, &c, TANDEM_OBSERVED_TRIM, 0.004, 0.0);
	ck_assert_int_eq(tandem_clock_state(&c).knows, TANDEM_KNOWS_HAND);
	for (int i = 0; i < 30; i++) {
		b.now_s += 1.0;
		tandem_bench_tell(&b, &c, TANDEM_OBSERVED_MICROPHONE,
				0.180 + BENCH_EAR_S * tandem_bench_normal(&b), BENCH_EAR_S);
	}
	steer(&b, &c, 0.120);
	ck_assert_int_eq(tandem_clock_state(&c).knows, TANDEM_KNOWS_EAR);
	ck_assert(tandem_clock_state(&c).remembered);
	ck_assert_double_eq_tol(tandem_clock_state(&c).latency_s, 0.180, 0.1e-3);
	ck_assert_double_lt(tandem_clock_state(&c).sigma_s, 0.2e-3);
	ck_assert_str_eq(tandem_knowledge_name(TANDEM_KNOWS_EAR), "microphone");
	ck_assert_str_eq(tandem_knowledge_name((enum tandem_knowledge)9), "nothing");
}
END_TEST

START_TEST(a_trim_is_jumped_to_at_once)
{
	struct bench b;
	struct tandem_clock c = made(&b);

	ck_assert_double_eq(steer(&b, &c, 0.175).jump_s, 0.0);
	tandem_bench_tell(&b, &c, TANDEM_OBSERVED_TRIM, 0.003, 0.0); /* plays later */
	ck_assert_double_eq_tol(tandem_clock_latency_s(&c), 0.122, 1e-9);
	b.now_s += 0.2;
	ck_assert_double_eq_tol(steer(&b, &c, 0.175).jump_s, -0.003, 1e-6);
	b.now_s += 0.2;
	ck_assert_double_eq(steer(&b, &c, 0.178).jump_s, 0.0);
	ck_assert_uint_eq(tandem_clock_state(&c).jumps, 1);
}
END_TEST

START_TEST(a_drift_by_hand_paces_at_once)
{
	struct bench b;
	struct tandem_clock c = made(&b);

	tandem_bench_tell(&b, &c, TANDEM_OBSERVED_DRIFT, 40e-6, 0.0);
	ck_assert_double_eq(steer(&b, &c, 0.175).pace_rho, 1.0 + 40e-6);
	ck_assert_double_eq_tol(tandem_clock_state(&c).drift_ppm, 40.0, 1e-9);
	for (int i = 0; i < 100000; i++) {
		b.now_s += 0.0025;
		ck_assert_double_eq_tol(steer(&b, &c, 0.175).pace_rho, 1.0 + 40e-6, 1e-12);
	}
	b.now_s += 1.0;
	tandem_bench_tell(&b, &c, TANDEM_OBSERVED_DRIFT, 0.0, 0.0);
	ck_assert_double_eq(steer(&b, &c, 0.175).pace_rho, 1.0);
	ck_assert(isnan(tandem_clock_state(&c).drift_ppm));
}
END_TEST

START_TEST(the_radio_moves_nothing)
{
	struct bench b;
	struct tandem_clock c = made(&b);
	struct tandem_filter before;

	steer(&b, &c, 0.175);
	before = c.model.free;
	for (int i = 0; i < 100; i++) {
		b.now_s += 0.02;
		tandem_bench_tell(&b, &c, TANDEM_OBSERVED_QUEUE, 0.04, 0.0);
		tandem_bench_tell(&b, &c, TANDEM_OBSERVED_COMPLETION, 0.006, 0.0);
	}
	ck_assert_mem_eq(before.x, c.model.free.x, sizeof(before.x));
	ck_assert_mem_eq(before.p, c.model.free.p, sizeof(before.p));
	ck_assert_double_eq_tol(tandem_clock_state(&c).radio_s, 0.006, 1e-6);
	tandem_bench_tell(&b, &c, TANDEM_OBSERVED_QUEUE, NAN, 0.0);
	ck_assert_uint_eq(tandem_clock_state(&c).dropped, 1);
}
END_TEST

START_TEST(what_happens_to_the_stream_opens_the_latency)
{
	struct bench b;
	struct tandem_clock c = made(&b);

	for (int k = TANDEM_OBSERVED_START; k < TANDEM_N_OBSERVED; k++) {
		for (int i = 0; i < 30; i++) {
			b.now_s += 1.0;
			tandem_bench_tell(&b, &c, TANDEM_OBSERVED_MICROPHONE,
					0.180 + BENCH_EAR_S * tandem_bench_normal(&b),
					BENCH_EAR_S);
		}
		steer(&b, &c, 0.120);
		ck_assert_double_lt(tandem_clock_state(&c).sigma_s, 1e-3);
		b.now_s += 1.0;
		tandem_bench_tell(&b, &c, (enum tandem_observed)k, 0.0, 0.0);
		steer(&b, &c, 0.120);
		if (k != TANDEM_OBSERVED_SUSPEND)
			ck_assert_double_gt(tandem_clock_state(&c).sigma_s, 5e-3);
	}
}
END_TEST

START_TEST(a_memory_starts_the_next_stream)
{
	struct bench b;
	struct tandem_clock c = made(&b);
	struct tandem_memory k;

	for (int i = 0; i < 130; i++) {
		b.now_s += 1.0;
		tandem_bench_tell(&b, &c, TANDEM_OBSERVED_MICROPHONE,
				0.180 - 60e-6 * i + BENCH_EAR_S * tandem_bench_normal(&b),
				BENCH_EAR_S);
		for (int n = 0; n < 400; n++) {
			steer(&b, &c, 0.120);
			b.now_s += 0.0025;
		}
		b.now_s -= 1.0;
	}
	k = tandem_clock_memory(&c);
	ck_assert_int_eq(k.class, TANDEM_CLASS_FREE);
	ck_assert_double_eq_tol(k.drift_ppm, 60.0, 3.0);
	/* as the next start will have it, its buffer filled anew */
	ck_assert_double_eq_tol(k.latency_s, 0.180, 1e-3);
	c = made(&b);
	tandem_clock_recall(&c, &k);
	steer(&b, &c, 0.120);
	ck_assert_int_eq(tandem_clock_state(&c).knows, TANDEM_KNOWS_MEMORY);
	ck_assert_double_eq_tol(tandem_clock_state(&c).drift_ppm, k.drift_ppm, 1e-9);
	ck_assert_double_eq_tol(tandem_clock_state(&c).latency_s, 0.180, 1e-3);
	ck_assert_double_eq_tol(tandem_clock_state(&c).sigma_s, 15e-3, 1e-3);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("clock");
	TCase *const c = tcase_create("clock");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, knowledge_grows);
	tcase_add_test(c, a_trim_is_jumped_to_at_once);
	tcase_add_test(c, a_drift_by_hand_paces_at_once);
	tcase_add_test(c, the_radio_moves_nothing);
	tcase_add_test(c, what_happens_to_the_stream_opens_the_latency);
	tcase_add_test(c, a_memory_starts_the_next_stream);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

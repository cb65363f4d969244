/* SPDX-License-Identifier: MIT
 *
 * Servo: limits, jumps, and a pace that is watched and taken back.
 */
#include <check.h>
#include <math.h>

#include "clock-bench.h"
#include "suite.h"

#define BLOCK_S 0.0025

/* A servo and its model, and the lag of a path that does what it is told. */
struct loop {
	struct tandem_model m;
	struct tandem_servo s;
	double now_s, lag_s, common_s, swell_s;
	double last_v, worst_slew, worst_v, worst_rho;
	double jumped_s;
	int jumps;
	bool silent, at_once;
};

static struct loop begun(double latency_s)
{
	struct loop l = { .now_s = 1000.0, .common_s = 0.300 };

	tandem_model_init(&l.m, latency_s);
	tandem_model_advance(&l.m, tandem_bench_ns(l.now_s), 0.0);
	tandem_model_disturb(&l.m, TANDEM_OBSERVED_START, 0.0);
	tandem_filter_set(&l.m.free, 0, latency_s, 1e-4);
	tandem_filter_set(&l.m.locked, 0, latency_s, 1e-4);
	tandem_servo_init(&l.s);
	l.lag_s = l.common_s - latency_s;
	return l;
}

static void run(struct loop *l, double seconds)
{
	const int blocks = (int)ceil(seconds / BLOCK_S);

	for (int i = 0; i < blocks; i++) {
		const struct tandem_place p = { tandem_bench_ns(l->now_s), BLOCK_S,
			l->lag_s, l->common_s, l->silent, l->at_once };
		const struct tandem_steering st =
				tandem_servo_run(&l->s, &l->m, &p, l->swell_s);

		l->worst_slew = fmax(l->worst_slew,
				fabs(st.content_v - l->last_v) / BLOCK_S);
		l->last_v = st.content_v;
		l->worst_v = fmax(l->worst_v, fabs(st.content_v));
		l->worst_rho = fmax(l->worst_rho, fabs(st.pace_rho - 1.0));
		l->jumps += st.jump_s != 0.0;
		l->jumped_s += st.jump_s;
		l->lag_s -= st.jump_s + BLOCK_S * st.content_v;
		l->swell_s += (st.pace_rho - 1.0) * BLOCK_S;
		l->now_s += BLOCK_S;
	}
}

/* n observations that confirm what the model believes. */
static void confirm(struct loop *l, int n)
{
	for (int i = 0; i < n; i++) {
		tandem_model_advance(&l->m, tandem_bench_ns(l->now_s), l->swell_s);
		l->swell_s = 0.0;
		tandem_model_update(&l->m, TANDEM_SENSOR_MICROPHONE,
				tandem_model_belief(&l->m, tandem_bench_ns(l->now_s), 0.0)
						.latency_s,
				BENCH_EAR_S);
		run(l, 1.0);
	}
}

START_TEST(a_small_error_is_pulled_within_the_limits)
{
	struct loop l = begun(0.180);

	l.lag_s += 1e-3; /* late by 1 ms */
	run(&l, 1.0);
	ck_assert_double_gt(l.last_v, 0.0); /* late: the content must go faster */
	run(&l, 60.0);
	ck_assert_int_eq(l.jumps, 0);
	ck_assert_double_lt(fabs(l.s.late_s), 20e-6);
	ck_assert_double_le(l.worst_v, 100.001e-6);
	ck_assert_double_le(l.worst_slew, 20.001e-6);
	ck_assert_double_eq(l.worst_rho, 0.0);
}
END_TEST

START_TEST(the_first_jump_waits_for_eight_observations)
{
	struct loop l = begun(0.180);

	l.lag_s += 20e-3;
	confirm(&l, 7);
	ck_assert_int_eq(l.jumps, 0);
	confirm(&l, 1);
	ck_assert_int_eq(l.jumps, 1);
	ck_assert_double_gt(l.jumped_s, 19e-3); /* late: skips forward */
	ck_assert_uint_eq(l.s.jumps, 1);
	ck_assert_double_lt(fabs(l.s.late_s), 0.2e-3);
}
END_TEST

START_TEST(jumps_do_not_follow_each_other)
{
	struct loop l = begun(0.180);

	confirm(&l, 10);
	l.lag_s += 20e-3;
	run(&l, 0.5);
	ck_assert_int_eq(l.jumps, 1);
	l.lag_s += 20e-3;
	confirm(&l, 3);
	ck_assert_int_eq(l.jumps, 1);
	confirm(&l, 2);
	ck_assert_int_eq(l.jumps, 2);
	/* after the first 45 s less than 6 ms is pulled to */
	confirm(&l, 45);
	l.lag_s += 5e-3;
	confirm(&l, 5);
	ck_assert_int_eq(l.jumps, 2);
	l.lag_s += 5e-3;
	confirm(&l, 5);
	ck_assert_int_eq(l.jumps, 3);
}
END_TEST

START_TEST(who_is_not_sure_does_not_jump)
{
	struct loop l = begun(0.180);

	confirm(&l, 10);
	tandem_filter_set(&l.m.free, 0, 0.180, 10e-3);
	tandem_filter_set(&l.m.locked, 0, 0.180, 10e-3);
	l.lag_s += 20e-3;
	run(&l, 5.0);
	ck_assert_int_eq(l.jumps, 0);
}
END_TEST

START_TEST(silence_and_hands_need_no_reason)
{
	struct loop l = begun(0.180);

	l.silent = true;
	l.lag_s += 20e-3;
	run(&l, 0.01);
	ck_assert_int_eq(l.jumps, 1);
	ck_assert_uint_eq(l.s.jumps, 0); /* nobody heard it */
	l.silent = false;
	run(&l, 1.0);
	l.at_once = true;
	l.common_s += 0.5e-3;
	run(&l, 0.01);
	ck_assert_int_eq(l.jumps, 2);
	ck_assert_uint_eq(l.s.jumps, 1);
	ck_assert_double_lt(fabs(l.s.late_s), 10e-6);
}
END_TEST

/* A free speaker: what the servo believes is true. */
START_TEST(the_buffer_of_a_free_speaker_is_brought_back)
{
	struct loop l = begun(0.180);

	l.m.class = TANDEM_CLASS_FREE;
	tandem_filter_set(&l.m.free, 1, -80e-6, 0.1e-6);
	for (int i = 0; i < 1500; i++)
		confirm(&l, 1);
	ck_assert_double_lt(fabs(l.s.moved_s), 1e-3);
	ck_assert_double_eq_tol(l.s.pace_rho, 1.0 + 80e-6, 15e-6);
	ck_assert_uint_eq(l.s.taken_back, 0);
	ck_assert_double_le(l.worst_rho, 500e-6);
	ck_assert_double_le(l.worst_slew, 20.001e-6);
	ck_assert_double_lt(fabs(l.s.late_s), 0.1e-3); /* and nobody heard anything */
}
END_TEST

/* Taken for free, but locked: its latency does not do what the pace wants. */
START_TEST(a_pace_without_effect_is_taken_back)
{
	struct loop l = begun(0.180);
	double worst = 0.0, stays_s;

	l.m.class = TANDEM_CLASS_FREE;
	tandem_filter_set(&l.m.free, 1, -100e-6, 1e-6);
	run(&l, 155.0);
	ck_assert(l.s.pacing);
	stays_s = tandem_model_belief(&l.m, tandem_bench_ns(l.now_s), l.swell_s).latency_s;
	for (int i = 0; i < 400 && !l.s.refuted; i++) {
		tandem_model_advance(&l.m, tandem_bench_ns(l.now_s), l.swell_s);
		l.swell_s = 0.0;
		l.m.class = TANDEM_CLASS_FREE;
		tandem_model_update(&l.m, TANDEM_SENSOR_MICROPHONE, stays_s, BENCH_EAR_S);
		run(&l, 1.0);
		worst = fmax(worst, fabs(l.s.pace_rho - 1.0));
	}
	ck_assert(l.s.refuted);
	ck_assert_uint_eq(l.s.taken_back, 1);
	ck_assert_double_lt(worst, 500e-6);
	tandem_model_unfree(&l.m);
	run(&l, 100.0);
	ck_assert_double_eq(l.s.pace_rho, 1.0);
	/* and is not tried again soon */
	l.m.class = TANDEM_CLASS_FREE;
	tandem_filter_set(&l.m.free, 1, -100e-6, 1e-6);
	run(&l, 400.0);
	ck_assert_double_eq(l.s.pace_rho, 1.0);
	tandem_servo_reset(&l.s);
	ck_assert_double_eq(l.s.moved_s, 0.0);
}
END_TEST

START_TEST(a_locked_speaker_is_never_paced)
{
	struct bench b = { .random = 1 };
	struct loop l = begun(0.180);

	l.m.class = TANDEM_CLASS_LOCKED;
	for (int i = 0; i < 1000; i++) {
		tandem_filter_set(&l.m.free, 1, 200e-6 * tandem_bench_normal(&b), 1e-6);
		l.lag_s += 1e-3 * tandem_bench_normal(&b);
		run(&l, 1.0);
	}
	ck_assert_double_eq(l.worst_rho, 0.0);
}
END_TEST

START_TEST(what_is_not_there_yet_is_not_played)
{
	struct loop l = begun(0.180);

	l.common_s = 0.150; /* less than its latency */
	l.lag_s = 0.010;
	confirm(&l, 20);
	ck_assert_double_ge(l.lag_s, -0.1e-3);
	ck_assert_double_lt(l.lag_s, 2e-3);
	ck_assert_double_eq_tol(l.s.late_s, 0.030, 2e-3); /* and says so */
}
END_TEST

START_TEST(any_place_is_bounded)
{
	const double odd[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, 0.0, 1e-300, 5.0 };
	struct loop l = begun(0.180);
	struct tandem_steering last = { .pace_rho = 1.0 };

	for (uint32_t i = 0; i < 4096; i++) {
		const struct tandem_place p = {
			.due_ns = tandem_bench_ns(l.now_s),
			.dt_s = odd[i % 8],
			.lag_s = odd[i / 8 % 8],
			.common_s = odd[i / 64 % 8],
			.silent = i / 512 % 2,
			.at_once = i / 1024 % 2,
		};
		const struct tandem_steering st = tandem_servo_run(&l.s, &l.m, &p, 0.0);

		ck_assert_double_le(fabs(st.content_v), TANDEM_MAX_CONTENT);
		ck_assert_double_le(fabs(st.pace_rho - 1.0), TANDEM_MAX_PACE);
		ck_assert(isfinite(st.jump_s));
		ck_assert_double_le(fabs(st.content_v - last.content_v), 20.001e-6);
		last = st;
	}
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("servo");
	TCase *const c = tcase_create("servo");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_small_error_is_pulled_within_the_limits);
	tcase_add_test(c, the_first_jump_waits_for_eight_observations);
	tcase_add_test(c, jumps_do_not_follow_each_other);
	tcase_add_test(c, who_is_not_sure_does_not_jump);
	tcase_add_test(c, silence_and_hands_need_no_reason);
	tcase_add_test(c, the_buffer_of_a_free_speaker_is_brought_back);
	tcase_add_test(c, a_pace_without_effect_is_taken_back);
	tcase_add_test(c, a_locked_speaker_is_never_paced);
	tcase_add_test(c, what_is_not_there_yet_is_not_played);
	tcase_add_test(c, any_place_is_bounded);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

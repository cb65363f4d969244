/* SPDX-License-Identifier: MIT
 *
 * Model: who is free, who is locked, and what is believed meanwhile and in the dark.
 */
#include <check.h>
#include <math.h>

#include "clock-bench.h"
#include "suite.h"

#define EAR TANDEM_SENSOR_MICROPHONE
#define REPORT TANDEM_SENSOR_REPORT

static double steady(double t_s)
{
	(void)t_s;
	return 0.180;
}

/* The DAC runs fast by 50 ppm: the latency shrinks. */
static double fast(double t_s)
{
	return 0.250 - 50e-6 * (t_s - 1000.0);
}

/* A loop that settles: -190 ppm at first. */
static double settling(double t_s)
{
	return 0.180 + 190e-6 * 100.0 * exp(-(t_s - 1000.0) / 100.0);
}

static double moved(double t_s)
{
	(void)t_s;
	return 0.240;
}

/* A level as it is, between two packets of 20 ms, looked at now and then. */
static double sawtooth(double t_s)
{
	return 0.170 + 0.020 * fmod(t_s * 0.618034, 1.0);
}

static struct tandem_model started(struct bench *b)
{
	struct tandem_model m;

	b->now_s = 1000.0;
	tandem_model_init(&m, 0.125);
	tandem_model_advance(&m, tandem_bench_ns(b->now_s), 0.0);
	tandem_model_disturb(&m, TANDEM_OBSERVED_START, 0.0);
	return m;
}

static struct tandem_belief believe(const struct tandem_model *m, double t_s)
{
	return tandem_model_belief(m, tandem_bench_ns(t_s), 0.0);
}

START_TEST(a_straight_line_is_free_and_its_drift_has_the_right_sign)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = { .random = seed };
		struct tandem_model m = started(&b);

		ck_assert(isnan(tandem_model_drift_ppm(&m)));
		tandem_bench_see(&b, &m, EAR, fast, 1040.0, 1.0);
		ck_assert_int_eq(m.class, TANDEM_CLASS_UNKNOWN);
		tandem_bench_see(&b, &m, EAR, fast, 1120.0, 1.0);
		ck_assert_int_eq(m.class, TANDEM_CLASS_FREE);
		ck_assert_double_eq_tol(tandem_model_drift_ppm(&m), 50.0, 4.0);
		ck_assert_double_lt(tandem_model_drift_sigma_ppm(&m), 3.0);
		/* and in the dark it goes on */
		ck_assert(tandem_model_is_blind(&m, tandem_bench_ns(1300.0)));
		ck_assert_double_eq_tol(believe(&m, 1300.0).latency_s, fast(1300.0),
				0.5e-3);
		ck_assert_double_eq_tol(believe(&m, 1300.0).slope, -50e-6, 4e-6);
	}
}
END_TEST

START_TEST(a_flat_line_is_locked_and_has_no_drift)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = { .random = seed };
		struct tandem_model m = started(&b);

		tandem_bench_see(&b, &m, seed % 2 ? EAR : REPORT, steady, 1600.0,
				seed % 2 ? 1.0 : 3.0);
		ck_assert_int_eq(m.class, TANDEM_CLASS_LOCKED);
		ck_assert(isnan(tandem_model_drift_ppm(&m)));
		ck_assert_double_eq(believe(&m, 1700.0).slope, 0.0);
	}
}
END_TEST

START_TEST(a_loop_that_settles_is_never_free)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct bench b = { .random = seed };
		struct tandem_model m = started(&b);

		for (int i = 0; i < 299; i++) {
			const double t_s = 1003.0 + 3.0 * i;

			tandem_bench_see(&b, &m, seed % 2 ? EAR : REPORT, settling, t_s,
					3.0);
			ck_assert_int_ne(m.class, TANDEM_CLASS_FREE);
		}
	}
}
END_TEST

START_TEST(nothing_unproven_is_done_in_the_dark)
{
	struct bench b = { .random = 1 };
	struct tandem_model m = started(&b);
	double at_s;

	tandem_bench_see(&b, &m, EAR, fast, 1030.0, 1.0);
	ck_assert_int_eq(m.class, TANDEM_CLASS_UNKNOWN);
	ck_assert_double_lt(believe(&m, 1031.0).slope, -20e-6);
	ck_assert(!tandem_model_is_blind(&m, tandem_bench_ns(1031.0)));
	ck_assert(tandem_model_is_blind(&m, tandem_bench_ns(1100.0)));
	at_s = believe(&m, 1100.0).latency_s;
	ck_assert_double_eq(believe(&m, 1100.0).slope, 0.0);
	ck_assert_double_eq_tol(believe(&m, 2000.0).latency_s, at_s, 1e-9);
	/* and it says so */
	ck_assert_double_gt(tandem_model_sigma_s(&m, tandem_bench_ns(1100.0)),
			2.0 * tandem_model_sigma_s(&m, tandem_bench_ns(1031.0)));
	/* seen again, it goes on from where it is */
	tandem_model_advance(&m, tandem_bench_ns(1200.0), 0.0);
	ck_assert_double_eq_tol(believe(&m, 1200.0).latency_s, at_s, 1e-9);
}
END_TEST

static struct tandem_model calibrated(struct bench *b)
{
	struct tandem_model m = started(b);

	for (int i = 0; i < 40; i++) {
		const double t_s = 1003.0 + 3.0 * i;

		tandem_bench_see(b, &m, EAR, steady, t_s, 1.0);
		b->now_s = t_s - 1.0;
		tandem_bench_see(b, &m, REPORT, steady, t_s, 1.0);
	}
	return m;
}

START_TEST(locked_and_calibrated_is_left_alone)
{
	struct bench b = { .random = 1 };
	struct tandem_model m = calibrated(&b);
	double frozen_s;

	ck_assert(tandem_model_is_calibrated(&m));
	ck_assert_int_eq(m.class, TANDEM_CLASS_LOCKED);
	tandem_model_attend(&m, tandem_bench_ns(1130.0));
	ck_assert(m.locked.frozen);
	frozen_s = believe(&m, 1130.0).latency_s;
	ck_assert_double_eq_tol(frozen_s, 0.180, 20e-6);
	tandem_bench_see(&b, &m, REPORT, steady, 5000.0, 3.0);
	ck_assert_double_eq(believe(&m, 5000.0).latency_s, frozen_s);
	ck_assert_double_lt(tandem_model_sigma_s(&m, tandem_bench_ns(5000.0)), 0.2e-3);
	/* but a step is one */
	tandem_bench_see(&b, &m, REPORT, moved, 5003.0, 3.0);
	ck_assert_uint_eq(m.steps, 0);
	tandem_bench_see(&b, &m, REPORT, moved, 5006.0, 3.0);
	ck_assert_uint_eq(m.steps, 1);
	ck_assert_double_eq_tol(m.last_step_s, 0.060, 4e-3);
	ck_assert(!tandem_model_is_calibrated(&m));
	tandem_bench_see(&b, &m, REPORT, moved, 6000.0, 3.0);
	ck_assert_double_eq_tol(believe(&m, 6000.0).latency_s, 0.240, 0.4e-3);
}
END_TEST

START_TEST(the_mean_of_a_sawtooth_says_less_than_that_of_a_line)
{
	struct bench b = { .random = 1 }, c = { .random = 1 };
	struct tandem_model smooth = started(&b), raw = started(&c);

	tandem_bench_see(&b, &smooth, REPORT, steady, 1300.0, 3.0);
	tandem_bench_see(&c, &raw, REPORT, sawtooth, 1300.0, 3.0);
	ck_assert_double_lt(tandem_model_sigma_s(&smooth, tandem_bench_ns(1300.0)),
			15.5e-3);
	ck_assert_double_gt(tandem_model_sigma_s(&raw, tandem_bench_ns(1300.0)), 17e-3);
	/* until it has been heard */
	tandem_bench_see(&c, &raw, EAR, steady, 1360.0, 1.0);
	ck_assert_double_lt(tandem_model_sigma_s(&raw, tandem_bench_ns(1360.0)), 1e-3);
}
END_TEST

/* Reports that are all over the place tell of no packet. */
START_TEST(a_sawtooth_is_no_longer_than_a_packet)
{
	struct bench b = { .random = 1 };
	struct tandem_model m = started(&b);

	for (int i = 0; i < 60; i++) {
		b.now_s += 3.0;
		tandem_model_advance(&m, tandem_bench_ns(b.now_s), 0.0);
		tandem_model_update(&m, REPORT, i % 2 == 0 ? 0.0 : 2.0, 0.2);
		ck_assert_double_lt(tandem_model_sigma_s(&m, tandem_bench_ns(b.now_s)),
				0.21);
	}
}
END_TEST

START_TEST(a_disturbance_opens_the_latency_and_keeps_the_rest)
{
	struct bench b = { .random = 2 };
	struct tandem_model m = started(&b);
	double drift_ppm;

	tandem_bench_see(&b, &m, EAR, fast, 1200.0, 1.0);
	drift_ppm = tandem_model_drift_ppm(&m);
	tandem_model_disturb(&m, TANDEM_OBSERVED_CODEC, 0.0);
	ck_assert_double_gt(tandem_model_sigma_s(&m, tandem_bench_ns(1200.0)), 0.09);
	ck_assert_double_eq(tandem_model_drift_ppm(&m), drift_ppm);
	ck_assert_uint_eq(m.seen, 0);
	/* a new start of a known speaker is near the old one */
	tandem_model_disturb(&m, TANDEM_OBSERVED_RESUME, 0.0);
	ck_assert_uint_eq(m.past.calibrations, 1);
}
END_TEST

START_TEST(a_drift_by_hand_is_obeyed)
{
	struct bench b = { .random = 3 };
	struct tandem_model m = started(&b);

	tandem_model_set_drift(&m, 37.5e-6);
	ck_assert_int_eq(m.class, TANDEM_CLASS_FREE);
	ck_assert_double_eq_tol(tandem_model_drift_ppm(&m), 37.5, 1e-9);
	ck_assert_double_eq_tol(believe(&m, 1000.0).slope, -37.5e-6, 1e-15);
	tandem_model_set_drift(&m, 0.0);
	ck_assert_int_eq(m.class, TANDEM_CLASS_UNKNOWN);
	tandem_model_unfree(&m);
	ck_assert_int_eq(m.class, TANDEM_CLASS_LOCKED);
}
END_TEST

START_TEST(what_is_remembered_comes_back)
{
	struct bench b = { .random = 4 };
	struct tandem_model m = calibrated(&b), other = started(&b);
	struct tandem_memory k = tandem_model_memory(&m, 0.0);

	ck_assert(tandem_memory_is_sane(&k));
	ck_assert_int_eq(k.class, TANDEM_CLASS_LOCKED);
	ck_assert_uint_eq(k.calibrations, 1);
	ck_assert_double_eq_tol(k.latency_s, 0.180, 0.1e-3);
	ck_assert_double_eq_tol(k.spread_s, 15e-3, 1e-9);
	ck_assert_double_eq_tol(k.bias_s, 0.0, 1e-3);
	tandem_model_recall(&other, &k);
	ck_assert_int_eq(other.class, TANDEM_CLASS_LOCKED);
	ck_assert_double_eq_tol(believe(&other, 1000.0).latency_s, 0.180, 0.1e-3);
	ck_assert_double_eq_tol(tandem_model_sigma_s(&other, tandem_bench_ns(1000.0)),
			15e-3, 0.1e-3);
	/* what is not true of any speaker is not taken */
	k.latency_s = NAN;
	ck_assert(!tandem_memory_is_sane(&k));
	other = started(&b);
	tandem_model_recall(&other, &k);
	ck_assert_double_eq(believe(&other, 1000.0).latency_s, 0.125);
	ck_assert_str_eq(tandem_clock_class_name(TANDEM_CLASS_FREE), "free");
	ck_assert_str_eq(tandem_clock_class_name((enum tandem_clock_class)9), "unknown");
}
END_TEST

START_TEST(what_is_no_start_is_not_counted_as_one)
{
	struct bench b = { .random = 5 };
	struct tandem_model m = calibrated(&b);

	for (int i = 1; i <= 3; i++) {
		tandem_model_disturb(&m,
				i < 3 ? TANDEM_OBSERVED_XRUN : TANDEM_OBSERVED_CLOCK_GAP,
				0.0);
		ck_assert(!tandem_model_is_calibrated(&m));
		ck_assert(tandem_model_is_remembered(&m));
		ck_assert_uint_eq(tandem_model_memory(&m, 0.0).calibrations, 1);
		tandem_bench_see(&b, &m, EAR, moved, 1122.0 + 40.0 * i, 1.0);
		ck_assert(tandem_model_is_calibrated(&m));
		ck_assert_uint_eq(tandem_model_memory(&m, 0.0).calibrations, 1);
	}
	tandem_model_disturb(&m, TANDEM_OBSERVED_RESUME, 0.0);
	ck_assert(!tandem_model_is_remembered(&m));
	tandem_bench_see(&b, &m, EAR, moved, 1300.0, 1.0);
	ck_assert(tandem_model_is_remembered(&m));
	ck_assert_uint_eq(tandem_model_memory(&m, 0.0).calibrations, 2);
}
END_TEST

/* Starts of a box whose latency spreads by so much: the mean and the spread are learnt. */
START_TEST(the_spread_between_starts_is_learnt)
{
	const double spread_s = 4e-3;
	double sum_s = 0.0;

	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct bench b = { .random = seed };
		struct tandem_memory k = { 0 };

		for (int start = 0; start < 20; start++) {
			struct tandem_model m = started(&b);
			const double latency_s = 0.180 + spread_s * tandem_bench_normal(&b);

			tandem_model_recall(&m, &k);
			tandem_filter_set(&m.free, 0, latency_s, 20e-6);
			tandem_filter_set(&m.locked, 0, latency_s, 20e-6);
			m.heard = 120;
			k = tandem_model_memory(&m, 0.0);
		}
		ck_assert_uint_eq(k.calibrations, 20);
		ck_assert_double_eq_tol(k.latency_s, 0.180, 6e-3);
		sum_s += k.spread_s;
	}
	ck_assert_double_eq_tol(sum_s / 40, spread_s, 0.3 * spread_s + 2e-3);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("model");
	TCase *const c = tcase_create("model");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_straight_line_is_free_and_its_drift_has_the_right_sign);
	tcase_add_test(c, a_flat_line_is_locked_and_has_no_drift);
	tcase_add_test(c, a_loop_that_settles_is_never_free);
	tcase_add_test(c, nothing_unproven_is_done_in_the_dark);
	tcase_add_test(c, locked_and_calibrated_is_left_alone);
	tcase_add_test(c, the_mean_of_a_sawtooth_says_less_than_that_of_a_line);
	tcase_add_test(c, a_sawtooth_is_no_longer_than_a_packet);
	tcase_add_test(c, a_disturbance_opens_the_latency_and_keeps_the_rest);
	tcase_add_test(c, a_drift_by_hand_is_obeyed);
	tcase_add_test(c, what_is_remembered_comes_back);
	tcase_add_test(c, what_is_no_start_is_not_counted_as_one);
	tcase_add_test(c, the_spread_between_starts_is_learnt);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

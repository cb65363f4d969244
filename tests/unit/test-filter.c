/* SPDX-License-Identifier: MIT
 *
 * Filter: gates, noise and steps, and that the covariance stays one whatever comes.
 */
#include <check.h>
#include <math.h>

#include "clock-bench.h"
#include "suite.h"

#define EAR TANDEM_SENSOR_MICROPHONE
#define REPORT TANDEM_SENSOR_REPORT

static enum tandem_taken see(struct tandem_filter *f, enum tandem_sensor_kind kind,
		double value_s)
{
	double step_s;

	tandem_filter_predict(f, 1.0, 0.0, 0.0);
	return tandem_filter_update(f, kind, value_s,
			kind == EAR ? BENCH_EAR_S : BENCH_REPORT_S, &step_s);
}

/* Has seen a latency of 150 ms for a while. */
static struct tandem_filter seen(struct bench *b, enum tandem_sensor_kind kind)
{
	const double sigma_s = kind == EAR ? BENCH_EAR_S : BENCH_REPORT_S;
	struct tandem_filter f;

	tandem_filter_init(&f, true, 0.125, 0.150);
	for (int i = 0; i < 60; i++)
		see(&f, kind, 0.150 + sigma_s * tandem_bench_normal(b));
	return f;
}

START_TEST(one_far_report_is_no_news_two_are_a_step)
{
	struct bench b = { .random = 1 };
	struct tandem_filter f = seen(&b, REPORT);
	const double drift = f.x[1];
	double before_s = f.x[0] + f.x[2];

	ck_assert_int_eq(see(&f, REPORT, 0.210), TANDEM_REFUSED);
	ck_assert_double_eq_tol(f.x[0] + f.x[2], before_s, 1e-4);
	ck_assert_int_eq(see(&f, REPORT, 0.1503), TANDEM_TAKEN); /* it was not true */
	ck_assert_int_eq(see(&f, REPORT, 0.210), TANDEM_REFUSED);
	ck_assert_int_eq(see(&f, REPORT, 0.250), TANDEM_REFUSED); /* says something else */
	ck_assert_int_eq(see(&f, REPORT, 0.2505), TANDEM_STEPPED);
	ck_assert_double_eq_tol(f.x[0] + f.x[2], 0.250, 3e-3);
	ck_assert_double_eq_tol(f.x[1], drift, 5e-6); /* a step says nothing of drift */
}
END_TEST

START_TEST(echoes_are_not_heard)
{
	struct bench b = { .random = 2 };
	struct tandem_filter f = seen(&b, EAR);

	for (int i = 0; i < 300; i++) {
		const bool echo =
				i % 20 == 7 || i % 100 == 8; /* now and then two in a row */
		const double late_s = echo ? tandem_bench_uniform(&b, 1e-3, 5e-3) : 0.0;

		see(&f, EAR, 0.150 + late_s + BENCH_EAR_S * tandem_bench_normal(&b));
		ck_assert_double_eq_tol(f.x[0], 0.150, 0.15e-3);
	}
}
END_TEST

/* One shared counter deadlocked here: each report that fits forgave the microphone. */
START_TEST(reports_do_not_forgive_the_microphone)
{
	struct bench b = { .random = 3 };
	struct tandem_filter f = seen(&b, EAR);
	int until = 0;

	for (int i = 0; i < 50; i++)
		see(&f, REPORT, 0.160 + BENCH_REPORT_S * tandem_bench_normal(&b));
	for (int i = 0; i < 20 && until == 0; i++) {
		/* the box has moved by 5 ms, and its reports do not know it */
		see(&f, REPORT, 0.160 + BENCH_REPORT_S * tandem_bench_normal(&b));
		if (see(&f, EAR, 0.155 + BENCH_EAR_S * tandem_bench_normal(&b)) ==
				TANDEM_STEPPED)
			until = i + 1;
	}
	ck_assert_int_ge(until, 2);
	ck_assert_int_le(until, 6);
	ck_assert_double_eq_tol(f.x[0], 0.155, 0.3e-3);
	ck_assert_double_eq_tol(f.x[0] + f.x[2], 0.160, 1e-3);
}
END_TEST

START_TEST(the_first_seconds_are_not_overconfident)
{
	int within = 0, n = 0;

	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct bench b = { .random = seed };
		const double truth_s = tandem_bench_uniform(&b, 0.05, 0.3);
		struct tandem_filter f;

		tandem_filter_init(&f, true, 0.125, 0.150);
		for (int i = 0; i < 10; i++) {
			/* three times as noisy as it claims */
			see(&f, EAR, truth_s + 3.0 * BENCH_EAR_S * tandem_bench_normal(&b));
			within += fabs(f.x[0] - truth_s) < 2.0 * sqrt(f.p[0][0]);
			n++;
		}
	}
	ck_assert_double_gt((double)within / n, 0.95);
}
END_TEST

/* Ten seconds apart, and an echo among the first: the drift is off by 10 sigma, and all
 * that follows looked like steps for an hour. */
START_TEST(a_wrong_drift_is_given_up)
{
	struct bench b = { .random = 9 };
	struct tandem_filter f;
	double step_s, truth_s = 0.150;

	tandem_filter_init(&f, true, 0.150, 1e-3);
	tandem_filter_set(&f, 1, 113e-6, 10e-6);
	for (int i = 0; i < 60; i++) {
		tandem_filter_predict(&f, 10.0, 0.0, 0.0);
		truth_s -= 480e-6;
		tandem_filter_update(&f, EAR,
				truth_s + BENCH_EAR_S * tandem_bench_normal(&b),
				BENCH_EAR_S, &step_s);
	}
	ck_assert_double_eq_tol(f.x[0], truth_s, 0.2e-3);
	ck_assert_double_eq_tol(f.x[1], -48e-6, 3e-6);
}
END_TEST

START_TEST(noise_is_learnt)
{
	struct bench b = { .random = 4 };
	struct tandem_filter f;

	tandem_filter_init(&f, true, 0.125, 0.150);
	for (int i = 0; i < 400; i++)
		see(&f, REPORT, 0.150 + 8e-3 * tandem_bench_normal(&b)); /* claims 1 ms */
	ck_assert_double_gt(f.sensors[REPORT].noise * 3.0, 30.0);
	ck_assert_double_lt(f.sensors[REPORT].noise * 3.0, 120.0);
	ck_assert_double_eq_tol(f.x[0] + f.x[2], 0.150, 4e-3);
}
END_TEST

START_TEST(frozen_latency_is_not_moved_by_reports)
{
	struct bench b = { .random = 5 };
	struct tandem_filter f;

	tandem_filter_init(&f, false, 0.150, 1e-3);
	f.frozen = true;
	for (int i = 0; i < 1000; i++)
		see(&f, REPORT, 0.158 + BENCH_REPORT_S * tandem_bench_normal(&b));
	ck_assert_double_eq(f.x[0], 0.150);
	ck_assert_double_eq_tol(f.x[2], 8e-3, 0.5e-3);
	ck_assert_int_eq(see(&f, REPORT, 0.218), TANDEM_REFUSED);
	ck_assert_int_eq(see(&f, REPORT, 0.218), TANDEM_STEPPED);
	ck_assert_double_eq_tol(f.x[0], 0.210, 1e-3);
}
END_TEST

static void check_covariance(const struct tandem_filter *f)
{
	for (int i = 0; i < 3; i++) {
		ck_assert(isfinite(f->x[i]));
		ck_assert_double_ge(f->p[i][i], 0.0);
		for (int k = 0; k < 3; k++) {
			const double most = sqrt(f->p[i][i] * f->p[k][k]);

			ck_assert_double_eq(f->p[i][k], f->p[k][i]);
			ck_assert_double_le(fabs(f->p[i][k]), most * (1.0 + 1e-6) + 1e-18);
		}
	}
}

/* Latency that wanders as it likes, seen by reports: scaling the shared variance once drove
 * L and b apart by 50 ms. */
START_TEST(latency_and_bias_stay_together)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct bench b = { .random = seed };
		double truth_s = 0.15, slope = 0.0;
		struct tandem_filter f;

		tandem_filter_init(&f, seed % 2, 0.125, 0.150);
		for (int i = 0; i < 2000; i++) {
			if (i % 100 == 0)
				slope = tandem_bench_uniform(&b, -200e-6, 200e-6);
			truth_s = fmax(0.1, fmin(0.3, truth_s + slope));
			see(&f, REPORT, truth_s + BENCH_REPORT_S * tandem_bench_normal(&b));
			check_covariance(&f);
			ck_assert_double_lt(fabs(f.x[2]), 20e-3);
		}
	}
}
END_TEST

START_TEST(anything_leaves_a_covariance)
{
	struct bench b = { .random = 6 };
	struct tandem_filter f;
	double step_s;

	tandem_filter_init(&f, true, 0.125, 0.150);
	for (int i = 0; i < 100000; i++) {
		const double dt_s = pow(10.0, tandem_bench_uniform(&b, -3.0, 5.0));

		tandem_filter_predict(&f, dt_s, tandem_bench_uniform(&b, -1e-3, 1e-3),
				tandem_bench_uniform(&b, 0.0, 1e-13));
		tandem_filter_update(&f, (enum tandem_sensor_kind)(i % TANDEM_N_SENSORS),
				tandem_bench_uniform(&b, 0.0, 2.0),
				pow(10.0, tandem_bench_uniform(&b, -5.0, -0.7)), &step_s);
		if (i % 1000 == 0)
			tandem_filter_disturb(&f, 0.1);
		check_covariance(&f);
		ck_assert_double_le(fabs(f.x[1]), 500e-6);
	}
}
END_TEST

START_TEST(variance_looks_ahead)
{
	struct bench b = { .random = 7 };
	struct tandem_filter f = seen(&b, EAR);
	const double later = tandem_filter_variance(&f, 600.0, 1e-14);

	ck_assert_double_gt(later, f.p[0][0]);
	tandem_filter_predict(&f, 600.0, 0.0, 1e-14);
	ck_assert_double_eq(f.p[0][0], later);
	tandem_filter_set(&f, 0, 0.2, 1e-3);
	ck_assert_double_eq(f.x[0], 0.2);
	ck_assert_double_eq_tol(f.p[0][0], 1e-6, 1e-12);
	ck_assert_double_eq(f.p[0][1], 0.0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("filter");
	TCase *const c = tcase_create("filter");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, one_far_report_is_no_news_two_are_a_step);
	tcase_add_test(c, echoes_are_not_heard);
	tcase_add_test(c, reports_do_not_forgive_the_microphone);
	tcase_add_test(c, the_first_seconds_are_not_overconfident);
	tcase_add_test(c, a_wrong_drift_is_given_up);
	tcase_add_test(c, noise_is_learnt);
	tcase_add_test(c, frozen_latency_is_not_moved_by_reports);
	tcase_add_test(c, latency_and_bias_stay_together);
	tcase_add_test(c, anything_leaves_a_covariance);
	tcase_add_test(c, variance_looks_ahead);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

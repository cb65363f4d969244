/* SPDX-License-Identifier: MIT
 *
 * Guard: what cannot be never reaches the model, and is counted; what can, passes as it is.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "clock/guard.h"
#include "suite.h"

#define NOW_NS (100 * TANDEM_NS_PER_S)

static const struct tandem_observation report = {
	.host_ns = NOW_NS,
	.frame = 48000,
	.value_s = 0.150,
	.sigma_s = 0.001,
	.kind = TANDEM_OBSERVED_REPORT,
};

static enum tandem_guarded check(struct tandem_guard *g, struct tandem_observation o)
{
	return tandem_guard_check(g, &o, NOW_NS);
}

static enum tandem_guarded check_with(int64_t host_ns, double value_s, double sigma_s,
		enum tandem_observed kind)
{
	struct tandem_guard g;

	tandem_guard_init(&g);
	return check(&g, (struct tandem_observation){ host_ns, 0, value_s, sigma_s, kind });
}

START_TEST(values_that_cannot_be)
{
	const enum tandem_observed ear = TANDEM_OBSERVED_MICROPHONE;

	ck_assert_int_eq(check_with(NOW_NS, 0.1, 1e-3, ear), TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check_with(NOW_NS, NAN, 1e-3, ear), TANDEM_GUARD_NOT_A_NUMBER);
	ck_assert_int_eq(check_with(NOW_NS, 0.1, NAN, ear), TANDEM_GUARD_NOT_A_NUMBER);
	ck_assert_int_eq(check_with(NOW_NS, INFINITY, 1e-3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(NOW_NS, 2.1, 1e-3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(NOW_NS, -0.001, 1e-3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(NOW_NS, 0.1, 0.3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(NOW_NS, 0.1, -1e-3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(NOW_NS, 501e-6, 0, TANDEM_OBSERVED_DRIFT),
			TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(NOW_NS, -500e-6, NAN, TANDEM_OBSERVED_DRIFT),
			TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check_with(NOW_NS, -0.5, NAN, TANDEM_OBSERVED_TRIM),
			TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check_with(NOW_NS, NAN, NAN, TANDEM_OBSERVED_RESUME),
			TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check_with(NOW_NS, 0.1, 1e-3, TANDEM_N_OBSERVED),
			TANDEM_GUARD_UNKNOWN);
	ck_assert_int_eq(check_with(NOW_NS, 0.1, 1e-3, (enum tandem_observed) - 7),
			TANDEM_GUARD_UNKNOWN);
}
END_TEST

START_TEST(times_that_cannot_be)
{
	const enum tandem_observed ear = TANDEM_OBSERVED_MICROPHONE;
	const int64_t s = TANDEM_NS_PER_S;

	ck_assert_int_eq(check_with(NOW_NS - 2 * s, 0.1, 1e-3, ear), TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check_with(NOW_NS - 2 * s - 1, 0.1, 1e-3, ear),
			TANDEM_GUARD_STALE);
	ck_assert_int_eq(check_with(NOW_NS + 2 * s, 0.1, 1e-3, ear), TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check_with(NOW_NS + 2 * s + 1, 0.1, 1e-3, ear),
			TANDEM_GUARD_EARLY);
	ck_assert_int_eq(check_with(-1, 0.1, 1e-3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(INT64_MAX, 0.1, 1e-3, ear), TANDEM_GUARD_HUGE);
	ck_assert_int_eq(check_with(INT64_MIN, 0.1, 1e-3, ear), TANDEM_GUARD_HUGE);
}
END_TEST

START_TEST(what_came_before_counts_per_kind)
{
	struct tandem_observation o = report;
	struct tandem_guard g;

	tandem_guard_init(&g);
	ck_assert_int_eq(check(&g, o), TANDEM_GUARD_PASSED);
	ck_assert_int_eq(check(&g, o), TANDEM_GUARD_REPEATED);
	o.value_s = 0.160;
	ck_assert_int_eq(check(&g, o), TANDEM_GUARD_CONTRADICTORY);
	o.host_ns--;
	ck_assert_int_eq(check(&g, o), TANDEM_GUARD_STALE);
	o.kind = TANDEM_OBSERVED_PRESSURE; /* knows nothing of reports */
	ck_assert_int_eq(check(&g, o), TANDEM_GUARD_PASSED);
	o = report;
	o.host_ns++; /* the same value again is news when it is said later */
	ck_assert_int_eq(check(&g, o), TANDEM_GUARD_PASSED);
	ck_assert_uint_eq(g.passed[TANDEM_OBSERVED_REPORT], 2);
	ck_assert_uint_eq(g.dropped[TANDEM_OBSERVED_REPORT][TANDEM_GUARD_REPEATED], 1);
	ck_assert_uint_eq(g.dropped[TANDEM_OBSERVED_REPORT][TANDEM_GUARD_CONTRADICTORY], 1);
	ck_assert_uint_eq(g.dropped[TANDEM_OBSERVED_REPORT][TANDEM_GUARD_STALE], 1);
	ck_assert_uint_eq(g.passed[TANDEM_OBSERVED_PRESSURE], 1);
}
END_TEST

START_TEST(a_sigma_that_claims_too_much_is_raised)
{
	struct tandem_observation o = report;
	struct tandem_guard g;

	tandem_guard_init(&g);
	o.sigma_s = 0.0;
	ck_assert_int_eq(tandem_guard_check(&g, &o, NOW_NS), TANDEM_GUARD_PASSED);
	ck_assert_double_gt(o.sigma_s, 1e-6);
	ck_assert_double_eq(o.value_s, report.value_s);
}
END_TEST

START_TEST(all_have_names)
{
	for (int i = 0; i < TANDEM_N_OBSERVED; i++) {
		ck_assert_ptr_nonnull(tandem_observed_name((enum tandem_observed)i));
		for (int k = 0; k < i; k++) {
			ck_assert_str_ne(tandem_observed_name((enum tandem_observed)i),
					tandem_observed_name((enum tandem_observed)k));
		}
	}
	ck_assert_ptr_null(tandem_observed_name(TANDEM_N_OBSERVED));
	for (int i = 1; i < TANDEM_N_GUARDED; i++)
		ck_assert_uint_gt(strlen(tandem_guarded_name((enum tandem_guarded)i)), 3);
	ck_assert_str_eq(tandem_guarded_name(TANDEM_GUARD_PASSED), "");
	ck_assert_str_eq(tandem_guarded_name(TANDEM_N_GUARDED), "");
}
END_TEST

START_TEST(a_line_says_it_all)
{
	char line[TANDEM_OBSERVATION_LINE_BYTES];
	struct tandem_observation o = report;
	char kind[32];
	int64_t host_ns;
	unsigned long long frame;
	double value_s, sigma_s;
	size_t n;

	o.value_s = 0.1 + 1e-17 * 12345;
	n = tandem_observation_write(&o, line, sizeof(line));
	ck_assert_uint_eq(n, strlen(line));
	ck_assert_int_eq(line[n - 1], '\n');
	ck_assert_int_eq(sscanf(line, "%ld ns %31s frame %llu %lf s +- %lf s", &host_ns,
					 kind, &frame, &value_s, &sigma_s),
			5);
	ck_assert_int_eq(host_ns, o.host_ns);
	ck_assert_str_eq(kind, "report");
	ck_assert_uint_eq(frame, o.frame);
	ck_assert_double_eq(value_s, o.value_s);
	ck_assert_double_eq(sigma_s, o.sigma_s);
	ck_assert_uint_eq(tandem_observation_write(&o, line, sizeof(line) - 1), 0);

	/* the longest one fits */
	o = (struct tandem_observation){ INT64_MIN, UINT64_MAX, -1.2345678901234567e-300,
		-1.2345678901234567e-300, TANDEM_OBSERVED_MICROPHONE };
	n = tandem_observation_write(&o, line, sizeof(line));
	ck_assert_int_eq(line[n - 1], '\n');
	o.kind = TANDEM_N_OBSERVED;
	ck_assert_uint_eq(tandem_observation_write(&o, line, sizeof(line)), 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("guard");
	TCase *const c = tcase_create("guard");

	tcase_add_test(c, values_that_cannot_be);
	tcase_add_test(c, times_that_cannot_be);
	tcase_add_test(c, what_came_before_counts_per_kind);
	tcase_add_test(c, a_sigma_that_claims_too_much_is_raised);
	tcase_add_test(c, all_have_names);
	tcase_add_test(c, a_line_says_it_all);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

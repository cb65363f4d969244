/* SPDX-License-Identifier: MIT
 *
 * Pace: speakers that run on their own crystal, fed at their own rate.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "clock/pace.h"
#include "suite.h"

START_TEST(a_bend_moves_nothing_before_it)
{
	struct tandem_pace p;
	int64_t due_ns;

	tandem_pace_init(&p, 48000);
	tandem_pace_set_drift(&p, 100.0, 0);
	tandem_pace_start(&p, 7 * TANDEM_NS_PER_S);
	ck_assert_int_eq(tandem_pace_due_ns(&p, 0), 7 * TANDEM_NS_PER_S);
	due_ns = tandem_pace_due_ns(&p, 48000);
	ck_assert_int_le(llabs(due_ns - 8 * TANDEM_NS_PER_S + 99990), 1); /* 1 / 1.0001 */
	ck_assert_double_eq_tol(tandem_pace_frame_at(&p, due_ns), 48000.0, 1e-4);
	ck_assert_double_lt(tandem_pace_frame_at(&p, 6 * TANDEM_NS_PER_S), 0.0);

	tandem_pace_set_drift(&p, -100.0, 48000);
	ck_assert_int_eq(tandem_pace_due_ns(&p, 48000), due_ns);
	ck_assert_int_le(llabs(tandem_pace_due_ns(&p, 96000) - due_ns - 1000100010), 1);
	ck_assert_int_le(llabs(tandem_pace_due_ns(&p, 47990) - due_ns + 208354), 1);

	/* kept within what the path can follow; nonsense is nothing */
	tandem_pace_set_drift(&p, 1e6, 96000);
	ck_assert_double_eq_tol(p.rate_hz, 48048.0, 1e-6);
	tandem_pace_set_drift(&p, -INFINITY, 96000);
	ck_assert_double_eq_tol(p.rate_hz, 47952.0, 1e-6);
	tandem_pace_set_drift(&p, NAN, 96000);
	ck_assert_double_eq(p.rate_hz, 48000.0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("pace");
	TCase *const c = tcase_create("virtual time");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_bend_moves_nothing_before_it);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

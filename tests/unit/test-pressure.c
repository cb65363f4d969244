/* SPDX-License-Identifier: MIT
 *
 * Pressure: what a full speaker's taking of packets tells, and when it tells nothing.
 */
#include <check.h>
#include <math.h>

#include "clock/pressure.h"
#include "suite.h"

#define PACKET_NS 13333333LL
#define BELIEVED_S 0.2

static struct tandem_pressure p;
static int64_t now_ns;
static int n_seen;
static struct tandem_observation last;

static void set_up(void)
{
	p = (struct tandem_pressure){ 0 };
	now_ns = TANDEM_NS_PER_S;
	n_seen = 0;
}

static void take(double wait_s, bool at_once)
{
	struct tandem_observation o;

	now_ns += PACKET_NS;
	if (tandem_pressure_take(&p, now_ns, wait_s, at_once, BELIEVED_S, &o)) {
		n_seen++;
		last = o;
	}
}

START_TEST(a_full_box_tells_its_clock)
{
	for (int i = 0; i < 75 * 100; i++) /* 60 ppm slow */
		take(1e-3 + i * 13.333333e-3 * 60e-6, false);
	ck_assert_int_ge(n_seen, 98);
	ck_assert_int_le(n_seen, 100);
	ck_assert_int_eq(last.kind, TANDEM_OBSERVED_PRESSURE);
	ck_assert_int_gt(last.host_ns, now_ns - TANDEM_NS_PER_S);
	ck_assert_double_eq_tol(last.value_s, BELIEVED_S + 100 * 60e-6, 0.2e-3);
	ck_assert_double_gt(last.sigma_s, 0.0);
}
END_TEST

START_TEST(who_takes_one_at_once_is_not_full)
{
	for (int i = 0; i < 75 * 20; i++)
		take(3e-3, i % 60 == 0);
	ck_assert_int_eq(n_seen, 0);
	ck_assert(!p.full);
}
END_TEST

START_TEST(a_bad_radio_is_not_a_clock)
{
	for (int i = 0; i < 75 * 20; i++)
		take(1e-3 + i % 7 * 1e-3, false);
	ck_assert_int_eq(n_seen, 0);
	ck_assert(!p.full);
}
END_TEST

/* A packet left out makes room for a while: what follows is about the same constant. After
 * a minute nobody knows. */
START_TEST(it_stays_full_for_a_minute)
{
	for (int i = 0; i < 75 * 3; i++)
		take(10e-3, false);
	ck_assert_double_eq_tol(last.value_s, BELIEVED_S, 1e-9);
	for (int i = 0; i < 75 * 40; i++)
		take(0.0, true);
	for (int i = 0; i < 75 * 3; i++)
		take(2e-3, false);
	ck_assert_double_eq_tol(last.value_s, BELIEVED_S - 8e-3, 1e-9);
	for (int i = 0; i < 75 * 70; i++)
		take(0.0, true);
	ck_assert(!p.full);
	for (int i = 0; i < 75 * 3; i++)
		take(4e-3, false);
	ck_assert_double_eq_tol(last.value_s, BELIEVED_S, 1e-9);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("pressure");
	TCase *const c = tcase_create("pressure");

	tcase_add_checked_fixture(c, set_up, NULL);
	tcase_add_test(c, a_full_box_tells_its_clock);
	tcase_add_test(c, who_takes_one_at_once_is_not_full);
	tcase_add_test(c, a_bad_radio_is_not_a_clock);
	tcase_add_test(c, it_stays_full_for_a_minute);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * Air: what becomes of the step, from what is seen of the queues. With links that carry so
 * much, and boxes that play of it: tests/whole/test-crowd.c.
 */
#include <check.h>

#include "air.h"
#include "suite.h"

#define PACKET_NS (13 * TANDEM_NS_PER_MS)
#define FULL 3

static struct tandem_air air;
static int64_t now_ns;

static void set_up(void)
{
	tandem_air_init(&air);
	now_ns = 50 * TANDEM_NS_PER_S;
}

/* Both speakers' queues, so long, for a while. */
static void see(uint32_t left, uint32_t right, double seconds)
{
	const int64_t end_ns = now_ns + (int64_t)(seconds * (double)TANDEM_NS_PER_S);

	do {
		tandem_air_see(&air, 0, left, FULL, now_ns);
		tandem_air_see(&air, 1, right, FULL, now_ns);
		now_ns += PACKET_NS;
	} while (now_ns < end_ns);
}

START_TEST(short_queues_change_nothing)
{
	see(0, 1, 3600.0);
	ck_assert_double_eq(tandem_air_share(&air), 1.0);
	ck_assert_uint_eq(air.downs, 0);
}
END_TEST

START_TEST(a_long_one_is_enough)
{
	see(0, TANDEM_AIR_LONG, 0.0);
	ck_assert_double_eq(tandem_air_share(&air), 0.66);
	see(0, TANDEM_AIR_LONG, 0.05); /* it must be given time to shrink, ... */
	ck_assert_double_eq(tandem_air_share(&air), 0.66);
	see(0, TANDEM_AIR_LONG, 0.1); /* ... but not for ever */
	ck_assert_double_eq(tandem_air_share(&air), 0.58);
	see(0, TANDEM_AIR_LONG + 1, 0.0);
	ck_assert_double_eq(tandem_air_share(&air), 0.50);
	see(0, TANDEM_AIR_LONG + 1, 5.0); /* there is no further step */
	ck_assert_double_eq(tandem_air_share(&air), 0.50);
}
END_TEST

START_TEST(a_full_one_is_the_last_step)
{
	see(FULL, 0, 0.0);
	ck_assert_double_eq(tandem_air_share(&air), 0.50);
	ck_assert_uint_eq(air.downs, 1);
}
END_TEST

/* Its being long already is no news. */
START_TEST(one_that_shrinks_is_left_to_it)
{
	see(TANDEM_AIR_LONG, 0, 0.0);
	see(TANDEM_AIR_LONG - 1, 0, 0.01);
	see(TANDEM_AIR_LONG, 0, 0.01);
	see(TANDEM_AIR_LONG - 1, 0, 0.01);
	ck_assert_double_eq(tandem_air_share(&air), 0.66);
	ck_assert_uint_eq(air.downs, 1);
}
END_TEST

START_TEST(all_must_be_short_to_go_up)
{
	see(FULL, FULL, 0.0);
	see(0, TANDEM_AIR_LONG, 20.0);
	ck_assert_double_eq(tandem_air_share(&air), 0.50);
	see(0, 0, 0.45);
	ck_assert_double_eq(tandem_air_share(&air), 0.50);
	see(0, 0, 0.1);
	ck_assert_double_eq(tandem_air_share(&air), 0.58);
	see(0, 0, 10.0);
	ck_assert_double_eq(tandem_air_share(&air), 1.0);
}
END_TEST

START_TEST(nobody_waits_for_one_that_has_gone)
{
	see(FULL, 0, 1.0);
	tandem_air_forget(&air, 0);
	for (int i = 0; i < 1000; i++, now_ns += PACKET_NS)
		tandem_air_see(&air, 1, 0, FULL, now_ns);
	ck_assert_double_eq(tandem_air_share(&air), 1.0);
}
END_TEST

/* What the air carries is just below a step: how often it is tried. */
START_TEST(a_try_that_fails_is_made_less_often)
{
	int64_t last_ns = 0, longest_ns = 0;
	uint32_t tries = 0;

	see(FULL, 0, 0.0);
	for (const int64_t end_ns = now_ns + 60 * TANDEM_NS_PER_S; now_ns < end_ns;) {
		see(tandem_air_share(&air) > 0.7 ? TANDEM_AIR_LONG : 0, 0, 0.0);
		if (tandem_air_share(&air) < 0.7)
			continue;
		longest_ns = last_ns != 0 && now_ns - last_ns > longest_ns
					     ? now_ns - last_ns
					     : longest_ns;
		last_ns = now_ns;
		tries++;
	}
	ck_assert_uint_le(tries, 18);
	ck_assert_int_le(longest_ns, 5 * TANDEM_NS_PER_S);
	ck_assert_int_ge(longest_ns, 4 * TANDEM_NS_PER_S);
	see(0, 0, 10.0); /* and when it carries all again that is found out */
	ck_assert_double_eq(tandem_air_share(&air), 1.0);
}
END_TEST

/* A crowd long after is not held against the tries of before. */
START_TEST(an_old_crowd_is_forgotten)
{
	for (int i = 0; i < 10; i++) {
		see(FULL, 0, 0.1);
		see(0, 0, 1.6);
	}
	see(0, 0, 20.0);
	see(TANDEM_AIR_LONG, 0, 0.0);
	ck_assert_double_eq(tandem_air_share(&air), 0.66);
	see(0, 0, 2.6); /* 0.5 + 0.5 + 1 s */
	ck_assert_double_eq(tandem_air_share(&air), 1.0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("air");
	TCase *const c = tcase_create("steps");

	tcase_add_checked_fixture(c, set_up, NULL);
	tcase_add_test(c, short_queues_change_nothing);
	tcase_add_test(c, a_long_one_is_enough);
	tcase_add_test(c, a_full_one_is_the_last_step);
	tcase_add_test(c, one_that_shrinks_is_left_to_it);
	tcase_add_test(c, all_must_be_short_to_go_up);
	tcase_add_test(c, nobody_waits_for_one_that_has_gone);
	tcase_add_test(c, a_try_that_fails_is_made_less_often);
	tcase_add_test(c, an_old_crowd_is_forgotten);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <math.h>

#include "clock/align.h"
#include "suite.h"

START_TEST(align_never_shrinks_under_the_music)
{
	struct tandem_align a = { 0 };

	ck_assert_double_eq(tandem_align_update(&a,
					    (struct tandem_need[]){
							    { 0.12, 0.0 }, { 0.18, 0.0 } },
					    2, false),
			0.18);
	ck_assert_double_eq_tol(tandem_align_extra_s(&a, 0.12), 0.06, 1e-12);
	ck_assert_double_eq(tandem_align_extra_s(&a, 0.18), 0.0);
	ck_assert_double_eq(tandem_align_update(&a, (struct tandem_need[]){ { 0.12, 0.0 } },
					    1, true),
			0.18);
	ck_assert_double_eq(tandem_align_update(&a,
					    (struct tandem_need[]){
							    { 0.12, 0.0 }, { 0.25, 0.0 } },
					    2, true),
			0.25);
	ck_assert_double_eq(tandem_align_update(&a, (struct tandem_need[]){ { 0.12, 0.0 } },
					    1, false),
			0.12);
	ck_assert_double_eq(tandem_align_update(&a, NULL, 0, false), 0.12);
}
END_TEST

START_TEST(align_grows_for_who_would_be_late_for_good)
{
	struct tandem_align a = { .common_s = 0.18 };

	ck_assert(!tandem_align_is_short(&a, 0.18 + 0.9 * TANDEM_ALIGN_ROOM_S));
	ck_assert(tandem_align_is_short(&a, 0.18 + 1.1 * TANDEM_ALIGN_ROOM_S));
	a.max_s = 0.20;
	ck_assert(tandem_align_is_short(&a, 0.30));
	/* it has all that is allowed */
	tandem_align_update(&a, (struct tandem_need[]){ { 0.30, 0.0 } }, 1, true);
	ck_assert_double_eq(a.common_s, 0.20);
	ck_assert(!tandem_align_is_short(&a, 0.30));
}
END_TEST

START_TEST(align_spares_where_it_moves_anyway)
{
	struct tandem_align a = { 0 };
	const struct tandem_need fits = { 0.185, 0.010 };
	const struct tandem_need runs_off = { 0.206, 0.010 };

	ck_assert_double_eq_tol(tandem_align_update(&a,
						(struct tandem_need[]){ { 0.12, 0.010 },
								{ 0.18, 0.0 } },
						2, false),
			0.18, 1e-12);
	ck_assert_double_eq_tol(tandem_align_update(&a,
						(struct tandem_need[]){ { 0.12, 0.0 },
								{ 0.18, 0.010 } },
						2, false),
			0.19, 1e-12);
	/* who joins, or needs a little of it, takes what there is */
	ck_assert_double_eq_tol(tandem_align_update(&a, &fits, 1, true), 0.19, 1e-12);
	ck_assert_double_eq_tol(tandem_align_update(&a, &runs_off, 1, true), 0.216, 1e-12);
	a.max_s = 0.20;
	ck_assert_double_eq_tol(tandem_align_update(&a, &fits, 1, true), 0.20, 1e-12);
}
END_TEST

START_TEST(align_keeps_the_limit)
{
	struct tandem_align a = { .max_s = 0.15 };

	ck_assert_double_eq(tandem_align_update(&a,
					    (struct tandem_need[]){
							    { 0.12, 0.0 }, { 0.18, 0.0 } },
					    2, true),
			0.15);
	ck_assert_double_eq_tol(tandem_align_extra_s(&a, 0.12), 0.03, 1e-12);
	ck_assert_double_eq_tol(tandem_align_extra_s(&a, 0.18), -0.03, 1e-12);
	/* a stricter limit holds at once, also when nobody is there */
	a.max_s = 0.10;
	ck_assert_double_eq(tandem_align_update(&a, NULL, 0, true), 0.10);
	a.max_s = 0.0;
	ck_assert_double_eq(tandem_align_update(&a,
					    (struct tandem_need[]){
							    { 0.12, 0.0 }, { 0.18, 0.0 } },
					    2, true),
			0.18);
	/* a trim beyond the latency: the common delay is nothing, not less */
	ck_assert_double_eq(tandem_align_update(&a, (struct tandem_need[]){ { -0.1, 0.0 } },
					    1, false),
			0.0);
	ck_assert_double_eq(tandem_align_extra_s(&a, -0.1), 0.1);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("align");
	TCase *const c = tcase_create("common delay");

	tcase_add_test(c, align_never_shrinks_under_the_music);
	tcase_add_test(c, align_grows_for_who_would_be_late_for_good);
	tcase_add_test(c, align_spares_where_it_moves_anyway);
	tcase_add_test(c, align_keeps_the_limit);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * Staircase: simulated listeners with lapses, 500 each, against what 12 answers must do.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/random.h"
#include "suite.h"
#include "tools/ear/staircase.h"

#define RUNS 500
#define WIDE_MS 400.0

struct listener {
	const char *name;
	double lapse;       /* answers anything */
	double fine_ms;     /* rms of a gap as perceived */
	double together_ms; /* up to here it is one click; 0: always says which */
	double far_ms;      /* from here on they are far apart ... */
	double far_rms;     /* ... give or take, of its logarithm */
};

struct figures {
	double errors_ms[RUNS]; /* sorted */
	double within;          /* part within the goal */
	double answers;         /* mean */
	double sure;            /* mean of what is claimed */
};

static enum tandem_staircase_answer hear(const struct listener *l, double gap_ms,
		struct tandem_random *r)
{
	const double perceived_ms = gap_ms + l->fine_ms * tandem_random_normal(r);
	const bool far = fabs(gap_ms) * exp(l->far_rms * tandem_random_normal(r)) >
			 l->far_ms;

	if (tandem_random_uniform(r, 0.0, 1.0) < l->lapse) {
		return (enum tandem_staircase_answer)tandem_random_uniform(r, 0.0,
				TANDEM_N_ANSWERS);
	}
	if (fabs(perceived_ms) < l->together_ms)
		return TANDEM_ANSWER_TOGETHER;
	if (perceived_ms > 0.0)
		return far ? TANDEM_ANSWER_A_FAR : TANDEM_ANSWER_A;
	return far ? TANDEM_ANSWER_B_FAR : TANDEM_ANSWER_B;
}

static struct tandem_staircase_found run(const struct listener *l, uint64_t seed,
		double *ret_error_ms)
{
	struct tandem_random r = tandem_random_init(seed, 77);
	const double late_ms = tandem_random_uniform(&r, -WIDE_MS, WIDE_MS);
	struct tandem_staircase *s;
	struct tandem_staircase_found f;

	ck_assert_int_eq(tandem_staircase_new(&s, 0.0, 0.0), 0);
	for (f = tandem_staircase_found(s); !f.done; f = tandem_staircase_found(s)) {
		tandem_staircase_answer(s,
				hear(l, late_ms + tandem_staircase_offset_ms(s), &r));
	}
	tandem_staircase_free(s);
	*ret_error_ms = fabs(f.late_ms - late_ms);
	return f;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static const struct figures *figures(const struct listener *l)
{
	static struct figures f;

	f = (struct figures){ .within = 0.0 };
	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		double error_ms;
		const struct tandem_staircase_found found = run(l, seed, &error_ms);

		ck_assert_uint_le(found.answers, TANDEM_STAIRCASE_ANSWERS);
		f.errors_ms[seed - 1] = error_ms;
		f.within += (error_ms <= TANDEM_STAIRCASE_GOAL_MS) / (double)RUNS;
		f.answers += found.answers / (double)RUNS;
		f.sure += found.sure / RUNS;
	}
	qsort(f.errors_ms, RUNS, sizeof(*f.errors_ms), by_size);
	printf("%-22s %5.1f %% within %g ms (claimed: %.1f %%); ms: 50 %% %.2f, "
	       "90 %% %.2f, 95 %% %.2f, worst %.1f; answers %.1f\n",
			l->name, 100.0 * f.within, TANDEM_STAIRCASE_GOAL_MS, 100.0 * f.sure,
			f.errors_ms[RUNS / 2], f.errors_ms[RUNS * 90 / 100],
			f.errors_ms[RUNS * 95 / 100], f.errors_ms[RUNS - 1], f.answers);
	fflush(stdout);
	return &f;
}

/* Lapses 5 %, threshold 1 ms; what is far apart differs from person to person, and so does
 * whether anything is called one click. Seeds 1 to 500. */
/* clang-format off */
static const struct listener usual[] = {
	{ "as the issue has it",  0.05, 1.0, 1.0, 40.0, 0.4 },
	{ "never says together",  0.05, 1.0, 0.0, 40.0, 0.4 },
	{ "often says together",  0.05, 1.0, 4.0, 40.0, 0.4 },
	{ "far is 15 ms",         0.05, 1.0, 1.0, 15.0, 0.4 },
	{ "far is 100 ms",        0.05, 1.0, 1.0, 100.0, 0.4 },
};

static const struct listener others[] = {
	{ "lapses 10 %",          0.10, 1.0, 1.0, 40.0, 0.4 },
	{ "threshold 3 ms",       0.05, 3.0, 3.0, 40.0, 0.4 },
	{ "never says far",       0.05, 1.0, 1.0, 1e9, 0.0 },
};
/* clang-format on */

START_TEST(twelve_answers_find_it_within_2_ms)
{
	const struct figures *const f = figures(&usual[_i]);

	ck_assert_double_ge(f->within, 0.95);
}
END_TEST

/* What it claims is not much more than it has, even of an ear that is blunter than any it
 * knows. */
START_TEST(other_listeners_are_not_believed_too_much)
{
	const struct figures *const f = figures(&others[_i]);

	ck_assert_double_ge(f->within, f->sure - 0.15);
	ck_assert_double_lt(f->errors_ms[RUNS / 2], TANDEM_STAIRCASE_GOAL_MS);
}
END_TEST

START_TEST(what_is_believed_before_is_asked_first_and_can_be_wrong)
{
	const struct listener l = { "", 0.0, 1.0, 1.0, 40.0, 0.0 };
	struct tandem_random r = tandem_random_init(1, 1);
	struct tandem_staircase *s;
	struct tandem_staircase_found f;

	ck_assert_int_eq(tandem_staircase_new(&s, 60.0, 10.0), 0);
	ck_assert_double_eq_tol(tandem_staircase_offset_ms(s), -60.0, 6.0);
	for (f = tandem_staircase_found(s); !f.done; f = tandem_staircase_found(s)) {
		tandem_staircase_answer(s,
				hear(&l, -230.0 + tandem_staircase_offset_ms(s), &r));
	}
	ck_assert_double_eq_tol(f.late_ms, -230.0, 2.0);
	tandem_staircase_free(s);
}
END_TEST

START_TEST(answers_that_agree_with_nothing_leave_it_unsure)
{
	struct tandem_staircase *s;

	ck_assert_int_eq(tandem_staircase_new(&s, 0.0, 0.0), 0);
	for (int i = 0; i < TANDEM_STAIRCASE_ANSWERS; i++) {
		tandem_staircase_answer(s,
				i % 2 ? TANDEM_ANSWER_A_FAR : TANDEM_ANSWER_B_FAR);
	}
	ck_assert(tandem_staircase_found(s).done);
	ck_assert_double_lt(tandem_staircase_found(s).sure, 0.5);
	ck_assert_double_gt(tandem_staircase_found(s).sigma_ms, 10.0);
	tandem_staircase_free(s);
}
END_TEST

START_TEST(all_that_is_heard_as_one_ends_where_it_is)
{
	struct tandem_staircase *s;
	uint32_t n = 0;

	ck_assert_int_eq(tandem_staircase_new(&s, 0.0, 0.0), 0);
	ck_assert_double_gt(tandem_staircase_widest_ms(s), 400.0);
	while (!tandem_staircase_found(s).done && n++ < TANDEM_STAIRCASE_ANSWERS) {
		const double gap_ms = 12.0 + tandem_staircase_offset_ms(s);

		tandem_staircase_answer(s,
				gap_ms > 1.0    ? (gap_ms > 40.0 ? TANDEM_ANSWER_A_FAR
								 : TANDEM_ANSWER_A)
				: gap_ms < -1.0 ? (gap_ms < -40.0 ? TANDEM_ANSWER_B_FAR
								  : TANDEM_ANSWER_B)
						: TANDEM_ANSWER_TOGETHER);
	}
	ck_assert_double_eq_tol(tandem_staircase_found(s).late_ms, 12.0, 1.0);
	ck_assert_double_lt(tandem_staircase_widest_ms(s), 10.0);
	tandem_staircase_free(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("staircase");
	TCase *t = tcase_create("staircase");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, twelve_answers_find_it_within_2_ms, 0,
			(int)TANDEM_ARRAY_LEN(usual));
	tcase_add_loop_test(t, other_listeners_are_not_believed_too_much, 0,
			(int)TANDEM_ARRAY_LEN(others));
	tcase_add_test(t, what_is_believed_before_is_asked_first_and_can_be_wrong);
	tcase_add_test(t, answers_that_agree_with_nothing_leave_it_unsure);
	tcase_add_test(t, all_that_is_heard_as_one_ends_where_it_is);
	suite_add_tcase(s, t);
	return tandem_suite_run(s);
}

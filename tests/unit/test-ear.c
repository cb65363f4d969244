/* SPDX-License-Identifier: MIT
 *
 * The ear where the answer is known exactly: lags between two frames, polarity, level; and
 * where there is none: silence, noise, references alike, sounds that went elsewhere,
 * numbers that are none.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ear-bench.h"
#include "suite.h"

static struct ear_bench b;

static void finish(void)
{
	tandem_ear_bench_finish(&b);
}

static const double lags[][2] = { { 0.0, 100.5 }, { 1440.25, 19200.0 },
	{ 12345.37, 12345.37 }, { 60000.5, 7.9 }, { 95000.13, 48000.8 } };

/* 40 dB of SNR, as loud as each other. */
START_TEST(lags_are_exact)
{
	tandem_ear_bench_init(&b, 2, 5.0);
	for (uint32_t s = 0; s < 2; s++)
		tandem_ear_bench_hear(&b, s, lags[_i][s], 0.5, 0.0, 5.0);
	tandem_ear_bench_add_noise(&b, 0.5e-3);
	const struct tandem_ear_finding f = tandem_ear_bench_run(&b, 5.0);

	for (uint32_t s = 0; s < 2; s++) {
		tandem_ear_bench_check(&b, &f, s, 0.02);
		ck_assert(!f.of[s].inverted);
		ck_assert_double_gt(f.of[s].polarity_quality, 0.99);
		ck_assert_double_eq_tol(f.of[s].level_db, -6.0, 0.3);
		ck_assert_double_gt(f.of[s].coherence, 0.98);
		for (int band = 0; band < TANDEM_EAR_BANDS; band++)
			ck_assert_double_eq_tol(f.of[s].tone_db[band], 0.0, 0.5);
	}
}
END_TEST

/* The one 20 dB below the other, and the wrong way round. */
START_TEST(polarity_and_level)
{
	tandem_ear_bench_init(&b, 2, 4.0);
	tandem_ear_bench_hear(&b, 0, 4000.0, 1.0, 0.0, 4.0);
	tandem_ear_bench_hear(&b, 1, 9000.5, -0.1, 0.0, 4.0);
	tandem_ear_bench_add_noise(&b, 1e-3);
	const struct tandem_ear_finding f = tandem_ear_bench_run(&b, 4.0);

	tandem_ear_bench_check(&b, &f, 0, 0.02);
	tandem_ear_bench_check(&b, &f, 1, 0.05);
	ck_assert(!f.of[0].inverted);
	ck_assert(f.of[1].inverted);
	ck_assert_double_gt(f.of[1].polarity_quality, 0.9);
	ck_assert_double_eq_tol(f.of[0].level_db - f.of[1].level_db, 20.0, 0.5);
}
END_TEST

/* An echo 3 ms later is twice as loud. */
START_TEST(the_first_sound_counts)
{
	tandem_ear_bench_init(&b, 1, 3.0);
	tandem_ear_bench_hear(&b, 0, 5000.0 + 144.0, 1.0, 0.0, 3.0);
	tandem_ear_bench_hear(&b, 0, 5000.0, 0.5, 0.0, 3.0);
	const struct tandem_ear_finding f = tandem_ear_bench_run(&b, 3.0);

	tandem_ear_bench_check(&b, &f, 0, 0.5);
}
END_TEST

START_TEST(as_many_as_there_may_be)
{
	tandem_ear_bench_init(&b, TANDEM_MAX_SPEAKERS, 6.0);
	for (uint32_t s = 0; s < TANDEM_MAX_SPEAKERS; s++) {
		tandem_ear_bench_hear(&b, s, 3000.0 + 1234.56 * s, s % 2 ? 0.5 : -0.5, 0.0,
				6.0);
	}
	const struct tandem_ear_finding f = tandem_ear_bench_run(&b, 6.0);

	for (uint32_t s = 0; s < TANDEM_MAX_SPEAKERS; s++) {
		tandem_ear_bench_check(&b, &f, s, 0.1);
		ck_assert(f.of[s].inverted == (s % 2 == 0));
	}
}
END_TEST

/* Errors against sigma, at a low SNR: sigma is wider than one finding's own scatter, as it
 * is told (ear.h), and never narrower. */
START_TEST(sigma_is_honest)
{
	struct tandem_ear_finding f;
	double sum = 0.0, mean_sigma = 0.0;
	int n = 0;

	tandem_ear_bench_init(&b, 2, 20.0);
	for (uint32_t s = 0; s < 2; s++)
		tandem_ear_bench_hear(&b, s, 3000.5 + 777.0 * s, 0.5, 0.0, 20.0);
	tandem_ear_bench_add_noise(&b, 0.1);
	while (tandem_ear_bench_next(&b, &f)) {
		for (uint32_t s = 0; s < 2; s++) {
			const double error = f.of[s].lag_frames - b.lag_frames[s];

			if (f.of[s].verdict != TANDEM_EAR_HEARD)
				continue;
			sum += error * error / f.of[s].sigma_frames / f.of[s].sigma_frames;
			mean_sigma += f.of[s].sigma_frames;
			n++;
		}
	}
	printf("sigma: %d findings, %.3f frames stated, %.3f of it seen\n", n,
			mean_sigma / n, sqrt(sum / n));
	ck_assert_int_gt(n, 140);
	ck_assert_double_lt(sum / n, 1.0);
	ck_assert_double_lt(mean_sigma / n, 2.0);
}
END_TEST

START_TEST(nothing_is_made_of_nothing)
{
	struct tandem_ear_finding f;
	int n = 0;

	tandem_ear_bench_init(&b, 2, 8.0);
	if (_i == 0)
		tandem_ear_bench_add_noise(&b, 0.1);
	memset(b.reference[1], 0, b.frames * sizeof(float));
	while (tandem_ear_bench_next(&b, &f)) {
		ck_assert_int_eq(f.of[0].verdict, TANDEM_EAR_NOISY);
		ck_assert_int_eq(f.of[1].verdict, TANDEM_EAR_QUIET);
		n++;
	}
	ck_assert_int_gt(n, 30);
}
END_TEST

/* Both are given the same, and heard at different times; or all but the same. */
START_TEST(alike_is_not_told_apart)
{
	struct tandem_ear_finding f;
	int alike = 0;

	tandem_ear_bench_init(&b, 2, 8.0);
	for (uint32_t i = 0; i < b.frames; i++) {
		b.reference[1][i] =
				b.reference[0][i] + (_i ? 1e-3f : 0.0f) * b.reference[1][i];
	}
	tandem_ear_bench_hear(&b, 0, 4000.0, 0.5, 0.0, 8.0);
	tandem_ear_bench_hear(&b, 1, 6000.0, 0.4, 0.0, 8.0);
	tandem_ear_bench_add_noise(&b, 5e-3);
	while (tandem_ear_bench_next(&b, &f)) {
		for (uint32_t s = 0; s < 2; s++) {
			ck_assert_int_ne(f.of[s].verdict, TANDEM_EAR_HEARD);
			alike += f.of[s].verdict == TANDEM_EAR_ALIKE;
		}
	}
	ck_assert_int_gt(alike, 60);
}
END_TEST

/* Much in common, as left and right of music have: 0.95. */
START_TEST(much_in_common_does_no_harm)
{
	tandem_ear_bench_init(&b, 2, 5.0);
	for (uint32_t i = 0; i < b.frames; i++)
		b.reference[1][i] = b.reference[0][i] + 0.33f * b.reference[1][i];
	tandem_ear_bench_hear(&b, 0, 4000.0, 0.5, 0.0, 5.0);
	tandem_ear_bench_hear(&b, 1, 4100.5, 0.4, 0.0, 5.0);
	tandem_ear_bench_add_noise(&b, 2e-3);
	const struct tandem_ear_finding f = tandem_ear_bench_run(&b, 5.0);

	tandem_ear_bench_check(&b, &f, 0, 0.1);
	tandem_ear_bench_check(&b, &f, 1, 0.1);
}
END_TEST

/* Whether it moves a little or far: no finding from after that tells the place before, and
 * it is found again. */
static const double steps[] = { 48.0, -96.0, 480.0, 9600.0, -3000.0 };

START_TEST(what_moved_is_found_anew)
{
	const double before = 6000.0, jump_s = 4.0;
	struct tandem_ear_finding f;
	double found_s = 0.0;

	tandem_ear_bench_init(&b, 2, 9.0);
	tandem_ear_bench_hear(&b, 1, 5000.0, 0.5, 0.0, 9.0);
	tandem_ear_bench_hear(&b, 0, before, 0.5, 0.0, jump_s);
	tandem_ear_bench_hear(&b, 0, before + steps[_i], 0.5, jump_s, 9.0);
	tandem_ear_bench_add_noise(&b, 5e-3);
	while (tandem_ear_bench_next(&b, &f)) {
		const double at_s = (double)f.frame / EAR_RATE_HZ;

		if (f.of[0].verdict != TANDEM_EAR_HEARD)
			continue;
		if (at_s > jump_s + 0.2)
			tandem_ear_bench_check(&b, &f, 0, 0.1);
		if (at_s > jump_s + 0.2 && found_s == 0.0)
			found_s = at_s - jump_s;
	}
	printf("jump of %g frames: found %.2f s later\n", steps[_i], found_s);
	ck_assert_double_gt(found_s, 0.0);
	ck_assert_double_lt(found_s, 3.0);
	tandem_ear_bench_check(&b, &f, 0, 0.1);
	tandem_ear_bench_check(&b, &f, 1, 0.1);
}
END_TEST

/* Goes on as if nothing had been once the nonsense is over. */
START_TEST(nonsense_is_survived)
{
	static const float odd[] = { NAN, INFINITY, -INFINITY, 3e38f, 1e-40f };

	tandem_ear_bench_init(&b, 2, 8.0);
	tandem_ear_bench_hear(&b, 0, 4000.0, 0.5, 0.0, 8.0);
	tandem_ear_bench_hear(&b, 1, 5000.0, 0.5, 0.0, 8.0);
	for (uint32_t i = 2 * EAR_RATE_HZ; i < 3 * EAR_RATE_HZ; i++) {
		b.mic[i] = odd[i % 5];
		b.reference[i % 2][i] = odd[i % 4];
	}
	const struct tandem_ear_finding f = tandem_ear_bench_run(&b, 8.0);

	tandem_ear_bench_check(&b, &f, 0, 0.05);
	tandem_ear_bench_check(&b, &f, 1, 0.05);
}
END_TEST

START_TEST(the_oldest_findings_go)
{
	struct tandem_ear_finding f;
	const float *planes[1];
	int n = 0;

	tandem_ear_bench_init(&b, 1, 6.0);
	planes[0] = b.reference[0];
	tandem_ear_feed(b.ear, planes, b.mic, b.frames);
	while (tandem_ear_next(b.ear, &f))
		n++;
	ck_assert_int_eq(n, TANDEM_EAR_FINDINGS);
	ck_assert_uint_gt(f.frame, b.frames - EAR_RATE_HZ / 2);
}
END_TEST

START_TEST(limits_of_the_configuration)
{
	static const struct tandem_ear_config bad[] = {
		{ 4000, 2, 2.0, 0.2, 0.6 },
		{ 48000, 0, 2.0, 0.2, 0.6 },
		{ 48000, TANDEM_MAX_SPEAKERS + 1, 2.0, 0.2, 0.6 },
		{ 48000, 2, 0.0, 0.2, 0.6 },
		{ 48000, 2, 2.0, 0.01, 0.6 },
		{ 48000, 2, 2.0, 0.2, 0.1 },
		{ 48000, 2, (double)NAN, 0.2, 0.6 },
	};
	struct tandem_ear *ear = NULL;

	ck_assert_int_eq(tandem_ear_new(&ear, &bad[_i]), -EINVAL);
	ck_assert_ptr_null(ear);
	tandem_ear_free(NULL);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("ear");
	TCase *const c = tcase_create("bench");
	TCase *const config = tcase_create("config");

	tcase_add_checked_fixture(c, NULL, finish);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, lags_are_exact, 0, TANDEM_ARRAY_LEN(lags));
	tcase_add_test(c, polarity_and_level);
	tcase_add_test(c, the_first_sound_counts);
	tcase_add_test(c, as_many_as_there_may_be);
	tcase_add_test(c, sigma_is_honest);
	tcase_add_loop_test(c, nothing_is_made_of_nothing, 0, 2);
	tcase_add_loop_test(c, alike_is_not_told_apart, 0, 2);
	tcase_add_test(c, much_in_common_does_no_harm);
	tcase_add_loop_test(c, what_moved_is_found_anew, 0, TANDEM_ARRAY_LEN(steps));
	tcase_add_test(c, nonsense_is_survived);
	tcase_add_test(c, the_oldest_findings_go);
	tcase_add_loop_test(config, limits_of_the_configuration, 0, 7);
	suite_add_tcase(suite, c);
	suite_add_tcase(suite, config);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * The split alone: what changes while it plays.
 */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "path/split.h"
#include "suite.h"

#define LINE_FRAMES 8192
#define BLOCK_FRAMES 128

static double tone(double hz, double rate_hz, double frame)
{
	return 0.5 * sin(2.0 * M_PI * hz * frame / rate_hz);
}

START_TEST(split_jumps_without_a_step)
{
	const struct tandem_mix mix = { { { 0.25f, 0.25f }, { 0.75f, 0.75f } } };
	static float plane[2][8192];
	const float *const planes[2] = { plane[0], plane[1] };
	struct tandem_delayline l;
	struct tandem_split s;
	float last = 0.0f;

	for (int i = 0; i < 8192; i++) {
		plane[0][i] = (float)tone(200.0, 48000.0, i);
		plane[1][i] = plane[0][i];
	}
	ck_assert_int_eq(tandem_delayline_init(&l, 2, 8192), 0);
	tandem_delayline_write(&l, 0, planes, 8192);
	tandem_split_init(&s, 1, &mix);
	tandem_split_open(&s, true, 480);
	for (int block = 0; block < 40; block++) {
		float out[128];
		float *const outs[1] = { out };

		if (block == 20)
			tandem_split_jump(&s, 1234, 480);
		tandem_split_run(&s, &l, outs, 128);
		for (int i = 0; i < 128; i++) {
			/* 200 Hz at 0.5 * sqrt(2), and the slopes of the fades */
			ck_assert_float_lt(fabsf(out[i] - last), 0.025f);
			last = out[i];
		}
	}
	ck_assert_int_eq(s.position, 40 * 128 + 1234);
	ck_assert_float_eq_tol(last, plane[0][40 * 128 + 1234 - 1], 1e-6f);
	tandem_delayline_finish(&l);
}
END_TEST

/* A tone as two channels a quarter apart, so that every frame has a power of its own. */
static void fill_with_power(struct tandem_delayline *l, double hz)
{
	static float plane[2][LINE_FRAMES];
	const float *const planes[2] = { plane[0], plane[1] };

	for (int i = 0; i < LINE_FRAMES; i++) {
		plane[0][i] = (float)tone(hz, 48000.0, i);
		plane[1][i] = (float)tone(hz, 48000.0, i + 12000.0 / hz);
	}
	ck_assert_int_eq(tandem_delayline_init(l, 2, LINE_FRAMES), 0);
	tandem_delayline_write(l, 0, planes, LINE_FRAMES);
}

struct extremes {
	double least_db, greatest_db; /* of the power, against the steady tone */
};

static struct extremes jump_under_a_tone(double hz, int64_t frames)
{
	const struct tandem_mix mix = { { { 1, 0 }, { 0, 1 } } };
	struct extremes seen = { 0.0, 0.0 };
	struct tandem_delayline l;
	struct tandem_split s;

	fill_with_power(&l, hz);
	tandem_split_init(&s, 2, &mix);
	tandem_split_open(&s, true, 480);
	for (int block = 0; block < 40; block++) {
		float out[2][BLOCK_FRAMES];
		float *const outs[2] = { out[0], out[1] };

		if (block == 20)
			tandem_split_jump(&s, frames, 480);
		tandem_split_run(&s, &l, outs, BLOCK_FRAMES);
		for (int i = 0; block >= 10 && i < BLOCK_FRAMES; i++) {
			const double power = (double)out[0][i] * (double)out[0][i] +
					     (double)out[1][i] * (double)out[1][i];
			const double db = 10.0 * log10(power / 0.25 + 1e-9);

			seen.least_db = fmin(seen.least_db, db);
			seen.greatest_db = fmax(seen.greatest_db, db);
		}
	}
	tandem_delayline_finish(&l);
	return seen;
}

static const struct {
	double hz;
	int64_t frames;
} power_cases[] = {
	{ 220.0, 19 },                 /* 0.4 ms: 31 degrees */
	{ 220.0, -19 }, { 997.0, 19 }, /* 142 degrees */
	{ 997.0, 156 },                /* 3.25 ms: 86 degrees */
	{ 50.0, 156 },                 /* 58 degrees */
	{ 307.0, 156 },                /* 359 degrees */
	{ 220.0, 156 },                /* 257 degrees */
	{ 110.0, -156 },               /* 129 degrees */
};

/* Never louder, where equal power would give up to 3 dB; less only by what two places of
 * opposite sign take from each other. */
START_TEST(a_jump_keeps_the_power)
{
	const double hz = power_cases[_i].hz;
	const double frames = (double)power_cases[_i].frames;
	const double likeness = cos(2.0 * M_PI * hz * frames / 48000.0);
	const double least_db = likeness < 0.0 ? 10.0 * log10(1.0 + likeness) : 0.0;
	const struct extremes seen = jump_under_a_tone(hz, power_cases[_i].frames);

	ck_assert_double_lt(seen.greatest_db, 0.1);
	ck_assert_double_gt(seen.least_db, least_db - 0.1);
}
END_TEST

START_TEST(an_interrupted_fade_goes_on_from_what_is_heard)
{
	const struct tandem_mix mixes[] = { { { { 1, 0 } } }, { { { -1, 0 } } },
		{ { { 2, 0 } } } };
	static float ones[LINE_FRAMES];
	const float *const planes[2] = { ones, ones };
	struct tandem_delayline l;
	struct tandem_split s;
	float out[240];
	float *const outs[1] = { out };

	for (int i = 0; i < LINE_FRAMES; i++)
		ones[i] = 1.0f;
	ck_assert_int_eq(tandem_delayline_init(&l, 2, LINE_FRAMES), 0);
	tandem_delayline_write(&l, 0, planes, LINE_FRAMES);
	tandem_split_init(&s, 1,
			&mixes[0]); /* one coded channel: half, the other row is 0 */
	tandem_split_open(&s, true, 1);
	tandem_split_run(&s, &l, outs, 240);
	ck_assert_float_eq(out[239], 0.5f);
	tandem_split_set_mix(&s, &mixes[1], 960);
	tandem_split_run(&s, &l, outs, 240);
	ck_assert_float_eq(out[0], 0.5f);
	ck_assert_float_eq_tol(out[239], 0.5f - 239.0f / 960.0f, 1e-6f);
	tandem_split_set_mix(&s, &mixes[2], 480);
	tandem_split_run(&s, &l, outs, 240);
	ck_assert_float_eq_tol(out[0], 0.25f, 1e-6f); /* where the other was to go on */
	ck_assert_float_eq_tol(out[239], 0.25f + 239.0f / 480.0f * 0.75f, 1e-6f);
	tandem_split_run(&s, &l, outs, 240);
	tandem_split_run(&s, &l, outs, 240);
	for (int i = 0; i < 240; i++)
		ck_assert_float_eq(out[i], 1.0f);
	tandem_delayline_finish(&l);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("split");
	TCase *const c = tcase_create("changes");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, split_jumps_without_a_step);
	tcase_add_loop_test(c, a_jump_keeps_the_power, 0, TANDEM_ARRAY_LEN(power_cases));
	tcase_add_test(c, an_interrupted_fade_goes_on_from_what_is_heard);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

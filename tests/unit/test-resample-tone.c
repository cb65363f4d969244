/* SPDX-License-Identifier: MIT
 *
 * What the resampler adds to a tone, and what it takes from it, at standing and at moving
 * ratios. 11 s each, with all but 1 Hz on either side of the tone counted.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "path/resample.h"
#include "suite.h"
#include "tone.h"

#define N_LOG2 19
#define N_OUT (1u << N_LOG2)
#define SKIP 2400 /* outputs before the measurement: filters fill, the first slew ends */
#define BLOCK 240
#define AMPLITUDE 0.5

/* The step of a block, against that of the rates. */
typedef double step_fn(uint32_t block);

static double plus_100_ppm(uint32_t block)
{
	(void)block;
	return 1.0 + 100e-6;
}

static double minus_40_ppm(uint32_t block)
{
	(void)block;
	return 1.0 - 40e-6;
}

static double least(uint32_t block)
{
	(void)block;
	return 0.995;
}

static double most(uint32_t block)
{
	(void)block;
	return 1.005;
}

/* As a servo does: 20 ppm up and down in 10 s. */
static double sway(uint32_t block)
{
	return 1.0 + 20e-6 * sin(2.0 * M_PI * 0.1 * block * BLOCK / 48000.0);
}

/* To exactly 1 and off it again, every half second. The kinks of the intended phase fill
 * 500 Hz on either side: an ideal resampler leaves -144 dB outside, one that holds each
 * step for 5 ms -121 dB. */
static double touch_one(uint32_t block)
{
	return block / 100 % 2 ? 1.0 + 3e-6 : 1.0;
}

/* N_OUT outputs of a tone of hz; the caller frees them. */
static float *resample_tone(uint32_t in_hz, uint32_t out_hz, enum tandem_resample_tier tier,
		step_fn *step, double hz)
{
	float *const out = malloc((N_OUT + SKIP + BLOCK) * sizeof(float));
	struct tandem_resample *r;
	uint32_t made = 0;
	double at = 0.0;

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(tandem_resample_new(&r, in_hz, out_hz, 1, tier), 0);
	for (uint32_t block = 0; made < N_OUT + SKIP; block++) {
		tandem_resample_set_step(r, step(block) * in_hz / out_hz, BLOCK);
		for (const uint32_t end = made + BLOCK; made < end;) {
			const uint32_t need = tandem_resample_need_frames(r, end - made);
			float in[2 * BLOCK];
			const float *const ins[1] = { in };
			float *const outs[1] = { out + made };

			for (uint32_t i = 0; i < need; i++, at++) {
				in[i] = (float)(AMPLITUDE *
						sin(2.0 * M_PI * hz / in_hz * at));
			}
			made += tandem_resample_run(r, ins, need, outs, end - made)
						.made_frames;
		}
	}
	tandem_resample_free(r);
	memmove(out, out + SKIP, N_OUT * sizeof(float));
	return out;
}

#define LOW TANDEM_RESAMPLE_DEFAULT
#define HIGH TANDEM_RESAMPLE_HIGH

static const struct {
	uint32_t in_hz, out_hz;
	enum tandem_resample_tier tier;
	step_fn *step;
	double hz, limit_db;
} still[] = {
	{ 48000, 48000, LOW, plus_100_ppm, 1000.0, -130.0 },
	{ 48000, 48000, LOW, plus_100_ppm, 15000.0, -127.0 },
	{ 48000, 48000, LOW, plus_100_ppm, 18000.0, -129.0 },
	{ 48000, 48000, LOW, plus_100_ppm, 19000.0, -119.0 },
	{ 48000, 48000, LOW, plus_100_ppm, 20000.0, -119.0 },
	{ 48000, 48000, HIGH, plus_100_ppm, 1000.0, -135.0 },
	{ 48000, 48000, HIGH, plus_100_ppm, 15000.0, -135.0 },
	{ 48000, 48000, HIGH, plus_100_ppm, 18000.0, -135.0 },
	{ 48000, 48000, HIGH, plus_100_ppm, 19000.0, -135.0 },
	{ 48000, 48000, HIGH, plus_100_ppm, 20000.0, -135.0 },
	{ 48000, 48000, LOW, least, 18000.0, -125.0 },
	{ 48000, 48000, LOW, most, 18000.0, -125.0 },
	{ 44100, 44100, LOW, minus_40_ppm, 1000.0, -130.0 },
	{ 44100, 44100, LOW, minus_40_ppm, 18000.0, -125.0 },
	{ 44100, 44100, LOW, minus_40_ppm, 20000.0, -120.0 },
	{ 44100, 44100, HIGH, minus_40_ppm, 20000.0, -130.0 },
	{ 48000, 44100, LOW, plus_100_ppm, 1000.0, -130.0 },
	{ 48000, 44100, LOW, plus_100_ppm, 18000.0, -125.0 },
	{ 48000, 44100, LOW, plus_100_ppm, 20000.0, -120.0 },
	{ 48000, 44100, HIGH, plus_100_ppm, 20000.0, -130.0 },
	{ 44100, 48000, LOW, minus_40_ppm, 1000.0, -130.0 },
	{ 44100, 48000, LOW, minus_40_ppm, 18000.0, -125.0 },
	{ 44100, 48000, HIGH, minus_40_ppm, 20000.0, -130.0 },
};

START_TEST(a_tone_stays_a_tone)
{
	const uint32_t out_hz = still[_i].out_hz;
	const double hz = still[_i].hz * still[_i].step(0);
	float *const out = resample_tone(still[_i].in_hz, out_hz, still[_i].tier,
			still[_i].step, still[_i].hz);
	const struct tandem_tone t =
			tandem_tone_measure(out, N_LOG2, hz / out_hz, 1.0 / out_hz);
	const double gain_db = 20.0 * log10(t.amplitude / AMPLITUDE);

	ck_assert_msg(t.rest_db < still[_i].limit_db, "case %d: %.1f dB, limit %.1f", _i,
			t.rest_db, still[_i].limit_db);
	ck_assert_msg(fabs(gain_db) < 0.001, "case %d: gain %.4f dB", _i, gain_db);
	free(out);
}
END_TEST

/* width: of the band that the intended movement of the tone fills, Hz. */
static const struct {
	enum tandem_resample_tier tier;
	step_fn *step;
	double width_hz, limit_db;
} moving[] = {
	{ LOW, sway, 3.0, -125.0 },
	{ HIGH, sway, 3.0, -130.0 },
	{ LOW, touch_one, 500.0, -135.0 },
	{ HIGH, touch_one, 500.0, -135.0 },
};

START_TEST(a_moving_ratio_adds_nothing)
{
	float *const out = resample_tone(48000, 48000, moving[_i].tier, moving[_i].step,
			18000.0);
	const struct tandem_tone t = tandem_tone_measure(out, N_LOG2, 18000.0 / 48000.0,
			moving[_i].width_hz / 48000.0);

	ck_assert_msg(t.rest_db < moving[_i].limit_db, "case %d: %.1f dB, limit %.1f", _i,
			t.rest_db, moving[_i].limit_db);
	free(out);
}
END_TEST

/* What lies above 24.1 kHz after the change of rate would fold to below 20 kHz. */
START_TEST(what_would_fold_back_is_gone)
{
	float *const out = resample_tone(48000, 44100, LOW, plus_100_ppm, 23700.0);
	double power = 0.0;

	for (uint32_t i = 0; i < N_OUT; i++)
		power += (double)out[i] * out[i] / N_OUT;
	ck_assert_double_lt(10.0 * log10(power / (AMPLITUDE * AMPLITUDE / 2.0)), -50.0);
	free(out);
}
END_TEST

/* The tone's own frequency says how exact the ratio is: its phase 9 s apart. */
START_TEST(the_ratio_is_exact)
{
	float *const out = resample_tone(48000, 48000, LOW, plus_100_ppm, 18000.0);
	const double f = 18000.0 / 48000.0 * (1.0 + 100e-6);
	const uint32_t n = 65536;
	const uint32_t apart = N_OUT - n;
	const double late = tandem_tone_phase(out + apart, n, f);
	const double early = tandem_tone_phase(out, n, f);
	const double turned = remainder(late - early - 2.0 * M_PI * f * apart, 2.0 * M_PI);
	const double ppm = turned / (2.0 * M_PI * f * apart) * 1e6;

	ck_assert_msg(fabs(ppm) < 1e-5, "off by %g ppm", ppm);
	free(out);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("resample tone");
	TCase *const c = tcase_create("tones");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, a_tone_stays_a_tone, 0, TANDEM_ARRAY_LEN(still));
	tcase_add_loop_test(c, a_moving_ratio_adds_nothing, 0, TANDEM_ARRAY_LEN(moving));
	tcase_add_test(c, what_would_fold_back_is_gone);
	tcase_add_test(c, the_ratio_is_exact);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * Probes: as loud and as wide as they should be, strangers to each other, and still what
 * they were when SBC has had them.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ear-bench.h"
#include "sbc-pass.h"
#include "suite.h"
#include "tone.h"
#include "tools/ear/probe.h"

#define FRAMES (1u << 17)

static struct tandem_probe *probe;

static void make(enum tandem_probe_mode mode, uint32_t n_speakers, double seconds)
{
	const struct tandem_probe_config config = { EAR_RATE_HZ, n_speakers, mode,
		seconds };

	ck_assert_int_eq(tandem_probe_new(&probe, &config), 0);
}

static void finish(void)
{
	tandem_probe_free(probe);
}

static float *played(uint32_t speaker, double from_s, uint32_t frames)
{
	float *const x = calloc(frames, sizeof(*x));

	ck_assert_ptr_nonnull(x);
	tandem_probe_run(probe, speaker, (uint64_t)(from_s * EAR_RATE_HZ), x, frames);
	return x;
}

static double rms(const float *x, uint32_t n)
{
	double power = 0.0;

	for (uint32_t i = 0; i < n; i++)
		power += (double)x[i] * (double)x[i];
	return sqrt(power / n);
}

START_TEST(level_peak_and_fades)
{
	make(TANDEM_PROBE_AT_ONCE, 2, 10.0);
	float *const x = played(_i, 0.0, 12 * EAR_RATE_HZ);
	float most = 0.0f;

	for (uint32_t i = 0; i < 12 * EAR_RATE_HZ; i++)
		most = fmaxf(most, fabsf(x[i]));
	ck_assert_float_le(most, (float)TANDEM_PROBE_PEAK);
	ck_assert_double_eq_tol(20.0 * log10(rms(x + EAR_RATE_HZ, 8 * EAR_RATE_HZ)), -21.0,
			0.7);
	ck_assert_float_eq(x[0], 0.0f);
	ck_assert_double_lt(rms(x, EAR_RATE_HZ / 100), 0.005);
	ck_assert_double_lt(rms(x + EAR_RATE_HZ * 999 / 100, EAR_RATE_HZ / 100), 0.005);
	ck_assert_double_eq(rms(x + 10 * EAR_RATE_HZ, 2 * EAR_RATE_HZ), 0.0);
	free(x);
}
END_TEST

/* As much in each octave, and next to nothing outside. */
START_TEST(as_wide_as_said)
{
	make(TANDEM_PROBE_AT_ONCE, 1, 10.0);
	float *const x = played(0, 1.0, FRAMES);
	const double whole = rms(x, FRAMES);

	for (int octave = 0; octave < 5; octave++) {
		const double hz = ldexp(400.0, octave);
		const double middle = 0.75 * hz / EAR_RATE_HZ * 1.0;
		const double wide = 0.25 * hz / EAR_RATE_HZ;
		const double rest_db = tandem_tone_measure(x, 17, middle, wide).rest_db;

		/* log2(12000 / 200) octaves in all */
		ck_assert_double_eq_tol(rest_db, 10.0 * log10(5.9 - 1.0), 0.5);
	}
	ck_assert_double_gt(whole, 0.05);
	ck_assert_double_lt(tandem_tone_measure(x, 17, 6100.0 / EAR_RATE_HZ,
					    5950.0 / EAR_RATE_HZ)
					    .rest_db,
			-60.0);
	free(x);
}
END_TEST

START_TEST(strangers_to_each_other)
{
	make(TANDEM_PROBE_AT_ONCE, TANDEM_MAX_SPEAKERS, 10.0);
	for (uint32_t a = 0; a < TANDEM_MAX_SPEAKERS; a++) {
		for (uint32_t c = 0; c < a; c++) {
			float *const x = played(a, 2.0, FRAMES);
			float *const y = played(c, 2.0, FRAMES);
			double both = 0.0;

			for (uint32_t i = 0; i < FRAMES; i++)
				both += (double)x[i] * (double)y[i];
			ck_assert_double_lt(fabs(both) / FRAMES / rms(x, FRAMES) /
							    rms(y, FRAMES),
					0.02);
			free(x);
			free(y);
		}
	}
}
END_TEST

START_TEST(in_turn_one_plays_at_a_time)
{
	make(TANDEM_PROBE_IN_TURN, 3, 9.0);
	for (uint32_t turn = 0; turn < 6; turn++) {
		for (uint32_t s = 0; s < 3; s++) {
			float *const x = played(s, turn * TANDEM_PROBE_TURN_S,
					(uint32_t)(TANDEM_PROBE_TURN_S * EAR_RATE_HZ));
			const double loud = rms(x, EAR_RATE_HZ);

			if (s == turn % 3) {
				ck_assert_double_gt(loud, 0.04);
			} else {
				ck_assert_double_eq(loud, 0.0);
			}
			free(x);
		}
	}
}
END_TEST

START_TEST(the_same_in_any_pieces)
{
	make(TANDEM_PROBE_AT_ONCE, 1, 5.0);
	float *const x = played(0, 0.0, 10000);
	float piece[37];

	for (uint32_t at = 0; at + 37 <= 10000; at += 37) {
		tandem_probe_run(probe, 0, at, piece, 37);
		ck_assert_mem_eq(piece, x + at, sizeof(piece));
	}
	free(x);
}
END_TEST

/* Two boxes, each through SBC of its own, heard at once. */
START_TEST(sbc_lets_it_pass)
{
	const uint32_t lag[2] = { 9600, 14400 };
	struct ear_bench b;
	struct tandem_ear_finding f;

	make(TANDEM_PROBE_AT_ONCE, 2, 5.0);
	tandem_ear_bench_init(&b, 2, 4.0);
	for (uint32_t s = 0; s < 2; s++) {
		float *const x = played(s, 0.0, b.frames);

		memcpy(b.reference[s], x, b.frames * sizeof(*x));
		tandem_sbc_pass(x, b.frames);
		for (uint32_t i = lag[s]; i < b.frames; i++)
			b.mic[i] += 0.5f * x[i - lag[s]];
		b.lag_frames[s] = lag[s] + SBC_PASS_DELAY_FRAMES;
		free(x);
	}
	f = tandem_ear_bench_run(&b, 4.0);
	for (uint32_t s = 0; s < 2; s++) {
		tandem_ear_bench_check(&b, &f, s, 0.1);
		ck_assert_double_gt(f.of[s].snr_db, 35.0);
		ck_assert_double_eq_tol(f.of[s].level_db, -6.0, 0.5);
	}
	tandem_ear_bench_finish(&b);
}
END_TEST

START_TEST(limits_of_the_configuration)
{
	static const struct tandem_probe_config bad[] = {
		{ 16000, 2, TANDEM_PROBE_AT_ONCE, 5.0 },
		{ 48000, 0, TANDEM_PROBE_AT_ONCE, 5.0 },
		{ 48000, TANDEM_MAX_SPEAKERS + 1, TANDEM_PROBE_AT_ONCE, 5.0 },
		{ 48000, 2, TANDEM_PROBE_AT_ONCE, 0.0 },
		{ 48000, 2, TANDEM_PROBE_AT_ONCE, (double)NAN },
	};

	probe = NULL;
	ck_assert_int_eq(tandem_probe_new(&probe, &bad[_i]), -EINVAL);
	ck_assert_ptr_null(probe);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("probe");
	TCase *const c = tcase_create("all");

	tcase_add_checked_fixture(c, NULL, finish);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, level_peak_and_fades, 0, 2);
	tcase_add_test(c, as_wide_as_said);
	tcase_add_test(c, strangers_to_each_other);
	tcase_add_test(c, in_turn_one_plays_at_a_time);
	tcase_add_test(c, the_same_in_any_pieces);
	tcase_add_test(c, sbc_lets_it_pass);
	tcase_add_loop_test(c, limits_of_the_configuration, 0, 5);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * The resampler against ideal tones.
 */
#include <check.h>
#include <errno.h>
#include <math.h>

#include "path/resample.h"
#include "suite.h"

#define N_OUT 24000

static double tone(double hz, double rate_hz, double frame)
{
	return 0.5 * sin(2.0 * M_PI * hz * frame / rate_hz);
}

/* Resamples a tone in odd chunks; returns the greatest error against the ideal tone,
 * relative to its amplitude, in dB, after the first 1000 outputs. */
static double resample_error_db(uint32_t in_hz, uint32_t out_hz, double ppm, double hz)
{
	struct tandem_resample *r;
	double worst = 0.0;
	int64_t taken = 0;
	double step;

	ck_assert_int_eq(tandem_resample_new(&r, in_hz, out_hz, 1), 0);
	step = (double)in_hz / out_hz * (1.0 + ppm * 1e-6);
	tandem_resample_set_step(r, step, 1);
	for (int i = 0; i < N_OUT; i++) {
		float in[8];
		float out;
		float *const outs[1] = { &out };
		const double place = (double)taken - tandem_resample_delay_frames(r);
		const uint32_t need = tandem_resample_need_frames(r, 1);
		const float *const ins[1] = { in };
		struct tandem_progress p;

		ck_assert_uint_le(need, i == 0 ? 2 : 8);
		for (uint32_t k = 0; k < need; k++)
			in[k] = (float)tone(hz, in_hz, (double)(taken + k));
		p = tandem_resample_run(r, ins, need, outs, 1);
		ck_assert_uint_eq(p.taken_frames, need);
		ck_assert_uint_eq(p.made_frames, 1);
		taken += need;
		if (i > 1000) {
			const double error = fabs(out - tone(hz, in_hz, place)) / 0.5;

			worst = error > worst ? error : worst;
		}
	}
	tandem_resample_free(r);
	return 20.0 * log10(worst);
}

static const struct {
	uint32_t in_hz, out_hz;
	double ppm, hz, limit_db;
} resample_cases[] = {
	{ 48000, 48000, 0.0, 1000.0, -120.0 },
	{ 48000, 48000, 100.0, 1000.0, -105.0 },
	{ 48000, 48000, -100.0, 15000.0, -100.0 },
	{ 48000, 44100, 0.0, 1000.0, -100.0 },
	{ 48000, 44100, 40.0, 15000.0, -95.0 },
	{ 44100, 48000, -40.0, 1000.0, -105.0 },
	{ 44100, 44100, 3.0, 15000.0, -95.0 },
};

START_TEST(resample_is_where_it_says)
{
	const double db = resample_error_db(resample_cases[_i].in_hz,
			resample_cases[_i].out_hz, resample_cases[_i].ppm,
			resample_cases[_i].hz);

	ck_assert_msg(db < resample_cases[_i].limit_db, "case %d: %.1f dB, limit %.1f", _i,
			db, resample_cases[_i].limit_db);
}
END_TEST

START_TEST(resample_does_not_depend_on_block_size)
{
	static float in[2][4096];
	static float out[2][4096];
	struct tandem_resample *r[2];
	const uint32_t chunks[2] = { 1, 211 };
	uint32_t made[2] = { 0, 0 };

	for (uint32_t i = 0; i < 4096; i++)
		in[0][i] = (float)tone(3000.0, 48000.0, i);
	for (int v = 0; v < 2; v++) {
		ck_assert_int_eq(tandem_resample_new(&r[v], 48000, 44100, 1), 0);
		tandem_resample_set_step(r[v], 48000.0 / 44100.0 * 1.0005, 500);
		for (uint32_t at = 0; at < 2048;) {
			const uint32_t n = chunks[v] < 2048 - at ? chunks[v] : 2048 - at;
			const float *const ins[1] = { in[0] + at };
			float *const outs[1] = { out[v] + made[v] };
			const struct tandem_progress p = tandem_resample_run(r[v], ins, n,
					outs, 4096 - made[v]);

			at += p.taken_frames;
			made[v] += p.made_frames;
		}
		tandem_resample_free(r[v]);
	}
	ck_assert_uint_eq(made[0], made[1]);
	ck_assert_mem_eq(out[0], out[1], made[0] * sizeof(float));
}
END_TEST

START_TEST(resample_refuses_what_it_cannot)
{
	struct tandem_resample *r = NULL;

	ck_assert_int_eq(tandem_resample_new(&r, 96000, 48000, 1), -EINVAL);
	ck_assert_int_eq(tandem_resample_new(&r, 48000, 48000, 3), -EINVAL);
	ck_assert_ptr_null(r);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("resample");
	TCase *const c = tcase_create("tones");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, resample_is_where_it_says, 0,
			TANDEM_ARRAY_LEN(resample_cases));
	tcase_add_test(c, resample_does_not_depend_on_block_size);
	tcase_add_test(c, resample_refuses_what_it_cannot);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

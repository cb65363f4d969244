/* SPDX-License-Identifier: MIT
 *
 * The resampler: outputs stand where it says, whatever the blocks, the instruction set and
 * the movement of the ratio. What it does to a tone: test-resample-tone.c.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "path/resample-kernel.h"
#include "path/resample.h"
#include "suite.h"

#define N_OUT 24000
#define LOW TANDEM_RESAMPLE_DEFAULT
#define HIGH TANDEM_RESAMPLE_HIGH

static double tone(double hz, double rate_hz, double frame)
{
	return 0.5 * sin(2.0 * M_PI * hz * frame / rate_hz);
}

static const struct {
	uint32_t in_hz, out_hz;
	enum tandem_resample_tier tier;
	double ppm, hz, limit_db;
} places[] = {
	{ 48000, 48000, LOW, 0.0, 1000.0, -125.0 },
	{ 48000, 48000, LOW, 100.0, 1000.0, -120.0 },
	{ 48000, 48000, LOW, -100.0, 15000.0, -117.0 },
	{ 48000, 48000, HIGH, -100.0, 15000.0, -125.0 },
	{ 48000, 44100, LOW, 0.0, 1000.0, -120.0 },
	{ 48000, 44100, LOW, 40.0, 15000.0, -117.0 },
	{ 44100, 48000, LOW, -40.0, 1000.0, -120.0 },
	{ 44100, 44100, LOW, 3.0, 15000.0, -117.0 },
	{ 44100, 44100, HIGH, 3.0, 15000.0, -125.0 },
	{ 48000, 48000, LOW, 4999.0, 15000.0, -117.0 },
	{ 48000, 48000, LOW, -4999.0, 15000.0, -117.0 },
};

/* Makes one output at a time; returns the greatest error against the tone at the place that
 * delay_frames() claims, relative to its amplitude, in dB, after the first 1000. The step
 * goes from one edge of +-|ppm| to the other and stays there. */
static double place_error_db(int row)
{
	const double in_hz = places[row].in_hz;
	const double nominal = in_hz / places[row].out_hz;
	const double ppm = places[row].ppm;
	struct tandem_resample *r;
	double worst = 0.0;
	int64_t taken = 0;

	ck_assert_int_eq(tandem_resample_new(&r, places[row].in_hz, places[row].out_hz, 1,
					 places[row].tier),
			0);
	tandem_resample_set_step(r, nominal * (1.0 - ppm * 1e-6), 1);
	for (int i = 0; i < N_OUT; i++) {
		float in[8];
		float out;
		float *const outs[1] = { &out };
		const double place = (double)taken - tandem_resample_delay_frames(r);
		const uint32_t need = tandem_resample_need_frames(r, 1);
		const float *const ins[1] = { in };
		struct tandem_progress p;
		double error;

		if (i == 4000)
			tandem_resample_set_step(r, nominal * (1.0 + ppm * 1e-6), 8000);
		ck_assert_uint_le(need, i == 0 ? 2 : 8);
		for (uint32_t k = 0; k < need; k++)
			in[k] = (float)tone(places[row].hz, in_hz, (double)(taken + k));
		p = tandem_resample_run(r, ins, need, outs, 1);
		ck_assert_uint_eq(p.taken_frames, need);
		ck_assert_uint_eq(p.made_frames, 1);
		taken += need;
		error = fabs(out - tone(places[row].hz, in_hz, place)) / 0.5;
		worst = i > 1000 && error > worst ? error : worst;
	}
	tandem_resample_free(r);
	return 20.0 * log10(worst);
}

START_TEST(outputs_stand_where_it_says)
{
	const double db = place_error_db(_i);

	ck_assert_msg(db < places[_i].limit_db, "case %d: %.1f dB, limit %.1f", _i, db,
			places[_i].limit_db);
}
END_TEST

/* Feeds silence until n more outputs are made; returns the frames taken. */
static uint64_t pass(struct tandem_resample *r, uint32_t n)
{
	static const float silence[512];
	static float out[512];
	const float *const ins[1] = { silence };
	float *const outs[1] = { out };
	uint64_t taken = 0;

	while (n > 0) {
		const uint32_t want = n < 500 ? n : 500;
		uint32_t need = tandem_resample_need_frames(r, want);
		struct tandem_progress p;

		need = need < 512 ? need : 512;
		p = tandem_resample_run(r, ins, need, outs, want);
		ck_assert_uint_eq(p.taken_frames, need); /* never more than it takes */
		taken += p.taken_frames;
		n -= p.made_frames;
	}
	return taken;
}

/* Against exact arithmetic, for 21 s: a step that no power of two divides, and one an
 * eighth of 0.001 ppm from it; a slew is the sum of its steps. */
START_TEST(places_are_exact)
{
	static const double steps[] = { 1.0000371, 1.0000371 + 1.25e-10, 0.9999, 1.0 };
	const uint32_t n = 1000000;
	struct tandem_resample *r;

	ck_assert_int_eq(tandem_resample_new(&r, 48000, 48000, 1, LOW), 0);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(steps); i++) {
		const double before = i == 0 ? 1.0 : steps[i - 1];
		const double at = -tandem_resample_delay_frames(r);
		uint64_t taken;

		tandem_resample_set_step(r, steps[i], 777);
		taken = pass(r, 777);
		ck_assert_double_eq_tol((double)taken - tandem_resample_delay_frames(r) -
							at,
				777.0 * before + (steps[i] - before) * 778.0 / 2.0, 1e-9);
		taken += pass(r, n);
		ck_assert_double_eq_tol((double)taken - tandem_resample_delay_frames(r) -
							at,
				777.0 * before + (steps[i] - before) * 778.0 / 2.0 +
						n * steps[i],
				1e-7);
	}
	tandem_resample_free(r);
}
END_TEST

START_TEST(the_step_stays_in_range)
{
	static const double wild[] = { 0.0, -1.0, NAN, 0.91, 0.93, 2.0, 1e9 };
	struct tandem_resample *r;

	for (size_t i = 0; i < TANDEM_ARRAY_LEN(wild); i++) {
		const double edge = wild[i] > 0.92 ? 1.005 : 0.995;
		double at;

		ck_assert_int_eq(tandem_resample_new(&r, 44100, 48000, 1, LOW), 0);
		tandem_resample_set_step(r, wild[i], 1);
		at = -tandem_resample_delay_frames(r);
		ck_assert_double_eq_tol((double)pass(r, 100000) -
							tandem_resample_delay_frames(r) -
							at,
				edge * 44100.0 / 48000.0 * 100000.0, 1e-6);
		tandem_resample_free(r);
	}
}
END_TEST

#define SCRIPT_OUT 3000
#define SCRIPT_IN 4000

/* Noise of both channels, full scale, the same each time. */
static void fill(float in[2][SCRIPT_IN])
{
	uint32_t seed = 1;

	for (uint32_t i = 0; i < SCRIPT_IN; i++) {
		for (uint32_t c = 0; c < 2; c++) {
			seed = seed * 1664525u + 1013904223u;
			in[c][i] = (float)(int32_t)seed * 0x1p-31f;
		}
	}
}

/* SCRIPT_OUT outputs with a step that moves at outputs 300, 1500 and 2000. Never more than
 * `room` outputs nor `feed` inputs at a time. */
static void run_script(struct tandem_resample *r, double nominal, uint32_t feed,
		uint32_t room, float out[2][SCRIPT_OUT])
{
	static const uint32_t turns[] = { 300, 1500, 2000, SCRIPT_OUT };
	static const double steps[] = { 1.0001, 0.9953, 1.0 };
	static float in[2][SCRIPT_IN];
	uint32_t taken = 0;
	uint32_t made = 0;

	fill(in);
	for (uint32_t turn = 0; made < SCRIPT_OUT;) {
		const uint32_t left = turns[turn] - made;
		const float *const ins[2] = { in[0] + taken, in[1] + taken };
		float *const outs[2] = { out[0] + made, out[1] + made };
		const struct tandem_progress p = tandem_resample_run(r, ins,
				feed < SCRIPT_IN - taken ? feed : SCRIPT_IN - taken, outs,
				room < left ? room : left);

		taken += p.taken_frames;
		made += p.made_frames;
		if (made == turns[turn] && made < SCRIPT_OUT)
			tandem_resample_set_step(r, nominal * steps[turn++], 400);
	}
}

static const struct {
	uint32_t in_hz, out_hz;
	enum tandem_resample_tier tier;
} paths[] = {
	{ 48000, 48000, LOW },
	{ 48000, 48000, HIGH },
	{ 44100, 44100, LOW },
	{ 48000, 44100, LOW },
	{ 44100, 48000, HIGH },
};

static const char *const kernels[] = { "plain", "sse2", "avx2", "avx512" };

/* False: this processor does not have it. */
static bool script(int path, const char *kernel, uint32_t feed, uint32_t room,
		float out[2][SCRIPT_OUT])
{
	const double nominal = (double)paths[path].in_hz / paths[path].out_hz;
	struct tandem_resample *r;
	bool has;

	ck_assert_int_eq(tandem_resample_new(&r, paths[path].in_hz, paths[path].out_hz, 2,
					 paths[path].tier),
			0);
	has = kernel == NULL || tandem_resample_set_kernel(r, kernel) == 0;
	if (has)
		run_script(r, nominal, feed, room, out);
	tandem_resample_free(r);
	return has;
}

static bool has_same_bits(const void *a, const void *b, size_t bytes)
{
	return memcmp(a, b, bytes) == 0;
}

static void compare(const float want[2][SCRIPT_OUT], int path, const char *kernel,
		uint32_t feed, uint32_t room)
{
	static float out[2][SCRIPT_OUT];

	script(path, kernel, feed, room, out);
	ck_assert_msg(has_same_bits(want, out, sizeof(out)), "path %d, %s: %u in, %u out",
			path, kernel == NULL ? "best" : kernel, feed, room);
}

START_TEST(every_block_size_makes_the_same_bits)
{
	static float want[2][SCRIPT_OUT];

	script(_i, NULL, SCRIPT_IN, SCRIPT_OUT, want);
	for (uint32_t n = 1; n <= 4096; n += _i == 0 || n < 300 ? 1 : 37)
		compare(want, _i, NULL, n % 2 ? n : 4096, n % 2 ? 4096 : n);
	for (uint32_t n = 1; n < 300; n++)
		compare(want, _i, NULL, n, 300 - n);
}
END_TEST

START_TEST(so_it_does_with_every_instruction_set)
{
	static float want[2][SCRIPT_OUT];

	for (size_t k = 0; k < TANDEM_ARRAY_LEN(kernels); k++) {
		if (!script(_i, kernels[k], SCRIPT_IN, SCRIPT_OUT, want))
			continue;
		for (uint32_t n = 1; n < 70; n++)
			compare(want, _i, kernels[k], 71 - n, n);
	}
}
END_TEST

START_TEST(instruction_sets_agree)
{
	static float first[2][SCRIPT_OUT];
	static float out[2][SCRIPT_OUT];
	uint32_t found = 0;

	for (size_t k = 0; k < TANDEM_ARRAY_LEN(kernels); k++) {
		if (!script(_i, kernels[k], 128, 128, found == 0 ? first : out))
			continue;
		for (uint32_t i = 0; found > 0 && i < SCRIPT_OUT; i++) {
			ck_assert_float_eq_tol(out[0][i], first[0][i], 1e-6f);
			ck_assert_float_eq_tol(out[1][i], first[1][i], 1e-6f);
		}
		found++;
	}
	ck_assert_uint_ge(found, 1);
}
END_TEST

/* What is broken in the input is broken in the output only as long as the filters reach. */
START_TEST(not_a_number_passes_by)
{
	const float bad[] = { NAN, INFINITY, 1.0f };
	float out[3];
	const float *const ins[1] = { bad };
	float *const outs[1] = { out };
	struct tandem_resample *r;

	ck_assert_int_eq(tandem_resample_new(&r, 48000, 44100, 1, HIGH), 0);
	tandem_resample_run(r, ins, 3, outs, 3);
	pass(r, 2 * TANDEM_FIR_MAX_TAPS);
	for (int i = 0; i < 2000; i++) {
		const float zero[2] = { 0.0f, 0.0f };
		const float *const zeros[1] = { zero };

		out[0] = 1.0f;
		while (tandem_resample_run(r, zeros, 2, outs, 1).made_frames == 0)
			continue;
		ck_assert_float_eq(out[0], 0.0f);
	}
	tandem_resample_free(r);
}
END_TEST

START_TEST(it_refuses_what_it_cannot)
{
	struct tandem_resample *r = NULL;

	ck_assert_int_eq(tandem_resample_new(&r, 96000, 48000, 1, LOW), -EINVAL);
	ck_assert_int_eq(tandem_resample_new(&r, 48000, 32000, 1, LOW), -EINVAL);
	ck_assert_int_eq(tandem_resample_new(&r, 48000, 48000, 3, LOW), -EINVAL);
	ck_assert_int_eq(tandem_resample_new(&r, 48000, 48000, 0, LOW), -EINVAL);
	ck_assert_ptr_null(r);
	ck_assert_int_eq(tandem_resample_new(&r, 48000, 48000, 1, LOW), 0);
	ck_assert_int_eq(tandem_resample_set_kernel(r, "abacus"), -ENOTSUP);
	ck_assert_uint_eq(tandem_resample_need_frames(r, 0), 0);
	tandem_resample_free(r);
	tandem_resample_free(NULL);
}
END_TEST

int main(void)
{
	const int n_paths = TANDEM_ARRAY_LEN(paths);
	Suite *const suite = suite_create("resample");
	TCase *const c = tcase_create("places");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, outputs_stand_where_it_says, 0, TANDEM_ARRAY_LEN(places));
	tcase_add_test(c, places_are_exact);
	tcase_add_test(c, the_step_stays_in_range);
	tcase_add_loop_test(c, every_block_size_makes_the_same_bits, 0, n_paths);
	tcase_add_loop_test(c, so_it_does_with_every_instruction_set, 0, n_paths);
	tcase_add_loop_test(c, instruction_sets_agree, 0, n_paths);
	tcase_add_test(c, not_a_number_passes_by);
	tcase_add_test(c, it_refuses_what_it_cannot);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

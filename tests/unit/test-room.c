/* SPDX-License-Identifier: MIT
 *
 * A simulated room: the direct sound is where the distance says and as loud, the rest
 * decays as asked, and every room is the same whenever it is drawn.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/room/room.h"
#include "suite.h"

#define RATE_HZ 48000

static struct tandem_room anechoic(double distance_m)
{
	struct tandem_room r = { .n_speakers = 1, .seed = 1 };

	r.of[0] = (struct tandem_room_speaker){
		.distance_m = distance_m, .low_hz = 20.0, .high_hz = 23e3
	};
	return r;
}

static float *response(const struct tandem_room *r, uint32_t speaker, uint32_t *n)
{
	float *taps = NULL;

	ck_assert_int_eq(tandem_room_response(r, speaker, RATE_HZ, &taps, n), 0);
	return taps;
}

/* Of a tone of that frequency. */
static double phase_delay_frames(const float *x, uint32_t n, double frequency_hz)
{
	const double w = 2.0 * M_PI * frequency_hz / RATE_HZ;
	double re = 0.0, im = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		re += (double)x[i] * cos(w * i);
		im -= (double)x[i] * sin(w * i);
	}
	return -atan2(im, re) / w;
}

/* Both at the same frequency, so that what the box's own band delays is not seen. */
START_TEST(distance_is_delay)
{
	static const double distances_m[] = { 0.3, 0.31, 1.0, 1.7777, 4.0 };
	const double tone_hz = 2e3;
	const double frames_per_m = RATE_HZ / TANDEM_ROOM_SOUND_M_PER_S;
	const struct tandem_room near = anechoic(0.5);
	const struct tandem_room far = anechoic(distances_m[_i]);
	uint32_t n[2];
	float *const taps[2] = { response(&near, 0, &n[0]), response(&far, 0, &n[1]) };
	const double measured = phase_delay_frames(taps[1], n[1], tone_hz) -
				phase_delay_frames(taps[0], n[0], tone_hz);

	ck_assert_double_eq_tol(remainder(measured - (distances_m[_i] - 0.5) * frames_per_m,
						RATE_HZ / tone_hz),
			0.0, 2e-3);
	free(taps[0]);
	free(taps[1]);
}
END_TEST

static double power(const float *x, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	return sum;
}

START_TEST(level_and_polarity)
{
	struct tandem_room r = anechoic(2.0);
	uint32_t n, n_loud;
	float *const taps = response(&r, 0, &n);
	float *loud;

	r.of[0].gain_db = 6.0;
	r.of[0].inverted = true;
	loud = response(&r, 0, &n_loud);
	ck_assert_uint_eq(n, n_loud);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_float_eq_tol(loud[i], taps[i] * -1.99526f, 1e-5f);
	free(taps);
	free(loud);
}
END_TEST

/* In half of rt60 the power falls by 30 dB, or a little more as walls take more of the
 * highs. */
START_TEST(decays_as_asked)
{
	struct tandem_room r;
	uint32_t n;
	float *taps;
	double fallen_db;
	uint32_t from, half, span;

	tandem_room_draw(&r, 300 + (uint64_t)_i, 1);
	taps = response(&r, 0, &n);
	from = RATE_HZ / 20;
	half = (uint32_t)(r.rt60_s * RATE_HZ / 2);
	span = half / 4;
	fallen_db = 10.0 *
		    log10(power(taps + from, span) / power(taps + from + half, span));
	ck_assert_double_gt(fallen_db, 28.0);
	ck_assert_double_lt(fallen_db, 37.0);
	free(taps);
}
END_TEST

START_TEST(rooms_are_kept_apart_and_come_again)
{
	struct tandem_room r[3];
	uint32_t n[3];
	float *taps[3];

	tandem_room_draw(&r[0], 7, 2);
	tandem_room_draw(&r[1], 7, 2);
	tandem_room_draw(&r[2], 8, 2);
	for (int i = 0; i < 3; i++)
		taps[i] = response(&r[i], 1, &n[i]);
	ck_assert_uint_eq(n[0], n[1]);
	ck_assert_mem_eq(taps[0], taps[1], n[0] * sizeof(float));
	ck_assert(r[0].of[1].distance_m != r[2].of[1].distance_m);
	for (int i = 0; i < 3; i++)
		free(taps[i]);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	struct tandem_room r = anechoic(1.0);
	float *taps = NULL;
	uint32_t n = 7;

	ck_assert_int_eq(tandem_room_response(&r, 1, RATE_HZ, &taps, &n), -EINVAL);
	ck_assert_int_eq(tandem_room_response(&r, 0, 100, &taps, &n), -EINVAL);
	r.of[0].distance_m = 40.0;
	ck_assert_int_eq(tandem_room_response(&r, 0, RATE_HZ, &taps, &n), -EINVAL);
	r = anechoic(1.0);
	r.rt60_s = (double)NAN;
	ck_assert_int_eq(tandem_room_response(&r, 0, RATE_HZ, &taps, &n), -EINVAL);
	ck_assert_ptr_null(taps);
	ck_assert_uint_eq(n, 7);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("room");
	TCase *const all = tcase_create("all");

	tcase_add_loop_test(all, distance_is_delay, 0, 5);
	tcase_add_test(all, level_and_polarity);
	tcase_add_loop_test(all, decays_as_asked, 0, 10);
	tcase_add_test(all, rooms_are_kept_apart_and_come_again);
	tcase_add_test(all, nonsense_is_refused);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}

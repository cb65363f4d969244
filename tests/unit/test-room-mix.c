/* SPDX-License-Identifier: MIT
 *
 * What the simulated microphone hears: an impulse of a box is where its distance says, on
 * the microphone's clock; the noise and the speech are as loud as told; a recording that is
 * still being written is read in time, or it is known that it was not.
 */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "tools/room/mix.h"
#include "tools/room/tail.h"
#include "suite.h"

#define BLOCK TANDEM_CONVOLVE_BLOCK
#define RATE_HZ TANDEM_MIX_HZ
#define CHUNK 1000 /* no multiple of a block */
#define SEED 5

/* What the boxes play. */
struct boxes {
	int64_t impulse_at[2]; /* host frame */
	bool noisy;            /* white, rms 0.1 */
	struct tandem_random random;
};

static void read_boxes(void *data, uint32_t box, int64_t first, float out[BLOCK])
{
	struct boxes *const b = data;

	for (int64_t i = 0; i < BLOCK; i++) {
		out[i] = b->noisy ? 0.1f * (float)tandem_random_normal(&b->random) : 0.0f;
		if (first + i == b->impulse_at[box])
			out[i] = 1.0f;
	}
}

static struct tandem_mix_config bare_room(struct boxes *boxes)
{
	struct tandem_mix_config c = { .read = read_boxes, .data = boxes };

	c.room = (struct tandem_room){ .snr_db = 200.0, .seed = SEED, .n_speakers = 2 };
	for (uint32_t i = 0; i < 2; i++) {
		c.room.of[i] = (struct tandem_room_speaker){
			.distance_m = 1.0 + 0.7777 * i, .low_hz = 20.0, .high_hz = 23e3
		};
	}
	*boxes = (struct boxes){ .impulse_at = { INT64_MIN, INT64_MIN },
		.random = tandem_random_init(SEED, 1) };
	return c;
}

static float *hear(const struct tandem_mix_config *c, int64_t first, uint32_t frames)
{
	struct tandem_mix *m = NULL;
	float *const out = calloc(frames, sizeof(float));

	ck_assert_int_eq(tandem_mix_new(&m, c), 0);
	tandem_mix_start(m, first);
	for (uint32_t done = 0; done < frames; done += CHUNK) {
		tandem_mix_run(m, out + done,
				frames - done < CHUNK ? frames - done : CHUNK);
	}
	tandem_mix_free(m);
	return out;
}

/* Where an impulse is in x, by the phase of a tone; around: known to a frame or so. */
static double place(const float *x, uint32_t n, double around)
{
	const double w = 2.0 * M_PI * 4e3 / RATE_HZ;
	double re = 0.0, im = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		re += (double)x[i] * cos(w * ((double)i - around));
		im -= (double)x[i] * sin(w * ((double)i - around));
	}
	return around - atan2(im, re) / w;
}

/* What a box's own band delays at the tone, measured in the response itself. */
static double own_delay(const struct tandem_room *r, uint32_t box)
{
	const double direct = r->of[box].distance_m / TANDEM_ROOM_SOUND_M_PER_S * RATE_HZ;
	float *taps;
	uint32_t n;
	double at;

	ck_assert_int_eq(tandem_room_response(r, box, RATE_HZ, &taps, &n), 0);
	at = place(taps, n, direct);
	free(taps);
	return at - direct;
}

/* 0.05 of a sample is asked for. The last one is two minutes after the start. */
static const struct {
	double ppm;
	int64_t first, after;
} clocks[] = {
	{ 0.0, 0, 30000 },
	{ 80.0, -700, 30000 },
	{ -80.0, 123456, 30000 },
	{ 80.0, 0, 120 * RATE_HZ },
};

START_TEST(an_impulse_is_where_the_distance_and_the_clock_say)
{
	const double ratio = 1.0 + clocks[_i].ppm * 1e-6;

	for (int box = 0; box < 2; box++) {
		struct boxes boxes;
		struct tandem_mix_config c = bare_room(&boxes);
		const uint32_t n = (uint32_t)clocks[_i].after + 4000;
		double want;
		float *x;

		c.room.mic_ppm = clocks[_i].ppm;
		boxes.impulse_at[box] = clocks[_i].first + clocks[_i].after;
		want = ratio *
		       ((double)clocks[_i].after + own_delay(&c.room, box) +
				       c.room.of[box].distance_m /
						       TANDEM_ROOM_SOUND_M_PER_S * RATE_HZ);
		x = hear(&c, clocks[_i].first, n);
		ck_assert_double_eq_tol(place(x, n, want), want, 0.05);
		free(x);
	}
}
END_TEST

static double power(const float *x, uint32_t n)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += (double)x[i] * (double)x[i];
	return sum / n;
}

START_TEST(convolution_is_the_sum_that_it_should_be)
{
	const uint32_t n_taps = 3 * BLOCK + 17, n = 6 * BLOCK;
	struct tandem_random random = tandem_random_init(SEED, 2);
	struct tandem_convolve *c = NULL;
	float taps[3 * BLOCK + 17], in[6 * BLOCK], out[6 * BLOCK] = { 0.0f };

	for (uint32_t i = 0; i < n_taps; i++)
		taps[i] = (float)tandem_random_normal(&random);
	for (uint32_t i = 0; i < n; i++)
		in[i] = (float)tandem_random_normal(&random);
	ck_assert_int_eq(tandem_convolve_new(&c, taps, n_taps), 0);
	for (int again = 0; again < 2; again++) {
		tandem_convolve_reset(c);
		memset(out, 0, sizeof(out));
		for (uint32_t b = 0; b < 6; b++)
			tandem_convolve_run(c, in + b * BLOCK, out + b * BLOCK);
		for (uint32_t i = 0; i < n; i += 7) {
			double want = 0.0;

			for (uint32_t k = 0; k < n_taps && k <= i; k++)
				want += (double)taps[k] * (double)in[i - k];
			ck_assert_double_eq_tol((double)out[i], want, 1e-3);
		}
	}
	tandem_convolve_free(c);
}
END_TEST

/* The same run with and without: what is between is noise. */
START_TEST(noise_and_speech_are_as_loud_as_told)
{
	const uint32_t n = 10 * RATE_HZ, from = 2 * RATE_HZ;
	float tone[480];
	struct boxes boxes;
	struct tandem_mix_config c = bare_room(&boxes);
	float *sound, *mixed;
	double ratio_db;

	c.room.rt60_s = 0.3;
	for (int i = 0; i < 2; i++) /* the resampler ends at 19 kHz */
		c.room.of[i].high_hz = 5e3;
	boxes.noisy = true;
	sound = hear(&c, 0, n);
	if (_i == 0) {
		c.room.snr_db = 20.0;
	} else {
		for (int i = 0; i < 480; i++)
			tone[i] = (float)sin(2.0 * M_PI * i / 48.0);
		c.speech = tone;
		c.speech_frames = 480;
		c.speech_db = -20.0;
	}
	boxes.random = tandem_random_init(SEED, 1);
	mixed = hear(&c, 0, n);
	for (uint32_t i = 0; i < n; i++)
		mixed[i] -= sound[i];
	ratio_db = 10.0 *
		   log10(power(sound + from, n - from) / power(mixed + from, n - from));
	ck_assert_double_eq_tol(ratio_db, 20.0, 0.5);
	free(sound);
	free(mixed);
}
END_TEST

/* As loud as beside boxes at -20 dB: without walls 1 m and 1.7777 m away. */
START_TEST(noise_is_there_before_any_sound)
{
	const double direct = 0.01 * (1.0 + 1.0 / (1.7777 * 1.7777));
	struct boxes boxes;
	struct tandem_mix_config c = bare_room(&boxes);
	double ratio_db;
	float *x;

	c.room.snr_db = 10.0;
	x = hear(&c, 0, 10 * RATE_HZ);
	ratio_db = 10.0 * log10(power(x, 10 * RATE_HZ) /
					  (direct * TANDEM_MIX_GAIN * TANDEM_MIX_GAIN));
	/* the bumps of a box's own band make the difference, and chance */
	ck_assert_double_eq_tol(ratio_db, -10.0, 2.0);
	free(x);
}
END_TEST

START_TEST(a_room_that_cannot_be_is_refused)
{
	struct boxes boxes;
	struct tandem_mix_config c = bare_room(&boxes);
	struct tandem_mix *m = NULL;

	c.room.of[1].distance_m = 400.0;
	ck_assert_int_eq(tandem_mix_new(&m, &c), -EINVAL);
	c.room.n_speakers = 0;
	ck_assert_int_eq(tandem_mix_new(&m, &c), -EINVAL);
	ck_assert_ptr_null(m);
}
END_TEST

/* Two boxes and a room of 0.8 s beside two cores that do the rest of the demo, too. */
START_TEST(it_is_cheap)
{
	struct boxes boxes;
	struct tandem_mix_config c = bare_room(&boxes);
	struct timespec used;
	double share;

	c.room.rt60_s = 0.8;
	c.room.snr_db = 20.0;
	boxes.impulse_at[0] = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	share = -(double)used.tv_sec - (double)used.tv_nsec * 1e-9;
	free(hear(&c, 0, 20 * RATE_HZ));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	share = (share + (double)used.tv_sec + (double)used.tv_nsec * 1e-9) / 20.0;
	printf("of a core: %.1f %%\n", 100.0 * share);
	ck_assert_double_lt(share, 0.2); /* 4 times what it is: the host is shared */
}
END_TEST

static char path[] = "/tmp/tandem-tail-XXXXXX";

static void append(int fd, int32_t value, int frames)
{
	for (int i = 0; i < frames; i++)
		ck_assert_int_eq(write(fd, &value, sizeof(value)), sizeof(value));
}

START_TEST(a_growing_recording_is_read_and_what_came_late_is_counted)
{
	struct tandem_tail t;
	float x[100];
	const int fd = mkstemp(path);

	append(fd, 0, 11); /* its header */
	append(fd, 1 << 30, 150);
	ck_assert_int_eq(tandem_tail_init(&t, path), 0);
	tandem_tail_read(&t, -50, x, 100);
	ck_assert(x[49] == 0.0f && x[50] == 0.5f && x[99] == 0.5f);
	tandem_tail_read(&t, 50, x, 100);
	ck_assert(x[0] == 0.5f && x[99] == 0.5f);
	tandem_tail_read(&t, 150, x, 100);
	ck_assert(x[0] == 0.0f && x[99] == 0.0f);
	append(fd, 0, 60);
	tandem_tail_read(&t, 250, x, 100);
	ck_assert_uint_eq(t.late_frames, 0); /* it was silence */
	append(fd, 1 << 30, 190);
	tandem_tail_read(&t, 350, x, 100);
	ck_assert(x[0] == 0.5f && x[49] == 0.5f && x[50] == 0.0f);
	ck_assert_uint_eq(t.late_frames, 140);
	tandem_tail_finish(&t);
	close(fd);
	unlink(path);
	ck_assert_int_eq(tandem_tail_init(&t, path), -ENOENT);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("the simulated microphone");
	TCase *const all = tcase_create("all");

	printf("seed %d\n", SEED);
	tcase_add_loop_test(all, an_impulse_is_where_the_distance_and_the_clock_say, 0,
			(int)TANDEM_ARRAY_LEN(clocks));
	tcase_add_test(all, convolution_is_the_sum_that_it_should_be);
	tcase_add_loop_test(all, noise_and_speech_are_as_loud_as_told, 0, 2);
	tcase_add_test(all, noise_is_there_before_any_sound);
	tcase_add_test(all, a_room_that_cannot_be_is_refused);
	tcase_add_test(all, it_is_cheap);
	tcase_add_test(all, a_growing_recording_is_read_and_what_came_late_is_counted);
	tcase_set_timeout(all, 60);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}

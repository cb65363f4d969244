/* SPDX-License-Identifier: MIT
 *
 * The recording of tandem-speaker: a sound played at a known host time is found there to a
 * fraction of a sample, at any rate of the DAC, also while the rate moves.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/speaker/host-wav.h"
#include "suite.h"

#define CHUNK 32
#define BURST_S 0.004
#define BURST_HZ 2500.0
#define LIMIT_S 5e-6
#define OUT_HZ TANDEM_HOST_WAV_HZ

static double burst(double at_s)
{
	if (at_s < 0.0 || at_s >= BURST_S)
		return 0.0;
	return 0.7 * sin(2.0 * M_PI * BURST_HZ * at_s) *
	       (0.5 - 0.5 * cos(2.0 * M_PI * at_s / BURST_S));
}

/* A player with a clock of its own: frame by frame it knows the host time. */
struct player {
	struct tandem_host_wav *wav;
	double at_s;
	double rate_hz;
};

/* Plays bursts that begin at every full 0.1 s of host time, up to end_s. wobble_ppm moves
 * the rate from chunk to chunk. */
static void play_until(struct player *p, double end_s, double wobble_ppm)
{
	while (p->at_s < end_s) {
		const double hz =
				p->rate_hz *
				(1.0 + wobble_ppm * 1e-6 * sin(2.0 * M_PI * 0.5 * p->at_s));
		float in[CHUNK];

		for (int i = 0; i < CHUNK; i++)
			in[i] = (float)burst(fmod(p->at_s + i / hz, 0.1));
		tandem_host_wav_play(p->wav, in, CHUNK, p->at_s, p->at_s + CHUNK / hz);
		p->at_s += CHUNK / hz;
	}
}

static char path[] = "/tmp/tandem-wav-XXXXXX";

static float *read_back(size_t frames)
{
	FILE *const file = fopen(path, "rb");
	float *const out = calloc(frames, sizeof(float));
	uint8_t header[44];

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fread(header, sizeof(header), 1, file), 1);
	ck_assert_mem_eq(header, "RIFF", 4);
	ck_assert_uint_eq((size_t)header[40] | header[41] << 8 | header[42] << 16,
			4 * frames);
	for (size_t i = 0; i < frames; i++) {
		int32_t v = 0;

		ck_assert_uint_eq(fread(&v, sizeof(v), 1, file), 1);
		out[i] = (float)((double)v / 2147483648.0);
	}
	ck_assert_int_eq(fgetc(file), EOF);
	fclose(file);
	return out;
}

/* Residual energy when the burst began at_s + off_s. */
static double mismatch(const float *out, double at_s, double off_s)
{
	const long first = lrint(at_s * OUT_HZ) - 50;
	double sum = 0.0;

	for (long i = first; i < first + 300; i++) {
		const double e = (double)out[i] - burst((double)i / OUT_HZ - at_s - off_s);

		sum += e * e;
	}
	return sum;
}

/* How late the burst of at_s is: steepest descent is not needed, +-40 us are searched. */
static double lateness(const float *out, double at_s)
{
	double best_s = 0.0;
	double best = INFINITY;

	for (int i = -160; i <= 160; i++) {
		const double off_s = i * 0.25e-6;
		const double m = mismatch(out, at_s, off_s);

		if (m < best) {
			best = m;
			best_s = off_s;
		}
	}
	ck_assert_double_lt(best, 1e-3); /* the burst itself has 24 */
	return best_s;
}

static void set_up(struct player *p, double from_s, double rate_hz)
{
	memset(path + sizeof(path) - 7, 'X', 6);
	close(mkstemp(path));
	*p = (struct player){ .at_s = from_s, .rate_hz = rate_hz };
	ck_assert_int_eq(tandem_host_wav_new(&p->wav, path, false), 0);
}

static float *tear_down(struct player *p, double end_s)
{
	ck_assert_int_eq(tandem_host_wav_close(p->wav, end_s), 0);

	float *const out = read_back((size_t)llrint(end_s * OUT_HZ));
	unlink(path);
	return out;
}

static const struct {
	double rate_hz, ppm, wobble_ppm, from_s;
} places[] = {
	{ 48000.0, 0.0, 0.0, 0.0123456 }, { 48000.0, 40.0, 0.0, 0.0123456 },
	{ 48000.0, -100.0, 0.0, 0.05 }, { 44100.0, 0.0, 0.0, 0.0456789 },
	{ 44100.0, 40.0, 0.0, 0.0123456 }, { 44100.0, -100.0, 0.0, 0.0123456 },
	{ 44100.0, -100.0, 1000.0, 0.0123456 }, { 48000.0, 0.0, 4000.0, 0.0123456 },
	{ 48000.0, 40.0, 0.0, -0.3 }, /* began before the recording */
};

START_TEST(bursts_are_found_where_they_were_played)
{
	struct player p;
	double worst_s = 0.0;

	set_up(&p, places[_i].from_s, places[_i].rate_hz * (1.0 + places[_i].ppm * 1e-6));
	play_until(&p, 5.05, places[_i].wobble_ppm);

	float *const out = tear_down(&p, 5.5);
	for (int k = 1; k <= 50; k++)
		worst_s = fmax(worst_s, fabs(lateness(out, k * 0.1)));
	ck_assert_double_lt(worst_s, LIMIT_S);
	free(out);
}
END_TEST

/* The second pause is shorter than the ringing of what it parts. */
START_TEST(pauses_are_digital_zero_and_move_nothing)
{
	const double from_s[] = { 0.05, 1.3000071, 1.6062, 3.000003 };
	const double to_s[] = { 0.55, 1.605, 2.25, 3.35 };
	struct player p;

	set_up(&p, from_s[0], 44100.0 * (1.0 + 40e-6));
	for (int i = 0; i < 4; i++) {
		p.at_s = from_s[i];
		play_until(&p, to_s[i], 0.0);
	}

	float *const out = tear_down(&p, 4.0);
	for (int i = 0; i < 4; i++) {
		for (int k = (int)ceil(from_s[i] * 10.0); k * 0.1 + BURST_S < to_s[i]; k++)
			ck_assert_double_lt(fabs(lateness(out, k * 0.1)), LIMIT_S);
	}
	for (long i = lrint(0.57 * OUT_HZ); i < lrint(1.28 * OUT_HZ); i++)
		ck_assert_float_eq(out[i], 0.0f);
	for (long i = lrint(2.27 * OUT_HZ); i < lrint(2.98 * OUT_HZ); i++)
		ck_assert_float_eq(out[i], 0.0f);
	for (long i = lrint(3.37 * OUT_HZ); i < 4 * OUT_HZ; i++)
		ck_assert_float_eq(out[i], 0.0f);
	free(out);
}
END_TEST

START_TEST(what_lies_beyond_the_end_is_cut)
{
	struct player p;

	set_up(&p, 0.05, 48000.0);
	play_until(&p, 2.0, 0.0);

	float *const out = tear_down(&p, 1.0);
	ck_assert_double_lt(fabs(lateness(out, 0.9)), LIMIT_S);
	free(out);
}
END_TEST

static void run_to(struct player *p, double now_s, double from_s, bool flush)
{
	struct stat file;

	if (p->at_s < from_s && now_s > from_s)
		p->at_s = from_s;
	if (now_s > from_s)
		play_until(p, now_s, 0.0);
	if (!flush)
		return;
	tandem_host_wav_flush(p->wav, now_s);
	ck_assert_int_eq(stat(path, &file), 0);
	ck_assert_double_ge((double)(file.st_size - 44) / 4.0 / OUT_HZ, now_s - 0.045);
}

/* Three stretches, pauses between, the model run every 20 ms as tandem-speaker does. */
static float *play_and_run(bool flush)
{
	const double from_s[] = { 0.05, 0.6000071, 1.3 };
	const double to_s[] = { 0.55, 1.25, 1.9 };
	struct player p;

	set_up(&p, from_s[0], 44100.0 * (1.0 + 40e-6));
	for (int i = 0; i < 3; i++) {
		const double begin_s = i > 0 ? to_s[i - 1] : 0.0;
		const int runs = (int)ceil((to_s[i] - begin_s) / 0.02);

		for (int k = 0; k < runs; k++)
			run_to(&p, begin_s + 0.02 * k, from_s[i], flush);
	}
	return tear_down(&p, 2.0);
}

START_TEST(who_reads_while_it_grows_reads_the_same)
{
	float *const once = play_and_run(false);
	float *const live = play_and_run(true);

	ck_assert_mem_eq(once, live, 2 * OUT_HZ * sizeof(float));
	free(once);
	free(live);
}
END_TEST

START_TEST(a_path_that_is_no_file_is_said)
{
	struct tandem_host_wav *wav = NULL;

	ck_assert_int_lt(tandem_host_wav_new(&wav, "/nowhere/at/all.wav", false), 0);
	ck_assert_ptr_null(wav);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("speaker recording");
	TCase *const all = tcase_create("placement");

	tcase_add_loop_test(all, bursts_are_found_where_they_were_played, 0,
			sizeof(places) / sizeof(places[0]));
	tcase_add_test(all, pauses_are_digital_zero_and_move_nothing);
	tcase_add_test(all, what_lies_beyond_the_end_is_cut);
	tcase_add_test(all, who_reads_while_it_grows_reads_the_same);
	tcase_add_test(all, a_path_that_is_no_file_is_said);
	tcase_set_timeout(all, 60);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "tests/room/scene.h"

#include <kiss_fftr.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#define PHASES 256
#define TAPS 32

static float table[PHASES + 1][TAPS];

static void *need(size_t n, size_t size)
{
	void *const p = calloc(n, size);

	if (p == NULL)
		abort();
	return p;
}

static float *response(const struct scene *s, uint32_t speaker, uint32_t *n)
{
	float *taps;

	if (tandem_room_response(&s->room, speaker, s->rate_hz, &taps, n) < 0)
		abort();
	return taps;
}

static void make_table(void)
{
	if (table[0][TAPS / 2 - 1] != 0.0f)
		return;
	for (int p = 0; p <= PHASES; p++) {
		for (int i = 0; i < TAPS; i++) {
			const int whole = i - (TAPS / 2 - 1);
			const double t = whole - (double)p / PHASES;
			const double window = cos(M_PI * t / TAPS);
			const double sinc =
					fabs(t) < 1e-9 ? 1.0 : sin(M_PI * t) / (M_PI * t);

			table[p][i] = (float)(sinc * window * window);
		}
	}
}

/* x[n] at a place between frames; the row of the table that is nearest, which is 70 dB
 * clean, and silence outside. */
static float between(const float *x, uint32_t n, double at)
{
	const double whole = floor(at);
	const float *const row = table[(int)lrint((at - whole) * PHASES)];
	const int64_t from = (int64_t)whole - (TAPS / 2 - 1);
	float sum = 0.0f;

	if (from < 0 || from + TAPS > n)
		return 0.0f;
	for (int i = 0; i < TAPS; i++)
		sum += row[i] * x[from + i];
	return sum;
}

static void multiply(kiss_fft_cpx *x, const kiss_fft_cpx *by, uint32_t n, float scale)
{
	for (uint32_t k = 0; k < n; k++) {
		const kiss_fft_cpx a = x[k];

		x[k].r = (a.r * by[k].r - a.i * by[k].i) * scale;
		x[k].i = (a.r * by[k].i + a.i * by[k].r) * scale;
	}
}

/* out[frames + n_taps] = played * taps, block by block. */
static float *convolve(const float *x, uint32_t frames, const float *taps, uint32_t n_taps)
{
	const uint32_t n = 131072, step = n - n_taps;
	float *const out = need((size_t)frames + n, sizeof(*out));
	float *const block = need(n, sizeof(*block));
	kiss_fft_cpx *const of_taps = need(n / 2 + 1, sizeof(*of_taps));
	kiss_fft_cpx *const lines = need(n / 2 + 1, sizeof(*lines));
	const kiss_fftr_cfg forward = kiss_fftr_alloc((int)n, 0, NULL, NULL);
	const kiss_fftr_cfg back = kiss_fftr_alloc((int)n, 1, NULL, NULL);

	memcpy(block, taps, n_taps * sizeof(*taps));
	kiss_fftr(forward, block, of_taps);
	for (uint32_t at = 0; at < frames; at += step) {
		const uint32_t some = frames - at < step ? frames - at : step;

		memset(block, 0, n * sizeof(*block));
		memcpy(block, x + at, some * sizeof(*block));
		kiss_fftr(forward, block, lines);
		multiply(lines, of_taps, n / 2 + 1, 1.0f / (float)n);
		kiss_fftri(back, lines, block);
		for (uint32_t i = 0; i < n && at + i < frames + n; i++)
			out[at + i] += block[i];
	}
	kiss_fftr_free(forward);
	kiss_fftr_free(back);
	free(block);
	free(of_taps);
	free(lines);
	return out;
}

/* The frame that a box plays at a frame of the microphone. */
static double played_frame(const struct scene *s, uint32_t speaker, double frame)
{
	const double host = frame / (1.0 + s->room.mic_ppm * 1e-6);

	return (host - s->latency_s[speaker] * s->rate_hz) *
	       (1.0 + s->drift_ppm[speaker] * 1e-6);
}

static void add_box(struct scene *s, uint32_t speaker)
{
	uint32_t n_taps;
	float *const taps = response(s, speaker, &n_taps);
	float *const heard = convolve(s->played[speaker], s->frames, taps, n_taps);

	for (uint32_t i = 0; i < s->frames; i++) {
		s->mic[i] += between(heard, s->frames + n_taps,
				played_frame(s, speaker, i));
	}
	free(taps);
	free(heard);
}

static double rms(const float *x, uint32_t n)
{
	double power = 0.0;

	for (uint32_t i = 0; i < n; i++)
		power += (double)x[i] * (double)x[i];
	return sqrt(power / n);
}

/* Pink by Kellet's three poles, as good as 0.5 dB; white beside it. */
static void add_noise(struct scene *s, double level)
{
	struct tandem_random random = tandem_random_init(s->room.seed, 1000);
	double a = 0.0, b = 0.0, c = 0.0;
	float *const noise = need(s->frames, sizeof(*noise));
	double by;

	for (uint32_t i = 0; i < s->frames; i++) {
		const double white = tandem_random_normal(&random);

		a = 0.99765 * a + 0.0990460 * white;
		b = 0.96300 * b + 0.2965164 * white;
		c = 0.57000 * c + 1.0526913 * white;
		noise[i] = (float)(a + b + c + 0.1848 * white +
				   1.5 * tandem_random_normal(&random));
	}
	by = level / rms(noise, s->frames);
	for (uint32_t i = 0; i < s->frames; i++)
		s->mic[i] += (float)by * noise[i];
	free(noise);
}

void tandem_scene_record(struct scene *s)
{
	double level;

	make_table();
	s->mic = need(s->frames, sizeof(*s->mic));
	for (uint32_t i = 0; i < s->room.n_speakers; i++)
		add_box(s, i);
	level = rms(s->mic, s->frames);
	add_noise(s, level * pow(10.0, -s->room.snr_db / 20.0));
	if (s->speech != NULL) {
		const double by = level * pow(10.0, s->speech_db / 20.0) /
				  rms(s->speech, s->speech_frames);

		for (uint32_t i = 0; i < s->frames; i++)
			s->mic[i] += (float)by * s->speech[i % s->speech_frames];
	}
}

double tandem_scene_lag_frames(const struct scene *s, uint32_t speaker, double frame)
{
	const double direct = s->room.of[speaker].distance_m / TANDEM_ROOM_SOUND_M_PER_S *
			      s->rate_hz;

	return frame - (played_frame(s, speaker, frame) - direct);
}

double tandem_scene_level_db(const struct scene *s, uint32_t speaker)
{
	const uint32_t n = 8192;
	const double direct_s = s->room.of[speaker].distance_m / TANDEM_ROOM_SOUND_M_PER_S;
	float *const early = need(n, sizeof(*early));
	kiss_fft_cpx *const lines = need(n / 2 + 1, sizeof(*lines));
	const kiss_fftr_cfg fft = kiss_fftr_alloc((int)n, 0, NULL, NULL);
	uint32_t n_taps;
	float *const taps = response(s, speaker, &n_taps);
	double total = 0.0;

	for (uint32_t i = 0; i < 21 * s->rate_hz / 1000 && i < n; i++) {
		const int64_t at = (int64_t)((direct_s - 1e-3) * s->rate_hz) + i;

		early[i] = at >= 0 && at < n_taps ? taps[at] : 0.0f;
	}
	kiss_fftr(fft, early, lines);
	for (int b = 0; b < 5; b++) {
		const uint32_t from = (uint32_t)(250.0 * exp2(b) * n / s->rate_hz);
		double sum = 0.0;

		for (uint32_t k = from; k < 2 * from; k++)
			sum += (double)(lines[k].r * lines[k].r + lines[k].i * lines[k].i);
		total += sum / from / 5.0;
	}
	kiss_fftr_free(fft);
	free(early);
	free(lines);
	free(taps);
	return 10.0 * log10(total);
}

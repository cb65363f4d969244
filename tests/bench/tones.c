/* SPDX-License-Identifier: MIT
 *
 * Tones: 11 s of a sine through the resampler; all that is not the sine counts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "tone.h"

#define RATE_HZ 48000
#define N_LOG2 19
#define N_OUT (1u << N_LOG2)
#define SKIP RATE_HZ /* 1 s: filters fill, ratios settle */
#define BLOCK 240    /* 5 ms: how often the ratio is set */
#define WINDOW 4096
#define AMPLITUDE 0.5

typedef double ratio_fn(uint32_t block);

static double plus_100_ppm(uint32_t block)
{
	(void)block;
	return 1.0 + 100e-6;
}

static double sway(uint32_t block)
{
	return 1.0 + 20e-6 * sin(2.0 * M_PI * 0.1 * block * BLOCK / RATE_HZ);
}

static double touch_one(uint32_t block)
{
	return block / 100 % 2 ? 1.0 + 3e-6 : 1.0;
}

/* A tone as a source of input: the frames of window[0, filled) are not taken yet. */
struct source {
	double hz;
	uint64_t next;
	uint32_t filled;
	float window[WINDOW];
};

static void refill(struct source *s)
{
	for (; s->filled < WINDOW; s->filled++, s->next++) {
		const double cycles = fmod(s->hz / RATE_HZ * (double)s->next, 1.0);

		s->window[s->filled] = (float)(AMPLITUDE * sin(2.0 * M_PI * cycles));
	}
}

static void drop(struct source *s, uint32_t n)
{
	s->filled -= n;
	memmove(s->window, s->window + n, s->filled * sizeof(float));
}

/* SKIP + N_OUT outputs and a block, or NULL; the caller frees them. */
static float *play(const struct bench_peer *peer, ratio_fn *ratio, double hz)
{
	static const struct bench_rates rates = { RATE_HZ, RATE_HZ, 1 };
	float *const out = malloc((SKIP + N_OUT + BLOCK) * sizeof(float));
	struct source s = { .hz = hz };
	void *const state = peer->open(&rates, peer->setting);
	uint32_t made = 0;

	if (out == NULL)
		abort();
	for (uint32_t block = 0; state != NULL && made < SKIP + N_OUT; block++) {
		peer->set(state, ratio(block));
		for (const uint32_t end = made + BLOCK; made < end;) {
			const float *const in[2] = { s.window, s.window };
			float *const to[2] = { out + made, out + made };
			struct tandem_progress p;

			if (s.filled < WINDOW / 2)
				refill(&s);
			p = peer->run(state, in, s.filled, to, end - made);
			drop(&s, p.taken_frames);
			made += p.made_frames;
		}
	}
	if (state == NULL) {
		free(out);
		return NULL;
	}
	peer->close(state);
	memmove(out, out + SKIP, N_OUT * sizeof(float));
	return out;
}

/* Cycles per frame of the tone in out, which is near f: by its phase, a third of a second
 * apart to know how often it turned, then 9 s apart. */
static double find_frequency(const float *out, double f)
{
	const uint32_t n = 65536;
	const uint32_t apart[2] = { 16384, N_OUT - n };

	for (int i = 0; i < 2; i++) {
		const double late = tandem_tone_phase(out + apart[i], n, f);
		const double early = tandem_tone_phase(out, n, f);
		const double cycles = (late - early) / (2.0 * M_PI) - f * apart[i];

		f += remainder(cycles, 1.0) / apart[i];
	}
	return f;
}

static void measure_still(struct bench_result *r)
{
	static const double tones_hz[] = { 1000.0, 15000.0, 18000.0, 20000.0 };

	for (int i = 0; i < 4; i++) {
		const double wanted = tones_hz[i] / RATE_HZ / plus_100_ppm(0);
		float *const out = play(r->peer, plus_100_ppm, tones_hz[i]);
		struct tandem_tone t;
		double f;

		if (out == NULL)
			return;
		f = find_frequency(out, wanted);
		t = tandem_tone_measure(out, N_LOG2, f, 1.0 / RATE_HZ);
		r->figures[BENCH_REST_1K_DB + i] = t.rest_db;
		r->figures[BENCH_GAIN_20K_DB] = 20.0 * log10(t.amplitude / AMPLITUDE);
		r->figures[BENCH_RATIO_PPM] = (wanted / f - 1.0) * 1e6;
		free(out);
	}
}

/* width_hz: of the band that holds the movement asked for. Kinks fill the wider one: an
 * ideal resampler leaves -144 dB outside, one that holds each ratio for 5 ms -121 dB. */
static double measure_moving(const struct bench_peer *peer, ratio_fn *ratio,
		double width_hz)
{
	const double hz = 18000.0;
	float *const out = play(peer, ratio, hz);
	double rest_db = NAN;

	if (out != NULL) {
		rest_db = tandem_tone_measure(out, N_LOG2, hz / RATE_HZ, width_hz / RATE_HZ)
					  .rest_db;
	}
	free(out);
	return rest_db;
}

void tandem_bench_tones(struct bench_result *r)
{
	measure_still(r);
	r->figures[BENCH_SWAY_DB] = measure_moving(r->peer, sway, 3.0);
	r->figures[BENCH_TOUCH_DB] = measure_moving(r->peer, touch_one, 500.0);
}

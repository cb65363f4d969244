/* SPDX-License-Identifier: MIT */
#include "tools/ear/probe.h"

#include <errno.h>
#include <kiss_fftr.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/random.h"

#define MIN_PERIOD_S 2.5 /* more than TANDEM_EAR_MAX_LAG_S */
#define SEED 20262       /* any */
#define TURNS 10         /* of clipping: the crest gains nothing after that */
#define CREST 2.8        /* clipped there, against rms: some 3 comes of it */

struct tandem_probe {
	struct tandem_probe_config config;
	uint32_t period_frames; /* a power of two */
	double end_frame, fade_frames, turn_frames;
	float *table; /* [n_speakers][period_frames] */
};

/* What one speaker's period is made with. */
struct maker {
	uint32_t n;
	double rate_hz;
	kiss_fftr_cfg forward, back;
	kiss_fft_cpx *lines; /* [n / 2 + 1] */
};

/* Pink, with an edge of a tenth of an octave so that nothing rings. */
static double magnitude(double frequency_hz)
{
	const double below = log2(frequency_hz / TANDEM_PROBE_LOW_HZ);
	const double above = log2(TANDEM_PROBE_HIGH_HZ / frequency_hz);
	const double inside = fmin(fmin(below, above) / 0.1, 1.0);

	return inside > 0.0 ? inside / sqrt(frequency_hz) : 0.0;
}

/* Keeps the phases that are there. */
static void set_magnitudes(const struct maker *m)
{
	m->lines[0] = (kiss_fft_cpx){ 0.0f, 0.0f };
	for (uint32_t k = 1; k <= m->n / 2; k++) {
		const double wanted = magnitude(k * m->rate_hz / m->n);
		const double size = hypot((double)m->lines[k].r, (double)m->lines[k].i);
		const float by = (float)(wanted / fmax(size, 1e-30));

		m->lines[k].r *= by;
		m->lines[k].i *= by;
	}
}

static float peak(const float *x, uint32_t n)
{
	float most = 0.0f;

	for (uint32_t i = 0; i < n; i++)
		most = fmaxf(most, fabsf(x[i]));
	return most;
}

static void clip(float *x, uint32_t n)
{
	double power = 0.0;
	float most;

	for (uint32_t i = 0; i < n; i++)
		power += (double)x[i] * (double)x[i];
	most = (float)(CREST * sqrt(power / n));
	for (uint32_t i = 0; i < n; i++)
		x[i] = fminf(fmaxf(x[i], -most), most);
}

static void make(const struct maker *m, uint32_t speaker, float *x)
{
	struct tandem_random random = tandem_random_init(SEED, speaker);
	float by;

	for (uint32_t k = 0; k <= m->n / 2; k++) {
		const double phase = tandem_random_uniform(&random, 0.0, 2.0 * M_PI);

		m->lines[k] = (kiss_fft_cpx){ (float)cos(phase), (float)sin(phase) };
	}
	for (int turn = 0; turn <= TURNS; turn++) {
		set_magnitudes(m);
		kiss_fftri(m->back, m->lines, x);
		if (turn == TURNS)
			break;
		clip(x, m->n);
		kiss_fftr(m->forward, x, m->lines);
	}
	by = (float)TANDEM_PROBE_PEAK / peak(x, m->n);
	for (uint32_t i = 0; i < m->n; i++)
		x[i] *= by;
}

static int make_all(struct tandem_probe *p)
{
	struct maker m = { .n = p->period_frames, .rate_hz = p->config.rate_hz };
	int res = -ENOMEM;

	m.forward = kiss_fftr_alloc((int)m.n, 0, NULL, NULL);
	m.back = kiss_fftr_alloc((int)m.n, 1, NULL, NULL);
	m.lines = calloc(m.n / 2 + 1, sizeof(*m.lines));
	p->table = calloc((size_t)m.n * p->config.n_speakers, sizeof(*p->table));
	if (m.forward != NULL && m.back != NULL && m.lines != NULL && p->table != NULL) {
		for (uint32_t s = 0; s < p->config.n_speakers; s++)
			make(&m, s, p->table + (size_t)s * m.n);
		res = 0;
	}
	kiss_fftr_free(m.forward);
	kiss_fftr_free(m.back);
	free(m.lines);
	return res;
}

int tandem_probe_new(struct tandem_probe **ret_probe,
		const struct tandem_probe_config *config)
{
	struct tandem_probe *p;
	int res;

	if (config->rate_hz < 32000 || config->rate_hz > 192000 || config->n_speakers < 1 ||
			config->n_speakers > TANDEM_MAX_SPEAKERS ||
			!(config->seconds > 0.0))
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return -ENOMEM;
	p->config = *config;
	p->period_frames = 1;
	while (p->period_frames < MIN_PERIOD_S * config->rate_hz)
		p->period_frames *= 2;
	p->end_frame = config->seconds * config->rate_hz;
	p->fade_frames = TANDEM_PROBE_FADE_S * config->rate_hz;
	p->turn_frames = TANDEM_PROBE_TURN_S * config->rate_hz;
	res = make_all(p);
	if (res < 0) {
		tandem_probe_free(p);
		return res;
	}
	*ret_probe = p;
	return 0;
}

void tandem_probe_free(struct tandem_probe *p)
{
	if (p == NULL)
		return;
	free(p->table);
	free(p);
}

/* Rises at the beginning of a stretch of that length and falls at its end. */
static double fade(const struct tandem_probe *p, double at, double length)
{
	return tandem_within(fmin(at, length - at) / p->fade_frames, 1.0);
}

static double gain(const struct tandem_probe *p, uint32_t speaker, double at)
{
	const double whole = fade(p, at, p->end_frame);
	double turn;

	if (whole <= 0.0)
		return 0.0;
	if (p->config.mode == TANDEM_PROBE_AT_ONCE)
		return whole;
	turn = floor(at / p->turn_frames);
	if (fmod(turn, p->config.n_speakers) != speaker)
		return 0.0;
	return fmin(whole, fade(p, at - turn * p->turn_frames, p->turn_frames));
}

void tandem_probe_run(const struct tandem_probe *p, uint32_t speaker, uint64_t frame,
		float *out, uint32_t frames)
{
	const float *const table = p->table + (size_t)speaker * p->period_frames;

	for (uint32_t i = 0; i < frames; i++) {
		const uint64_t at = frame + i;

		out[i] = table[at & (p->period_frames - 1)] *
			 (float)gain(p, speaker, (double)at);
	}
}

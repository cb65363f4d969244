/* SPDX-License-Identifier: MIT */
#include "piece.h"

#include <glib.h>
#include <math.h>

#define BEEP_HZ 880.0
#define BEEP_LEVEL 0.25
#define BEEP_FADE_S 0.02

#define CLICK_HZ 2000.0
#define CLICK_LEVEL 0.5
#define CLICK_S 0.4e-3 /* to 1/e; the spectrum falls off 800 Hz from the middle */
#define CLICK_HALF_S 1.5e-3

/* Equal parts of white noise below corners an octave apart add up to 1/f between them. */
#define PINK_LOWEST_HZ 40.0
#define N_PINK 9
#define PINK_RMS 0.08
#define PINK_SEED 1
#define FADE_S 0.05

struct tandem_piece *tandem_piece_new(double seconds)
{
	struct tandem_piece *p = g_new0(struct tandem_piece, 1);

	p->frames = (uint32_t)lrint(seconds * TANDEM_PIECE_HZ);
	for (int c = 0; c < 2; c++)
		p->out[c] = g_new0(float, p->frames);
	return p;
}

void tandem_piece_free(struct tandem_piece *p)
{
	if (!p)
		return;
	for (int c = 0; c < 2; c++)
		g_free(p->out[c]);
	g_free(p);
}

/* 0 to 1 and back, softly, over the length of a sound. */
static double faded(double t_s, double length_s, double fade_s)
{
	const double in = fmin(1.0, fmin(t_s, length_s - t_s) / fade_s);

	return in <= 0.0 ? 0.0 : 0.5 - 0.5 * cos(M_PI * in);
}

void tandem_piece_beep(struct tandem_piece *p, double at_s)
{
	const int from = (int)lrint(at_s * TANDEM_PIECE_HZ);
	const int n = (int)lrint(TANDEM_PIECE_BEEP_S * TANDEM_PIECE_HZ);

	for (int i = MAX(0, -from); i < n && from + i < (int)p->frames; i++) {
		const double t_s = (double)i / TANDEM_PIECE_HZ;
		const double level =
				BEEP_LEVEL * faded(t_s, TANDEM_PIECE_BEEP_S, BEEP_FADE_S);
		const double turn = 2.0 * M_PI * BEEP_HZ * t_s;

		p->out[0][from + i] += (float)(level * sin(turn));
		p->out[1][from + i] += (float)(level * cos(turn));
	}
}

void tandem_piece_click(struct tandem_piece *p, uint32_t channel, double at_s)
{
	const int from = (int)ceil((at_s - CLICK_HALF_S) * TANDEM_PIECE_HZ);
	const int to = (int)floor((at_s + CLICK_HALF_S) * TANDEM_PIECE_HZ);

	for (int i = MAX(0, from); i <= to && i < (int)p->frames; i++) {
		const double t_s = (double)i / TANDEM_PIECE_HZ - at_s;
		const double bell = exp(-(t_s / CLICK_S) * (t_s / CLICK_S));

		p->out[channel][i] += (float)(CLICK_LEVEL * bell *
					      cos(2.0 * M_PI * CLICK_HZ * t_s));
	}
}

/* One more frame of pink noise; low: what the filters hold. */
static double pink(GRand *random, double low[N_PINK])
{
	double sum = 0.0;

	for (int k = 0; k < N_PINK; k++) {
		const double corner_hz = PINK_LOWEST_HZ * pow(2.0, k);
		const double keep = exp(-2.0 * M_PI * corner_hz / TANDEM_PIECE_HZ);
		const double white = g_rand_double_range(random, -1.0, 1.0) * sqrt(3.0);

		low[k] = keep * low[k] + sqrt(1.0 - keep * keep) * white;
		sum += low[k];
	}
	return sum / sqrt(N_PINK);
}

void tandem_piece_sweep(struct tandem_piece *p)
{
	GRand *random = g_rand_new_with_seed(PINK_SEED);
	const double length_s = (double)p->frames / TANDEM_PIECE_HZ;
	double low[N_PINK] = { 0.0 };

	for (uint32_t i = 0; i < p->frames; i++) {
		const double t_s = (double)i / TANDEM_PIECE_HZ;
		const double angle = M_PI_4 * (1.0 - cos(2.0 * M_PI * t_s / length_s));
		const double x =
				PINK_RMS * faded(t_s, length_s, FADE_S) * pink(random, low);

		p->out[0][i] += (float)(x * cos(angle));
		p->out[1][i] += (float)(x * sin(angle));
	}
	g_rand_free(random);
}

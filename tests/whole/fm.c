/* SPDX-License-Identifier: MIT */
#include "fm.h"

#include <check.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#define POINT_S 0.010 /* between two phases; a Hann window of twice that for each */
#define SLOPE_POINTS 11
#define RATE_HZ 48000.0

struct point {
	double complex sum;
	double weight;
};

struct fm {
	double tone_hz;
	uint32_t n_points;
	struct point *points; /* [i] at i * POINT_S */
};

struct fm *tandem_fm_new(double tone_hz, double length_s)
{
	struct fm *const fm = calloc(1, sizeof(*fm));

	ck_assert_ptr_nonnull(fm);
	fm->tone_hz = tone_hz;
	fm->n_points = (uint32_t)(length_s / POINT_S);
	fm->points = calloc(fm->n_points, sizeof(*fm->points));
	ck_assert_ptr_nonnull(fm->points);
	return fm;
}

void tandem_fm_free(struct fm *fm)
{
	if (fm == NULL)
		return;
	free(fm->points);
	free(fm);
}

static void add(struct point *p, double complex x, double weight)
{
	p->sum += weight * x;
	p->weight += weight;
}

/* exp(-i 2 pi f t) */
static double complex turn(const struct fm *fm, double t_s)
{
	return cexp(-2.0 * M_PI * I * fmod(fm->tone_hz * t_s, 1.0));
}

void tandem_fm_hear(struct fm *fm, const float *x, uint32_t n, double from_s, double to_s)
{
	const double step_s = (to_s - from_s) / n;
	const double complex step = turn(fm, step_s);
	double complex wave = turn(fm, from_s);

	if (from_s < 0.0 || to_s / POINT_S + 1.0 >= fm->n_points)
		return;
	for (uint32_t k = 0; k < n; k++, wave *= step) {
		const double at = (from_s + k * step_s) / POINT_S;
		const uint32_t i = (uint32_t)at;
		const double late = 0.5 - 0.5 * cos(M_PI * (at - i));
		const double complex base = (double)x[k] * wave;

		add(&fm->points[i], base, 1.0 - late);
		add(&fm->points[i + 1], base, late);
	}
}

/* The least-squares slope of the phase, rad per point; NAN where not all was heard. */
static double slope(const struct fm *fm, uint32_t first)
{
	const double whole = 0.95 * POINT_S * RATE_HZ; /* half a window's samples */
	const double middle = (SLOPE_POINTS - 1) / 2.0;
	double phase = 0.0, sum = 0.0, squares = 0.0;

	for (uint32_t k = 0; k < SLOPE_POINTS; k++) {
		const struct point *const p = &fm->points[first + k];

		if (p->weight < whole)
			return NAN;
		if (k > 0)
			phase += carg(p->sum * conj(p[-1].sum));
		sum += (k - middle) * phase;
		squares += (k - middle) * (k - middle);
	}
	return sum / squares;
}

struct fm_moves tandem_fm_moves(const struct fm *fm, double from_s, double to_s)
{
	const uint32_t end = (uint32_t)(to_s / POINT_S);
	struct fm_moves m = { 0 };
	double sum = 0.0, squares = 0.0;

	ck_assert_uint_lt(end, fm->n_points);
	for (uint32_t i = (uint32_t)(from_s / POINT_S); i + SLOPE_POINTS <= end;
			i += SLOPE_POINTS - 1) {
		const double per_s = slope(fm, i) / POINT_S;
		const double ppm = 1e6 * per_s / (2.0 * M_PI * fm->tone_hz);

		if (isnan(ppm))
			continue;
		m.windows++;
		sum += ppm;
		squares += ppm * ppm;
		m.peak_ppm = fmax(m.peak_ppm, fabs(ppm));
	}
	m.mean_ppm = sum / m.windows;
	m.rms_ppm = sqrt(squares / m.windows);
	return m;
}

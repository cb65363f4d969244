/* SPDX-License-Identifier: MIT */
#include "resample-design.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PASS_HZ 20000.0
#define KERNEL_PASS_HZ 20500.0 /* chosen: the error at 20 kHz is then like that below */
#define STOP_HZ 24100.0        /* folds back to 20 kHz at 44.1 kHz */
/* The last 3 % before an edge count this much more: evens the error out. */
#define EDGE 0.03
#define EDGE_WEIGHT 16.0
/* Below what the designs leave as error, above what double precision leaves as noise. */
#define FIR_REGULAR 1e-15
#define KERNEL_REGULAR 1e-14
#define MAX_BANDS 4

/* From, to: cycles per sample. */
struct band {
	double from, to;
	double weight;
	double gain;
};

struct bands {
	struct band band[MAX_BANDS];
	int n;
};

static const struct {
	uint32_t in_hz, out_hz; /* out 0: either */
	enum tandem_resample_tier tier;
	uint32_t fir_taps, kernel_taps, segments_log2;
} sizes[] = {
	{ 48000, 48000, TANDEM_RESAMPLE_DEFAULT, 48, 12, 5 },
	{ 48000, 48000, TANDEM_RESAMPLE_HIGH, 64, 16, 6 },
	/* images and folds begin 4.1 kHz above 20 kHz instead of 8 */
	{ 48000, 44100, TANDEM_RESAMPLE_DEFAULT, 96, 16, 5 },
	{ 48000, 44100, TANDEM_RESAMPLE_HIGH, 112, 16, 6 },
	{ 44100, 0, TANDEM_RESAMPLE_DEFAULT, 96, 16, 5 },
	{ 44100, 0, TANDEM_RESAMPLE_HIGH, 112, 16, 6 },
};

/* A system of equations, symmetric and positive: a[n][n], by rows. */
struct system {
	double a[TANDEM_FIR_MAX_TAPS * TANDEM_FIR_MAX_TAPS];
	double x[TANDEM_FIR_MAX_TAPS]; /* right side, then solution */
	uint32_t n;
};

/* Cholesky: a becomes its lower factor. */
static void factorise(struct system *s)
{
	const uint32_t n = s->n;
	double *const a = s->a;

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j <= i; j++) {
			double sum = a[i * n + j];

			for (uint32_t k = 0; k < j; k++)
				sum -= a[i * n + k] * a[j * n + k];
			a[i * n + j] = i == j ? sqrt(sum) : sum / a[j * n + j];
		}
	}
}

static void solve(struct system *s)
{
	const uint32_t n = s->n;
	const double *const a = s->a;

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = 0; k < i; k++)
			s->x[i] -= a[i * n + k] * s->x[k];
		s->x[i] /= a[i * n + i];
	}
	for (uint32_t i = n; i-- > 0;) {
		for (uint32_t k = i + 1; k < n; k++)
			s->x[i] -= a[k * n + i] * s->x[k];
		s->x[i] /= a[i * n + i];
	}
}

/* Integral of weight * cos(2 pi f t) over the bands; `wanted`: times their gain. */
static double overlap(const struct bands *b, double t, bool wanted)
{
	double sum = 0.0;

	for (int i = 0; i < b->n; i++) {
		const struct band *const x = &b->band[i];
		const double c = wanted ? x->weight * x->gain : x->weight;
		const double w = 2.0 * M_PI * t;

		sum += t == 0.0 ? c * (x->to - x->from)
				: c * (sin(w * x->to) - sin(w * x->from)) / w;
	}
	return sum;
}

/* The symmetric filter of pairs of taps at first, first + 1, ... on either side of its
 * centre whose response is nearest to the bands' gains; s->x[0] is the innermost pair. */
static void design_pairs(struct system *s, const struct bands *b, double first)
{
	double at[2 * TANDEM_FIR_MAX_TAPS]; /* overlap at 2 first + k, and at k */
	double apart[TANDEM_FIR_MAX_TAPS];
	const uint32_t n = s->n;

	for (uint32_t k = 0; k < 2 * n; k++)
		at[k] = overlap(b, 2.0 * first + k, false);
	for (uint32_t k = 0; k < n; k++)
		apart[k] = overlap(b, k, false);
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < n; j++)
			s->a[i * n + j] = 2.0 * (at[i + j] + apart[i > j ? i - j : j - i]);
		s->a[i * n + i] += FIR_REGULAR;
		s->x[i] = 2.0 * overlap(b, first + i, true);
	}
	factorise(s);
	solve(s);
	/* The pair at 0 is one tap, and counted once. */
	s->x[0] *= first == 0.0 ? 2.0 : 1.0;
}

static void design_half_band(struct tandem_resample_design *d, struct system *s,
		uint32_t in_hz)
{
	const double pass = PASS_HZ / in_hz;
	const struct bands b = {
		.band = { { 0.0, pass, 1.0, 1.0 },
				{ pass * (1.0 - EDGE), pass, EDGE_WEIGHT, 1.0 } },
		.n = 2,
	};
	const uint32_t half = d->fir_taps / 2;

	s->n = half;
	design_pairs(s, &b, 0.5);
	for (uint32_t k = 0; k < half; k++) {
		d->fir_odd[half + k] = (float)s->x[k];
		d->fir_odd[half - 1 - k] = (float)s->x[k];
	}
}

/* One low-pass at the rate of the grid, dealt out to the even and the odd points. */
static void design_low_pass(struct tandem_resample_design *d, struct system *s,
		uint32_t in_hz)
{
	const double pass = PASS_HZ / (2.0 * in_hz);
	const double stop = STOP_HZ / (2.0 * in_hz);
	const struct bands b = {
		.band = { { 0.0, pass, 1.0, 2.0 },
				{ pass * (1.0 - EDGE), pass, EDGE_WEIGHT, 2.0 },
				{ stop, 0.5, 1.0, 0.0 },
				{ stop, stop * (1.0 + EDGE), EDGE_WEIGHT, 0.0 } },
		.n = 4,
	};
	const uint32_t half = d->fir_taps / 2;

	s->n = d->fir_taps;
	design_pairs(s, &b, 0.0);
	for (uint32_t k = 0; k < half; k++) {
		d->fir_odd[half + k] = (float)s->x[2 * k + 1];
		d->fir_odd[half - 1 - k] = (float)s->x[2 * k + 1];
		d->fir_even[half + k] = (float)s->x[2 * k];
		d->fir_even[half - k] = (float)s->x[2 * k];
	}
	d->fir_even[0] = 0.0f;
}

/* The parabola through three values at the Chebyshev nodes of [0, 1]: the powers of u. */
static void fit(const double y[3], const double u[3], double ret_powers[3])
{
	const double d01 = (y[1] - y[0]) / (u[1] - u[0]);
	const double d12 = (y[2] - y[1]) / (u[2] - u[1]);
	const double second = (d12 - d01) / (u[2] - u[0]);

	ret_powers[2] = second;
	ret_powers[1] = d01 - second * (u[0] + u[1]);
	ret_powers[0] = y[0] - u[0] * (d01 - second * u[1]);
}

static void design_segment(struct tandem_resample_design *d, struct system *s,
		const struct bands *b, uint32_t segment)
{
	const uint32_t n = d->kernel_taps;
	float *const out = d->kernel + segment * TANDEM_KERNEL_ROWS * n;
	double taps[TANDEM_KERNEL_ROWS][TANDEM_KERNEL_MAX_TAPS];
	double u[TANDEM_KERNEL_ROWS];

	for (int node = 0; node < TANDEM_KERNEL_ROWS; node++) {
		double place;

		u[node] = 0.5 -
			  0.5 * cos(M_PI * (2 * node + 1) / (2.0 * TANDEM_KERNEL_ROWS));
		place = n / 2.0 - 1.0 + ldexp(segment + u[node], -(int)d->segments_log2);
		for (uint32_t j = 0; j < n; j++)
			s->x[j] = overlap(b, j - place, true);
		solve(s);
		for (uint32_t j = 0; j < n; j++)
			taps[node][j] = s->x[j];
	}
	for (uint32_t j = 0; j < n; j++) {
		const double y[3] = { taps[0][j], taps[1][j], taps[2][j] };
		double powers[3];

		fit(y, u, powers);
		for (uint32_t row = 0; row < TANDEM_KERNEL_ROWS; row++)
			out[row * n + (j % 2) * (n / 2) + j / 2] = (float)powers[row];
	}
}

static void design_kernel(struct tandem_resample_design *d, struct system *s,
		uint32_t in_hz)
{
	const struct bands b = {
		.band = { { 0.0, KERNEL_PASS_HZ / (2.0 * in_hz), 1.0, 1.0 } },
		.n = 1,
	};
	const uint32_t n = d->kernel_taps;

	s->n = n;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t j = 0; j < n; j++)
			s->a[i * n + j] = overlap(&b, (double)i - j, false);
		s->a[i * n + i] += KERNEL_REGULAR;
	}
	factorise(s);
	for (uint32_t segment = 0; segment < 1u << d->segments_log2; segment++)
		design_segment(d, s, &b, segment);
}

int tandem_resample_design(struct tandem_resample_design *d, uint32_t in_hz,
		uint32_t out_hz, enum tandem_resample_tier tier)
{
	struct system *const s = calloc(1, sizeof(*s));
	size_t row = 0;

	if (s == NULL)
		return -ENOMEM;
	while (sizes[row].in_hz != in_hz || sizes[row].tier != tier ||
			(sizes[row].out_hz != 0 && sizes[row].out_hz != out_hz))
		row++;
	d->fir_taps = sizes[row].fir_taps;
	d->kernel_taps = sizes[row].kernel_taps;
	d->segments_log2 = sizes[row].segments_log2;
	d->half_band = out_hz >= in_hz;
	if (d->half_band) {
		design_half_band(d, s, in_hz);
	} else {
		design_low_pass(d, s, in_hz);
	}
	design_kernel(d, s, in_hz);
	free(s);
	return 0;
}

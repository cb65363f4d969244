/* SPDX-License-Identifier: MIT */
#include "tools/ear/arrival.h"

#include <errno.h>
#include <kiss_fft.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEEN 0.40    /* of the strongest: no direct sound is weaker in 2,000 rooms */
#define DOUBTFUL 0.3 /* of the strongest, before the direct sound: perhaps it is that one */
#define CLEAR 4.5    /* times the noise: one in 10^8 of noise alone is */
#define SMOOTH 0.12  /* of a frequency, to either side: a sixth of an octave */
#define FLOOR 1e-20
#define FLOOR_S 12e-6 /* what boxes' phases and near walls do: tests/room */
#define LOW_HZ 300.0  /* below, a box turns the phase; 600 and above: all of it */
#define TOP_HZ 12e3   /* above, nothing; 8 kHz and below: all of it */

struct tandem_arrival_finder {
	double rate_hz;
	uint32_t n, first_bin, bins;
	kiss_fft_cfg back, forward;
	float *taper;            /* [bins] */
	float *weight;           /* [bins]: taper * trust of the present response */
	float *trust;            /* [bins]: 0 to 1 */
	float *sorted;           /* [n] */
	double *sum;             /* [bins + 1] */
	kiss_fft_cpx *lines, *z; /* [n] */
};

static double rise(double x)
{
	const double inside = fmin(fmax(x, 0.0), 1.0);

	return 0.5 - 0.5 * cos(M_PI * inside);
}

static double bin_hz(const struct tandem_arrival_finder *f, uint32_t k)
{
	return (f->first_bin + k) * f->rate_hz / f->n;
}

int tandem_arrival_finder_new(struct tandem_arrival_finder **ret_finder, uint32_t rate_hz,
		uint32_t n_fft, uint32_t first_bin, uint32_t bins)
{
	struct tandem_arrival_finder *const f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -ENOMEM;
	f->rate_hz = rate_hz;
	f->n = n_fft;
	f->first_bin = first_bin;
	f->bins = bins;
	f->back = kiss_fft_alloc((int)n_fft, 1, NULL, NULL);
	f->forward = kiss_fft_alloc((int)n_fft, 0, NULL, NULL);
	f->taper = calloc(bins, sizeof(*f->taper));
	f->weight = calloc(bins, sizeof(*f->weight));
	f->trust = calloc(bins, sizeof(*f->trust));
	f->sorted = calloc(n_fft, sizeof(*f->sorted));
	f->sum = calloc(bins + 1, sizeof(*f->sum));
	f->lines = calloc(n_fft, sizeof(*f->lines));
	f->z = calloc(n_fft, sizeof(*f->z));
	if (f->back == NULL || f->forward == NULL || f->taper == NULL ||
			f->weight == NULL || f->trust == NULL || f->sorted == NULL ||
			f->sum == NULL || f->lines == NULL || f->z == NULL) {
		tandem_arrival_finder_free(f);
		return -ENOMEM;
	}
	for (uint32_t k = 0; k < bins; k++) {
		const double hz = bin_hz(f, k);

		f->taper[k] = (float)(rise(log2(hz / LOW_HZ)) *
				      rise(log2(TOP_HZ / hz) / log2(TOP_HZ / 8e3)));
	}
	*ret_finder = f;
	return 0;
}

void tandem_arrival_finder_free(struct tandem_arrival_finder *f)
{
	if (f == NULL)
		return;
	kiss_fft_free(f->back);
	kiss_fft_free(f->forward);
	free(f->taper);
	free(f->weight);
	free(f->trust);
	free(f->sorted);
	free(f->sum);
	free(f->lines);
	free(f->z);
	free(f);
}

static double mean_around(const struct tandem_arrival_finder *f, uint32_t k)
{
	const uint32_t reach = (uint32_t)(SMOOTH * (f->first_bin + k)) + 1;
	const uint32_t from = k > reach ? k - reach : 0;
	const uint32_t to = k + reach + 1 < f->bins ? k + reach + 1 : f->bins;

	return (f->sum[to] - f->sum[from]) / (to - from);
}

static double power(float complex x)
{
	return (double)(crealf(x) * crealf(x) + cimagf(x) * cimagf(x));
}

/* Sets lines to the whitened response, weight and trust. Returns the noise's power in z by
 * what the variances say. */
static double whiten(struct tandem_arrival_finder *f, const float complex *h,
		const float *variance)
{
	double noise = 0.0;

	memset(f->lines, 0, f->n * sizeof(*f->lines));
	for (uint32_t k = 0; k < f->bins; k++)
		f->sum[k + 1] = f->sum[k] + (double)variance[k];
	for (uint32_t k = 0; k < f->bins; k++)
		f->trust[k] = (float)mean_around(f, k);
	for (uint32_t k = 0; k < f->bins; k++)
		f->sum[k + 1] = f->sum[k] + power(h[k]);
	for (uint32_t k = 0; k < f->bins; k++) {
		const double all = mean_around(f, k) + FLOOR;
		const double share = (double)f->trust[k] / all;
		const double trust = fmax(0.0, 1.0 - share);
		const double by = (double)f->taper[k] * trust / sqrt(all);
		kiss_fft_cpx *const line = &f->lines[f->first_bin + k];

		f->trust[k] = (float)trust;
		f->weight[k] = f->taper[k] * (float)trust;
		line->r = (float)(by * (double)crealf(h[k]));
		line->i = (float)(by * (double)cimagf(h[k]));
		noise += by * by * all * fmin(share, 1.0);
	}
	return noise;
}

static double size(const struct tandem_arrival_finder *f, int32_t t)
{
	const kiss_fft_cpx z = f->z[t & (int32_t)(f->n - 1)];

	return hypot((double)z.r, (double)z.i);
}

static int ascending(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Of |z|^2 before anything can be heard; the median of what is exponential is ln 2. */
static double noise_before(struct tandem_arrival_finder *f, int32_t from, int32_t to)
{
	uint32_t n = 0;

	for (int32_t t = from; t < to; t += 2)
		f->sorted[n++] = (float)(size(f, t) * size(f, t));
	qsort(f->sorted, n, sizeof(*f->sorted), ascending);
	return (double)f->sorted[n / 2] / M_LN2;
}

/* The sum that a transform back would give at t, which may lie between frames. */
static double complex at_fraction(const struct tandem_arrival_finder *f, double t)
{
	const double step = 2.0 * M_PI * t / f->n;
	const double complex turn = cos(step) + I * sin(step);
	double complex phase = cos(step * f->first_bin) + I * sin(step * f->first_bin);
	double complex sum = 0.0;

	for (uint32_t k = 0; k < f->bins; k++) {
		const kiss_fft_cpx line = f->lines[f->first_bin + k];

		sum += ((double)line.r + I * (double)line.i) * phase;
		phase *= turn;
	}
	return sum;
}

static double peak_near(const struct tandem_arrival_finder *f, double t)
{
	double step = 0.5;

	for (int turn = 0; turn < 3; turn++) {
		const double before = cabs(at_fraction(f, t - step));
		const double here = cabs(at_fraction(f, t));
		const double after = cabs(at_fraction(f, t + step));
		const double bend = before - 2.0 * here + after;

		if (bend < 0.0)
			t += tandem_within(0.5 * step * (before - after) / bend, step);
		step *= 0.5;
	}
	return t;
}

/* rms of the weighted band about its middle, in radians per frame. */
static double bandwidth(const struct tandem_arrival_finder *f)
{
	double sum = FLOOR, first = 0.0, second = 0.0;

	for (uint32_t k = 0; k < f->bins; k++) {
		const double w = 2.0 * M_PI * (f->first_bin + k) / f->n;

		sum += (double)f->weight[k];
		first += (double)f->weight[k] * w;
		second += (double)f->weight[k] * w * w;
	}
	first /= sum;
	return sqrt(fmax(second / sum - first * first, FLOOR));
}

static double strongest(const struct tandem_arrival_finder *f, int32_t from, int32_t to)
{
	double most = 0.0;

	for (int32_t t = from; t < to; t++)
		most = fmax(most, size(f, t));
	return most;
}

/* The first local peak that high. */
static int32_t first_above(const struct tandem_arrival_finder *f, int32_t from, int32_t to,
		double high)
{
	for (int32_t t = from; t < to; t++) {
		if (size(f, t) >= high && size(f, t) >= size(f, t + 1))
			return t;
	}
	return to;
}

static void measure_tone(struct tandem_arrival_finder *f, const float complex *h,
		const float *variance, int32_t at, struct tandem_ear_arrival *a)
{
	const int32_t before = (int32_t)(1e-3 * f->rate_hz);
	const int32_t after = (int32_t)(TANDEM_ARRIVAL_EARLY_S * f->rate_hz);
	double total = 0.0;
	uint32_t bands = 0;

	memset(f->lines, 0, f->n * sizeof(*f->lines));
	for (uint32_t k = 0; k < f->bins; k++) {
		if (f->trust[k] > 0.0f)
			f->lines[f->first_bin + k] =
					(kiss_fft_cpx){ crealf(h[k]), cimagf(h[k]) };
	}
	kiss_fft(f->back, f->lines, f->z);
	memset(f->lines, 0, f->n * sizeof(*f->lines));
	for (int32_t t = at - before; t < at + after; t++)
		f->lines[t & (int32_t)(f->n - 1)] = f->z[t & (int32_t)(f->n - 1)];
	kiss_fft(f->forward, f->lines, f->z);
	for (uint32_t b = 0; b < TANDEM_EAR_BANDS; b++) {
		const double from_hz = 250.0 * exp2(b);
		double sum = 0.0, weight = FLOOR, lines = FLOOR;

		for (uint32_t k = 0; k < f->bins; k++) {
			const kiss_fft_cpx z = f->z[f->first_bin + k];
			const double of_noise =
					(double)variance[k] * (before + after) / f->n;

			if (bin_hz(f, k) < from_hz || bin_hz(f, k) >= 2.0 * from_hz)
				continue;
			sum += (double)f->trust[k] *
			       (((double)z.r * (double)z.r + (double)z.i * (double)z.i) /
							       ((double)f->n * f->n) -
					       of_noise);
			weight += (double)f->trust[k];
			lines += 1.0;
		}
		a->tone_db[b] = weight < 0.05 * lines || sum <= 0.0 ? (double)NAN
								    : sum / weight;
		if (isfinite(a->tone_db[b])) {
			total += a->tone_db[b];
			bands++;
		}
	}
	a->level_db = 10.0 * log10(total / fmax(bands, 1.0) + FLOOR);
	for (uint32_t b = 0; b < TANDEM_EAR_BANDS; b++)
		a->tone_db[b] = 10.0 * log10(a->tone_db[b]) - a->level_db;
}

static enum tandem_ear_verdict judge(const struct tandem_arrival_finder *f, int32_t from,
		int32_t at, double most, double noise)
{
	const int32_t lobe = (int32_t)(0.15e-3 * f->rate_hz);

	if (SEEN * most < CLEAR * noise)
		return TANDEM_EAR_NOISY;
	if (strongest(f, from, at - lobe) > DOUBTFUL * most)
		return TANDEM_EAR_ECHO;
	return TANDEM_EAR_HEARD;
}

struct tandem_ear_arrival tandem_arrival_find(struct tandem_arrival_finder *f,
		const float complex *h, const float *variance)
{
	const int32_t reach = (int32_t)(TANDEM_ARRIVAL_REACH_S * f->rate_hz);
	struct tandem_ear_arrival a = { .verdict = TANDEM_EAR_NOISY };
	double expected, noise, most, band;
	double complex there;
	int32_t at;

	expected = whiten(f, h, variance);
	kiss_fft(f->back, f->lines, f->z);
	noise = sqrt(fmax(expected, noise_before(f, -(int32_t)(f->n * 7 / 16), -reach)));
	most = strongest(f, -reach, reach);
	at = first_above(f, -reach, reach, SEEN * most);
	if (at == reach || most <= 0.0)
		return a;
	a.verdict = judge(f, -reach, at, most, noise);
	a.lag_frames = peak_near(f, at);
	there = at_fraction(f, a.lag_frames);
	band = bandwidth(f);
	a.snr_db = 20.0 * log10(cabs(there) / fmax(noise, FLOOR) + FLOOR);
	a.sigma_frames =
			hypot(noise / (M_SQRT2 * cabs(there) * band), FLOOR_S * f->rate_hz);
	a.inverted = creal(there) < 0.0;
	a.polarity_quality = fabs(creal(there)) / cabs(there);
	measure_tone(f, h, variance, at, &a);
	return a;
}

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
#define LOBE_S 0.25e-3
#define LOBE 1.6
#define SPIKE                                                                              \
	3.5 /* times the noise: the highest of some 2,000; higher ones will come again */
#define SMOOTH 0.12 /* of a frequency, to either side: a sixth of an octave */
#define SCATTER 2.0 /* of a mean of exponentials, in standard deviations: chosen */
#define SURE 0.1    /* of trust: a line with less is left out of level and tone */
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
	double *sum, *sureness;  /* [bins + 1], running: power / variance, 1 / variance */
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
	f->sureness = calloc(bins + 1, sizeof(*f->sureness));
	f->lines = calloc(n_fft, sizeof(*f->lines));
	f->z = calloc(n_fft, sizeof(*f->z));
	if (f->back == NULL || f->forward == NULL || f->taper == NULL ||
			f->weight == NULL || f->trust == NULL || f->sorted == NULL ||
			f->sum == NULL || f->sureness == NULL || f->lines == NULL ||
			f->z == NULL) {
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
	free(f->sureness);
	free(f->lines);
	free(f->z);
	free(f);
}

/* Lines around k, from and to. */
struct around {
	uint32_t from, to;
};

static struct around around(const struct tandem_arrival_finder *f, uint32_t k)
{
	const uint32_t reach = (uint32_t)(SMOOTH * (f->first_bin + k)) + 1;

	return (struct around){ k > reach ? k - reach : 0,
		k + reach + 1 < f->bins ? k + reach + 1 : f->bins };
}

static double sum_of(const double *sum, struct around a)
{
	return sum[a.to] - sum[a.from];
}

/* Power of the response around line k, less what is noise. Lines count by how sure they
 * are; what their scatter alone would make is none. */
static double signal(const struct tandem_arrival_finder *f, uint32_t k)
{
	const struct around a = around(f, k);
	const double lines = a.to - a.from;
	const double ratio = sum_of(f->sum, a) / lines; /* 1 when all is noise */
	const double power = sum_of(f->sum, a) / (sum_of(f->sureness, a) + FLOOR);

	return ratio > 1.0 + SCATTER / sqrt(lines) ? power * (1.0 - 1.0 / ratio) : 0.0;
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
	for (uint32_t k = 0; k < f->bins; k++) {
		const double sure = variance[k] > 0.0f ? 1.0 / (double)variance[k] : 0.0;

		f->sureness[k + 1] = f->sureness[k] + sure;
		f->sum[k + 1] = f->sum[k] + power(h[k]) * sure;
	}
	for (uint32_t k = 0; k < f->bins; k++) {
		const double clean = signal(f, k) + FLOOR;
		const double trust = clean / (clean + (double)variance[k]);
		const double by = (double)f->taper[k] * trust / sqrt(clean);
		kiss_fft_cpx *const line = &f->lines[f->first_bin + k];

		f->trust[k] = (float)trust;
		f->weight[k] = f->taper[k] * (float)trust;
		line->r = (float)(by * (double)crealf(h[k]));
		line->i = (float)(by * (double)cimagf(h[k]));
		noise += by * by * (double)variance[k];
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

static int32_t lobe_frames(const struct tandem_arrival_finder *f)
{
	return (int32_t)(LOBE_S * f->rate_hz);
}

static double strongest(const struct tandem_arrival_finder *f, int32_t from, int32_t to)
{
	double most = 0.0;

	for (int32_t t = from; t < to; t++)
		most = fmax(most, size(f, t));
	return most;
}

/* The first local peak that high. What comes just before one much higher is its lobe: of
 * two sounds so close none is that much louder, and with few lines lobes are high. */
static int32_t first_above(const struct tandem_arrival_finder *f, int32_t from, int32_t to,
		double high)
{
	const int32_t lobe = lobe_frames(f);

	for (int32_t t = from; t < to; t++) {
		const double here = size(f, t);

		if (here >= high && here >= size(f, t + 1) &&
				strongest(f, t, t + lobe) <= LOBE * here)
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
		if (f->trust[k] > (float)SURE) {
			f->lines[f->first_bin + k] =
					(kiss_fft_cpx){ crealf(h[k]), cimagf(h[k]) };
		}
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

/* Near where it was the last time, the strongest, if that is a sound at all. */
static int32_t near_expected(const struct tandem_arrival_finder *f, double expected_frames,
		double high, int32_t none)
{
	const int32_t middle = (int32_t)lrint(expected_frames);
	const int32_t near = 2 * lobe_frames(f);
	int32_t best = middle;

	for (int32_t t = middle - near; t <= middle + near; t++)
		best = size(f, t) > size(f, best) ? t : best;
	return size(f, best) >= high && abs(best - middle) < near ? best : none;
}

static void measure(struct tandem_arrival_finder *f, int32_t at, double noise,
		struct tandem_ear_arrival *a)
{
	double complex there;

	a->lag_frames = peak_near(f, at);
	there = at_fraction(f, a->lag_frames);
	a->snr_db = 20.0 * log10(cabs(there) / fmax(noise, FLOOR) + FLOOR);
	a->sigma_frames = hypot(noise / (M_SQRT2 * cabs(there) * bandwidth(f)),
			FLOOR_S * f->rate_hz);
	a->inverted = creal(there) < 0.0;
	a->polarity_quality = fabs(creal(there)) / cabs(there);
}

struct tandem_arrival tandem_arrival_find(struct tandem_arrival_finder *f,
		const float complex *h, const float *variance, double expected_frames)
{
	const int32_t reach = (int32_t)(TANDEM_ARRIVAL_REACH_S * f->rate_hz);
	const int32_t begin = -(int32_t)(f->n * 7 / 16);
	struct tandem_arrival a = { .heard.verdict = TANDEM_EAR_NOISY,
		.early_frames = (double)NAN };
	double expected_noise, noise, most;
	int32_t first, at;

	expected_noise = whiten(f, h, variance);
	kiss_fft(f->back, f->lines, f->z);
	noise = sqrt(fmax(expected_noise, noise_before(f, begin, -reach)));
	noise = fmax(noise, strongest(f, begin, -reach) / SPIKE);
	most = strongest(f, -reach, reach);
	first = first_above(f, -reach, reach, SEEN * most);
	if (first == reach || most <= 0.0)
		return a;
	at = isfinite(expected_frames)
			     ? near_expected(f, expected_frames, SEEN * most, first)
			     : first;
	if (SEEN * most < CLEAR * noise) {
		a.heard.verdict = TANDEM_EAR_NOISY;
	} else if (at == first &&
			strongest(f, -reach, at - lobe_frames(f)) > DOUBTFUL * most) {
		a.heard.verdict = TANDEM_EAR_ECHO;
	} else {
		a.heard.verdict = TANDEM_EAR_HEARD;
	}
	if (first < at - lobe_frames(f))
		a.early_frames = first;
	measure(f, at, noise, &a.heard);
	measure_tone(f, h, variance, at, &a.heard);
	return a;
}

/* SPDX-License-Identifier: MIT */
#include "tools/ear/responses.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ear/matrix.h"

#define RIDGE 1e-4    /* of the mean reference: what SBC adds to each; keeps 1 / x finite */
#define LEAST 1e-7    /* of the strongest line: -70 dB, what 16 bits leave of treble */
#define UNKNOWN 1e12f /* a variance beyond any response */
#define NEAR 8        /* lines to either side, 47 Hz: chosen */
#define WIDE 30       /* and 3 % of those below */
#define AROUND 32     /* lines to either side, 190 Hz: chosen */
#define MORE 1.5      /* times the noise, over those: by chance once in 10^4 */
#define FLOOR 1e-20

int tandem_responses_init(struct tandem_responses *p, uint32_t n_speakers, uint32_t bins)
{
	*p = (struct tandem_responses){ .n_speakers = n_speakers, .bins = bins };
	p->h = calloc((size_t)n_speakers * bins, sizeof(*p->h));
	p->variance = calloc((size_t)n_speakers * bins, sizeof(*p->variance));
	p->own = calloc(n_speakers, sizeof(*p->own));
	p->ratio = calloc(bins + 1, sizeof(*p->ratio));
	p->sure = calloc(bins + 1, sizeof(*p->sure));
	p->left = calloc(bins + 1, sizeof(*p->left));
	p->kept = calloc(bins, sizeof(*p->kept));
	return p->h != NULL && p->variance != NULL && p->own != NULL && p->kept != NULL
			       ? 0
			       : -ENOMEM;
}

void tandem_responses_finish(struct tandem_responses *p)
{
	free(p->h);
	free(p->variance);
	free(p->own);
	free(p->kept);
	free(p->left);
	free(p->ratio);
	free(p->sure);
	*p = (struct tandem_responses){ 0 };
}

static float complex reference(const struct tandem_spectra *s, uint32_t i, uint32_t j,
		uint32_t k)
{
	if (i < j)
		return conjf(s->rr[(size_t)tandem_matrix_pair(j, i) * s->bins + k]);
	return s->rr[(size_t)tandem_matrix_pair(i, j) * s->bins + k];
}

/* The speakers that one solves for, and what is common to all lines. */
struct chosen {
	uint32_t n;
	uint32_t speaker[TANDEM_MAX_SPEAKERS];
	double freedom; /* stretches that are left to see noise by */
	double least;   /* of the mean reference: a line with less says nothing */
};

static double gather(const struct tandem_spectra *s, const struct chosen *c, uint32_t k,
		double complex *a)
{
	double mean = 0.0;

	for (uint32_t i = 0; i < c->n; i++) {
		for (uint32_t j = 0; j < c->n; j++) {
			a[i * c->n + j] = (double complex)reference(s, c->speaker[i],
					c->speaker[j], k);
		}
		mean += creal(a[i * c->n + i]) / c->n;
	}
	for (uint32_t i = 0; i < c->n; i++)
		a[i * c->n + i] = creal(a[i * c->n + i]) + RIDGE * mean + FLOOR;
	return mean;
}

/* Of all lines, the mean of the chosen references. */
static double strongest(const struct tandem_spectra *s, const struct chosen *c)
{
	double most = FLOOR;

	for (uint32_t k = 0; k < s->bins; k++) {
		double mean = 0.0;

		for (uint32_t i = 0; i < c->n; i++) {
			mean += (double)crealf(reference(s, c->speaker[i], c->speaker[i],
					k));
		}
		most = fmax(most, mean / c->n);
	}
	return most;
}

static double solve_line(struct tandem_responses *p, const struct tandem_spectra *s,
		const struct chosen *c, uint32_t k)
{
	double complex a[TANDEM_MATRIX_SIZE];
	double left = (double)s->mm[k];
	double diagonal[TANDEM_MAX_SPEAKERS];

	if (gather(s, c, k, a) < c->least) {
		for (uint32_t i = 0; i < c->n; i++)
			p->variance[(size_t)c->speaker[i] * p->bins + k] = UNKNOWN;
		return left;
	}
	for (uint32_t i = 0; i < c->n; i++)
		diagonal[i] = creal(a[i * c->n + i]);
	tandem_matrix_invert(a, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		const size_t at = (size_t)c->speaker[i] * p->bins + k;
		double complex h = 0.0;

		for (uint32_t j = 0; j < c->n; j++) {
			h += a[i * c->n + j] *
			     (double complex)s->rm[(size_t)c->speaker[j] * s->bins + k];
		}
		p->h[at] = (float complex)h;
		left -= creal(conj(h) * (double complex)s->rm[at]);
		p->own[c->speaker[i]] +=
				1.0 / (diagonal[i] * creal(a[i * c->n + i])) / p->bins;
	}
	for (uint32_t i = 0; i < c->n; i++) {
		p->variance[(size_t)c->speaker[i] * p->bins + k] =
				(float)(creal(a[i * c->n + i]) / c->freedom);
	}
	return fmax(left, 1e-6 * (double)s->mm[k]);
}

/* Noise is taken to be alike on neighbouring lines: on one alone a few stretches tell
 * hardly more than nothing of it. */
static void set_noise(struct tandem_responses *p, uint32_t speaker)
{
	for (uint32_t k = 0; k < p->bins; k++) {
		const uint32_t reach = NEAR + k / WIDE;
		const uint32_t from = k > reach ? k - reach : 0;
		const uint32_t to = k + reach + 1 < p->bins ? k + reach + 1 : p->bins;

		p->variance[(size_t)speaker * p->bins + k] *=
				(float)((p->left[to] - p->left[from]) / (to - from));
	}
}

bool tandem_responses_solve(struct tandem_responses *p, const struct tandem_spectra *s,
		uint32_t mask, double overlap)
{
	const double stretches = tandem_spectra_stretches(s) / overlap;
	struct chosen c = { 0 };
	double all = FLOOR;

	for (uint32_t i = 0; i < p->n_speakers; i++) {
		if (mask >> i & 1)
			c.speaker[c.n++] = i;
	}
	c.freedom = stretches - c.n;
	if (c.n == 0 || c.freedom < 1.0)
		return false;
	c.least = LEAST * strongest(s, &c);
	memset(p->h, 0, (size_t)p->n_speakers * p->bins * sizeof(*p->h));
	memset(p->own, 0, p->n_speakers * sizeof(*p->own));
	for (uint32_t k = 0; k < p->bins; k++) {
		p->left[k + 1] = p->left[k] + solve_line(p, s, &c, k);
		all += (double)s->mm[k];
	}
	for (uint32_t i = 0; i < c.n; i++)
		set_noise(p, c.speaker[i]);
	p->coherence = fmax(0.0, 1.0 - p->left[p->bins] * stretches / c.freedom / all);
	return true;
}

/* Running sums of power / variance and 1 / variance of one speaker's response. */
static void run_sums(const struct tandem_responses *p, uint32_t speaker)
{
	const size_t at = (size_t)speaker * p->bins;

	for (uint32_t k = 0; k < p->bins; k++) {
		const float complex h = p->h[at + k];
		const double sure = p->variance[at + k] > 0.0f
						    ? 1.0 / (double)p->variance[at + k]
						    : 0.0;

		p->sure[k + 1] = p->sure[k] + sure;
		p->ratio[k + 1] = p->ratio[k] + sure * (double)crealf(h * conjf(h));
	}
}

/* How far line k of a response is more than its noise, 0 to 1. */
static double trust(const struct tandem_responses *p, uint32_t k, double variance)
{
	const uint32_t from = k > AROUND ? k - AROUND : 0;
	const uint32_t to = k + AROUND + 1 < p->bins ? k + AROUND + 1 : p->bins;
	const double ratio = (p->ratio[to] - p->ratio[from]) / (to - from);
	const double sure = (p->sure[to] - p->sure[from]) / (to - from);
	const double clean = ratio > MORE ? (ratio - 1.0) / (sure + FLOOR) : 0.0;

	return clean / (clean + variance + FLOOR);
}

/* What the newer sums keep of the response of one speaker, line by line, against the noise
 * there: its phase turns when the sound came later. */
static void compare(const struct tandem_responses *p, const struct tandem_spectra *newer,
		uint32_t speaker, struct tandem_presence *sums)
{
	const float complex *const h = p->h + (size_t)speaker * p->bins;

	run_sums(p, speaker);
	for (uint32_t k = 0; k < p->bins; k++) {
		const double variance = (double)p->variance[(size_t)speaker * p->bins + k];
		const double power = (double)crealf(h[k] * conjf(h[k]));
		const double weight = trust(p, k, variance) /
				      ((double)newer->mm[k] / newer->weight + FLOOR);
		const double given = (double)crealf(reference(newer, speaker, speaker, k));
		float complex rest = newer->rm[(size_t)speaker * p->bins + k];

		for (uint32_t u = 0; u < p->n_speakers; u++) {
			if (u != speaker) {
				rest -= reference(newer, speaker, u, k) *
					p->h[(size_t)u * p->bins + k];
			}
		}
		p->kept[k] = conjf(h[k]) * rest * (float)weight;
		sums->gain += weight * given * (power - variance);
		sums->sigma += weight * weight * given * power *
			       ((double)newer->mm[k] / newer->weight + FLOOR);
	}
}

static double kept_at(const struct tandem_responses *p, const struct tandem_lines *lines,
		double later_frames)
{
	const double step = 2.0 * M_PI * later_frames / lines->n_fft;
	const float complex by = (float complex)(cos(step) + I * sin(step));
	float complex phase = (float complex)(cos(step * lines->first_bin) +
					      I * sin(step * lines->first_bin));
	double sum = 0.0;

	for (uint32_t k = 0; k < p->bins; k++) {
		sum += (double)crealf(p->kept[k] * phase);
		phase *= by;
	}
	return sum;
}

struct tandem_presence tandem_responses_check(const struct tandem_responses *p,
		const struct tandem_spectra *newer, uint32_t speaker)
{
	const double reach = TANDEM_PRESENCE_REACH_S * newer->lines.rate_hz;
	struct tandem_presence sums = { 0 };
	double best, at = 0.0, step = 0.25;

	compare(p, newer, speaker, &sums);
	best = kept_at(p, &newer->lines, 0.0);
	for (int i = -(int)(2.0 * reach); i <= (int)(2.0 * reach); i++) {
		const double t = 0.5 * i;
		const double kept = kept_at(p, &newer->lines, t);

		at = kept > best ? t : at;
		best = fmax(best, kept);
	}
	for (int turn = 0; turn < 5; turn++, step /= 2.0) {
		const double before = kept_at(p, &newer->lines, at - step);
		const double after = kept_at(p, &newer->lines, at + step);
		const double bend = before - 2.0 * best + after;

		if (bend < 0.0)
			at += tandem_within(0.5 * step * (before - after) / bend, step);
		best = kept_at(p, &newer->lines, at);
	}
	sums.gain = fmax(sums.gain, FLOOR);
	return (struct tandem_presence){ best / sums.gain, sqrt(sums.sigma) / sums.gain,
		at };
}

/* SPDX-License-Identifier: MIT */
#include "tools/ear/spectra.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ear/matrix.h"

#define RIDGE 1e-4 /* of the mean reference: what SBC adds to each; keeps 1 / x finite */
#define LEAST 1e-7 /* of the strongest line: -70 dB, what 16 bits leave of treble */
#define FLOOR 1e-20

int tandem_spectra_init(struct tandem_spectra *s, uint32_t n_speakers, uint32_t bins)
{
	*s = (struct tandem_spectra){ .n_speakers = n_speakers, .bins = bins };
	s->rr = calloc((size_t)TANDEM_MATRIX_PAIRS(n_speakers) * bins, sizeof(*s->rr));
	s->rm = calloc((size_t)n_speakers * bins, sizeof(*s->rm));
	s->mm = calloc(bins, sizeof(*s->mm));
	return s->rr != NULL && s->rm != NULL && s->mm != NULL ? 0 : -ENOMEM;
}

void tandem_spectra_finish(struct tandem_spectra *s)
{
	free(s->rr);
	free(s->rm);
	free(s->mm);
	*s = (struct tandem_spectra){ 0 };
}

void tandem_spectra_clear(struct tandem_spectra *s)
{
	memset(s->rr, 0,
			(size_t)TANDEM_MATRIX_PAIRS(s->n_speakers) * s->bins *
					sizeof(*s->rr));
	memset(s->rm, 0, (size_t)s->n_speakers * s->bins * sizeof(*s->rm));
	memset(s->mm, 0, s->bins * sizeof(*s->mm));
	s->weight = s->weight_square = 0.0;
}

static void add_product(float complex *sum, const float complex *a, const float complex *b,
		uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		sum[k] += conjf(a[k]) * b[k];
}

void tandem_spectra_add(struct tandem_spectra *s, const float complex *r,
		const float complex *m)
{
	const uint32_t n = s->bins;

	for (uint32_t i = 0; i < s->n_speakers; i++) {
		for (uint32_t j = 0; j <= i; j++) {
			add_product(s->rr + (size_t)tandem_matrix_pair(i, j) * n, r + i * n,
					r + j * n, n);
		}
		add_product(s->rm + (size_t)i * n, r + i * n, m, n);
	}
	for (uint32_t k = 0; k < n; k++)
		s->mm[k] += crealf(m[k] * conjf(m[k]));
	s->weight += 1.0;
	s->weight_square += 1.0;
}

static void fold(float complex *x, const float complex *newer, float keep, size_t n)
{
	for (size_t k = 0; k < n; k++)
		x[k] = keep * x[k] + newer[k];
}

void tandem_spectra_fold(struct tandem_spectra *s, const struct tandem_spectra *newer,
		double keep)
{
	const size_t n = s->bins;

	fold(s->rr, newer->rr, (float)keep, TANDEM_MATRIX_PAIRS(s->n_speakers) * n);
	fold(s->rm, newer->rm, (float)keep, s->n_speakers * n);
	for (size_t k = 0; k < n; k++)
		s->mm[k] = (float)keep * s->mm[k] + newer->mm[k];
	s->weight = keep * s->weight + newer->weight;
	s->weight_square = keep * keep * s->weight_square + newer->weight_square;
}

double tandem_spectra_stretches(const struct tandem_spectra *s)
{
	return s->weight > 0.0 ? s->weight * s->weight / s->weight_square : 0.0;
}

int tandem_responses_init(struct tandem_responses *p, uint32_t n_speakers, uint32_t bins)
{
	*p = (struct tandem_responses){ .n_speakers = n_speakers, .bins = bins };
	p->h = calloc((size_t)n_speakers * bins, sizeof(*p->h));
	p->variance = calloc((size_t)n_speakers * bins, sizeof(*p->variance));
	p->own = calloc(n_speakers, sizeof(*p->own));
	return p->h != NULL && p->variance != NULL && p->own != NULL ? 0 : -ENOMEM;
}

void tandem_responses_finish(struct tandem_responses *p)
{
	free(p->h);
	free(p->variance);
	free(p->own);
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
		for (uint32_t j = 0; j < c->n; j++)
			a[i * c->n + j] = (double complex)reference(s, c->speaker[i],
					c->speaker[j], k);
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

		for (uint32_t i = 0; i < c->n; i++)
			mean += (double)crealf(reference(s, c->speaker[i], c->speaker[i],
					k));
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
			p->variance[(size_t)c->speaker[i] * p->bins + k] = 1.0f;
		return left;
	}
	for (uint32_t i = 0; i < c->n; i++)
		diagonal[i] = creal(a[i * c->n + i]);
	tandem_matrix_invert(a, c->n);
	for (uint32_t i = 0; i < c->n; i++) {
		const size_t at = (size_t)c->speaker[i] * p->bins + k;
		double complex h = 0.0;

		for (uint32_t j = 0; j < c->n; j++)
			h += a[i * c->n + j] *
			     (double complex)s->rm[(size_t)c->speaker[j] * s->bins + k];
		p->h[at] = (float complex)h;
		left -= creal(conj(h) * (double complex)s->rm[at]);
		p->own[c->speaker[i]] +=
				1.0 / (diagonal[i] * creal(a[i * c->n + i])) / p->bins;
	}
	left = fmax(left, 1e-6 * (double)s->mm[k]);
	for (uint32_t i = 0; i < c->n; i++) {
		p->variance[(size_t)c->speaker[i] * p->bins + k] =
				(float)(left * creal(a[i * c->n + i]) / c->freedom);
	}
	return left;
}

bool tandem_responses_solve(struct tandem_responses *p, const struct tandem_spectra *s,
		uint32_t mask, double overlap)
{
	const double stretches = tandem_spectra_stretches(s) / overlap;
	struct chosen c = { 0 };
	double left = 0.0, all = FLOOR;

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
		left += solve_line(p, s, &c, k);
		all += (double)s->mm[k];
	}
	p->coherence = fmax(0.0, 1.0 - left * stretches / c.freedom / all);
	return true;
}

struct tandem_presence tandem_responses_check(const struct tandem_responses *p,
		const struct tandem_spectra *newer, uint32_t speaker)
{
	const float complex *const h = p->h + (size_t)speaker * p->bins;
	double found = 0.0, expected = FLOOR, scatter = FLOOR;

	for (uint32_t k = 0; k < p->bins; k++) {
		const double variance = (double)p->variance[(size_t)speaker * p->bins + k];
		const double power = (double)crealf(h[k] * conjf(h[k]));
		const double weight =
				(double)crealf(reference(newer, speaker, speaker, k)) /
				((double)newer->mm[k] / newer->weight + FLOOR);
		float complex rest = newer->rm[(size_t)speaker * p->bins + k];

		if (power == 0.0)
			continue;
		for (uint32_t u = 0; u < p->n_speakers; u++) {
			if (u != speaker)
				rest -= reference(newer, speaker, u, k) *
					p->h[(size_t)u * p->bins + k];
		}
		found += (double)crealf(conjf(h[k]) * rest) /
			 ((double)newer->mm[k] / newer->weight + FLOOR);
		expected += weight * (power - variance);
		scatter += weight * power;
	}
	expected = fmax(expected, FLOOR);
	return (struct tandem_presence){ found / expected, sqrt(scatter) / expected };
}

/* SPDX-License-Identifier: MIT */
#include "tools/ear/spectra.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ear/matrix.h"

int tandem_spectra_init(struct tandem_spectra *s, uint32_t n_speakers,
		const struct tandem_lines *lines)
{
	const uint32_t bins = lines->bins;

	*s = (struct tandem_spectra){
		.lines = *lines, .n_speakers = n_speakers, .bins = bins
	};
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

static double power(const struct tandem_spectra *s, uint32_t speaker)
{
	const size_t at = (size_t)tandem_matrix_pair(speaker, speaker) * s->bins;
	double sum = 0.0;

	for (uint32_t k = 0; k < s->bins; k++)
		sum += (double)crealf(s->rr[at + k]);
	return sum;
}

uint32_t tandem_spectra_who(const struct tandem_spectra *s, double least)
{
	double of[TANDEM_MAX_SPEAKERS];
	double most = 0.0;
	uint32_t mask = 0;

	for (uint32_t i = 0; i < s->n_speakers; i++) {
		of[i] = power(s, i);
		most = fmax(most, of[i]);
	}
	for (uint32_t i = 0; i < s->n_speakers; i++)
		mask |= (most > 0.0 && of[i] >= least * most ? 1u : 0u) << i;
	return mask;
}

static float complex turned(double radians)
{
	return (float complex)(cos(radians) + I * sin(radians));
}

static void turn(float complex *x, const struct tandem_lines *lines, double frames)
{
	const double step = 2.0 * M_PI * frames / lines->n_fft;
	const float complex by = turned(step);
	float complex phase = turned(step * lines->first_bin);

	for (uint32_t k = 0; k < lines->bins; k++) {
		x[k] *= phase;
		phase *= by;
	}
}

void tandem_spectra_delay(struct tandem_spectra *s, uint32_t speaker, double frames)
{
	turn(s->rm + (size_t)speaker * s->bins, &s->lines, frames);
	for (uint32_t i = 0; i < s->n_speakers; i++) {
		const uint32_t row = i > speaker ? i : speaker;
		const uint32_t column = i > speaker ? speaker : i;

		if (i != speaker) {
			turn(s->rr + (size_t)tandem_matrix_pair(row, column) * s->bins,
					&s->lines, row == speaker ? frames : -frames);
		}
	}
}

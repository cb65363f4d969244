/* SPDX-License-Identifier: MIT */
#include "tools/ear/stretch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int tandem_stretch_init(struct tandem_stretch *s, uint32_t n, uint32_t first_bin,
		uint32_t bins)
{
	*s = (struct tandem_stretch){ .n = n, .first_bin = first_bin, .bins = bins };
	s->fft = kiss_fftr_alloc((int)n, 0, NULL, NULL);
	s->back = kiss_fftr_alloc((int)n, 1, NULL, NULL);
	s->window = calloc(n, sizeof(*s->window));
	s->frames = calloc(n, sizeof(*s->frames));
	s->lines = calloc(n / 2 + 1, sizeof(*s->lines));
	if (s->fft == NULL || s->back == NULL || s->window == NULL || s->frames == NULL ||
			s->lines == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		s->window[i] = (float)(0.5 - 0.5 * cos(2.0 * M_PI * (i + 0.5) / n));
	return 0;
}

void tandem_stretch_finish(struct tandem_stretch *s)
{
	kiss_fftr_free(s->fft);
	kiss_fftr_free(s->back);
	free(s->window);
	free(s->frames);
	free(s->lines);
	*s = (struct tandem_stretch){ 0 };
}

static double shared(const struct tandem_stretch *s, uint32_t by)
{
	double sum = 0.0;

	for (uint32_t i = by; i < s->n; i++)
		sum += (double)s->window[i] * (double)s->window[i - by];
	return sum;
}

double tandem_stretch_overlap(const struct tandem_stretch *s, uint32_t step_frames)
{
	const double self = shared(s, 0);
	double overlap = 1.0;

	for (uint32_t by = step_frames; by < s->n; by += step_frames)
		overlap += 2.0 * pow(shared(s, by) / self, 2.0);
	return overlap;
}

static float complex turned(double radians)
{
	return (float complex)(cos(radians) + I * sin(radians));
}

double tandem_stretch_transform(struct tandem_stretch *s, const struct tandem_history *h,
		double from, float complex *out)
{
	const double begin = floor(from);
	const double step = 2.0 * M_PI * (from - begin) / s->n;
	const float complex turn = turned(step);
	float complex phase = turned(step * s->first_bin);
	double power = 0.0;

	tandem_history_read(h, (int64_t)begin, s->frames, s->n);
	for (uint32_t i = 0; i < s->n; i++) {
		power += (double)s->frames[i] * (double)s->frames[i];
		s->frames[i] *= s->window[i];
	}
	kiss_fftr(s->fft, s->frames, s->lines);
	for (uint32_t k = 0; k < s->bins; k++) {
		const kiss_fft_cpx line = s->lines[s->first_bin + k];

		out[k] = (line.r + (float complex)I * line.i) * phase;
		phase *= turn;
	}
	return power / s->n;
}

const float *tandem_stretch_restore(struct tandem_stretch *s, const float complex *x)
{
	memset(s->lines, 0, (s->n / 2 + 1) * sizeof(*s->lines));
	for (uint32_t k = 0; k < s->bins; k++) {
		s->lines[s->first_bin + k] = (kiss_fft_cpx){ crealf(x[k]) / (float)s->n,
			cimagf(x[k]) / (float)s->n };
	}
	kiss_fftri(s->back, s->lines, s->frames);
	return s->frames;
}

/* SPDX-License-Identifier: MIT */
#include "tone.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>

#define BETA 38.0

typedef double complex sample;

static double bessel_i0(double x)
{
	double sum = 1.0;
	double term = 1.0;

	for (int k = 1; term > sum * 1e-17; k++) {
		term *= (x / (2.0 * k)) * (x / (2.0 * k));
		sum += term;
	}
	return sum;
}

static void swap_bits(sample *x, uint32_t n)
{
	for (uint32_t i = 1, j = 0; i < n; i++) {
		uint32_t bit = n >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		j |= bit;
		if (i < j) {
			const sample old = x[i];

			x[i] = x[j];
			x[j] = old;
		}
	}
}

static sample turn(double cycles)
{
	return cos(2.0 * M_PI * cycles) + I * sin(2.0 * M_PI * cycles);
}

static void transform(sample *x, uint32_t n)
{
	sample *const turns = malloc(n * sizeof(*turns));

	if (turns == NULL)
		abort();
	for (uint32_t k = 0; k < n / 2; k++)
		turns[k] = turn(-(double)k / n);
	swap_bits(x, n);
	for (uint32_t half = 1; half < n; half *= 2) {
		for (uint32_t k = 0; k < n; k++) {
			sample high;

			if (k & half)
				continue;
			high = x[k + half] * turns[(k & (half - 1)) * (n / 2 / half)];
			x[k + half] = x[k] - high;
			x[k] += high;
		}
	}
	free(turns);
}

struct tandem_tone tandem_tone_measure(const float *x, uint32_t n_log2, double frequency,
		double width)
{
	const uint32_t n = 1u << n_log2;
	sample *const spectrum = malloc(n * sizeof(*spectrum));
	double window_power = 0.0;
	double tone = 0.0;
	double rest = 0.0;

	if (spectrum == NULL)
		abort();
	for (uint32_t i = 0; i < n; i++) {
		const double t = 2.0 * (i + 0.5) / n - 1.0;
		const double w = bessel_i0(BETA * sqrt(1.0 - t * t)) / bessel_i0(BETA);

		window_power += w * w;
		spectrum[i] = w * x[i];
	}
	transform(spectrum, n);
	for (uint32_t k = 0; k <= n / 2; k++) {
		const double re = creal(spectrum[k]);
		const double im = cimag(spectrum[k]);
		double *const sum =
				fabs((double)k / n - frequency) <= width ? &tone : &rest;

		*sum += re * re + im * im;
	}
	free(spectrum);
	return (struct tandem_tone){
		.amplitude = 2.0 * sqrt(tone / (n * window_power)),
		.rest_db = 10.0 * log10(rest / tone),
	};
}

double tandem_tone_phase(const float *x, uint32_t n, double frequency)
{
	sample sum = 0.0;

	for (uint32_t i = 0; i < n; i++)
		sum += x[i] * (1.0 - cos(2.0 * M_PI * i / n)) * turn(-frequency * i);
	return carg(sum);
}

/* SPDX-License-Identifier: MIT */
#include "tools/room/band.h"

#include <math.h>

#define BUTTERWORTH_Q 0.70710678

/* One over the warped frequency, squared and damped: what all sections are made of. */
struct shape {
	double cosine, alpha;
};

static struct shape shape(double frequency_hz, double rate_hz, double q)
{
	const double w = 2.0 * M_PI * fmin(frequency_hz, 0.49 * rate_hz) / rate_hz;

	return (struct shape){ cos(w), sin(w) / (2.0 * q) };
}

static struct tandem_band_section scaled(struct tandem_band_section s, double a0)
{
	return (struct tandem_band_section){ .b0 = s.b0 / a0,
		.b1 = s.b1 / a0,
		.b2 = s.b2 / a0,
		.a1 = s.a1 / a0,
		.a2 = s.a2 / a0 };
}

struct tandem_band_section tandem_band_highpass(double frequency_hz, double rate_hz)
{
	const struct shape p = shape(frequency_hz, rate_hz, BUTTERWORTH_Q);
	const double b = (1.0 + p.cosine) / 2.0;

	return scaled((struct tandem_band_section){ b, -2.0 * b, b, -2.0 * p.cosine,
				      1.0 - p.alpha },
			1.0 + p.alpha);
}

struct tandem_band_section tandem_band_lowpass(double frequency_hz, double rate_hz)
{
	const struct shape p = shape(frequency_hz, rate_hz, BUTTERWORTH_Q);
	const double b = (1.0 - p.cosine) / 2.0;

	return scaled((struct tandem_band_section){ b, 2.0 * b, b, -2.0 * p.cosine,
				      1.0 - p.alpha },
			1.0 + p.alpha);
}

struct tandem_band_section tandem_band_peak(double frequency_hz, double rate_hz,
		double gain_db, double q)
{
	const struct shape p = shape(frequency_hz, rate_hz, q);
	const double root = pow(10.0, gain_db / 40.0);

	return scaled((struct tandem_band_section){ 1.0 + p.alpha * root, -2.0 * p.cosine,
				      1.0 - p.alpha * root, -2.0 * p.cosine,
				      1.0 - p.alpha / root },
			1.0 + p.alpha / root);
}

void tandem_band_run(struct tandem_band_section *s, float *x, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const double in = (double)x[i];
		const double out = s->b0 * in + s->z1;

		s->z1 = s->b1 * in - s->a1 * out + s->z2;
		s->z2 = s->b2 * in - s->a2 * out;
		x[i] = (float)out;
	}
}

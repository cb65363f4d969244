/* SPDX-License-Identifier: MIT */
#include "resample.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TAPS 64
#define PHASES 256
#define HISTORY_FRAMES 512 /* chosen: a few blocks, so that moving it down is rare */
#define KAISER_BETA 10.0   /* -100 dB stop band, 4.4 kHz transition at 44.1 kHz */
#define MAX_DEVIATION 0.005

struct tandem_resample {
	/* constant after new() */
	double nominal_step;
	uint32_t channels;
	float rows[PHASES + 1][TAPS];
	/* data loop */
	double step;
	double target_step;
	double step_change; /* per output, while slew_left > 0 */
	uint32_t slew_left;
	double phase;    /* of the next output within the history, >= 0, frames */
	uint32_t filled; /* frames in the history */
	float history[2][HISTORY_FRAMES];
};

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

/* Kaiser-windowed sinc at t input frames from its centre. cutoff: 1.0 is Nyquist. */
static double kernel(double t, double cutoff)
{
	const double half = TAPS / 2.0;
	const double x = M_PI * t * cutoff;
	const double sinc = fabs(x) < 1e-9 ? 1.0 : sin(x) / x;
	const double w = 1.0 - (t / half) * (t / half);

	if (w <= 0.0)
		return 0.0;
	return cutoff * sinc * bessel_i0(KAISER_BETA * sqrt(w)) / bessel_i0(KAISER_BETA);
}

static void design(struct tandem_resample *r, double cutoff)
{
	for (int p = 0; p <= PHASES; p++) {
		const double centre = TAPS / 2.0 - 1.0 + (double)p / PHASES;
		double row[TAPS];
		double sum = 0.0;

		for (int k = 0; k < TAPS; k++) {
			row[k] = kernel(k - centre, cutoff);
			sum += row[k];
		}
		for (int k = 0; k < TAPS; k++)
			r->rows[p][k] = (float)(row[k] / sum);
	}
}

static bool is_rate(uint32_t hz)
{
	return hz == 44100 || hz == 48000;
}

int tandem_resample_new(struct tandem_resample **ret_resample, uint32_t in_hz,
		uint32_t out_hz, uint32_t channels)
{
	struct tandem_resample *r;

	if (!is_rate(in_hz) || !is_rate(out_hz) || channels < 1 || channels > 2)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return -ENOMEM;
	r->nominal_step = (double)in_hz / out_hz;
	r->step = r->nominal_step;
	r->target_step = r->nominal_step;
	r->channels = channels;
	r->filled = TAPS - 1; /* silence before the first frame */
	design(r, in_hz > out_hz ? (double)out_hz / in_hz : 1.0);
	*ret_resample = r;
	return 0;
}

void tandem_resample_free(struct tandem_resample *r)
{
	free(r);
}

void tandem_resample_set_step(struct tandem_resample *r, double step, uint32_t slew_frames)
{
	const double low = r->nominal_step * (1.0 - MAX_DEVIATION);
	const double high = r->nominal_step * (1.0 + MAX_DEVIATION);

	r->target_step = step < low ? low : step > high ? high : step;
	r->step_change = (r->target_step - r->step) / slew_frames;
	r->slew_left = slew_frames;
}

/* Eight sums side by side, so that the compiler may use vectors without reordering. */
static float dot(const float *a, const float *b)
{
	float sum[8] = { 0 };

	for (int k = 0; k < TAPS; k += 8) {
		for (int j = 0; j < 8; j++)
			sum[j] += a[k + j] * b[k + j];
	}
	return ((sum[0] + sum[4]) + (sum[2] + sum[6])) +
	       ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

static float interpolate(const struct tandem_resample *r, const float *x, double fraction)
{
	const double place = fraction * PHASES;
	const int row = (int)place;
	const float between = (float)(place - row);
	const float low = dot(r->rows[row], x);
	const float high = dot(r->rows[row + 1], x);

	return low + between * (high - low);
}

static void advance(struct tandem_resample *r)
{
	if (r->slew_left > 0) {
		r->slew_left--;
		r->step = r->slew_left == 0 ? r->target_step : r->step + r->step_change;
	}
	r->phase += r->step;
}

static uint32_t take(struct tandem_resample *r, const float *const in[], uint32_t offset,
		uint32_t in_frames)
{
	const uint32_t used = (uint32_t)r->phase;
	uint32_t n;

	if (HISTORY_FRAMES - r->filled < in_frames && used > 0) {
		const uint32_t gone = used < r->filled ? used : r->filled;

		for (uint32_t c = 0; c < r->channels; c++) {
			memmove(r->history[c], r->history[c] + gone,
					(r->filled - gone) * sizeof(float));
		}
		r->filled -= gone;
		r->phase -= gone;
	}
	n = HISTORY_FRAMES - r->filled;
	n = n < in_frames ? n : in_frames;
	for (uint32_t c = 0; c < r->channels; c++)
		memcpy(r->history[c] + r->filled, in[c] + offset, n * sizeof(float));
	r->filled += n;
	return n;
}

static uint32_t make(struct tandem_resample *r, float *const out[], uint32_t offset,
		uint32_t out_frames)
{
	uint32_t n = 0;

	while (n < out_frames && (uint32_t)r->phase + TAPS <= r->filled) {
		const uint32_t at = (uint32_t)r->phase;

		for (uint32_t c = 0; c < r->channels; c++) {
			out[c][offset + n] =
					interpolate(r, r->history[c] + at, r->phase - at);
		}
		advance(r);
		n++;
	}
	return n;
}

struct tandem_progress tandem_resample_run(struct tandem_resample *r,
		const float *const in[], uint32_t in_frames, float *const out[],
		uint32_t out_frames)
{
	struct tandem_progress p = { 0, 0 };

	while (p.made_frames < out_frames) {
		uint32_t taken;

		p.made_frames += make(r, out, p.made_frames, out_frames - p.made_frames);
		if (p.made_frames == out_frames || p.taken_frames == in_frames)
			break;
		taken = take(r, in, p.taken_frames, in_frames - p.taken_frames);
		p.taken_frames += taken;
	}
	return p;
}

uint32_t tandem_resample_need_frames(const struct tandem_resample *r, uint32_t out_frames)
{
	const double step = r->step < r->target_step ? r->step : r->target_step;
	const double last = r->phase + step * (out_frames - 1.0);
	const double need = floor(last) + TAPS - r->filled;

	return out_frames == 0 || need <= 0.0 ? 0 : (uint32_t)need;
}

double tandem_resample_delay_frames(const struct tandem_resample *r)
{
	/* The kernel's centre stands TAPS/2 - 1 frames after the phase. */
	return (double)r->filled - (r->phase + TAPS / 2.0 - 1.0);
}

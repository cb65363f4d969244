/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <speex/speex_resampler.h>
#include <stdlib.h>

#include "peer.h"

/* Its arithmetic overflows with finer fractions: a grid of 16.7 ppm. */
#define GRID 60000

struct speex {
	SpeexResamplerState *state;
	struct bench_rates rates;
};

static void *open_speex(const struct bench_rates *rates, int setting)
{
	struct speex *const s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL)
		return NULL;
	s->rates = *rates;
	s->state = speex_resampler_init(rates->channels, rates->in_hz, rates->out_hz,
			setting, &error);
	return s;
}

static void set_speex(void *peer, double ratio)
{
	struct speex *const s = peer;
	const double step = s->rates.in_hz / (ratio * s->rates.out_hz);

	speex_resampler_set_rate_frac(s->state, (spx_uint32_t)lround(GRID * step), GRID,
			s->rates.in_hz, s->rates.out_hz);
}

static struct tandem_progress run_speex(void *peer, const float *const in[],
		uint32_t in_frames, float *const out[], uint32_t out_frames)
{
	struct speex *const s = peer;
	spx_uint32_t taken = in_frames;
	spx_uint32_t made = out_frames;

	speex_resampler_process_interleaved_float(s->state, in[0], &taken, out[0], &made);
	return (struct tandem_progress){ taken, made };
}

static void close_speex(void *peer)
{
	struct speex *const s = peer;

	speex_resampler_destroy(s->state);
	free(s);
}

const struct bench_peer tandem_bench_speex[] = {
	{ "speexdsp q3", 3, open_speex, set_speex, run_speex, close_speex },
	{ "speexdsp q5", 5, open_speex, set_speex, run_speex, close_speex },
	{ "speexdsp q10", 10, open_speex, set_speex, run_speex, close_speex },
	{ 0 },
};

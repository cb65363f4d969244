/* SPDX-License-Identifier: MIT */
#include <samplerate.h>
#include <stdlib.h>

#include "peer.h"

struct src {
	SRC_STATE *state;
	double nominal; /* outputs per input */
	double ratio;
};

static void *open_src(const struct bench_rates *rates, int setting)
{
	struct src *const s = calloc(1, sizeof(*s));
	int error;

	if (s == NULL)
		return NULL;
	s->state = src_new(setting, (int)rates->channels, &error);
	s->nominal = (double)rates->out_hz / rates->in_hz;
	s->ratio = s->nominal;
	return s;
}

static void set_src(void *peer, double ratio)
{
	struct src *const s = peer;

	s->ratio = s->nominal * ratio;
}

static struct tandem_progress run_src(void *peer, const float *const in[],
		uint32_t in_frames, float *const out[], uint32_t out_frames)
{
	struct src *const s = peer;
	SRC_DATA data = {
		.data_in = in[0],
		.input_frames = in_frames,
		.data_out = out[0],
		.output_frames = out_frames,
		.src_ratio = s->ratio,
	};

	if (src_process(s->state, &data) != 0)
		abort();
	return (struct tandem_progress){ (uint32_t)data.input_frames_used,
		(uint32_t)data.output_frames_gen };
}

static void close_src(void *peer)
{
	struct src *const s = peer;

	src_delete(s->state);
	free(s);
}

const struct bench_peer tandem_bench_samplerate[] = {
	{ "libsamplerate fastest", SRC_SINC_FASTEST, open_src, set_src, run_src,
			close_src },
	{ "libsamplerate medium", SRC_SINC_MEDIUM_QUALITY, open_src, set_src, run_src,
			close_src },
	{ "libsamplerate best", SRC_SINC_BEST_QUALITY, open_src, set_src, run_src,
			close_src },
	{ 0 },
};

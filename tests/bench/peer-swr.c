/* SPDX-License-Identifier: MIT */
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <math.h>

#include "peer.h"

/* Samples over which a compensation is spread: great enough for fine ratios, and set anew
 * long before they are over. */
#define DISTANCE 10000000

/* The nearest phase; linear between phases; the same with a long filter. */
enum { NEAREST, LINEAR, LONG };

static void *open_swr(const struct bench_rates *rates, int setting)
{
	AVChannelLayout layout;
	SwrContext *swr = NULL;

	av_channel_layout_default(&layout, (int)rates->channels);
	if (swr_alloc_set_opts2(&swr, &layout, AV_SAMPLE_FMT_FLTP, (int)rates->out_hz,
			    &layout, AV_SAMPLE_FMT_FLTP, (int)rates->in_hz, 0, NULL) < 0)
		return NULL;
	/* equal rates: it would not resample at all */
	av_opt_set_int(swr, "flags", SWR_FLAG_RESAMPLE, 0);
	av_opt_set_int(swr, "linear_interp", setting != NEAREST, 0);
	if (setting == LONG) {
		av_opt_set_int(swr, "filter_size", 64, 0);
		av_opt_set_int(swr, "phase_shift", 12, 0);
	}
	if (swr_init(swr) < 0)
		swr_free(&swr);
	return swr;
}

static void set_swr(void *peer, double ratio)
{
	swr_set_compensation(peer, (int)lround((1.0 - 1.0 / ratio) * DISTANCE), DISTANCE);
}

/* Takes all it is given and keeps what it cannot use yet. */
static struct tandem_progress run_swr(void *peer, const float *const in[],
		uint32_t in_frames, float *const out[], uint32_t out_frames)
{
	const uint8_t *from[2] = { (const uint8_t *)in[0], (const uint8_t *)in[1] };
	uint8_t *to[2] = { (uint8_t *)out[0], (uint8_t *)out[1] };
	const int64_t waiting = swr_get_delay(peer, 48000);
	const uint32_t feed = waiting > 100 ? out_frames : out_frames + 24;
	const uint32_t taken = in_frames < feed ? in_frames : feed;
	const int made = swr_convert(peer, to, (int)out_frames, from, (int)taken);

	return (struct tandem_progress){ taken, made < 0 ? 0 : (uint32_t)made };
}

static void close_swr(void *peer)
{
	SwrContext *swr = peer;

	swr_free(&swr);
}

const struct bench_peer tandem_bench_swr[] = {
	{ "swresample nearest", NEAREST, open_swr, set_swr, run_swr, close_swr },
	{ "swresample linear", LINEAR, open_swr, set_swr, run_swr, close_swr },
	{ "swresample linear 64", LONG, open_swr, set_swr, run_swr, close_swr },
	{ 0 },
};

/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <stdlib.h>

#include "path/resample-kernel.h"

#define SLEW_FRAMES 240 /* 5 ms: a block of the servo */

struct ours {
	struct tandem_resample *resample;
	double nominal;
};

/* The bench's own choice, made once from its arguments. */
static const char *kernel_name;

bool tandem_bench_set_kernel(const char *name)
{
	kernel_name = name;
	return tandem_resample_kernel_named(name) != NULL;
}

static void *open_ours(const struct bench_rates *rates, int setting)
{
	struct ours *const o = calloc(1, sizeof(*o));

	if (o == NULL || tandem_resample_new(&o->resample, rates->in_hz, rates->out_hz,
					 rates->channels,
					 (enum tandem_resample_tier)setting) < 0) {
		free(o);
		return NULL;
	}
	if (kernel_name != NULL && tandem_resample_set_kernel(o->resample, kernel_name) < 0)
		abort();
	o->nominal = (double)rates->in_hz / rates->out_hz;
	return o;
}

static void set_ours(void *peer, double ratio)
{
	struct ours *const o = peer;

	tandem_resample_set_step(o->resample, o->nominal / ratio, SLEW_FRAMES);
}

static struct tandem_progress run_ours(void *peer, const float *const in[],
		uint32_t in_frames, float *const out[], uint32_t out_frames)
{
	struct ours *const o = peer;
	struct tandem_progress done = { 0, 0 };

	while (done.made_frames < out_frames && done.taken_frames < in_frames) {
		const uint32_t left = out_frames - done.made_frames;
		const uint32_t need = tandem_resample_need_frames(o->resample, left);
		const float *const from[2] = { in[0] + done.taken_frames,
			in[1] + done.taken_frames };
		float *const to[2] = { out[0] + done.made_frames,
			out[1] + done.made_frames };
		const struct tandem_progress p =
				tandem_resample_run(o->resample, from, need, to, left);

		done.taken_frames += p.taken_frames;
		done.made_frames += p.made_frames;
	}
	return done;
}

static void close_ours(void *peer)
{
	struct ours *const o = peer;

	tandem_resample_free(o->resample);
	free(o);
}

const struct bench_peer tandem_bench_tandem[] = {
	{ "tandem default", TANDEM_RESAMPLE_DEFAULT, open_ours, set_ours, run_ours,
			close_ours },
	{ "tandem high", TANDEM_RESAMPLE_HIGH, open_ours, set_ours, run_ours, close_ours },
	{ 0 },
};

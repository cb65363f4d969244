/* SPDX-License-Identifier: MIT */
#include <soxr.h>
#include <stdlib.h>

#include "peer.h"

#define SLEW_FRAMES 256
#define MAX_FACTOR 1.01 /* what it must be ready for */

struct sox {
	soxr_t soxr;
	double nominal; /* inputs per output */
};

static void *open_sox(const struct bench_rates *rates, int setting)
{
	const soxr_quality_spec_t quality =
			soxr_quality_spec((unsigned long)setting, SOXR_VR);
	const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_S, SOXR_FLOAT32_S);
	struct sox *const s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->nominal = (double)rates->in_hz / rates->out_hz;
	s->soxr = soxr_create(s->nominal * MAX_FACTOR, 1.0, rates->channels, NULL, &io,
			&quality, NULL);
	if (s->soxr == NULL) {
		free(s);
		return NULL;
	}
	soxr_set_io_ratio(s->soxr, s->nominal, 0);
	return s;
}

static void set_sox(void *peer, double ratio)
{
	struct sox *const s = peer;

	soxr_set_io_ratio(s->soxr, s->nominal / ratio, SLEW_FRAMES);
}

static struct tandem_progress run_sox(void *peer, const float *const in[],
		uint32_t in_frames, float *const out[], uint32_t out_frames)
{
	struct sox *const s = peer;
	size_t taken = 0;
	size_t made = 0;

	in_frames = in_frames < out_frames + 32 ? in_frames : out_frames + 32;
	soxr_process(s->soxr, in, in_frames, &taken, (soxr_out_t)out, out_frames, &made);
	return (struct tandem_progress){ (uint32_t)taken, (uint32_t)made };
}

static void close_sox(void *peer)
{
	struct sox *const s = peer;

	soxr_delete(s->soxr);
	free(s);
}

const struct bench_peer tandem_bench_soxr[] = {
	{ "soxr VR HQ", SOXR_HQ, open_sox, set_sox, run_sox, close_sox },
	{ 0 },
};

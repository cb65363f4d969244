/* SPDX-License-Identifier: MIT */
#include "chirp.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"

#define CHANNELS 2
#define FADE_S 0.1 /* chosen: no click, and soon over */
/* Longer than anybody listens; the end of the probe is not waited for. Chosen. */
#define PROBE_S 3600.0

struct tandem_chirp {
	/* constant */
	struct tandem_play *play;
	struct tandem_probe *probe;
	float fade; /* of the gain, per frame */
	/* data loop */
	uint64_t frame; /* of the probe */
	float gain;
	/* written by main, read by the data loop */
	atomic_bool sounds;
};

static void fade(struct tandem_chirp *c, float *const out[], uint32_t frames)
{
	const float goal = atomic_load(&c->sounds) ? 1.0f : 0.0f;

	for (uint32_t i = 0; i < frames; i++) {
		if (c->gain < goal)
			c->gain = c->gain + c->fade < goal ? c->gain + c->fade : goal;
		if (c->gain > goal)
			c->gain = c->gain - c->fade > goal ? c->gain - c->fade : goal;
		for (uint32_t k = 0; k < CHANNELS; k++)
			out[k][i] *= c->gain;
	}
}

static void fill(void *data, float *const out[], uint32_t channels, uint32_t frames)
{
	struct tandem_chirp *const c = data;

	if (c->gain == 0.0f && !atomic_load(&c->sounds)) {
		for (uint32_t k = 0; k < channels; k++)
			memset(out[k], 0, frames * sizeof(float));
		return;
	}
	for (uint32_t k = 0; k < channels; k++)
		tandem_probe_run(c->probe, k, c->frame, out[k], frames);
	c->frame += frames;
	fade(c, out, frames);
}

int tandem_chirp_new(struct tandem_chirp **ret_chirp, struct pw_core *core,
		const char *sink, uint32_t rate_hz)
{
	const struct tandem_probe_config config = {
		.rate_hz = rate_hz,
		.n_speakers = CHANNELS,
		.mode = TANDEM_PROBE_AT_ONCE,
		.seconds = PROBE_S,
	};
	struct tandem_chirp *c = calloc(1, sizeof(*c));
	int res;

	if (!c)
		return -ENOMEM;
	c->fade = (float)(1.0 / (FADE_S * rate_hz));
	res = tandem_probe_new(&c->probe, &config);
	if (res == 0) {
		res = tandem_play_new(&c->play, core, sink,
				&(struct tandem_play_sound){ CHANNELS, rate_hz, fill, c });
	}
	if (res < 0) {
		tandem_chirp_free(c);
		return res;
	}
	*ret_chirp = c;
	return 0;
}

void tandem_chirp_free(struct tandem_chirp *c)
{
	if (!c)
		return;
	tandem_play_free(c->play);
	tandem_probe_free(c->probe);
	free(c);
}

void tandem_chirp_set(struct tandem_chirp *c, bool sounds)
{
	atomic_store(&c->sounds, sounds);
}

const char *tandem_chirp_trouble(const struct tandem_chirp *c)
{
	const struct tandem_play_news *const news = tandem_play_news(c->play);

	return news->state == TANDEM_PLAY_ENDED ? news->why : "";
}

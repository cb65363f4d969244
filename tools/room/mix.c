/* SPDX-License-Identifier: MIT */
#include "mix.h"

#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <stdlib.h>
#include <string.h>

#include "noise.h"

#define BLOCK TANDEM_CONVOLVE_BLOCK
#define BLOCKS_MEANT 281.0 /* 3 s */
#define PAUSE 1e-3         /* of the mean power */
#define SILENCE 1e-12      /* power of nothing */
#define EXPECTED 0.01      /* mean square of what boxes play, -20 dB; chosen */
#define NOISE_STREAM 1000  /* of the room's seed; room.c has those below 100 */

struct tandem_mix {
	/* constant after new() */
	struct tandem_mix_config config;
	struct tandem_convolve *box[TANDEM_MAX_SPEAKERS];
	SRC_STATE *clock;
	double ratio;
	float noise_part; /* rms of the noise, the boxes' sound being 1 */
	float speech_part;
	double expected_power; /* of the boxes' sound */

	int64_t next; /* host frame */
	double power; /* of the boxes' sound */
	double blocks_heard;
	struct tandem_noise noise;
	float in[BLOCK];
	float air[BLOCK];
};

static void follow_level(struct tandem_mix *m)
{
	double sum = 0.0;

	for (uint32_t i = 0; i < BLOCK; i++)
		sum += (double)m->air[i] * (double)m->air[i];
	sum /= BLOCK;
	if (sum < SILENCE || (m->blocks_heard > 0.0 && sum < PAUSE * m->power))
		return;
	m->blocks_heard = fmin(m->blocks_heard + 1.0, BLOCKS_MEANT);
	m->power += (sum - m->power) / m->blocks_heard;
}

static void add_speech(struct tandem_mix *m)
{
	const struct tandem_mix_config *const c = &m->config;
	const float gain = m->speech_part * (float)sqrt(m->power);

	for (uint32_t i = 0; i < BLOCK && c->speech_frames > 0; i++) {
		const int64_t at = (m->next + i) % c->speech_frames;

		m->air[i] += gain * c->speech[at < 0 ? at + c->speech_frames : at];
	}
}

/* What the resampler asks for: one more block of the air at the seat. */
static long breathe(void *data, float **ret_air)
{
	struct tandem_mix *const m = data;

	memset(m->air, 0, sizeof(m->air));
	for (uint32_t i = 0; i < m->config.room.n_speakers; i++) {
		m->config.read(m->config.data, i, m->next, m->in);
		tandem_convolve_run(m->box[i], m->in, m->air);
	}
	follow_level(m);
	add_speech(m);
	m->next += BLOCK;
	*ret_air = m->air;
	return BLOCK;
}

static float ratio_of(double db)
{
	return (float)pow(10.0, db / 20.0);
}

static double rms(const float *x, int64_t frames)
{
	double sum = 0.0;

	for (int64_t i = 0; i < frames; i++)
		sum += (double)x[i] * (double)x[i];
	return sqrt(sum / (double)frames);
}

static int listen_to(struct tandem_mix *m, uint32_t box)
{
	float *taps;
	uint32_t n;
	int res = tandem_room_response(&m->config.room, box, TANDEM_MIX_HZ, &taps, &n);

	if (res < 0)
		return res;
	for (uint32_t i = 0; i < n; i++)
		m->expected_power += EXPECTED * (double)taps[i] * (double)taps[i];
	res = tandem_convolve_new(&m->box[box], taps, n);
	free(taps);
	return res;
}

static int furnish(struct tandem_mix *m)
{
	const struct tandem_mix_config *const c = &m->config;
	int unused;

	m->ratio = 1.0 + c->room.mic_ppm * 1e-6;
	m->noise_part = ratio_of(-c->room.snr_db);
	if (c->speech_frames > 0) {
		m->speech_part = ratio_of(c->speech_db) /
				 (float)fmax(rms(c->speech, c->speech_frames), 1e-6);
	}
	for (uint32_t i = 0; i < c->room.n_speakers; i++) {
		const int res = listen_to(m, i);

		if (res < 0)
			return res;
	}
	m->clock = src_callback_new(breathe, SRC_SINC_FASTEST, 1, &unused, m);
	return m->clock == NULL ? -ENOMEM : 0;
}

int tandem_mix_new(struct tandem_mix **ret_mix, const struct tandem_mix_config *config)
{
	struct tandem_mix *m;
	int res;

	if (config->room.n_speakers == 0 || config->room.n_speakers > TANDEM_MAX_SPEAKERS)
		return -EINVAL;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	m->config = *config;
	res = furnish(m);
	if (res < 0) {
		tandem_mix_free(m);
		return res;
	}
	tandem_mix_start(m, 0);
	*ret_mix = m;
	return 0;
}

void tandem_mix_free(struct tandem_mix *m)
{
	if (m == NULL)
		return;
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++)
		tandem_convolve_free(m->box[i]);
	if (m->clock != NULL)
		src_delete(m->clock);
	free(m);
}

void tandem_mix_start(struct tandem_mix *m, int64_t first)
{
	src_reset(m->clock);
	for (uint32_t i = 0; i < m->config.room.n_speakers; i++)
		tandem_convolve_reset(m->box[i]);
	m->next = first;
	m->power = m->expected_power;
	m->blocks_heard = 0.0;
	tandem_noise_init(&m->noise, tandem_random_init(m->config.room.seed, NOISE_STREAM));
}

void tandem_mix_run(struct tandem_mix *m, float *out, uint32_t frames)
{
	const long got = src_callback_read(m->clock, m->ratio, frames, out);
	const uint32_t made = got > 0 ? (uint32_t)got : 0;

	memset(out + made, 0, (frames - made) * sizeof(*out));
	tandem_noise_add(&m->noise, m->noise_part * (float)sqrt(m->power), out, frames);
	for (uint32_t i = 0; i < frames; i++)
		out[i] *= TANDEM_MIX_GAIN;
}

/* SPDX-License-Identifier: MIT */
#include "tap.h"

#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tap_encoder {
	struct tandem_encoder encoder;
	uint32_t channels;
};

static const struct tandem_encoder_ops encoder_ops;

static int encoder_new(struct tandem_encoder **ret_encoder,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct tap_encoder *const e = calloc(1, sizeof(*e));

	ck_assert_uint_ge(payload_bytes,
			config->channels * TAP_BLOCK_FRAMES * sizeof(float));
	e->channels = config->channels;
	e->encoder = (struct tandem_encoder){
		.ops = &encoder_ops,
		.block_frames = TAP_BLOCK_FRAMES,
		.max_blocks = 1,
	};
	*ret_encoder = &e->encoder;
	return 0;
}

static void encoder_free(struct tandem_encoder *e)
{
	free(e);
}

static struct tandem_coded encode(struct tandem_encoder *encoder, const float *const in[],
		uint8_t *out, size_t out_bytes)
{
	const struct tap_encoder *const e = (const struct tap_encoder *)encoder;
	const size_t plane_bytes = TAP_BLOCK_FRAMES * sizeof(float);

	ck_assert_uint_ge(out_bytes, e->channels * plane_bytes);
	for (uint32_t c = 0; c < e->channels; c++)
		memcpy(out + c * plane_bytes, in[c], plane_bytes);
	return (struct tandem_coded){ (ssize_t)(e->channels * plane_bytes), 1 };
}

static const struct tandem_encoder_ops encoder_ops = {
	.new = encoder_new,
	.free = encoder_free,
	.encode = encode,
};

static const struct tandem_codec codec = { .name = "tap", .encoder = &encoder_ops };

static enum tandem_sent tap_send(struct tandem_transport *transport, const uint8_t *bytes,
		uint32_t n)
{
	struct tap *const t = (struct tap *)transport;
	const size_t plane_bytes = TAP_BLOCK_FRAMES * sizeof(float);

	ck_assert_uint_lt(t->n_blocks, TAP_MAX_BLOCKS);
	ck_assert_uint_eq(n, 13 + t->channels * plane_bytes);
	for (uint32_t c = 0; c < t->channels; c++) {
		memcpy(t->pcm[c] + t->n_blocks * TAP_BLOCK_FRAMES,
				bytes + 13 + c * plane_bytes, plane_bytes);
	}
	t->sent_ns[t->n_blocks++] = *t->now_ns;
	return TANDEM_SENT;
}

static void tap_free(struct tandem_transport *transport)
{
	struct tap *const t = (struct tap *)transport;

	(*t->freed)++;
	free(t);
}

static const struct tandem_transport_ops tap_ops = { .send = tap_send, .free = tap_free };

struct tap *tandem_tap_add(struct world *w, uint32_t slot, uint32_t channels,
		const struct tandem_mix *mix)
{
	const struct tandem_speaker_config config = {
		.mix = *mix,
		.in_hz = w->rate_hz,
		.mtu_bytes = 1021,
		.codec = &codec,
		.codec_config = { .rate_hz = w->rate_hz, .channels = channels },
	};
	struct tap *const t = calloc(1, sizeof(*t));
	struct tandem_speaker *s;

	t->transport.ops = &tap_ops;
	t->now_ns = &w->now_ns;
	t->freed = &w->freed;
	t->channels = channels;
	ck_assert_int_eq(tandem_speaker_new(&s, &config, &t->transport), 0);
	ck_assert_ptr_null(tandem_group_set_speaker(&w->group, slot, s));
	return t;
}

uint32_t tandem_tap_frames(const struct tap *t)
{
	return t->n_blocks * TAP_BLOCK_FRAMES;
}

double tandem_tap_lateness_s(const struct world *w, const struct tap *t, double hz)
{
	const uint32_t n = w->rate_hz / 10;
	const uint32_t block = t->n_blocks - n / TAP_BLOCK_FRAMES - 1;
	const float *const pcm = t->pcm[0] + block * TAP_BLOCK_FRAMES;
	/* a block leaves when its last frame is due, which is when the next one begins */
	const double due_s = (double)(t->sent_ns[block - 1] - w->cycle0_ns) * 1e-9;
	const double block_s = (double)(t->sent_ns[block] - t->sent_ns[block - 1]) * 1e-9;
	double re = 0.0;
	double im = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		const double angle = 2.0 * M_PI * hz * i * block_s / TAP_BLOCK_FRAMES;
		const double window = 0.5 - 0.5 * cos(2.0 * M_PI * i / n);

		re += pcm[i] * window * sin(angle);
		im += pcm[i] * window * cos(angle);
	}
	return due_s - atan2(im, re) / (2.0 * M_PI * hz);
}

double tandem_tap_apart_s(double a, double b, double hz)
{
	return fabs(remainder(a - b, 1.0 / hz));
}

double tandem_tap_roughness(const struct tap *t, uint32_t from, uint32_t to)
{
	double greatest = 0.0;

	for (uint32_t c = 0; c < t->channels; c++) {
		for (uint32_t i = from + 1; i + 1 < to; i++) {
			const float *const x = t->pcm[c] + i;
			const double d = fabs((double)x[-1] - 2.0 * (double)x[0] +
					      (double)x[1]);

			greatest = d > greatest ? d : greatest;
		}
	}
	return greatest;
}

double tandem_tap_rms(const struct tap *t, uint32_t channel, uint32_t from, uint32_t to)
{
	double sum = 0.0;

	for (uint32_t i = from; i < to; i++)
		sum += (double)t->pcm[channel][i] * (double)t->pcm[channel][i];
	return sqrt(sum / (to - from));
}

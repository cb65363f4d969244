/* SPDX-License-Identifier: MIT */
#include "counter.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLES 131072 /* whole blocks */

struct counter {
	struct tandem_encoder encoder; /* first */
	uint64_t encoded;              /* frames */
	uint32_t block_bytes;
	float samples[SAMPLES]; /* [frame % SAMPLES] */
};

static const struct tandem_encoder_ops ops;

static int counter_new(struct tandem_encoder **ret_encoder,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct counter *c = calloc(1, sizeof(*c));

	(void)config;
	(void)payload_bytes;
	ck_assert_ptr_nonnull(c);
	c->block_bytes = COUNTER_BLOCK_BYTES;
	c->encoder = (struct tandem_encoder){ &ops, COUNTER_BLOCK_FRAMES,
		COUNTER_DELAY_FRAMES, COUNTER_PACKET_BLOCKS };
	*ret_encoder = &c->encoder;
	return 0;
}

static void counter_free(struct tandem_encoder *e)
{
	free(e);
}

static struct tandem_coded counter_encode(struct tandem_encoder *e, const float *const in[],
		uint8_t *out, size_t out_bytes)
{
	struct counter *const c = (struct counter *)e;

	memcpy(&c->samples[c->encoded % SAMPLES], in[0],
			COUNTER_BLOCK_FRAMES * sizeof(float));
	c->encoded += COUNTER_BLOCK_FRAMES;
	if (out_bytes < c->block_bytes)
		ck_abort_msg("no room for a block");
	memset(out, 0, c->block_bytes);
	return (struct tandem_coded){ .bytes = c->block_bytes, .frames = 1 };
}

static uint32_t counter_set_share(struct tandem_encoder *e, double share)
{
	struct counter *const c = (struct counter *)e;

	c->block_bytes = (uint32_t)(share * COUNTER_BLOCK_BYTES);
	return 0;
}

static const struct tandem_encoder_ops ops = {
	.new = counter_new,
	.free = counter_free,
	.encode = counter_encode,
	.set_share = counter_set_share,
};

const struct tandem_codec tandem_counter = { .name = "count", .encoder = &ops };

void tandem_counter_play(const struct tandem_encoder *e, uint64_t first, float *x,
		uint32_t n)
{
	const struct counter *const c = (const struct counter *)e;

	/* an assertion of check writes to a pipe: too slow for each stretch */
	if (first + n > c->encoded || first + SAMPLES < c->encoded)
		ck_abort_msg("frames of the codec that are not there");
	for (uint32_t k = 0; k < n; k++)
		x[k] = c->samples[(first + k) % SAMPLES];
}

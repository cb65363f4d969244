/* SPDX-License-Identifier: MIT */
#include "counter.h"

#include <check.h>
#include <stdlib.h>

static const struct tandem_encoder_ops counter_ops;

static int counter_new(struct tandem_encoder **ret_encoder,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct tandem_encoder *e = calloc(1, sizeof(*e));

	(void)config;
	(void)payload_bytes;
	ck_assert_ptr_nonnull(e);
	*e = (struct tandem_encoder){ &counter_ops, COUNTER_BLOCK_FRAMES,
		COUNTER_DELAY_FRAMES, COUNTER_PACKET_BLOCKS };
	*ret_encoder = e;
	return 0;
}

static void counter_free(struct tandem_encoder *e)
{
	free(e);
}

static struct tandem_coded counter_encode(struct tandem_encoder *e, const float *const in[],
		uint8_t *out, size_t out_bytes)
{
	(void)e;
	(void)in;
	out[0] = 0;
	ck_assert_uint_gt(out_bytes, 0);
	return (struct tandem_coded){ .bytes = 1, .frames = 1 };
}

static const struct tandem_encoder_ops counter_ops = {
	.new = counter_new,
	.free = counter_free,
	.encode = counter_encode,
};

const struct tandem_codec tandem_counter = { .name = "count", .encoder = &counter_ops };

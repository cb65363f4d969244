/* SPDX-License-Identifier: MIT */
#include "sbc.h"

#include <errno.h>
#include <sbc/sbc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "path/samples.h"
#include "sbc-config.h"

#define MAX_BLOCK_FRAMES 128
#define MAX_BLOCKS_PER_PACKET 15 /* four bits in the payload header */

/* However scarce the air is, no coarser than this: PipeWire's own floor. Who wishes or has
 * agreed on less gets that. */
#define FLOOR_BITPOOL 12

/* libsbc's analysis and synthesis together, measured with an impulse. */
#define DELAY_8_SUBBANDS 73
#define DELAY_4_SUBBANDS 37

struct sbc_encoder {
	struct tandem_encoder encoder;
	/* constant after new() */
	uint32_t channels;
	size_t payload_bytes;
	uint32_t most_blocks; /* per packet, by their number and time */
	uint8_t config[TANDEM_SBC_CONFIG_BYTES];
	/* data loop */
	uint32_t wished;   /* bitpool */
	double share;      /* of its frames' bytes */
	uint32_t wanted;   /* bitpool from the next packet on */
	uint32_t gathered; /* blocks of the packet to come */
	size_t frame_bytes;
	sbc_t sbc;
	int16_t pcm[2 * MAX_BLOCK_FRAMES];
};

struct bit_value {
	uint8_t bit;
	uint32_t value;
};

/* The value of the one bit set within mask; 0 when none or several are. */
static uint32_t lookup(const struct bit_value *table, size_t n, uint8_t byte, uint8_t mask)
{
	for (size_t i = 0; i < n; i++) {
		if ((byte & mask) == table[i].bit)
			return table[i].value;
	}
	return 0;
}

static const struct bit_value blocks[] = { { 0x80, 4 }, { 0x40, 8 }, { 0x20, 12 },
	{ 0x10, 16 } };
static const struct bit_value subbands[] = { { 0x08, 4 }, { 0x04, 8 } };

static int init_library(struct sbc_encoder *e, const struct tandem_codec_config *config)
{
	const int res = sbc_init_a2dp(&e->sbc, 0, config->bytes, config->n_bytes);
	uint8_t out[1024];
	ssize_t written;

	if (res < 0)
		return res == -ENOMEM ? -ENOMEM : -EINVAL;
	e->sbc.bitpool = (uint8_t)config->bitpool;
	e->sbc.endian = SBC_LE;
	/* The library sets itself up in its first encode(): not on the data loop. */
	if (sbc_encode(&e->sbc, e->pcm, sbc_get_codesize(&e->sbc), out, sizeof(out),
			    &written) < 0) {
		sbc_finish(&e->sbc);
		return -EINVAL;
	}
	return 0;
}

/* A packet takes as many frames as fit: a lower bitpool makes fewer packets, for a packet
 * that is not full costs nearly as much air as a full one. The library notices in its next
 * encode(), and allocates nothing for it. */
static void take_bitpool(struct sbc_encoder *e)
{
	size_t fit;

	e->sbc.bitpool = (uint8_t)e->wanted;
	e->frame_bytes = sbc_get_frame_length(&e->sbc);
	fit = e->payload_bytes / e->frame_bytes;
	e->encoder.max_blocks = (uint32_t)(fit < e->most_blocks ? fit : e->most_blocks);
}

static uint32_t most_blocks(uint32_t rate_hz, uint32_t block_frames)
{
	uint32_t most = MAX_BLOCKS_PER_PACKET;

	while (1000 * most * block_frames > TANDEM_PACKET_MS * rate_hz)
		most--;
	return most;
}

static const struct tandem_encoder_ops encoder_ops;

static int encoder_new(struct tandem_encoder **ret_encoder,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct sbc_encoder *e = calloc(1, sizeof(*e));
	uint32_t n_subbands;
	int res;

	if (e == NULL)
		return -ENOMEM;
	res = init_library(e, config);
	if (res < 0) {
		free(e);
		return res;
	}
	n_subbands = lookup(subbands, TANDEM_ARRAY_LEN(subbands), config->bytes[1], 0x0c);
	e->channels = config->channels;
	e->payload_bytes = payload_bytes;
	memcpy(e->config, config->bytes, sizeof(e->config));
	e->encoder = (struct tandem_encoder){
		.ops = &encoder_ops,
		.block_frames = n_subbands * lookup(blocks, TANDEM_ARRAY_LEN(blocks),
							     config->bytes[1], 0xf0),
		.delay_frames = n_subbands == 8 ? DELAY_8_SUBBANDS : DELAY_4_SUBBANDS,
	};
	e->most_blocks = most_blocks(config->rate_hz, e->encoder.block_frames);
	e->wished = e->wanted = config->bitpool;
	e->share = 1.0;
	take_bitpool(e);
	if (e->encoder.max_blocks == 0) {
		encoder_ops.free(&e->encoder);
		return -EINVAL;
	}
	*ret_encoder = &e->encoder;
	return 0;
}

static void encoder_free(struct tandem_encoder *encoder)
{
	struct sbc_encoder *e = (struct sbc_encoder *)encoder;

	if (e == NULL)
		return;
	sbc_finish(&e->sbc);
	free(e);
}

static struct tandem_coded encode(struct tandem_encoder *encoder, const float *const in[],
		uint8_t *out, size_t out_bytes)
{
	struct sbc_encoder *e = (struct sbc_encoder *)encoder;
	const uint32_t frames = encoder->block_frames;
	ssize_t written = 0;

	if (e->gathered == 0)
		take_bitpool(e);
	if (out_bytes < e->frame_bytes)
		return (struct tandem_coded){ .bytes = -ENOSPC };
	tandem_samples_to_s16(e->pcm, in, e->channels, frames);
	sbc_encode(&e->sbc, e->pcm, (size_t)frames * e->channels * sizeof(int16_t), out,
			out_bytes, &written);
	e->gathered = (e->gathered + 1) % encoder->max_blocks;
	return (struct tandem_coded){ .bytes = written, .frames = 1 };
}

static size_t frame_bytes(const struct sbc_encoder *e, uint32_t bitpool)
{
	sbc_t sbc = e->sbc;

	sbc.bitpool = (uint8_t)bitpool;
	return sbc_get_frame_length(&sbc);
}

static uint32_t adapt(struct sbc_encoder *e)
{
	const double most_bytes = e->share * (double)frame_bytes(e, e->wished);
	const uint32_t agreed = e->config[2];
	const uint32_t least = agreed > FLOOR_BITPOOL ? agreed : FLOOR_BITPOOL;

	e->wanted = e->wished;
	while (e->wanted > least && (double)frame_bytes(e, e->wanted) > most_bytes)
		e->wanted--;
	if (e->gathered == 0)
		take_bitpool(e);
	return e->wanted;
}

static uint32_t set_wish(struct tandem_encoder *encoder,
		const struct tandem_codec_wish *wish)
{
	struct sbc_encoder *e = (struct sbc_encoder *)encoder;

	e->wished = tandem_sbc_bitpool(e->config, wish);
	return adapt(e);
}

static uint32_t set_share(struct tandem_encoder *encoder, double share)
{
	struct sbc_encoder *e = (struct sbc_encoder *)encoder;

	e->share = share;
	return adapt(e);
}

static void reset(struct tandem_encoder *encoder)
{
	((struct sbc_encoder *)encoder)->gathered = 0;
}

static const struct tandem_encoder_ops encoder_ops = {
	.new = encoder_new,
	.free = encoder_free,
	.encode = encode,
	.set_wish = set_wish,
	.set_share = set_share,
	.reset = reset,
};

const struct tandem_codec tandem_codec_sbc = {
	.name = "sbc",
	.title = "SBC",
	.media_type = TANDEM_MEDIA_TYPE_SBC,
	.capabilities = tandem_sbc_capabilities,
	.capabilities_bytes = TANDEM_SBC_CONFIG_BYTES,
	.select = tandem_sbc_select,
	.fault = tandem_sbc_fault,
	.serves = tandem_sbc_serves,
	.describe = tandem_sbc_describe,
	.parse = tandem_sbc_parse,
	.encoder = &encoder_ops,
};

/* SPDX-License-Identifier: MIT */
#include "sbc.h"

#include <errno.h>
#include <math.h>
#include <sbc/sbc.h>
#include <stdbool.h>
#include <stdlib.h>

#define MAX_BLOCK_FRAMES 128
#define MAX_BLOCKS_PER_PACKET 15 /* four bits in the payload header */

/* libsbc's analysis and synthesis together, measured with an impulse. */
#define DELAY_8_SUBBANDS 73
#define DELAY_4_SUBBANDS 37

struct sbc_encoder {
	struct tandem_encoder encoder;
	/* constant after new() */
	uint32_t channels;
	uint32_t min_bitpool;
	uint32_t max_bitpool;
	/* data loop */
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

static const struct bit_value rates[] = { { 0x20, 44100 }, { 0x10, 48000 } };
static const struct bit_value channels[] = { { 0x08, 1 }, { 0x04, 2 }, { 0x02, 2 },
	{ 0x01, 2 } };
static const struct bit_value blocks[] = { { 0x80, 4 }, { 0x40, 8 }, { 0x20, 12 },
	{ 0x10, 16 } };
static const struct bit_value subbands[] = { { 0x08, 4 }, { 0x04, 8 } };
static const struct bit_value allocations[] = { { 0x02, 1 }, { 0x01, 2 } };

static const char *mode_name(uint8_t byte)
{
	switch (byte & 0x0f) {
	case 0x08:
		return "mono";
	case 0x04:
		return "dual";
	case 0x02:
		return "stereo";
	default:
		return "joint";
	}
}

/* Greatest bitpool the standard allows: 16 per subband for mono and dual, 32 otherwise. */
static uint32_t bitpool_limit(const uint8_t *bytes)
{
	const uint32_t n = lookup(subbands, TANDEM_ARRAY_LEN(subbands), bytes[1], 0x0c);
	const uint32_t limit = n * ((bytes[0] & 0x0c) ? 16 : 32);

	return limit < 250 ? limit : 250;
}

static int parse(struct tandem_codec_config *ret, const uint8_t *bytes, uint32_t n_bytes)
{
	uint32_t rate_hz;
	uint32_t n_channels;

	if (n_bytes != 4)
		return -EINVAL;
	rate_hz = lookup(rates, TANDEM_ARRAY_LEN(rates), bytes[0], 0xf0);
	n_channels = lookup(channels, TANDEM_ARRAY_LEN(channels), bytes[0], 0x0f);
	if (rate_hz == 0 || n_channels == 0 ||
			lookup(blocks, TANDEM_ARRAY_LEN(blocks), bytes[1], 0xf0) == 0 ||
			lookup(subbands, TANDEM_ARRAY_LEN(subbands), bytes[1], 0x0c) == 0 ||
			lookup(allocations, TANDEM_ARRAY_LEN(allocations), bytes[1],
					0x03) == 0)
		return -EINVAL;
	if (bytes[2] < 2 || bytes[2] > bytes[3] || bytes[2] > bitpool_limit(bytes))
		return -EINVAL;
	*ret = (struct tandem_codec_config){
		.name = "sbc",
		.mode = mode_name(bytes[0]),
		.rate_hz = rate_hz,
		.channels = n_channels,
		.bitpool = bytes[3] < bitpool_limit(bytes) ? bytes[3]
							   : bitpool_limit(bytes),
		.bytes = { bytes[0], bytes[1], bytes[2], bytes[3] },
		.n_bytes = 4,
	};
	return 0;
}

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

static const struct tandem_encoder_ops encoder_ops;

static int encoder_new(struct tandem_encoder **ret_encoder,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct sbc_encoder *e = calloc(1, sizeof(*e));
	uint32_t n_subbands;
	size_t fit;
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
	e->min_bitpool = config->bytes[2];
	e->max_bitpool = config->bitpool;
	e->frame_bytes = sbc_get_frame_length(&e->sbc);
	fit = payload_bytes / e->frame_bytes;
	e->encoder = (struct tandem_encoder){
		.ops = &encoder_ops,
		.block_frames = n_subbands * lookup(blocks, TANDEM_ARRAY_LEN(blocks),
							     config->bytes[1], 0xf0),
		.delay_frames = n_subbands == 8 ? DELAY_8_SUBBANDS : DELAY_4_SUBBANDS,
		.max_blocks = (uint32_t)(fit < MAX_BLOCKS_PER_PACKET
							 ? fit
							 : MAX_BLOCKS_PER_PACKET),
	};
	if (fit == 0) {
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

static int16_t to_s16(float x)
{
	const float scaled = x * 32768.0f;

	if (isnan(scaled))
		return 0;
	if (scaled <= -32768.0f)
		return INT16_MIN;
	return scaled < 32767.0f ? (int16_t)lrintf(scaled) : INT16_MAX;
}

static struct tandem_coded encode(struct tandem_encoder *encoder, const float *const in[],
		uint8_t *out, size_t out_bytes)
{
	struct sbc_encoder *e = (struct sbc_encoder *)encoder;
	const uint32_t frames = encoder->block_frames;
	ssize_t written = 0;

	if (out_bytes < e->frame_bytes)
		return (struct tandem_coded){ .bytes = -ENOSPC };
	for (uint32_t c = 0; c < e->channels; c++) {
		for (uint32_t i = 0; i < frames; i++)
			e->pcm[i * e->channels + c] = to_s16(in[c][i]);
	}
	sbc_encode(&e->sbc, e->pcm, (size_t)frames * e->channels * sizeof(int16_t), out,
			out_bytes, &written);
	return (struct tandem_coded){ .bytes = written, .frames = 1 };
}

static uint32_t set_bitpool(struct tandem_encoder *encoder, uint32_t bitpool)
{
	struct sbc_encoder *e = (struct sbc_encoder *)encoder;

	if (bitpool == 0 || bitpool > e->max_bitpool)
		bitpool = e->max_bitpool;
	if (bitpool < e->min_bitpool)
		bitpool = e->min_bitpool;
	/* The library notices in its next encode(), and allocates nothing for it. */
	e->sbc.bitpool = (uint8_t)bitpool;
	e->frame_bytes = sbc_get_frame_length(&e->sbc);
	return bitpool;
}

static const struct tandem_encoder_ops encoder_ops = {
	.new = encoder_new,
	.free = encoder_free,
	.encode = encode,
	.set_bitpool = set_bitpool,
};

const struct tandem_codec tandem_codec_sbc = {
	.name = "sbc",
	.media_type = 0x00,
	.parse = parse,
	.encoder = &encoder_ops,
};

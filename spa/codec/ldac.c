/* SPDX-License-Identifier: MIT */
#include "ldac.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ID_BYTES 6
#define HEADER_BYTES 13 /* RTP and the payload's own */

enum {
	RATE_44100 = 0x20,
	RATE_48000 = 0x10,
	RATES = 0x3c,
	MODE_MONO = 0x04,
	MODE_DUAL = 0x02,
	MODE_STEREO = 0x01,
	MODES = 0x07,
};

static const uint8_t capabilities[TANDEM_LDAC_CONFIG_BYTES] = { 0x2d, 0x01, 0x00, 0x00,
	0xaa, 0x00, RATE_44100 | RATE_48000, MODES };

static const struct mode {
	const char *name;
	uint8_t bit;
} modes[] = {
	[TANDEM_LDAC_MODE_AUTO] = { "auto", 0 },
	[TANDEM_LDAC_MODE_STEREO] = { "stereo", MODE_STEREO },
	[TANDEM_LDAC_MODE_DUAL] = { "dual", MODE_DUAL },
	[TANDEM_LDAC_MODE_MONO] = { "mono", MODE_MONO },
};

static bool is_ldac(const uint8_t *blob, uint32_t n)
{
	return n == TANDEM_LDAC_CONFIG_BYTES && memcmp(blob, capabilities, ID_BYTES) == 0;
}

static uint8_t choose_mode(uint8_t offer, uint32_t wished)
{
	if (wished < TANDEM_ARRAY_LEN(modes) && (offer & modes[wished].bit))
		return modes[wished].bit;
	for (uint32_t i = TANDEM_LDAC_MODE_STEREO; i < TANDEM_ARRAY_LEN(modes); i++) {
		if (offer & modes[i].bit)
			return modes[i].bit;
	}
	return 0;
}

static int choose(const uint8_t *caps, uint32_t caps_bytes,
		const struct tandem_codec_wish *wish, uint8_t *config)
{
	uint8_t rate;
	uint8_t mode;

	if (!is_ldac(caps, caps_bytes))
		return -EINVAL;
	rate = caps[6] & RATE_48000 ? RATE_48000 : caps[6] & RATE_44100;
	mode = choose_mode(caps[7], wish->ldac_mode);
	if (!rate || !mode)
		return -ENOTSUP;
	memcpy(config, capabilities, ID_BYTES);
	config[6] = rate;
	config[7] = mode;
	return 0;
}

static const char *fault(const uint8_t *config, uint32_t config_bytes)
{
	if (!is_ldac(config, config_bytes))
		return "InvalidCodecParameter";
	if (!tandem_codec_is_one_bit(config[6]))
		return "InvalidSamplingFrequency";
	if (!(config[6] & (RATE_44100 | RATE_48000)))
		return "NotSupportedSamplingFrequency";
	return tandem_codec_is_one_bit(config[7]) && (config[7] & MODES)
			       ? NULL
			       : "InvalidChannelMode";
}

static bool serves(const uint8_t *config, const uint8_t *best,
		const struct tandem_codec_wish *wish)
{
	(void)wish; /* its quality changes without a new agreement */
	return memcmp(config, best, TANDEM_LDAC_CONFIG_BYTES) == 0;
}

enum tandem_ldac_mode tandem_ldac_mode(const uint8_t *config)
{
	for (uint32_t i = TANDEM_LDAC_MODE_STEREO; i < TANDEM_ARRAY_LEN(modes); i++) {
		if (config[7] == modes[i].bit)
			return i;
	}
	return TANDEM_LDAC_MODE_AUTO;
}

const char *tandem_ldac_mode_name(uint32_t mode)
{
	return mode < TANDEM_ARRAY_LEN(modes) ? modes[mode].name : "?";
}

/* Two boxes on one radio carry 2 x 330 kbit/s, 47 % of the air; 2 x 660 would be 94 %. */
uint32_t tandem_ldac_rank(const uint8_t *config, const struct tandem_codec_wish *wish)
{
	const uint32_t hq = 0, sq = 1, mq = TANDEM_LDAC_RANKS - 1;

	switch (wish->ldac_quality) {
	case TANDEM_LDAC_HQ:
		return hq;
	case TANDEM_LDAC_SQ:
		return sq;
	case TANDEM_LDAC_MQ:
		return mq;
	default:
		break;
	}
	if (wish->goal == TANDEM_GOAL_AIR)
		return mq;
	return wish->alone || config[7] == MODE_MONO ? sq : mq;
}

uint32_t tandem_ldac_kbps(const uint8_t *config, uint32_t rank)
{
	static const uint32_t kbps[2][TANDEM_LDAC_RANKS] = { { 909, 606, 452, 363, 303 },
		{ 990, 660, 492, 396, 330 } };
	const uint32_t stereo =
			kbps[config[6] == RATE_48000][rank < TANDEM_LDAC_RANKS ? rank : 0];

	return config[7] == MODE_MONO ? stereo / 2 : stereo;
}

uint32_t tandem_ldac_share(const uint8_t *config, uint32_t rank, double share)
{
	const double most_kbps = share * tandem_ldac_kbps(config, rank);

	while (rank < TANDEM_LDAC_RANKS - 1 && tandem_ldac_kbps(config, rank) > most_kbps)
		rank++;
	return rank;
}

static void describe(const uint8_t *config, const struct tandem_codec_wish *wish,
		char text[TANDEM_CODEC_TEXT_SIZE])
{
	snprintf(text, TANDEM_CODEC_TEXT_SIZE, "LDAC %s at %s kHz, %u kbit/s",
			tandem_ldac_mode_name(tandem_ldac_mode(config)),
			config[6] == RATE_48000 ? "48" : "44.1",
			tandem_ldac_kbps(config, tandem_ldac_rank(config, wish)));
}

static int parse(struct tandem_codec_config *ret, const uint8_t *bytes, uint32_t n_bytes)
{
	if (fault(bytes, n_bytes))
		return -EINVAL;
	*ret = (struct tandem_codec_config){
		.name = "ldac",
		.mode = tandem_ldac_mode_name(tandem_ldac_mode(bytes)),
		.rate_hz = bytes[6] == RATE_48000 ? 48000 : 44100,
		.channels = bytes[7] == MODE_MONO ? 1 : 2,
		.n_bytes = TANDEM_LDAC_CONFIG_BYTES,
	};
	memcpy(ret->bytes, bytes, TANDEM_LDAC_CONFIG_BYTES);
	return 0;
}

const struct tandem_codec tandem_codec_ldac = {
	.name = "ldac",
	.title = "LDAC",
	.media_type = 0xff,
	.capabilities = capabilities,
	.capabilities_bytes = TANDEM_LDAC_CONFIG_BYTES,
	.id_bytes = ID_BYTES,
	.least_mtu_bytes = HEADER_BYTES + TANDEM_LDAC_PAYLOAD_BYTES,
	.select = choose,
	.fault = fault,
	.serves = serves,
	.describe = describe,
	.parse = parse,
#ifdef TANDEM_HAVE_LDAC
	.encoder = &tandem_ldac_encoder,
#endif
};

/* SPDX-License-Identifier: MIT */
#include "sbc-config.h"

#include <errno.h>
#include <stdio.h>

enum {
	RATE_44100 = 0x20,
	RATE_48000 = 0x10,
	MODE_MONO = 0x08,
	MODE_DUAL = 0x04,
	MODE_STEREO = 0x02,
	MODE_JOINT = 0x01,
	SUBBANDS_4 = 0x08,
	SUBBANDS_8 = 0x04,
};

#define BITPOOL_MIN 2   /* A2DP 1.3, 4.3.2.6 */
#define BITPOOL_MAX 250 /* likewise */

const uint8_t tandem_sbc_capabilities[TANDEM_SBC_CONFIG_BYTES] = {
	RATE_44100 | RATE_48000 | MODE_MONO | MODE_DUAL | MODE_STEREO | MODE_JOINT, 0xff,
	BITPOOL_MIN, 53
};

/* The first of the wishes that is in offer; 0: none. */
static uint8_t first_of(uint8_t offer, const uint8_t wishes[4])
{
	for (int i = 0; i < 4 && wishes[i]; i++) {
		if (offer & wishes[i])
			return wishes[i];
	}
	return 0;
}

static uint8_t mode_bit(uint32_t mode)
{
	static const uint8_t bits[] = { [TANDEM_SBC_JOINT] = MODE_JOINT,
		[TANDEM_SBC_STEREO] = MODE_STEREO,
		[TANDEM_SBC_DUAL] = MODE_DUAL,
		[TANDEM_SBC_MONO] = MODE_MONO,
		[TANDEM_SBC_XQ] = MODE_DUAL };

	return mode < TANDEM_ARRAY_LEN(bits) ? bits[mode] : 0;
}

enum tandem_sbc_mode tandem_sbc_mode(const uint8_t *config)
{
	switch (config[0] & 0x0f) {
	case MODE_MONO:
		return TANDEM_SBC_MONO;
	case MODE_DUAL:
		return TANDEM_SBC_DUAL;
	case MODE_STEREO:
		return TANDEM_SBC_STEREO;
	default:
		return TANDEM_SBC_JOINT;
	}
}

bool tandem_sbc_is_mode(const uint8_t *config, uint32_t setting)
{
	const uint8_t bit = mode_bit(setting);

	return bit == 0 || (config[0] & 0x0f) == bit;
}

const char *tandem_sbc_mode_name(uint32_t mode)
{
	static const char *const names[] = { [TANDEM_SBC_AUTO] = "auto",
		[TANDEM_SBC_JOINT] = "joint",
		[TANDEM_SBC_STEREO] = "stereo",
		[TANDEM_SBC_DUAL] = "dual",
		[TANDEM_SBC_MONO] = "mono",
		[TANDEM_SBC_XQ] = "xq" };

	return mode < TANDEM_ARRAY_LEN(names) ? names[mode] : "?";
}

/* How much is spent, at 44.1 and at 48 kHz: at best, to spare the air, and to spare it
 * with a box that has one channel. Sources: A2DP 1.3, table 4.7, high and middle quality,
 * where a mode has them (mono counts one channel, dual each of two). At the bitpool of
 * joint, joint L=R and mono cost what joint does and are 15 dB better; at mono's own 31
 * they are as good as joint at 53, and save a third of the air. XQ: as SBC-XQ is known,
 * 452 kbit/s. */
static const struct plan {
	uint8_t best[2], thrifty[2], thrifty_one[2];
} plans[] = {
	[TANDEM_SBC_JOINT] = { { 53, 51 }, { 35, 33 }, { 31, 29 } },
	[TANDEM_SBC_STEREO] = { { 53, 51 }, { 35, 33 }, { 35, 33 } },
	[TANDEM_SBC_DUAL] = { { 31, 29 }, { 19, 18 }, { 19, 18 } },
	[TANDEM_SBC_MONO] = { { 53, 51 }, { 31, 29 }, { 31, 29 } },
	[TANDEM_SBC_XQ] = { { 38, 35 }, { 31, 29 }, { 31, 29 } },
};

static const struct plan *find_plan(uint8_t mode, const struct tandem_codec_wish *wish)
{
	const uint8_t config[] = { mode };

	if (mode == MODE_DUAL && wish->sbc_mode == TANDEM_SBC_XQ)
		return &plans[TANDEM_SBC_XQ];
	return &plans[tandem_sbc_mode(config)];
}

/* A2DP 1.3, 4.3.2.6: 16 for each subband in mono and dual, 32 otherwise; 250 at most.
 * Beyond it libsbc's encode() returns as if all were well and says -5 of the bytes written;
 * above 250 it writes frames that no speaker need take. Below, every value from 2 on is
 * coded and decoded as it should be (tests/unit/test-sbc.c). A subband takes two bits or
 * none, so a bitpool of 2 or 3 for two channels may leave one of them silent. */
static uint32_t bitpool_limit(uint8_t mode, uint8_t subband)
{
	const uint32_t subbands = subband == SUBBANDS_8 ? 8 : 4;

	if (mode == MODE_MONO || mode == MODE_DUAL)
		return 16 * subbands;
	return 32 * subbands < BITPOOL_MAX ? 32 * subbands : BITPOOL_MAX;
}

static uint32_t greatest_bitpool(uint8_t rate, uint8_t mode, uint8_t subband,
		const struct tandem_codec_wish *wish)
{
	const uint32_t limit = bitpool_limit(mode, subband);
	const uint32_t best = find_plan(mode, wish)->best[rate == RATE_48000];
	const uint32_t most = wish->bitpool > best ? wish->bitpool : best;

	return most < limit ? most : limit;
}

int tandem_sbc_select(const uint8_t *caps, uint32_t caps_bytes,
		const struct tandem_codec_wish *wish, uint8_t *config)
{
	static const uint8_t rates[4] = { RATE_48000, RATE_44100 };
	static const uint8_t modes[4] = { MODE_JOINT, MODE_STEREO, MODE_DUAL, MODE_MONO };
	static const uint8_t blocks[4] = { 0x10, 0x20, 0x40, 0x80 };
	static const uint8_t subbands[4] = { SUBBANDS_8, SUBBANDS_4 };
	static const uint8_t allocations[4] = { 0x01, 0x02 };

	if (caps_bytes != TANDEM_SBC_CONFIG_BYTES || caps[2] > caps[3])
		return -EINVAL;

	const uint8_t asked = caps[0] & mode_bit(wish->sbc_mode);
	const uint8_t rate = first_of(caps[0], rates);
	const uint8_t mode = asked ? asked : first_of(caps[0], modes);
	const uint8_t block = first_of(caps[1], blocks);
	const uint8_t subband = first_of(caps[1], subbands);
	const uint8_t allocation = first_of(caps[1], allocations);
	const uint32_t best = greatest_bitpool(rate, mode, subband, wish);
	const uint8_t least = caps[2] < BITPOOL_MIN ? BITPOOL_MIN : caps[2];
	const uint8_t most = caps[3] < best ? caps[3] : (uint8_t)best;

	if (!rate || !mode || !block || !subband || !allocation || most < least)
		return -ENOTSUP;

	config[0] = rate | mode;
	config[1] = block | subband | allocation;
	config[2] = least;
	config[3] = most;
	return 0;
}

const char *tandem_sbc_fault(const uint8_t *config, uint32_t config_bytes)
{
	if (config_bytes != TANDEM_SBC_CONFIG_BYTES)
		return "InvalidCodecParameter";
	if (!tandem_codec_is_one_bit(config[0] & 0xf0))
		return "InvalidSamplingFrequency";
	if (!(config[0] & (RATE_44100 | RATE_48000)))
		return "NotSupportedSamplingFrequency";
	if (!tandem_codec_is_one_bit(config[0] & 0x0f))
		return "InvalidChannelMode";
	if (!tandem_codec_is_one_bit(config[1] & 0xf0))
		return "InvalidBlockLength";
	if (!tandem_codec_is_one_bit(config[1] & 0x0c))
		return "InvalidSubbands";
	if (!tandem_codec_is_one_bit(config[1] & 0x03))
		return "InvalidAllocationMethod";
	if (config[2] < BITPOOL_MIN || config[2] > config[3])
		return "InvalidMinimumBitpoolValue";
	if (config[2] > bitpool_limit(config[0] & 0x0f, config[1] & 0x0c))
		return "NotSupportedMinimumBitpoolValue";
	return config[3] > BITPOOL_MAX ? "InvalidMaximumBitpoolValue" : NULL;
}

uint32_t tandem_sbc_bitpool(const uint8_t *config, const struct tandem_codec_wish *wish)
{
	const struct plan *const plan = find_plan(config[0] & 0x0f, wish);
	const bool fast = (config[0] & 0xf0) == RATE_48000;
	const uint32_t limit = bitpool_limit(config[0] & 0x0f, config[1] & 0x0c);
	const uint32_t most = config[3] < limit ? config[3] : limit;
	uint32_t wished = wish->bitpool;

	if (wished == 0 && wish->goal == TANDEM_GOAL_AIR)
		wished = (wish->one_channel ? plan->thrifty_one : plan->thrifty)[fast];
	if (wished == 0 || wished > most)
		return most;
	return wished < config[2] ? config[2] : wished;
}

bool tandem_sbc_serves(const uint8_t *config, const uint8_t *best,
		const struct tandem_codec_wish *wish)
{
	return config[0] == best[0] && config[1] == best[1] &&
	       tandem_sbc_bitpool(config, wish) == tandem_sbc_bitpool(best, wish);
}

void tandem_sbc_describe(const uint8_t *config, const struct tandem_codec_wish *wish,
		char text[TANDEM_CODEC_TEXT_SIZE])
{
	snprintf(text, TANDEM_CODEC_TEXT_SIZE, "SBC %s at %s kHz, bitpool %u",
			tandem_sbc_mode_name(tandem_sbc_mode(config)),
			(config[0] & 0xf0) == RATE_48000 ? "48" : "44.1",
			tandem_sbc_bitpool(config, wish));
}

int tandem_sbc_parse(struct tandem_codec_config *ret, const uint8_t *bytes,
		uint32_t n_bytes)
{
	static const struct tandem_codec_wish best = { 0 };

	if (tandem_sbc_fault(bytes, n_bytes))
		return -EINVAL;
	*ret = (struct tandem_codec_config){
		.name = "sbc",
		.mode = tandem_sbc_mode_name(tandem_sbc_mode(bytes)),
		.rate_hz = (bytes[0] & 0xf0) == RATE_48000 ? 48000 : 44100,
		.channels = (bytes[0] & 0x0f) == MODE_MONO ? 1 : 2,
		.bitpool = tandem_sbc_bitpool(bytes, &best),
		.bytes = { bytes[0], bytes[1], bytes[2], bytes[3] },
		.n_bytes = TANDEM_SBC_CONFIG_BYTES,
	};
	return 0;
}

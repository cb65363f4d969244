/* SPDX-License-Identifier: MIT */
#include "select.h"

#include <errno.h>

enum {
	RATE_44100 = 0x20,
	RATE_48000 = 0x10,
	MODE_MONO = 0x08,
	MODE_DUAL = 0x04,
	MODE_STEREO = 0x02,
	MODE_JOINT = 0x01,
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

/* A2DP 1.3, table 4.7, high quality. Mono counts one channel, dual each of two. */
static uint8_t recommended_bitpool(uint8_t rate, uint8_t mode)
{
	if (mode == MODE_MONO || mode == MODE_DUAL)
		return rate == RATE_48000 ? 29 : 31;
	return rate == RATE_48000 ? 51 : 53;
}

int tandem_sbc_select(const uint8_t *caps, uint32_t caps_bytes,
		uint8_t config[TANDEM_SBC_CONFIG_BYTES])
{
	static const uint8_t rates[4] = { RATE_48000, RATE_44100 };
	static const uint8_t modes[4] = { MODE_JOINT, MODE_STEREO, MODE_DUAL, MODE_MONO };
	static const uint8_t blocks[4] = { 0x10, 0x20, 0x40, 0x80 };
	static const uint8_t subbands[4] = { 0x04, 0x08 };
	static const uint8_t allocations[4] = { 0x01, 0x02 };

	if (caps_bytes != TANDEM_SBC_CONFIG_BYTES || caps[2] > caps[3])
		return -EINVAL;

	const uint8_t rate = first_of(caps[0], rates), mode = first_of(caps[0], modes);
	const uint8_t block = first_of(caps[1], blocks);
	const uint8_t subband = first_of(caps[1], subbands);
	const uint8_t allocation = first_of(caps[1], allocations);
	const uint8_t best = recommended_bitpool(rate, mode);
	const uint8_t least = caps[2] < BITPOOL_MIN ? BITPOOL_MIN : caps[2];
	const uint8_t most = caps[3] < best ? caps[3] : best;

	if (!rate || !mode || !block || !subband || !allocation || most < least)
		return -ENOTSUP;

	config[0] = rate | mode;
	config[1] = block | subband | allocation;
	config[2] = least;
	config[3] = most;
	return 0;
}

static bool one_bit(unsigned int bits)
{
	return bits != 0 && (bits & (bits - 1)) == 0;
}

/* What a frame can hold: 16 for each subband, with two channels in common 32; 250 in all.
 * A2DP 1.3, 4.3.2.6; SBC, table 12.17 [bitpool]. */
static uint8_t greatest_bitpool(const uint8_t *config)
{
	const int subbands = config[1] & 0x08 ? 4 : 8;
	const int limit = subbands * (config[0] & (MODE_MONO | MODE_DUAL) ? 16 : 32);

	return (uint8_t)(limit < BITPOOL_MAX ? limit : BITPOOL_MAX);
}

bool tandem_sbc_config_ok(const uint8_t *config, uint32_t config_bytes)
{
	return config_bytes == TANDEM_SBC_CONFIG_BYTES && one_bit(config[0] & 0x0f) &&
	       one_bit(config[1] & 0xf0) && one_bit(config[1] & 0x0c) &&
	       one_bit(config[1] & 0x03) &&
	       ((config[0] & 0xf0) == RATE_44100 || (config[0] & 0xf0) == RATE_48000) &&
	       config[2] >= BITPOOL_MIN && config[2] <= config[3] &&
	       config[2] <= greatest_bitpool(config) && config[3] <= BITPOOL_MAX;
}

/* SPDX-License-Identifier: MIT */
#include "select.h"

#include <string.h>

#define MAX_BITPOOL 53 /* joint stereo, high quality, 44.1 kHz: what most speakers say */

const uint8_t tandem_select_capabilities[TANDEM_SELECT_BYTES] = { 0x3f, 0xff, 2,
	MAX_BITPOOL };

/* Best first, per field: mask of the bits of one byte. */
static const struct {
	uint8_t byte;
	uint8_t bits[5]; /* 0 ends */
} fields[] = {
	{ 0, { 0x20, 0x10 } },             /* 44.1, 48 kHz */
	{ 0, { 0x01, 0x02, 0x04, 0x08 } }, /* joint, stereo, dual, mono */
	{ 1, { 0x10, 0x20, 0x40, 0x80 } }, /* 16, 12, 8, 4 blocks */
	{ 1, { 0x04, 0x08 } },             /* 8, 4 subbands */
	{ 1, { 0x01, 0x02 } },             /* loudness, SNR */
};

bool tandem_select_sbc(const uint8_t *caps, size_t bytes,
		uint8_t ret_config[TANDEM_SELECT_BYTES])
{
	uint8_t config[2] = { 0 };

	if (bytes != TANDEM_SELECT_BYTES || caps[2] > MAX_BITPOOL || caps[3] < caps[2])
		return false;
	for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
		const uint8_t common = caps[fields[f].byte] &
				       tandem_select_capabilities[fields[f].byte];
		size_t i = 0;

		while (fields[f].bits[i] != 0 && !(common & fields[f].bits[i]))
			i++;
		if (fields[f].bits[i] == 0)
			return false;
		config[fields[f].byte] |= fields[f].bits[i];
	}
	ret_config[0] = config[0];
	ret_config[1] = config[1];
	ret_config[2] = caps[2] < 2 ? 2 : caps[2];
	ret_config[3] = caps[3] > MAX_BITPOOL ? MAX_BITPOOL : caps[3];
	return true;
}

#define LDAC_ID_BYTES 6

const uint8_t tandem_select_ldac_capabilities[TANDEM_SELECT_LDAC_BYTES] = { 0x2d, 0x01, 0,
	0, 0xaa, 0, 0x3c, 0x07 };

static uint8_t first_of(uint8_t offer, const uint8_t bits[3])
{
	for (int i = 0; i < 3; i++) {
		if (offer & bits[i])
			return bits[i];
	}
	return 0;
}

bool tandem_select_ldac(const uint8_t *caps, size_t bytes,
		uint8_t ret_config[TANDEM_SELECT_LDAC_BYTES])
{
	static const uint8_t rates[3] = { 0x10, 0x20 }, modes[3] = { 0x01, 0x02, 0x04 };
	uint8_t config[TANDEM_SELECT_LDAC_BYTES];

	if (bytes != TANDEM_SELECT_LDAC_BYTES ||
			memcmp(caps, tandem_select_ldac_capabilities, LDAC_ID_BYTES) != 0)
		return false;
	memcpy(config, caps, LDAC_ID_BYTES);
	config[6] = first_of(caps[6], rates);
	config[7] = first_of(caps[7], modes);
	if (!config[6] || !config[7])
		return false;
	memcpy(ret_config, config, sizeof(config));
	return true;
}

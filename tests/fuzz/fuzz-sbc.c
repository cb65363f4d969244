/* SPDX-License-Identifier: MIT
 *
 * Any capabilities, any configuration. What the module chooses, the module accepts; what
 * it accepts, the plugin can encode; and the choice lies within what both sides offer.
 *
 *     byte 0     payload bytes of a packet, / 4
 *     1 to 6     capabilities: the first says how many, up to 5
 *     then       a configuration, likewise
 */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "codec/codec.h"
#include "select.h"

#define MAX_BLOCK_FRAMES 128

static uint8_t greater(uint8_t a, uint8_t b)
{
	return a > b ? a : b;
}

static uint8_t smaller(uint8_t a, uint8_t b)
{
	return a < b ? a : b;
}

/* What one field of both sides has in common. */
static bool share(const uint8_t *caps, int byte, uint8_t field)
{
	return caps[byte] & tandem_sbc_capabilities[byte] & field;
}

/* Bitpools that any mode may use: mono's recommendation at 48 kHz is the least, 29. */
static bool has_match(const uint8_t *caps)
{
	return share(caps, 0, 0xf0) && share(caps, 0, 0x0f) && share(caps, 1, 0xf0) &&
	       share(caps, 1, 0x0c) && share(caps, 1, 0x03) &&
	       greater(caps[2], tandem_sbc_capabilities[2]) <= smaller(caps[3], 29);
}

static struct tandem_coded encode_one(struct tandem_encoder *e, size_t payload_bytes)
{
	static const float silence[MAX_BLOCK_FRAMES];
	const float *const in[2] = { silence, silence };
	uint8_t *out = malloc(payload_bytes);
	struct tandem_coded coded;

	MUST(e->block_frames <= MAX_BLOCK_FRAMES, "%u", e->block_frames);
	coded = e->ops->encode(e, in, out, payload_bytes);
	free(out);
	return coded;
}

/* Payloads shorter than one frame are refused; the longest frame has 4 + 8 + 500 bytes of
 * joint stereo, dual channel twice 128 x 16 bits (A2DP 1.3, 12.9). */
static void check_encoder(const struct tandem_codec *codec,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct tandem_encoder *e = NULL;
	const int res = codec->encoder->new(&e, config, payload_bytes);
	struct tandem_coded coded;

	if (res == -EINVAL) {
		MUST(payload_bytes < 1020, "%zu bytes hold no frame", payload_bytes);
		return;
	}
	MUST(res == 0 && e, "%d", res);
	coded = encode_one(e, payload_bytes);
	MUST(coded.bytes > 0 && (size_t)coded.bytes <= payload_bytes, "%zd", coded.bytes);
	MUST(e->max_blocks * (size_t)coded.bytes <= payload_bytes, "%u", e->max_blocks);
	codec->encoder->free(e);
}

static void check_configuration(const uint8_t *bytes, uint32_t n, size_t payload_bytes)
{
	const struct tandem_codec *codec = tandem_codec_find(TANDEM_CODEC_SBC);
	struct tandem_codec_config config;
	const int res = codec->parse(&config, bytes, n);

	MUST(res == 0 || res == -EINVAL, "%d", res);
	if (tandem_sbc_config_ok(bytes, n))
		MUST(res == 0, "the module accepts what the plugin refuses");
	if (res < 0)
		return;
	MUST(config.n_bytes == n && memcmp(config.bytes, bytes, n) == 0, "%u", n);
	MUST(config.rate_hz == 44100 || config.rate_hz == 48000, "%u", config.rate_hz);
	MUST(config.channels == 1 || config.channels == 2, "%u", config.channels);
	MUST(config.bitpool >= bytes[2] && config.bitpool <= bytes[3], "%u",
			config.bitpool);
	check_encoder(codec, &config, payload_bytes);
}

static void check_choice(const uint8_t *caps, uint32_t n,
		const struct tandem_sbc_wish *wish, size_t payload_bytes)
{
	uint8_t config[TANDEM_SBC_CONFIG_BYTES] = { 0 };
	const int res = tandem_sbc_select(caps, n, wish, config);

	if (res < 0) {
		MUST(res == -EINVAL || res == -ENOTSUP, "%d", res);
		MUST(n != 4 || !has_match(caps), "refused though both can");
		return;
	}
	MUST(n == 4, "%u bytes", n);
	for (int i = 0; i < 2; i++) {
		MUST((config[i] & caps[i] & tandem_sbc_capabilities[i]) == config[i],
				"byte %d: %02x", i, config[i]);
	}
	MUST(config[2] >= greater(caps[2], tandem_sbc_capabilities[2]), "%u", config[2]);
	MUST(config[3] <= smaller(caps[3], greater((uint8_t)wish->bitpool,
							   tandem_sbc_capabilities[3])),
			"%u", config[3]);
	MUST(tandem_sbc_config_ok(config, sizeof(config)), "%02x %02x %02x %02x", config[0],
			config[1], config[2], config[3]);
	check_configuration(config, sizeof(config), payload_bytes);
}

/* At the end of its own memory, where a read too far shows. */
static uint8_t *copy(struct bytes some)
{
	uint8_t *own = malloc(some.left > 0 ? some.left : 1);

	if (some.left > 0)
		memcpy(own, some.at, some.left);
	return own;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const size_t payload_bytes = 4u * take_byte(&b) + 1;
	const struct tandem_sbc_wish wish = { take_byte(&b), take_byte(&b) };
	const struct bytes caps = take_some(&b, 5), config = take_some(&b, 5);
	uint8_t *own_caps = copy(caps), *own_config = copy(config);

	check_choice(own_caps, (uint32_t)caps.left, &wish, payload_bytes);
	check_configuration(own_config, (uint32_t)config.left, payload_bytes);
	free(own_caps);
	free(own_config);
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * Any capabilities, any configuration, of any codec. What the module chooses, the module
 * accepts; what it accepts, the plugin can encode; and the choice lies within what both
 * sides offer.
 *
 *     byte 0     payload bytes of a packet, / 4; the codec
 *     1 to 4     a wish
 *     then       capabilities: the first says how many, up to 9
 *     then       a configuration, likewise
 */
#include <errno.h>
#include <string.h>

#include "base/settings.h"
#include "bytes.h"
#include "codec/codec.h"

#define MAX_BLOCK_FRAMES 128
#define MAX_BLOB_BYTES 9

/* Until a packet is full, and one block more. */
static void encode_some(struct tandem_encoder *e, size_t payload_bytes,
		const struct tandem_codec_wish *wish)
{
	static const float silence[MAX_BLOCK_FRAMES];
	const float *const in[2] = { silence, silence };
	uint8_t *out = malloc(payload_bytes);
	const uint32_t packet_blocks = e->max_blocks;
	size_t used = 0;
	struct tandem_coded coded;

	MUST(e->block_frames <= MAX_BLOCK_FRAMES, "%u", e->block_frames);
	MUST(packet_blocks > 0 && packet_blocks <= 15, "%u", packet_blocks);
	for (uint32_t blocks = 0; blocks < packet_blocks; blocks++) {
		coded = e->ops->encode(e, in, out + used, payload_bytes - used);
		MUST(coded.bytes >= 0, "%zd", coded.bytes);
		used += (size_t)coded.bytes;
		MUST(used <= payload_bytes, "%zu", used);
		if (blocks == 0) { /* hold from the next packet on */
			e->ops->set_wish(e, wish);
			e->ops->set_share(e, wish->bitpool / 255.0);
		}
	}
	MUST(used > 0, "nothing came");
	coded = e->ops->encode(e, in, out, payload_bytes);
	MUST(coded.bytes >= 0 && (size_t)coded.bytes <= payload_bytes, "%zd", coded.bytes);
	e->ops->reset(e);
	free(out);
}

/* Payloads shorter than one frame are refused; the longest of SBC has 4 + 8 + 500 bytes of
 * joint stereo, dual channel twice 128 x 16 bits (A2DP 1.3, 12.9). */
static void check_encoder(const struct tandem_codec *codec,
		const struct tandem_codec_config *config, size_t payload_bytes,
		const struct tandem_codec_wish *wish)
{
	struct tandem_encoder *e = NULL;
	const int res = codec->encoder->new(&e, config, payload_bytes);

	if (res == -EINVAL) {
		MUST(payload_bytes < 1020, "%zu bytes hold no frame", payload_bytes);
		return;
	}
	MUST(res == 0 && e, "%d", res);
	encode_some(e, payload_bytes, wish);
	codec->encoder->free(e);
}

static void check_configuration(const struct tandem_codec *codec, const uint8_t *bytes,
		uint32_t n, size_t payload_bytes, const struct tandem_codec_wish *wish)
{
	char text[TANDEM_CODEC_TEXT_SIZE];
	struct tandem_codec_config config;
	const int res = codec->parse(&config, bytes, n);

	MUST((res == 0) == !codec->fault(bytes, n), "the module and the plugin disagree");
	if (res < 0)
		return;
	MUST(tandem_codec_find(codec->media_type, bytes, n) == codec, "another's");
	MUST(config.n_bytes == n && memcmp(config.bytes, bytes, n) == 0, "%u", n);
	MUST(config.rate_hz == 44100 || config.rate_hz == 48000, "%u", config.rate_hz);
	MUST(config.channels == 1 || config.channels == 2, "%u", config.channels);
	codec->describe(bytes, wish, text);
	MUST(strlen(text) < sizeof(text) - 1, "cut off: %s", text);
	MUST(codec->serves(bytes, bytes, wish), "not as good as itself");
	if (codec->encoder)
		check_encoder(codec, &config, payload_bytes, wish);
}

/* config may have any bit of caps in its first bytes; the last two of SBC are a range. */
static void check_choice(const struct tandem_codec *codec, const uint8_t *caps, uint32_t n,
		const struct tandem_codec_wish *wish, size_t payload_bytes)
{
	uint8_t config[TANDEM_CONFIG_SIZE] = { 0 };
	const int res = codec->select(caps, n, wish, config);
	const bool ranged = codec->media_type == TANDEM_MEDIA_TYPE_SBC;

	MUST(res == 0 || res == -EINVAL || res == -ENOTSUP, "%d", res);
	if (res < 0)
		return;
	MUST(n == codec->capabilities_bytes, "%u bytes", n);
	for (uint32_t i = 0; i < n - (ranged ? 2 : 0); i++) {
		MUST((config[i] & caps[i] & codec->capabilities[i]) == config[i],
				"byte %u: %02x", i, config[i]);
	}
	if (ranged)
		MUST(config[2] >= caps[2] && config[3] <= caps[3], "%u", config[3]);
	MUST(!codec->fault(config, n), "%s", codec->fault(config, n));
	check_configuration(codec, config, n, payload_bytes, wish);
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
	const uint8_t first = take_byte(&b), rest = take_byte(&b);
	const struct tandem_codec *const codec = tandem_codecs[first % TANDEM_N_CODECS];
	const size_t payload_bytes = 4u * first + 1;
	const struct tandem_codec_wish wish = { .sbc_mode = take_byte(&b),
		.bitpool = take_byte(&b),
		.ldac_mode = take_byte(&b),
		.ldac_quality = rest >> 2 & 7,
		.goal = rest >> 1 & 1,
		.one_channel = rest >> 5 & 1,
		.alone = rest & 1 };
	const struct bytes caps = take_some(&b, MAX_BLOB_BYTES),
			   config = take_some(&b, MAX_BLOB_BYTES);
	uint8_t *own_caps = copy(caps), *own_config = copy(config);

	check_choice(codec, own_caps, (uint32_t)caps.left, &wish, payload_bytes);
	check_configuration(codec, own_config, (uint32_t)config.left, payload_bytes, &wish);
	free(own_caps);
	free(own_config);
	return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * The table of codecs: which there are, what is agreed with a speaker, and who encodes.
 *
 *     the speaker's capabilities --select(wish)--> configuration --parse--> encoder
 *                                   somebody's --fault?--^
 *
 * A blob of capabilities has any bits, a configuration one bit per group. Pure; any thread.
 */
#ifndef TANDEM_CODEC_CODEC_H
#define TANDEM_CODEC_CODEC_H

#include "path/encode.h"

#define TANDEM_MEDIA_TYPE_SBC                                                              \
	0x00 /* A2DP assigned numbers; any other is a vendor's, 0xff */
#define TANDEM_N_CODECS 2
#define TANDEM_CODEC_TEXT_SIZE 48

struct tandem_codec {
	const char *name;   /* as users write it: "sbc" */
	const char *title;  /* and read it: "SBC" */
	uint8_t media_type; /* A2DP media codec type */
	/* What our endpoints offer. The first id_bytes name the codec, of one that its
	 * media type does not. */
	const uint8_t *capabilities;
	uint32_t capabilities_bytes;
	uint32_t id_bytes;
	uint32_t least_mtu_bytes; /* a link that takes less cannot carry it */

	/* Sets config to what is asked of a speaker with these capabilities; as many bytes
	 * as they have. 0, -EINVAL (no capabilities of this codec) or -ENOTSUP (nothing in
	 * common). */
	int (*select)(const uint8_t *caps, uint32_t caps_bytes,
			const struct tandem_codec_wish *wish, uint8_t *config);
	/* What keeps these bytes from being a configuration that we can play: the last part
	 * of org.bluez.Error.A2DP.<...>, by which BlueZ >= 5.84 knows it. NULL: nothing. */
	const char *(*fault)(const uint8_t *config, uint32_t config_bytes);
	/* Whether a stream so configured does what is wished for as well as one configured
	 * as `best`, which select() gave. Both are without fault. */
	bool (*serves)(const uint8_t *config, const uint8_t *best,
			const struct tandem_codec_wish *wish);
	/* For people, of one without fault: "SBC joint at 48 kHz, bitpool 51". */
	void (*describe)(const uint8_t *config, const struct tandem_codec_wish *wish,
			char text[TANDEM_CODEC_TEXT_SIZE]);
	/* Understands a transport's configuration. 0, or -EINVAL: it has a fault; *ret then
	 * untouched. */
	int (*parse)(struct tandem_codec_config *ret, const uint8_t *bytes,
			uint32_t n_bytes);
	const struct tandem_encoder_ops *encoder; /* NULL: not in this build */
};

/* Whether a field of a blob has one value: in a configuration each does. */
static inline bool tandem_codec_is_one_bit(unsigned int field)
{
	return field != 0 && (field & (field - 1)) == 0;
}

/* In the order of the bits of a mask of codecs: SBC is 0. */
extern const struct tandem_codec *const tandem_codecs[TANDEM_N_CODECS];

/* Whose capabilities or configuration these are; NULL: of no codec of ours. */
const struct tandem_codec *tandem_codec_find(uint8_t media_type, const uint8_t *blob,
		uint32_t blob_bytes);

/* Its place in the table. */
uint32_t tandem_codec_index(const struct tandem_codec *codec);

/* Its bit in a mask of codecs. */
#define TANDEM_CODEC_BIT(codec) (1u << tandem_codec_index(codec))

/* Which is asked for, whether this build has it or not; auto: SBC. */
const struct tandem_codec *tandem_codec_wished(const struct tandem_codec_wish *wish);

bool tandem_codec_wishes_equal(const struct tandem_codec_wish *a,
		const struct tandem_codec_wish *b);

#endif

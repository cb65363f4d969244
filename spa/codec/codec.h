/* SPDX-License-Identifier: MIT
 *
 * The table of codecs. Thread: main.
 */
#ifndef TANDEM_CODEC_CODEC_H
#define TANDEM_CODEC_CODEC_H

#include "path/encode.h"

struct tandem_codec {
	const char *name;   /* as users write it: "sbc" */
	uint8_t media_type; /* A2DP media codec type */
	/* Understands a transport's Configuration from outside. Returns 0 or -EINVAL: wrong
	 * length, not one bit per field, bitpool out of range; *ret then untouched. */
	int (*parse)(struct tandem_codec_config *ret, const uint8_t *bytes,
			uint32_t n_bytes);
	const struct tandem_encoder_ops *encoder;
};

/* NULL: we cannot encode that. */
const struct tandem_codec *tandem_codec_find(uint8_t media_type);

#endif

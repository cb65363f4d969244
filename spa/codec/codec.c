/* SPDX-License-Identifier: MIT */
#include "codec.h"

#include <string.h>

#include "base/settings.h"
#include "ldac.h"
#include "sbc.h"

const struct tandem_codec *const tandem_codecs[TANDEM_N_CODECS] = {
	&tandem_codec_sbc,
	&tandem_codec_ldac,
};

const struct tandem_codec *tandem_codec_find(uint8_t media_type, const uint8_t *blob,
		uint32_t blob_bytes)
{
	for (size_t i = 0; i < TANDEM_N_CODECS; i++) {
		const struct tandem_codec *const c = tandem_codecs[i];

		if (c->media_type == media_type && c->id_bytes <= blob_bytes &&
				memcmp(c->capabilities, blob, c->id_bytes) == 0)
			return c;
	}
	return NULL;
}

uint32_t tandem_codec_index(const struct tandem_codec *codec)
{
	uint32_t i = 0;

	while (i < TANDEM_N_CODECS - 1 && tandem_codecs[i] != codec)
		i++;
	return i;
}

const struct tandem_codec *tandem_codec_wished(const struct tandem_codec_wish *wish)
{
	return wish->codec == TANDEM_CODEC_LDAC ? &tandem_codec_ldac : &tandem_codec_sbc;
}

bool tandem_codec_wishes_equal(const struct tandem_codec_wish *a,
		const struct tandem_codec_wish *b)
{
	return a->codec == b->codec && a->sbc_mode == b->sbc_mode &&
	       a->bitpool == b->bitpool && a->ldac_mode == b->ldac_mode &&
	       a->ldac_quality == b->ldac_quality && a->goal == b->goal &&
	       a->one_channel == b->one_channel && a->alone == b->alone;
}

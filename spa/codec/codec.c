/* SPDX-License-Identifier: MIT */
#include "codec.h"

#include "sbc.h"

static const struct tandem_codec *const codecs[] = {
	&tandem_codec_sbc,
};

const struct tandem_codec *tandem_codec_find(uint8_t media_type)
{
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(codecs); i++) {
		if (codecs[i]->media_type == media_type)
			return codecs[i];
	}
	return NULL;
}

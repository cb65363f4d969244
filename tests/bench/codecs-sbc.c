/* SPDX-License-Identifier: MIT */
#include <sbc/sbc.h>
#include <stdlib.h>

#include "codecs.h"

static void *open_sbc(const struct tandem_codec_config *config,
		const struct tandem_codec_wish *wish, bool decoder)
{
	sbc_t *const sbc = calloc(1, sizeof(*sbc));
	int res;

	(void)wish; /* each mode has its bitpool in its bytes */
	if (sbc == NULL)
		return NULL;
	res = decoder ? sbc_init(sbc, 0)
		      : sbc_init_a2dp(sbc, 0, config->bytes, config->n_bytes);
	if (res < 0) {
		free(sbc);
		return NULL;
	}
	sbc->endian = SBC_LE;
	if (!decoder)
		sbc->bitpool = (uint8_t)config->bitpool;
	return sbc;
}

static void close_sbc(void *state)
{
	sbc_finish(state);
	free(state);
}

static size_t encode(void *state, const int16_t *pcm, size_t pcm_bytes, uint8_t *out,
		size_t out_bytes)
{
	ssize_t written = 0;

	if (sbc_encode(state, pcm, pcm_bytes, out, out_bytes, &written) < 0)
		return 0;
	return written < 0 ? 0 : (size_t)written;
}

static size_t decode(void *state, const uint8_t *in, size_t in_bytes, int16_t *pcm,
		size_t pcm_bytes)
{
	size_t made = 0;

	return sbc_decode(state, in, in_bytes, pcm, pcm_bytes, &made) < 0 ? 0 : made;
}

const struct bench_library tandem_bench_sbc = {
	.media_type = 0x00,
	.open = open_sbc,
	.close = close_sbc,
	.encode = encode,
	.decode = decode,
};

/* SPDX-License-Identifier: MIT */
#include <ldac/ldacBT.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "codecs.h"

#define MTU_BYTES 679 /* the least it takes */

/* Nobody decodes: Debian has no decoder. */
static void *open_ldac(const struct tandem_codec_config *config,
		const struct tandem_codec_wish *wish, bool decoder)
{
	static const int eqmids[] = { [TANDEM_LDAC_HQ] = LDACBT_EQMID_HQ,
		[TANDEM_LDAC_SQ] = LDACBT_EQMID_SQ,
		[TANDEM_LDAC_MQ] = LDACBT_EQMID_MQ };
	HANDLE_LDAC_BT library = decoder ? NULL : ldacBT_get_handle();

	if (library == NULL)
		return NULL;
	if (ldacBT_init_handle_encode(library, MTU_BYTES, eqmids[wish->ldac_quality],
			    config->bytes[7], LDACBT_SMPL_FMT_S16,
			    (int)config->rate_hz) < 0) {
		ldacBT_free_handle(library);
		return NULL;
	}
	return library;
}

static void close_ldac(void *state)
{
	ldacBT_free_handle(state);
}

static size_t encode(void *state, const int16_t *pcm, size_t pcm_bytes, uint8_t *out,
		size_t out_bytes)
{
	int used = 0, written = 0, frames = 0;
	void *in; /* which it does not write to */

	(void)pcm_bytes;
	(void)out_bytes;
	memcpy(&in, &pcm, sizeof(in));
	if (ldacBT_encode(state, in, &used, out, &written, &frames) < 0)
		return 0;
	return (size_t)written;
}

const struct bench_library tandem_bench_ldac = {
	.media_type = 0xff,
	.open = open_ldac,
	.close = close_ldac,
	.encode = encode,
};

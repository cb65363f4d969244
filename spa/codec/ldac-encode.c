/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <ldac/ldacBT.h>
#include <stdlib.h>
#include <string.h>

#include "ldac.h"

/* What the library wants to hear, or it refuses: its packets are 673 bytes at most. */
#define LIBRARY_MTU_BYTES 679
/* At 44.1 and 48 kHz: half of the transform's window, in frames. */
#define DELAY_FRAMES 128

struct ldac_encoder {
	struct tandem_encoder encoder;
	/* constant after new() */
	HANDLE_LDAC_BT library;
	uint32_t channels;
	uint8_t config[TANDEM_LDAC_CONFIG_BYTES];
	/* data loop */
	uint32_t wished;   /* rank */
	double share;      /* of its bits */
	uint32_t wanted;   /* rank from the next packet on */
	uint32_t gathered; /* blocks of the packet to come */
	float pcm[2 * LDACBT_ENC_LSU];
};

/* One row per rank; the library reaches those between by steps from another. */
static const struct step {
	int eqmid;
	int downward;
	uint32_t stereo_blocks;
} steps[TANDEM_LDAC_RANKS] = {
	{ LDACBT_EQMID_HQ, 0, 2 },
	{ LDACBT_EQMID_SQ, 0, 3 },
	{ LDACBT_EQMID_SQ, 1, 4 },
	{ LDACBT_EQMID_SQ, 2, 5 },
	{ LDACBT_EQMID_MQ, 0, 6 },
};

static void take_rank(struct ldac_encoder *e)
{
	const struct step *const s = &steps[e->wanted];

	ldacBT_set_eqmid(e->library, s->eqmid);
	for (int i = 0; i < s->downward; i++)
		ldacBT_alter_eqmid_priority(e->library, LDACBT_EQMID_INC_CONNECTION);
	e->encoder.max_blocks = s->stereo_blocks * (e->channels == 1 ? 2 : 1);
}

static void adapt(struct ldac_encoder *e)
{
	e->wanted = tandem_ldac_share(e->config, e->wished, e->share);
	if (e->gathered == 0)
		take_rank(e);
}

static void encoder_free(struct tandem_encoder *encoder)
{
	struct ldac_encoder *e = (struct ldac_encoder *)encoder;

	if (e == NULL)
		return;
	ldacBT_free_handle(e->library);
	free(e);
}

static int encoder_new(struct tandem_encoder **ret_encoder,
		const struct tandem_codec_config *config, size_t payload_bytes)
{
	struct ldac_encoder *e;

	if (payload_bytes < TANDEM_LDAC_PAYLOAD_BYTES ||
			tandem_codec_ldac.fault(config->bytes, config->n_bytes))
		return -EINVAL;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return -ENOMEM;
	e->encoder = (struct tandem_encoder){
		.ops = &tandem_ldac_encoder,
		.block_frames = LDACBT_ENC_LSU,
		.delay_frames = DELAY_FRAMES,
	};
	e->channels = config->channels;
	memcpy(e->config, config->bytes, sizeof(e->config));
	e->library = ldacBT_get_handle();
	if (e->library == NULL ||
			ldacBT_init_handle_encode(e->library, LIBRARY_MTU_BYTES,
					LDACBT_EQMID_SQ, e->config[7] /* its bits, too */,
					LDACBT_SMPL_FMT_F32, (int)config->rate_hz) < 0) {
		encoder_free(&e->encoder);
		return -ENOMEM; /* all else has been looked at */
	}
	e->wished = TANDEM_LDAC_RANKS - 1;
	e->share = 1.0;
	adapt(e);
	*ret_encoder = &e->encoder;
	return 0;
}

static float clip(float x)
{
	return x > 1.0f ? 1.0f : x >= -1.0f ? x : x < -1.0f ? -1.0f : 0.0f;
}

/* The library gives a packet in the call that fills it; should it do so earlier or later,
 * the packet is that much shorter or longer. */
static struct tandem_coded run(struct ldac_encoder *e, uint8_t *out)
{
	struct tandem_coded coded = { 0 };
	int used = 0;
	int bytes = 0;
	int frames = 0;

	if (ldacBT_encode(e->library, e->pcm, &used, out, &bytes, &frames) < 0)
		bytes = 0;
	e->gathered++;
	if (bytes > 0) {
		e->encoder.max_blocks = e->gathered;
		e->gathered = 0;
		coded = (struct tandem_coded){ bytes, (uint32_t)frames };
	} else if (e->gathered == e->encoder.max_blocks) {
		e->encoder.max_blocks++;
	}
	return coded;
}

static struct tandem_coded encode(struct tandem_encoder *encoder, const float *const in[],
		uint8_t *out, size_t out_bytes)
{
	struct ldac_encoder *e = (struct ldac_encoder *)encoder;

	if (out_bytes < TANDEM_LDAC_PAYLOAD_BYTES)
		return (struct tandem_coded){ .bytes = -ENOSPC };
	if (e->gathered == 0)
		take_rank(e);
	for (uint32_t c = 0; c < e->channels; c++) {
		for (uint32_t i = 0; i < LDACBT_ENC_LSU; i++)
			e->pcm[i * e->channels + c] = clip(in[c][i]);
	}
	return run(e, out);
}

static uint32_t set_wish(struct tandem_encoder *encoder,
		const struct tandem_codec_wish *wish)
{
	struct ldac_encoder *e = (struct ldac_encoder *)encoder;

	e->wished = tandem_ldac_rank(e->config, wish);
	adapt(e);
	return 0;
}

static uint32_t set_share(struct tandem_encoder *encoder, double share)
{
	struct ldac_encoder *e = (struct ldac_encoder *)encoder;

	e->share = share;
	adapt(e);
	return 0;
}

/* To begin anew would allocate: what is in the library is driven out by silence. */
static void reset(struct tandem_encoder *encoder)
{
	struct ldac_encoder *e = (struct ldac_encoder *)encoder;
	uint8_t thrown_away[LDACBT_MAX_NBYTES];

	for (uint32_t i = 0; i < 2 * LDACBT_ENC_LSU; i++)
		e->pcm[i] = 0.0f;
	for (int i = 0; i < 16 && e->gathered > 0; i++)
		run(e, thrown_away);
	e->gathered = 0;
}

const struct tandem_encoder_ops tandem_ldac_encoder = {
	.new = encoder_new,
	.free = encoder_free,
	.encode = encode,
	.set_wish = set_wish,
	.set_share = set_share,
	.reset = reset,
};

/* SPDX-License-Identifier: MIT
 *
 * What every codec looks like to the path: blocks of PCM in, coded frames out. A codec
 * is one file in codec/ and one row of the table in codec/codec.c.
 */
#ifndef TANDEM_PATH_ENCODE_H
#define TANDEM_PATH_ENCODE_H

#include <sys/types.h>

#include "base/units.h"

/* A transport's configuration, understood. */
struct tandem_codec_config {
	const char *name;  /* "sbc" */
	const char *mode;  /* "mono" "dual" "stereo" "joint" */
	uint32_t rate_hz;  /* 44100 or 48000 */
	uint32_t channels; /* of the coded stream: 1 or 2 */
	uint32_t bitpool;  /* as it will be used */
	uint8_t bytes[32]; /* as negotiated */
	uint32_t n_bytes;
};

/* A run of coded frames; bytes 0: the codec keeps gathering. */
struct tandem_coded {
	ssize_t bytes;   /* written to out, or -ENOSPC: nothing written, state unchanged */
	uint32_t frames; /* coded frames in those bytes, for the payload header */
};

struct tandem_encoder;

struct tandem_encoder_ops {
	/* Main thread; 0, -EINVAL or -ENOMEM. Untouched on failure. */
	int (*new)(struct tandem_encoder **ret_encoder,
			const struct tandem_codec_config *config, size_t payload_bytes);
	void (*free)(struct tandem_encoder *e); /* main thread; NULL is fine */
	/* in[channels][block_frames], full scale +-1.0, clipped here and only here. */
	struct tandem_coded (*encode)(struct tandem_encoder *e, const float *const in[],
			uint8_t *out, size_t out_bytes);
	/* From the next encode() on, kept within what was negotiated; 0: its greatest.
	 * Returns the one in use. The packets keep their frames and shrink. Data loop.
	 * NULL: the codec has none. */
	uint32_t (*set_bitpool)(struct tandem_encoder *e, uint32_t bitpool);
};

struct tandem_encoder { /* first member of every codec's own struct; constant after new() */
	const struct tandem_encoder_ops *ops;
	uint32_t block_frames; /* PCM frames per encode() */
	uint32_t delay_frames; /* encoder + decoder; each codec cites where from */
	uint32_t max_blocks;   /* per packet, so that it stays within the payload */
};

#endif

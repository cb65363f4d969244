/* SPDX-License-Identifier: MIT
 *
 * What every codec looks like to the path: blocks of PCM in, coded frames out. A codec
 * is one row of the table in codec/codec.c.
 */
#ifndef TANDEM_PATH_ENCODE_H
#define TANDEM_PATH_ENCODE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/units.h"

/* The sound in one packet at most, ms: longer ones are lost at once, and take longer to be
 * sent again (shared facts on Bluetooth, 3.3: 25 to 30). A codec whose library decides
 * about its packets goes by that. */
#define TANDEM_PACKET_MS 30

#define TANDEM_CONFIG_SIZE 32 /* of any codec's configuration and capabilities, bytes */

/* What somebody wants of a codec; zeroed: the best. From the settings: layout.h. */
struct tandem_codec_wish {
	uint32_t sbc_mode;     /* enum tandem_sbc_mode */
	uint32_t bitpool;      /* of SBC; 0: by mode and goal */
	uint32_t codec;        /* enum tandem_codec_choice */
	uint32_t ldac_mode;    /* enum tandem_ldac_mode */
	uint32_t ldac_quality; /* enum tandem_ldac_quality */
	uint32_t goal;         /* enum tandem_goal */
	bool one_channel;      /* both drivers of the box play the same */
	bool alone;            /* no other speaker of the group shares the air */
};

/* A transport's configuration, understood. */
struct tandem_codec_config {
	const char *name;                  /* "sbc" */
	const char *mode;                  /* "mono" "dual" "stereo" "joint" */
	uint32_t rate_hz;                  /* 44100 or 48000 */
	uint32_t channels;                 /* of the coded stream: 1 or 2 */
	uint32_t bitpool;                  /* the greatest; 0: the codec has none */
	uint8_t bytes[TANDEM_CONFIG_SIZE]; /* as negotiated */
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
	/* in[channels][block_frames], full scale +-1.0, clipped here and only here. Of two
	 * channels that are the same, in[1] is in[0]. */
	struct tandem_coded (*encode)(struct tandem_encoder *e, const float *const in[],
			uint8_t *out, size_t out_bytes);
	/* How much is spent on the sound, within what was negotiated, from the next packet
	 * on. Returns the bitpool then, 0: the codec has none. Data loop. NULL: it has no
	 * choice. */
	uint32_t (*set_wish)(struct tandem_encoder *e,
			const struct tandem_codec_wish *wish);
	/* Of what the wish makes, the best that takes no more than that share of its bytes,
	 * 0 to 1, or the least that it can do; from the next packet on. Returns as
	 * set_wish(). Data loop. NULL: it cannot. */
	uint32_t (*set_share)(struct tandem_encoder *e, double share);
	/* The packet is given up, and what was gathered for it. Data loop. NULL: it
	 * does not count. */
	void (*reset)(struct tandem_encoder *e);
};

struct tandem_encoder { /* first member of every codec's own struct */
	/* constant after new() */
	const struct tandem_encoder_ops *ops;
	uint32_t block_frames; /* PCM frames per encode() */
	uint32_t delay_frames; /* encoder + decoder; each codec cites where from */
	/* data loop; changes between packets only */
	uint32_t max_blocks; /* per packet: it stays within payload and TANDEM_PACKET_MS */
};

#endif

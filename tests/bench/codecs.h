/* SPDX-License-Identifier: MIT
 *
 * The bench of codecs.
 *
 *   codecs.c       modes, sound, what is asked for
 *   codecs-tell.c  what a mode sends, what comes back of the sound, what it costs
 *   codecs-send.c  a box's sending, as a speaker does it
 *   codecs-sbc.c   libsbc without us
 *   codecs-ldac.c  libldac without us
 */
#ifndef TANDEM_BENCH_CODECS_H
#define TANDEM_BENCH_CODECS_H

#include <stdbool.h>

#include "codec/codec.h"
#include "path/packet.h"
#include "path/transport.h"

#define BENCH_MAX_BLOCK 256 /* frames */

/* A codec's library without us: to code the same, and to decode what we have coded. One per
 * codec of codec/codec.c that is measured. */
struct bench_library {
	uint8_t media_type; /* of the codec's row */
	/* NULL on failure. decoder: else an encoder. */
	void *(*open)(const struct tandem_codec_config *config,
			const struct tandem_codec_wish *wish, bool decoder);
	void (*close)(void *state);
	/* One block pcm[frames][channels]; returns the bytes coded, 0: it gathers. */
	size_t (*encode)(void *state, const int16_t *pcm, size_t pcm_bytes, uint8_t *out,
			size_t out_bytes);
	/* One run of coded frames to pcm; returns the bytes made. NULL: nobody decodes. */
	size_t (*decode)(void *state, const uint8_t *in, size_t in_bytes, int16_t *pcm,
			size_t pcm_bytes);
};

extern const struct bench_library tandem_bench_sbc;
extern const struct bench_library tandem_bench_ldac; /* with that library only */

struct bench_mode {
	const char *name;
	const struct bench_library *library;
	uint8_t bytes[16];
	uint32_t n_bytes;
	bool one; /* channel for each box, the same in all that are coded */
	struct tandem_codec_wish wish;
};

/* The codec and what it understands of the mode; NULL: not in this build. */
const struct tandem_codec *tandem_bench_codec(const struct bench_mode *m,
		struct tandem_codec_config *ret_config);

struct bench_sender { /* first member: the transport, which only counts */
	struct tandem_transport transport;
	uint64_t packets;
	uint64_t bytes;
	struct tandem_packetizer packetizer;
	struct tandem_encoder *encoder;
	uint32_t blocks; /* in the packet being filled */
};

/* Aborts on a mode that is not in this build. */
void tandem_bench_open_sender(struct bench_sender *s, const struct bench_mode *m,
		uint32_t mtu_bytes);
void tandem_bench_close_sender(struct bench_sender *s);
/* Codes one block into the packet; where it is there, and how long. */
struct tandem_coded tandem_bench_add_block(struct bench_sender *s, const float *const in[2],
		uint8_t **ret_bytes);
/* Ends the block, and the packet when it is full. */
void tandem_bench_end_block(struct bench_sender *s);

struct bench_sound {
	float *planes[2];
	uint32_t frames;
};

/* To standard output, as JSON. */
void tandem_bench_tell_modes(const struct bench_mode *modes, size_t n);
void tandem_bench_tell_snr(const struct bench_mode *m, const struct bench_sound *sound);
/* Codes the sound as a box would have it, by us or the library alone. */
void tandem_bench_price(const struct bench_mode *m, const struct bench_sound *sound,
		bool ours);
/* Whoever counts instructions counts those between entering and leaving these. */
#define BENCH_PRICED __attribute__((noinline))
BENCH_PRICED void tandem_bench_priced_ours(struct bench_sender *s,
		const float *const planes[2], uint32_t frames);
BENCH_PRICED void tandem_bench_priced_bare(const struct bench_library *library, void *state,
		const int16_t *pcm, size_t n_blocks, size_t block_bytes);

#endif

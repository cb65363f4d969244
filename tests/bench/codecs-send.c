/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "codecs.h"

static enum tandem_sent count_packet(struct tandem_transport *t, const uint8_t *bytes,
		uint32_t n_bytes)
{
	struct bench_sender *const s = (struct bench_sender *)t;

	(void)bytes;
	s->packets++;
	s->bytes += n_bytes;
	return TANDEM_SENT;
}

static void free_nothing(struct tandem_transport *t)
{
	(void)t;
}

static const struct tandem_transport_ops null_ops = { .send = count_packet,
	.free = free_nothing };

const struct tandem_codec *tandem_bench_codec(const struct bench_mode *m,
		struct tandem_codec_config *ret_config)
{
	const struct tandem_codec *const codec =
			tandem_codec_find(m->library->media_type, m->bytes, m->n_bytes);

	if (codec == NULL || codec->encoder == NULL ||
			codec->parse(ret_config, m->bytes, m->n_bytes) < 0)
		return NULL;
	return codec;
}

void tandem_bench_open_sender(struct bench_sender *s, const struct bench_mode *m,
		uint32_t mtu_bytes)
{
	struct tandem_codec_config config;
	const struct tandem_codec *const codec = tandem_bench_codec(m, &config);

	*s = (struct bench_sender){ .transport.ops = &null_ops };
	if (codec == NULL ||
			codec->encoder->new(&s->encoder, &config,
					mtu_bytes - TANDEM_PACKET_HEADER_BYTES) < 0 ||
			tandem_packetizer_init(&s->packetizer, mtu_bytes) < 0 ||
			s->encoder->block_frames > BENCH_MAX_BLOCK)
		abort();
	s->encoder->ops->set_wish(s->encoder, &m->wish);
}

void tandem_bench_close_sender(struct bench_sender *s)
{
	s->encoder->ops->free(s->encoder);
	tandem_packetizer_finish(&s->packetizer);
}

/* Codes one block; returns the coded bytes, which are in the packet now. */
struct tandem_coded tandem_bench_add_block(struct bench_sender *s, const float *const in[2],
		uint8_t **ret_bytes)
{
	uint32_t room;
	struct tandem_coded coded;

	*ret_bytes = tandem_packetizer_room(&s->packetizer, &room);
	coded = s->encoder->ops->encode(s->encoder, in, *ret_bytes, room);
	if (coded.bytes < 0)
		abort();
	tandem_packetizer_add(&s->packetizer, (uint32_t)coded.bytes, coded.frames,
			s->encoder->block_frames);
	return coded;
}

void tandem_bench_end_block(struct bench_sender *s)
{
	uint32_t bytes;
	const uint8_t *packet;

	if (++s->blocks < s->encoder->max_blocks)
		return;
	s->blocks = 0;
	packet = tandem_packetizer_seal(&s->packetizer, &bytes);
	s->transport.ops->send(&s->transport, packet, bytes);
}

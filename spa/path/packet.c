/* SPDX-License-Identifier: MIT */
#include "packet.h"

#include <errno.h>
#include <stdlib.h>

#define RTP_VERSION_2 0x80
#define RTP_PAYLOAD_TYPE 96 /* dynamic; what A2DP sources use */
#define RTP_SSRC 1

/* Payload of 3-DH5, 2-DH5 and DH5, less the header of L2CAP. */
#define WORTH_3M (1021 - 4)
#define WORTH_2M (679 - 4)
#define WORTH_1M (339 - 4)

uint32_t tandem_packet_worth_bytes(uint32_t mtu_bytes, uint32_t phys)
{
	uint32_t worth = WORTH_1M;

	if (phys & TANDEM_PHY_3M_5SLOT) {
		worth = WORTH_3M;
	} else if (phys & TANDEM_PHY_2M_5SLOT) {
		worth = WORTH_2M;
	}
	return mtu_bytes < worth ? mtu_bytes : worth;
}

int tandem_packetizer_init(struct tandem_packetizer *p, uint32_t mtu_bytes)
{
	*p = (struct tandem_packetizer){
		.mtu_bytes = mtu_bytes,
		.fill_bytes = TANDEM_PACKET_HEADER_BYTES,
	};
	p->buffers[0] = calloc(2, mtu_bytes);
	if (p->buffers[0] == NULL)
		return -ENOMEM;
	p->buffers[1] = p->buffers[0] + mtu_bytes;
	return 0;
}

void tandem_packetizer_finish(struct tandem_packetizer *p)
{
	free(p->buffers[0]);
	p->buffers[0] = NULL;
}

uint8_t *tandem_packetizer_room(struct tandem_packetizer *p, uint32_t *ret_bytes)
{
	*ret_bytes = p->mtu_bytes - p->fill_bytes;
	return p->buffers[p->filling] + p->fill_bytes;
}

void tandem_packetizer_add(struct tandem_packetizer *p, uint32_t bytes,
		uint32_t coded_frames, uint32_t pcm_frames)
{
	p->fill_bytes += bytes;
	p->coded_frames += coded_frames;
	p->pcm_frames += pcm_frames;
}

static void put_be32(uint8_t *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

const uint8_t *tandem_packetizer_seal(struct tandem_packetizer *p, uint32_t *ret_bytes)
{
	uint8_t *const out = p->buffers[p->filling];

	out[0] = RTP_VERSION_2;
	out[1] = RTP_PAYLOAD_TYPE;
	out[2] = (uint8_t)(p->sequence >> 8);
	out[3] = (uint8_t)p->sequence;
	put_be32(out + 4, p->timestamp);
	put_be32(out + 8, RTP_SSRC);
	out[12] = (uint8_t)p->coded_frames;
	*ret_bytes = p->fill_bytes;

	p->filling ^= 1;
	tandem_packetizer_skip(p, 1, p->pcm_frames);
	return out;
}

void tandem_packetizer_skip(struct tandem_packetizer *p, uint32_t packets,
		uint32_t pcm_frames)
{
	p->sequence = (uint16_t)(p->sequence + packets);
	p->timestamp += packets * pcm_frames;
	p->fill_bytes = TANDEM_PACKET_HEADER_BYTES;
	p->coded_frames = 0;
	p->pcm_frames = 0;
}

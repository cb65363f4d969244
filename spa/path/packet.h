/* SPDX-License-Identifier: MIT
 *
 * Packets: coded frames behind an RTP header and A2DP's one-byte payload header.
 *
 *   | 80 60 seq16 | timestamp32 | ssrc32 | count | frame | frame | ...      <= mtu
 *
 * Two buffers: one is filled while the other, sealed, waits for the socket. A sealed
 * packet that is never sent has still used up its sequence number and its time.
 * Source: RFC 3550 5.1; A2DP 1.3, 4.3.4; of the air, shared facts on Bluetooth, 3.3.
 * Thread: init, finish on main, the rest data loop.
 */
#ifndef TANDEM_PATH_PACKET_H
#define TANDEM_PATH_PACKET_H

#include "base/units.h"

#define TANDEM_PACKET_HEADER_BYTES 13

struct tandem_packetizer {
	/* constant after init */
	uint8_t *buffers[2];
	uint32_t mtu_bytes;
	/* data loop */
	uint32_t filling; /* index of the buffer being filled */
	uint32_t fill_bytes;
	uint32_t coded_frames; /* in the packet being filled */
	uint32_t pcm_frames;   /* likewise */
	uint16_t sequence;
	uint32_t timestamp; /* PCM frames */
};

/* What may be on a link's air, as the kernel's BT_PHY has it: 5 slots, which is the longest
 * kind of a rate. */
#define TANDEM_PHY_2M_5SLOT (1u << 5)
#define TANDEM_PHY_3M_5SLOT (1u << 8)

/* The greatest packet that is worth sending: one more byte than the longest packet of the
 * air takes would go in a second one, with slots of its own. */
uint32_t tandem_packet_worth_bytes(uint32_t mtu_bytes, uint32_t phys);

/* mtu_bytes: at least TANDEM_PACKET_HEADER_BYTES + 1. 0 or -ENOMEM. */
int tandem_packetizer_init(struct tandem_packetizer *p, uint32_t mtu_bytes) TANDEM_CHECK;
void tandem_packetizer_finish(struct tandem_packetizer *p); /* a zeroed one is fine */

/* Where the next coded frame goes, and how many bytes fit. */
uint8_t *tandem_packetizer_room(struct tandem_packetizer *p, uint32_t *ret_bytes) TANDEM_RT;
void tandem_packetizer_add(struct tandem_packetizer *p, uint32_t bytes,
		uint32_t coded_frames, uint32_t pcm_frames) TANDEM_RT;

/* Writes the headers, begins the next packet in the other buffer, and returns the sealed
 * bytes: valid until the next seal. */
const uint8_t *tandem_packetizer_seal(struct tandem_packetizer *p,
		uint32_t *ret_bytes) TANDEM_RT;

/* Leaves out the packet being filled and those after it, `packets` in all, of pcm_frames
 * each: they use up their sequence numbers and their time. */
void tandem_packetizer_skip(struct tandem_packetizer *p, uint32_t packets,
		uint32_t pcm_frames) TANDEM_RT;

#endif

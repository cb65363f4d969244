/* SPDX-License-Identifier: MIT */
#include "hci-packets.h"

#include <check.h>
#include <string.h>

struct packet tandem_packet(const uint8_t *bytes, size_t n)
{
	struct packet p = { .n = n };

	ck_assert_uint_le(n, sizeof(p.bytes));
	memcpy(p.bytes, bytes, n);
	return p;
}

struct packet tandem_packet_address(unsigned index)
{
	return PACKET(0x04, 0x0e, 0x0a, 0x01, 0x09, 0x10, 0x00, 0x42, (uint8_t)index, 0x01,
			0x01, 0xaa, 0x00);
}

struct packet tandem_packet_connected(uint16_t handle, unsigned peer)
{
	return PACKET(0x04, 0x03, 0x0b, 0x00, (uint8_t)handle, (uint8_t)(handle >> 8), 0x42,
			(uint8_t)peer, 0x01, 0x01, 0xaa, 0x00, 0x01, 0x00);
}

struct packet tandem_packet_disconnected(uint16_t handle)
{
	return PACKET(0x04, 0x05, 0x04, 0x00, (uint8_t)handle, (uint8_t)(handle >> 8),
			0x13);
}

struct packet tandem_packet_reset(void)
{
	return PACKET(0x01, 0x03, 0x0c, 0x00);
}

struct packet tandem_packet_reset_done(void)
{
	return PACKET(0x04, 0x0e, 0x04, 0x01, 0x03, 0x0c, 0x00);
}

struct packet tandem_packet_acl(uint16_t handle, unsigned flag, const char *text)
{
	const size_t n = strlen(text);
	struct packet p = PACKET(0x02, (uint8_t)handle, (uint8_t)(handle >> 8 | flag << 4),
			(uint8_t)n, (uint8_t)(n >> 8));

	memcpy(p.bytes + p.n, text, n);
	p.n += n;
	return p;
}

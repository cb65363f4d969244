/* SPDX-License-Identifier: MIT
 *
 * HCI packets for the tests of the relay, as btvirt 5.66 makes them.
 */
#ifndef TANDEM_TESTS_HCI_PACKETS_H
#define TANDEM_TESTS_HCI_PACKETS_H

#include "tests/vm/h4.h"

/* The boundary flag of an ACL packet. */
#define START_NO_FLUSH 0u
#define CONTINUATION 1u
#define START 2u

struct packet {
	uint8_t bytes[TANDEM_H4_MAX_BYTES];
	size_t n;
};

struct packet tandem_packet(const uint8_t *bytes, size_t n);
#define PACKET(...)                                                                        \
	tandem_packet((const uint8_t[]){ __VA_ARGS__ },                                    \
			sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* Controllers have the addresses 00:AA:01:01:<index>:42. */
struct packet tandem_packet_address(unsigned index);
struct packet tandem_packet_connected(uint16_t handle, unsigned peer);
struct packet tandem_packet_disconnected(uint16_t handle);
struct packet tandem_packet_reset(void);
struct packet tandem_packet_reset_done(void);
/* text: the payload. */
struct packet tandem_packet_acl(uint16_t handle, unsigned flag, const char *text);

#endif

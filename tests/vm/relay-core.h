/* SPDX-License-Identifier: MIT
 *
 * What hci-relay knows of the controllers, and how it repairs the handles of ACL packets.
 *
 *   host X --> to_controller() --> btvirt --> to_host() --> host Y
 *                    |                            |
 *                    +-- pending for Y: from X ---+
 *
 * btvirt (5.66 to 5.82) hands an ACL packet on with the handle that it had at its sender.
 * Each controller counts its handles from the same number, so three speakers all send as
 * 42, and a computer with links 42, 43 and 44 takes all three for the first. Here each
 * packet is remembered on its way in and known again by its payload on its way out; it
 * gets the handle that the link to its sender has at its receiver.
 *
 * Addresses and links are learned from the events that pass; an address before any link,
 * as every host asks for its own first. LE links are not: their packets go through with
 * the handle they have. All else goes through untouched, but for the answer to Read Buffer
 * Size: the air takes larger packets, and more of them, than btvirt says.
 *
 * Source: Core specification 5.4, volume 4, part E, 5.4.2 (ACL), 7.1 to 7.7. No clock, no
 * allocation; cannot fail. The packets are whole: h4.h.
 */
#ifndef TANDEM_TESTS_VM_RELAY_CORE_H
#define TANDEM_TESTS_VM_RELAY_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TANDEM_RELAY_MAX 8 /* controllers; chosen: a computer and the seven it can link */

/* Per destination. A host has four packets out, so seven senders fill less than a half;
 * chosen, so that losing one means a fault elsewhere. */
#define TANDEM_RELAY_PENDING 64

struct tandem_relay_link {
	bool is_up;
	uint16_t handle;
	uint32_t number; /* how many links these two have had, this one included */
};

struct tandem_relay_pending {
	unsigned source;
	uint16_t handle; /* at the source */
	uint32_t number; /* of the link, as the source counts */
	size_t bytes;
	uint64_t hash; /* of the payload */
};

struct tandem_relay_controller {
	bool has_address;
	uint8_t address[6];
	struct tandem_relay_link links[TANDEM_RELAY_MAX]; /* by peer */
	/* On their way to its host, the oldest first. */
	struct tandem_relay_pending pending[TANDEM_RELAY_PENDING];
	size_t n_pending;
};

/* All zero: nothing known yet. */
struct tandem_relay {
	struct tandem_relay_controller controllers[TANDEM_RELAY_MAX];
	/* ACL packets to a host: */
	uint64_t rewritten; /* got another handle */
	uint64_t right;     /* had the right one */
	uint64_t unmatched; /* of no known sender, with a handle that the host has */
	uint64_t unknown;   /* neither: LE, or a link just gone */
	uint64_t lost;      /* remembered, but not seen again before 64 others */
};

enum tandem_relay_did {
	TANDEM_RELAY_PASSED,
	TANDEM_RELAY_REWROTE,
	TANDEM_RELAY_UNMATCHED, /* unknown ones too */
};

/* A packet that the host of controller index, 0 to 7, sends. */
void tandem_relay_to_controller(struct tandem_relay *r, unsigned index,
		const uint8_t *packet, size_t n);

/* A packet for the host of controller index; its handle and flags may be changed. */
enum tandem_relay_did tandem_relay_to_host(struct tandem_relay *r, unsigned index,
		uint8_t *packet, size_t n);

#endif

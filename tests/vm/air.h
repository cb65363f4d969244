/* SPDX-License-Identifier: MIT
 *
 * Air: packets on their way from a host to its controller's peer, each for the same time.
 *
 *   host --put--> [oldest ... newest] --first, when due--> btvirt
 *
 * On a machine with one processor what a real radio does on its own would be done between
 * two packets of the host, and shift the second one. So each packet is only noted when the
 * host gives it, and goes its way when its time has passed. No clock, no allocation.
 */
#ifndef TANDEM_TESTS_VM_AIR_H
#define TANDEM_TESTS_VM_AIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "h4.h"

#define TANDEM_AIR_PACKETS 8 /* a host has four of sound out, a command, and some spare */

struct tandem_air_packet {
	uint8_t bytes[TANDEM_H4_MAX_BYTES + 1]; /* longer than a packet: it shows */
	size_t n, sent;
	int64_t due_ns;
};

/* All zero: empty. */
struct tandem_air {
	struct tandem_air_packet packets[TANDEM_AIR_PACKETS];
	size_t first, count;
	int64_t carried_ns; /* when the last of those that take their time has gone */
};

/* Where the next packet is to be written; NULL: full. It counts after commit. */
struct tandem_air_packet *tandem_air_free(struct tandem_air *air);
void tandem_air_commit(struct tandem_air *air);
bool tandem_air_is_full(const struct tandem_air *air);

/* When n bytes that come at now_ns have gone: after air_ns; and, where the air is crowded,
 * after those before them, of which bytes_per_s go. 0: any number. */
int64_t tandem_air_due_ns(struct tandem_air *air, int64_t now_ns, int64_t air_ns, size_t n,
		int64_t bytes_per_s);

/* The oldest, or NULL. */
struct tandem_air_packet *tandem_air_first(struct tandem_air *air);
void tandem_air_drop(struct tandem_air *air);

#endif

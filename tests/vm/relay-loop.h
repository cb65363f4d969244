/* SPDX-License-Identifier: MIT
 *
 * Carries H4 packets between the two ends of each controller, through relay-core.h.
 *
 *   btvirt --stream--> chunk --> one packet --write--> /dev/vhci     to the host
 *   btvirt <---send--- air <--------- read------------ /dev/vhci     to the controller
 *
 * An end is read only while there is room for a packet to the other one, so nothing is lost
 * here and nothing grows. Waits in ppoll() alone. Thread: one.
 */
#ifndef TANDEM_TESTS_VM_RELAY_LOOP_H
#define TANDEM_TESTS_VM_RELAY_LOOP_H

#include <stdio.h>

#include "air.h"
#include "h4.h"
#include "relay-core.h"

#define TANDEM_RELAY_CHUNK_BYTES 4096

struct tandem_relay_pair {
	int controller_fd; /* btvirt: a stream */
	int host_fd;       /* /dev/vhci: packets; -1: pulled out */

	uint8_t chunk[TANDEM_RELAY_CHUNK_BYTES]; /* of it [begin..end-1] is yet to split */
	size_t chunk_begin, chunk_end;
	struct tandem_h4 to_host;
	bool host_is_full; /* to_host waits */

	struct tandem_air air;   /* to the controller */
	bool controller_is_full; /* the oldest one waits for it */

	uint64_t n_to_host, n_to_controller; /* packets */
	/* Of those to the host: it was powered off or pulled out. */
	uint64_t refused;
};

struct tandem_relay_loop {
	struct tandem_relay relay;
	struct tandem_relay_pair pairs[TANDEM_RELAY_MAX];
	unsigned n_pairs;
	int64_t air_ns;            /* how long a packet takes from a host to its peer */
	int64_t crowd_bytes_per_s; /* of the first host's data go; 0: any number; live */
	FILE *log;                 /* a line per packet; NULL: none */
	char trouble[128];         /* when broken: what, for a person */
};

enum tandem_relay_turn {
	TANDEM_RELAY_WORKED,
	TANDEM_RELAY_IDLE,   /* nothing to do within the time */
	TANDEM_RELAY_TOLD,   /* control_fd is readable: nothing was moved */
	TANDEM_RELAY_BROKEN, /* an end closed, or what came is no packet */
};

/* air_ns: from 0. log: borrowed, may be NULL. */
void tandem_relay_loop_init(struct tandem_relay_loop *l, int64_t air_ns, FILE *log);

/* Closes the ends. */
void tandem_relay_loop_finish(struct tandem_relay_loop *l);

/* The next controller, at most TANDEM_RELAY_MAX. Takes both, which do not block. */
void tandem_relay_loop_add(struct tandem_relay_loop *l, int controller_fd, int host_fd);

/* Pulls a controller out: its host vanishes, as a dongle's does. The controller itself and
 * its links stay, and what it still has for the host is dropped. Nothing when it is out. */
void tandem_relay_loop_unplug(struct tandem_relay_loop *l, unsigned index);

/* Puts it back; takes host_fd, which does not block. Only after an unplug. */
void tandem_relay_loop_plug(struct tandem_relay_loop *l, unsigned index, int host_fd);

/* Waits until something can move, moves it, once. control_fd: somebody has a word for the
 * caller when it is readable. timeout_ms: -1 waits for ever. */
enum tandem_relay_turn tandem_relay_loop_turn(struct tandem_relay_loop *l, int control_fd,
		int timeout_ms);

/* The counters, a line per controller and one for the handles. */
void tandem_relay_loop_report(const struct tandem_relay_loop *l, FILE *to);

#endif

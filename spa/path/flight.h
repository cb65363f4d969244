/* SPDX-License-Identifier: MIT
 *
 * Flight: the packets that a socket has taken and that are not known to have gone out.
 *
 *   sent --> [ oldest ... newest ] --completed--> their delays
 *
 * Two ways to know of it, of which a socket has one:
 *
 *   stamps   the kernel names each packet that the speaker has acknowledged: what waits
 *            in the kernel and in the controller, exactly, and how long each took
 *   socket   the bytes that its buffer holds, by what a packet charges it: what waits in
 *            the kernel alone. The charge is learnt from what a send adds.
 *
 * Pure: times and bytes are handed in. Source: shared facts on Bluetooth, 7.1 and 7.3.
 * Thread: data loop.
 */
#ifndef TANDEM_PATH_FLIGHT_H
#define TANDEM_PATH_FLIGHT_H

#include <stdbool.h>

#include "path/delays.h"

/* So many packets of a speaker at most are on their way; the next one waits with us. The
 * smallest controllers hold four for all links: one that is dead leaves the others one,
 * which at a packet's 3 to 6 ms on the air is enough for them. */
#define TANDEM_FLIGHT_LIMIT 3

#define TANDEM_FLIGHT_PENDING 16 /* sends that can be remembered, a power of two */

enum tandem_flight_source {
	TANDEM_FLIGHT_UNKNOWN, /* the transport cannot tell */
	TANDEM_FLIGHT_SOCKET,
	TANDEM_FLIGHT_STAMPS,
};

struct tandem_flight { /* all zero: unknown */
	enum tandem_flight_source source;
	uint32_t packets; /* on their way */
	/* When one has gone out, or, after a pause, the first came: nothing has moved
	 * since. 0: nothing was sent yet. */
	int64_t moved_ns;
	/* by stamps */
	uint32_t oldest, next; /* numbers, as the kernel counts: from 0, and around */
	int64_t sent_ns[TANDEM_FLIGHT_PENDING]; /* number n at n % TANDEM_FLIGHT_PENDING */
	uint64_t completed;
	uint64_t lost;       /* never completed within a second: a fault of the adapter */
	bool silent;         /* nothing has completed since one was lost */
	double last_delay_s; /* of the latest completion */
	struct tandem_delays delays;
	/* by the socket */
	uint32_t used_bytes;
	uint32_t charge_bytes; /* of a packet; 0: not learnt yet */
};

/* "nothing", "socket", "stamps": constant text. */
const char *tandem_flight_source_name(enum tandem_flight_source source);

/* Begins anew. */
void tandem_flight_init(struct tandem_flight *f, enum tandem_flight_source source);

/* ---- by stamps ---- */
/* A packet was taken. */
void tandem_flight_sent(struct tandem_flight *f, int64_t at_ns) TANDEM_RT;
/* That packet has gone out, and so have those before it, which a controller does not
 * overtake. A number that is not on its way is passed over. */
void tandem_flight_completed(struct tandem_flight *f, uint32_t number,
		int64_t at_ns) TANDEM_RT;
/* Forgets those that are older than a second. False: this adapter has never completed any,
 * and is not going to. */
bool tandem_flight_expire(struct tandem_flight *f, int64_t now_ns) TANDEM_RT;

/* ---- by the socket ---- */
/* So much of its buffer is in use. */
void tandem_flight_see_used(struct tandem_flight *f, uint32_t used_bytes,
		int64_t now_ns) TANDEM_RT;
/* A packet was taken just after that, and so much is in use now; is_all: of the whole
 * buffer, so that it may be more than can be seen. */
void tandem_flight_sent_used(struct tandem_flight *f, uint32_t used_bytes, bool is_all,
		int64_t now_ns) TANDEM_RT;

#endif

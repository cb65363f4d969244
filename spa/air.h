/* SPDX-License-Identifier: MIT
 *
 * Air: all speakers of a group share one radio, so they send less together when one of
 * their queues stays full, before anything has to be left out, and more together when all
 * are empty again.
 *
 *   queue of each speaker, at each of its packets --> [ step ] --> share of all of them
 *
 *   share   of the bytes that were planned, one table for all: 1.00 0.87 ... 0.50
 *   down    three steps at once when a queue gets as long as two packets, and to the last
 *           one when it is full; one more when it has grown since, or is still long after a
 *           while. The step where it began is the ceiling.
 *   up      a step, when all queues have been short for a while: soon to below the ceiling,
 *           later to the ceiling itself, and the later, up to a bound, the more tries of it
 *           have failed, by one step down
 *
 * A queue in which nothing moves at all is no crowd but a dead link, and one that empties
 * as evenly as a DAC is a box that is full: the speaker says so, and does not count.
 * Proved in tests/unit/test-air.c and tests/whole. Thread: data loop. Cannot fail.
 */
#ifndef TANDEM_AIR_H
#define TANDEM_AIR_H

#include <stdbool.h>

#include "base/units.h"

#define TANDEM_AIR_STEPS 6

/* A queue of so many packets, the new one not among them, is long. Chosen: the radio then
 * is two packets' time behind, which no ordinary retransmission takes. */
#define TANDEM_AIR_LONG 2

struct tandem_air {
	uint32_t step;      /* in use: 0 is all that was planned */
	int64_t changed_ns; /* when it became that; 0: never */
	bool tried;         /* by going up */
	uint32_t ceiling;   /* where a crowd began, the last time */
	int64_t hold_ns;    /* below it, before the next try */
	int64_t calm_ns;    /* since when no queue is long */
	uint64_t downs;     /* ever */
	struct {
		uint32_t packets;
		uint32_t before; /* when the step changed; a long one only */
	} queues[TANDEM_MAX_SPEAKERS];
};

void tandem_air_init(struct tandem_air *a);

/* The queue of the speaker in the slot as its latest packet was complete, that one not
 * among them; 0 when it does not count. full: what it may hold at most. */
void tandem_air_see(struct tandem_air *a, uint32_t slot, uint32_t packets, uint32_t full,
		int64_t now_ns) TANDEM_RT;
/* Nobody sits there any more. */
void tandem_air_forget(struct tandem_air *a, uint32_t slot) TANDEM_RT;

/* Of the planned bytes, for all speakers, each from its next packet on: 0 to 1. */
double tandem_air_share(const struct tandem_air *a) TANDEM_RT;

#endif

/* SPDX-License-Identifier: MIT
 *
 * Pressure: a speaker that is full takes a packet only when its DAC has made room for it,
 * so when packets are taken tells of the DAC's clock.
 *
 *   complete (due) --- wait ---> taken by the socket --- constant ---> the air
 *
 * One observation a second, of the shortest wait in it, and only of a second in which every
 * packet had to wait, all as long as each other: that is a DAC. A radio that is disturbed
 * holds them up now more, now less, and says nothing of the speaker. The constant cannot be
 * known: it is such that what is believed when the speaker gets full is true.
 * Source: shared facts on clocks, 3. Thread: data loop.
 */
#ifndef TANDEM_CLOCK_PRESSURE_H
#define TANDEM_CLOCK_PRESSURE_H

#include <stdbool.h>

#include "clock/observe.h"

struct tandem_pressure {
	bool full;         /* until no packet has had to wait for a minute */
	double constant_s; /* while full */
	int64_t waited_ns; /* when a packet had to wait, the last time */
	/* the second under way */
	int64_t since_ns; /* 0: none */
	bool at_once;     /* a packet had not to wait */
	double least_s, greatest_s;
};

/* A packet was taken at now_ns, wait_s after it was complete; at_once: when it was offered
 * first. believed_s: latency. True: *ret_o is what that tells, frame apart. */
bool tandem_pressure_take(struct tandem_pressure *p, int64_t now_ns, double wait_s,
		bool at_once, double believed_s,
		struct tandem_observation *ret_o) TANDEM_RT;

#endif

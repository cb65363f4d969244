/* SPDX-License-Identifier: MIT
 *
 * Crowd: a radio that for a while carries so many bytes a second and no more. Packets wait
 * in the socket, where their sender sees them, until it is their turn.
 *
 *   first that waits --wait--> taken --> next       wait: its bytes, after the one before
 *
 * No clock: times are handed in. Thread: any one.
 */
#ifndef TANDEM_TOOLS_SPEAKER_CROWD_H
#define TANDEM_TOOLS_SPEAKER_CROWD_H

#include <stdbool.h>

#include "spa/base/units.h"

struct tandem_crowd {
	/* constant; all zero: never crowded */
	double bytes_per_s;
	double from_s, to_s; /* after the first packet */
	/* state */
	int64_t first_ns; /* when that came; 0: not yet */
	int64_t free_ns;  /* when the last one was through */
};

bool tandem_crowd_is_on(const struct tandem_crowd *c, int64_t now_ns);

/* The first packet that waits is so long, and came so: when it is through, below now_ns:
 * it may be taken. */
int64_t tandem_crowd_through_ns(struct tandem_crowd *c, size_t bytes, int64_t came_ns,
		int64_t now_ns);
/* It was taken. */
void tandem_crowd_take(struct tandem_crowd *c, int64_t through_ns);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Delays: how long the latest packets took, as percentiles over a sliding window.
 *
 *   delay --> bin (a twelfth of an octave) --> [ oldest ... newest ]: one in, one out
 *
 * Adding is O(1) and so is asking, for neither sorts: the data loop may do both. A
 * percentile is the middle of its bin: off by 3 % at most.
 * Thread: whose it is; never allocates, cannot fail.
 */
#ifndef TANDEM_PATH_DELAYS_H
#define TANDEM_PATH_DELAYS_H

#include "base/units.h"

#define TANDEM_DELAYS_WINDOW 1024 /* packets: 14 to 30 s, so ten are above the 99th */
#define TANDEM_DELAYS_BINS 192    /* 30 us to 1.9 s; beyond: the outermost */

struct tandem_delays { /* all zero: none yet */
	uint8_t bins[TANDEM_DELAYS_WINDOW];
	uint16_t counts[TANDEM_DELAYS_BINS];
	uint64_t n; /* ever */
};

void tandem_delays_add(struct tandem_delays *d, double delay_s) TANDEM_RT;

/* The delay, s, that so many of a hundred do not exceed; NAN: none yet. */
double tandem_delays_percentile_s(const struct tandem_delays *d, double percent) TANDEM_RT;

#endif

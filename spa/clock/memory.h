/* SPDX-License-Identifier: MIT
 *
 * Memory: what outlives a stream, per device and codec. Who stores it need not understand
 * it: plain data; all numbers are finite.
 *
 * A speaker's latency freezes anew at each start of a stream, so the one that was heard in
 * an earlier start holds only within the spread between starts. Nothing remembered is
 * trusted blindly: it is where the model begins.
 * Source: shared facts on clocks, 5, point 9; the spread's prior: design, 4.
 */
#ifndef TANDEM_CLOCK_MEMORY_H
#define TANDEM_CLOCK_MEMORY_H

#include <stdbool.h>

#include "base/units.h"

#define TANDEM_MAX_WOBBLE_S 0.020 /* chosen: ten times the worst loop */
#define TANDEM_MAX_SPREAD_S 0.200 /* chosen: as much as nothing known */

enum tandem_clock_class {
	TANDEM_CLASS_UNKNOWN, /* not yet seen for long enough */
	TANDEM_CLASS_LOCKED,
	TANDEM_CLASS_FREE,
};

/* Zeroed: nothing is known. */
struct tandem_memory {
	enum tandem_clock_class class;
	double drift_ppm; /* when free */
	double drift_sigma_ppm;
	double latency_s;      /* as a microphone heard it, mean over starts */
	double bias_s;         /* what its reports say too much ... */
	double bias_sigma_s;   /* ... give or take this; 0: not known */
	double wobble_s;       /* rms, of its own loop */
	double spread_s;       /* rms of latency between starts */
	uint32_t calibrations; /* starts in which a microphone heard it; 0: no latency */
	bool reports_move; /* its reports follow its latency: the bias outlives a start */
};

/* Whether all of it can be true; what cannot is damaged. */
bool tandem_memory_is_sane(const struct tandem_memory *m) TANDEM_RT;

/* "unknown", "locked", "free": constant text. */
const char *tandem_clock_class_name(enum tandem_clock_class c);

#endif

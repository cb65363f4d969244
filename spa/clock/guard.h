/* SPDX-License-Identifier: MIT
 *
 * Guard: what is not worth the model's time is dropped before it gets there, and counted.
 *
 *   observation --> guard --> model
 *                     '--> dropped[reason], per kind
 *
 * It knows nothing about clocks, only what cannot be: whether a possible value is probable
 * is the model's gate. Thread: data loop. Any input is fine, the enum's value included.
 */
#ifndef TANDEM_CLOCK_GUARD_H
#define TANDEM_CLOCK_GUARD_H

#include "clock/observe.h"

enum tandem_guarded {
	TANDEM_GUARD_PASSED,
	TANDEM_GUARD_UNKNOWN,       /* no such kind */
	TANDEM_GUARD_NOT_A_NUMBER,  /* value or sigma */
	TANDEM_GUARD_HUGE,          /* beyond what any speaker has */
	TANDEM_GUARD_STALE,         /* older than what came before it */
	TANDEM_GUARD_EARLY,         /* far ahead of the host's clock */
	TANDEM_GUARD_REPEATED,      /* the very same once more */
	TANDEM_GUARD_CONTRADICTORY, /* same kind, same time, another value */
	TANDEM_N_GUARDED
};

struct tandem_guard {
	struct tandem_observation last[TANDEM_N_OBSERVED]; /* that passed */
	uint64_t passed[TANDEM_N_OBSERVED];
	uint64_t dropped[TANDEM_N_OBSERVED][TANDEM_N_GUARDED];
	uint64_t unknown; /* kinds out of range */
};

void tandem_guard_init(struct tandem_guard *g);

/* now_ns: the host's clock. A sigma that claims more than is possible is raised in *o. */
enum tandem_guarded tandem_guard_check(struct tandem_guard *g, struct tandem_observation *o,
		int64_t now_ns) TANDEM_RT;

/* "not a number", "stale", ... constant text; "" when passed. */
const char *tandem_guarded_name(enum tandem_guarded g);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Observations: a log of all that the clocks of the speakers were told, for whoever looks
 * for a fault; tests/sim/replay plays it to a clock again.
 *
 *     $XDG_STATE_HOME/tandem/<group>.<label>.observations     (module/memory.h)
 *
 * A line each, as clock/observe.h writes them; "lost 3" where three came too fast. It is
 * added to until it has TANDEM_OBSERVATIONS_BYTES: a beginning is worth more than an end
 * without one. Thread: main.
 */
#ifndef TANDEM_MODULE_OBSERVATIONS_H
#define TANDEM_MODULE_OBSERVATIONS_H

#include "clock/observe.h"

#define TANDEM_OBSERVATIONS_KIND "%s.observations" /* %s: the label */

/* 40 h of a report each 3 s, 13 h of a microphone each second. Chosen. */
#define TANDEM_OBSERVATIONS_BYTES (4u << 20)

/* seen[n]: n at most TANDEM_SEEN. 0, -EFBIG: the file is full; or a negative errno. */
TANDEM_CHECK int tandem_observations_add(const char *group, const char *label,
		const struct tandem_observation *seen, uint32_t n, uint64_t lost);

#endif

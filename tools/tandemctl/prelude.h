/* SPDX-License-Identifier: MIT
 *
 * Prelude: what is heard of a group before Tandem is told anything.
 *
 *   left   ... x x . . x | x x       x: HEARD
 *   right  ... . . . . . | x .
 *                        '-- all that play have been heard: now Tandem is told, the last
 *                            finding of each at once, and all that come from then on
 *
 * A finding holds whatever the microphone adds and does not say. That is the same for all,
 * so it makes no skew; but one speaker moved by it against another one that only the prior
 * knows would be off by that, and by what the prior does not know: with left and right
 * playing in turn that was 30 ms for two minutes.
 * Thread: main, the client's loop.
 */
#ifndef TANDEM_TOOLS_PRELUDE_H
#define TANDEM_TOOLS_PRELUDE_H

#include "hear.h"

struct tandem_prelude { /* all zero: begins */
	bool is_over;
	uint32_t playing, heard;                              /* speakers, as bits */
	struct tandem_hear_finding last[TANDEM_MAX_SPEAKERS]; /* that hears it */
};

/* Tells Tandem of f, and first of those before, as soon as all are heard. */
void tandem_prelude_take(struct tandem_prelude *p, struct tandem_hear *h,
		const struct tandem_hear_finding *f);

#endif

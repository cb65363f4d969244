/* SPDX-License-Identifier: MIT
 *
 * Mix: what of the sink a box plays, as gains. Pure; any thread.
 */
#ifndef TANDEM_PATH_MIX_H
#define TANDEM_PATH_MIX_H

#include <stdbool.h>

#include "base/units.h"

/* What a box plays: [channel of the box][channel of the sink]. A box with one coded
 * channel plays the mean of both rows. */
struct tandem_mix {
	float gains[2][TANDEM_MAX_CHANNELS];
};

/* Whether both channels of the box play the same. */
bool tandem_mix_is_alike(const struct tandem_mix *mix) TANDEM_RT;

#endif

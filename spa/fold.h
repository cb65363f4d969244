/* SPDX-License-Identifier: MIT
 *
 * Fold: what a speaker plays besides its own while others are not there. No channel of the
 * music is missing as long as somebody plays.
 *
 *     FL -> left    FR -> right           both: each its own
 *     FL + FR -> left    right is away    left plays the mean of both
 *
 * A channel is wanted when somebody who is configured plays it, and carried when somebody
 * who is present does. Those that are wanted but not carried are played by all who are
 * present. So who plays all channels anyway changes nothing, and who is muted asks nobody
 * for its channel. Pure; any thread.
 */
#ifndef TANDEM_FOLD_H
#define TANDEM_FOLD_H

#include "path/split.h"

/* mixes: of all slots as set, zero: nobody is configured there. present: bit mask of slots;
 * the one of `slot` counts as set. What that one plays then. */
struct tandem_mix tandem_fold_mix(const struct tandem_mix mixes[TANDEM_MAX_SPEAKERS],
		uint32_t present, uint32_t slot) TANDEM_RT;

#endif

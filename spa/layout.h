/* SPDX-License-Identifier: MIT
 *
 * Layout: who plays what, as gains. From settings to one mix per speaker.
 *
 *     layout, matrix, swap  --+
 *     channels of a speaker --+--> gains [channel of the box][channel of the sink]
 *     gain, invert, mute    --+
 *
 * Pure; any thread.
 */
#ifndef TANDEM_LAYOUT_H
#define TANDEM_LAYOUT_H

#include "base/settings.h"
#include "speaker.h"

/* speaker: index below s->n_speakers. */
struct tandem_mix tandem_layout_mix(const struct tandem_settings *s, uint32_t speaker);

/* For people, of a mix: "FL", "FR", "FL+FR" (mixed), "FL/FR" (apart), else "mix", or
 * "nothing". */
const char *tandem_layout_plays(const struct tandem_mix *mix) TANDEM_RT;

#endif

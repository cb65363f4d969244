/* SPDX-License-Identifier: MIT
 *
 * Layout: who plays what, as gains. From settings to one mix per speaker, and to what its
 * codec has to carry.
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
#include "codec/codec.h"
#include "path/mix.h"

/* speaker: index below s->n_speakers. */
struct tandem_mix tandem_layout_mix(const struct tandem_settings *s, uint32_t speaker);

/* For people, of a mix: "FL", "FR", "FL+FR" (mixed), "FL/FR" (apart), else "mix", or
 * "nothing". */
const char *tandem_layout_plays(const struct tandem_mix *mix) TANDEM_RT;

/* What is wanted of the speaker's codec. */
struct tandem_codec_wish tandem_layout_wish(const struct tandem_settings *s,
		uint32_t speaker);

/* Mask of the codecs that may be asked of any speaker, as far as this build has them. */
uint32_t tandem_layout_codecs(const struct tandem_settings *s);

#endif

/* SPDX-License-Identifier: MIT
 *
 * SBC by libsbc; what is agreed of it: sbc-config.h.
 *
 * A box with one channel gets the same signal left and right in joint stereo, which costs
 * about what mono does and is played by every speaker.
 */
#ifndef TANDEM_CODEC_SBC_H
#define TANDEM_CODEC_SBC_H

#include "codec.h"

extern const struct tandem_codec tandem_codec_sbc;

#endif

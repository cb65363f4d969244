/* SPDX-License-Identifier: MIT
 *
 * SBC by libsbc. The configuration's four bytes (A2DP 1.3, 4.3.2):
 *
 *   0: rate 0x20 = 44.1k 0x10 = 48k | mode 0x08 mono 0x04 dual 0x02 stereo 0x01 joint
 *   1: blocks 0x80=4 0x40=8 0x20=12 0x10=16 | subbands 0x08=4 0x04=8 | 0x02 SNR 0x01
 * loudness 2, 3: least and greatest bitpool, 2 to 250
 *
 * A box with one channel gets the same signal left and right in joint stereo, which costs
 * about what mono does and is played by every speaker.
 */
#ifndef TANDEM_CODEC_SBC_H
#define TANDEM_CODEC_SBC_H

#include "codec.h"

extern const struct tandem_codec tandem_codec_sbc;

#endif

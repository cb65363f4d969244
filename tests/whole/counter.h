/* SPDX-License-Identifier: MIT
 *
 * Counter: a codec that codes nothing, for whoever only counts frames.
 */
#ifndef TANDEM_TESTS_WHOLE_COUNTER_H
#define TANDEM_TESTS_WHOLE_COUNTER_H

#include "spa/codec/codec.h"

#define COUNTER_BLOCK_FRAMES 128
#define COUNTER_PACKET_BLOCKS 5
#define COUNTER_PACKET_FRAMES (COUNTER_PACKET_BLOCKS * COUNTER_BLOCK_FRAMES)
#define COUNTER_DELAY_FRAMES 73 /* as SBC's */

extern const struct tandem_codec tandem_counter;

#endif

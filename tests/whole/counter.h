/* SPDX-License-Identifier: MIT
 *
 * Counter: a codec that codes nothing. Its blocks are as long as SBC's, and shrink as they
 * are told, but say nothing; what went in waits to be played by its number.
 */
#ifndef TANDEM_TESTS_WHOLE_COUNTER_H
#define TANDEM_TESTS_WHOLE_COUNTER_H

#include "codec/codec.h"

#define COUNTER_BLOCK_FRAMES 128
#define COUNTER_PACKET_BLOCKS 5
#define COUNTER_PACKET_FRAMES (COUNTER_PACKET_BLOCKS * COUNTER_BLOCK_FRAMES)
#define COUNTER_DELAY_FRAMES 73 /* as SBC's */
#define COUNTER_BLOCK_BYTES 119 /* likewise: joint, bitpool 53 */
#define COUNTER_PACKET_BYTES (13 + COUNTER_PACKET_BLOCKS * COUNTER_BLOCK_BYTES)

extern const struct tandem_codec tandem_counter;

/* x[n]: the samples from frame first on, of an encoder of this codec. Aborts when they are
 * not in it any more or yet: it keeps 2.7 s. */
void tandem_counter_play(const struct tandem_encoder *e, uint64_t first, float *x,
		uint32_t n);

#endif

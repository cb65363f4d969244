/* SPDX-License-Identifier: MIT
 *
 * Tape: what each graph cycle brings, from the data loop to main.
 *
 *   cycle --> [ piece | piece | ... ] --> main, in order
 *
 * Frames are counted through: a cycle that a busy computer has missed is silence, up to
 * half a second. After more, or after another clock, the next piece is `broken`.
 * Thread: write() the data loop, the rest main.
 */
#ifndef TANDEM_TOOLS_TAPE_H
#define TANDEM_TOOLS_TAPE_H

#include <stdbool.h>

#include <spa/node/io.h>

#include "base/ring.h"
#include "base/settings.h"

#define TANDEM_TAPE_PLANES (TANDEM_SINK_CHANNELS + 1)
#define TANDEM_TAPE_MIC TANDEM_SINK_CHANNELS /* the last plane */
#define TANDEM_TAPE_FRAMES 1024 /* of a piece, at most; chosen: the usual cycle is one */

struct tandem_tape_piece {
	uint64_t frame; /* since the tape runs */
	int64_t ns;     /* CLOCK_MONOTONIC: when that frame was due in the graph */
	uint32_t rate_hz;
	uint32_t frames;
	uint32_t cycle_frames; /* of the cycle that it is of */
	uint32_t clock_id;     /* of the node that drives that one */
	bool broken;           /* does not hang together with what was before */
	bool has_mic;
	float planes[TANDEM_TAPE_PLANES][TANDEM_TAPE_FRAMES];
};

struct tandem_tape {
	/* data loop */
	uint64_t next_frame;
	uint64_t next_position; /* of the graph's clock */
	uint32_t clock_id;
	uint32_t rate_hz;
	uint32_t cycle_frames;
	bool had_mic;
	bool broken; /* the next piece does not hang together with the last */

	/* written by the data loop, read by main */
	struct tandem_ring pieces;
};

/* 0 or -ENOMEM. */
int tandem_tape_init(struct tandem_tape *t) TANDEM_CHECK;
void tandem_tape_finish(struct tandem_tape *t); /* zeroed is fine */

/* planes[TANDEM_TAPE_PLANES][clock->duration]; a plane that is NULL is silence. What does
 * not fit, for main was away for 2.7 s, is lost, and the next piece is broken. */
void tandem_tape_write(struct tandem_tape *t, const struct spa_io_clock *clock,
		float *const planes[]) TANDEM_RT;

/* The oldest piece, borrowed until it is committed; NULL: no more. */
const struct tandem_tape_piece *tandem_tape_read_block(struct tandem_tape *t);
void tandem_tape_read_commit(struct tandem_tape *t);

#endif

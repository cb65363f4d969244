/* SPDX-License-Identifier: MIT
 *
 * Tail: reads a box's recording (tools/speaker/host-wav.h: mono, 48 kHz, 32 bit PCM) while
 * it is being written. What is not there yet reads as silence, and is counted as soon as it
 * turns out to have been sound.
 *
 * Reads from the page cache; takes no memory. Thread: any one.
 */
#ifndef TANDEM_ROOM_TAIL_H
#define TANDEM_ROOM_TAIL_H

#include "base/units.h"

struct tandem_tail {
	int fd;
	int64_t missed_first, missed_frames; /* the last that was not there in time */
	uint64_t late_frames;                /* of sound that nobody heard */
};

/* The file must be there. Returns 0 or what open says. */
TANDEM_CHECK int tandem_tail_init(struct tandem_tail *t, const char *path);
void tandem_tail_finish(struct tandem_tail *t);

/* Frames first to first + frames, which follow on those of the last call or are later;
 * before 0 is silence. */
void tandem_tail_read(struct tandem_tail *t, int64_t first, float *out, uint32_t frames);

#endif

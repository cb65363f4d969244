/* SPDX-License-Identifier: MIT
 *
 * History: the last seconds of one stream, by frame number; silence before its beginning.
 */
#ifndef TANDEM_EAR_HISTORY_H
#define TANDEM_EAR_HISTORY_H

#include <stdint.h>

struct tandem_history {
	float *ring;
	uint32_t size;    /* a power of two */
	uint64_t written; /* frames so far */
};

/* Keeps at least that many frames. 0 or -ENOMEM; finish() works on a zeroed one. */
int tandem_history_init(struct tandem_history *h, uint32_t frames);
void tandem_history_finish(struct tandem_history *h);

/* What is not a number, or beyond +-64 of full scale, counts as silence. */
void tandem_history_write(struct tandem_history *h, const float *x, uint32_t frames);

/* out[frames] from that frame on; what is not kept (yet, or any more) is silence. */
void tandem_history_read(const struct tandem_history *h, int64_t from, float *out,
		uint32_t frames);

/* Silence up to that frame, and x[frames] on top of what is there from that frame on: for a
 * stream that is put together piece by piece. All of it must be kept. */
void tandem_history_extend(struct tandem_history *h, uint64_t to);
void tandem_history_add(struct tandem_history *h, uint64_t from, const float *x,
		uint32_t frames);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Ring of equal records from one writing thread to one reading thread: how reports leave
 * the data loop. Block and commit, so nothing is copied twice:
 *
 *   writer: r = tandem_ring_write_block(ring); fill *r; tandem_ring_write_commit(ring);
 *   reader: r = tandem_ring_read_block(ring);  use *r;  tandem_ring_read_commit(ring);
 *
 * Acquire and release order the record's bytes before its index. A full ring drops the
 * newest record: reports are snapshots and the next one says more.
 */
#ifndef TANDEM_BASE_RING_H
#define TANDEM_BASE_RING_H

#include <stdatomic.h>

#include "units.h"

struct tandem_ring {
	/* constant after init */
	uint8_t *records;
	size_t record_bytes;
	uint32_t mask;
	/* crosses: written by the writer, read by both */
	_Atomic uint32_t write_index;
	/* crosses: written by the reader, read by both */
	_Atomic uint32_t read_index;
};

/* count: a power of two. Returns 0 or -ENOMEM. */
int tandem_ring_init(struct tandem_ring *r, size_t record_bytes,
		uint32_t count) TANDEM_CHECK;
void tandem_ring_finish(struct tandem_ring *r); /* a zeroed ring is fine */

/* The next free record, or NULL when full. Writing thread. */
void *tandem_ring_write_block(struct tandem_ring *r) TANDEM_RT;
void tandem_ring_write_commit(struct tandem_ring *r) TANDEM_RT;

/* The oldest record, or NULL when empty. Reading thread. */
const void *tandem_ring_read_block(struct tandem_ring *r);
void tandem_ring_read_commit(struct tandem_ring *r);

#endif

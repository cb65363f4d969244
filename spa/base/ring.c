/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>

int tandem_ring_init(struct tandem_ring *r, size_t record_bytes, uint32_t count)
{
	*r = (struct tandem_ring){ .record_bytes = record_bytes, .mask = count - 1 };
	r->records = calloc(count, record_bytes);
	return r->records == NULL ? -ENOMEM : 0;
}

void tandem_ring_finish(struct tandem_ring *r)
{
	free(r->records);
	r->records = NULL;
}

void *tandem_ring_write_block(struct tandem_ring *r)
{
	const uint32_t w = atomic_load_explicit(&r->write_index, memory_order_relaxed);
	const uint32_t done = atomic_load_explicit(&r->read_index, memory_order_acquire);

	if (w - done > r->mask)
		return NULL;
	return r->records + (size_t)(w & r->mask) * r->record_bytes;
}

void tandem_ring_write_commit(struct tandem_ring *r)
{
	const uint32_t w = atomic_load_explicit(&r->write_index, memory_order_relaxed);

	atomic_store_explicit(&r->write_index, w + 1, memory_order_release);
}

const void *tandem_ring_read_block(struct tandem_ring *r)
{
	const uint32_t next = atomic_load_explicit(&r->read_index, memory_order_relaxed);
	const uint32_t w = atomic_load_explicit(&r->write_index, memory_order_acquire);

	if (next == w)
		return NULL;
	return r->records + (size_t)(next & r->mask) * r->record_bytes;
}

void tandem_ring_read_commit(struct tandem_ring *r)
{
	const uint32_t next = atomic_load_explicit(&r->read_index, memory_order_relaxed);

	atomic_store_explicit(&r->read_index, next + 1, memory_order_release);
}

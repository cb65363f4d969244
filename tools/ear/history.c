/* SPDX-License-Identifier: MIT */
#include "tools/ear/history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define MOST 64.0f /* chosen: no sum of squares overflows, and no microphone is so loud */

int tandem_history_init(struct tandem_history *h, uint32_t frames)
{
	*h = (struct tandem_history){ .size = 1 };
	while (h->size < frames)
		h->size *= 2;
	h->ring = calloc(h->size, sizeof(*h->ring));
	return h->ring == NULL ? -ENOMEM : 0;
}

void tandem_history_finish(struct tandem_history *h)
{
	free(h->ring);
	h->ring = NULL;
}

void tandem_history_write(struct tandem_history *h, const float *x, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		h->ring[h->written & (h->size - 1)] = fabsf(x[i]) <= MOST ? x[i] : 0.0f;
		h->written++;
	}
}

void tandem_history_read(const struct tandem_history *h, int64_t from, float *out,
		uint32_t frames)
{
	const int64_t end = (int64_t)h->written;
	const int64_t begin = end > h->size ? end - h->size : 0;

	for (uint32_t i = 0; i < frames; i++) {
		const int64_t at = from + i;

		out[i] = at >= begin && at < end ? h->ring[at & (h->size - 1)] : 0.0f;
	}
}

void tandem_history_extend(struct tandem_history *h, uint64_t to)
{
	for (; h->written < to; h->written++)
		h->ring[h->written & (h->size - 1)] = 0.0f;
}

void tandem_history_add(struct tandem_history *h, uint64_t from, const float *x,
		uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++)
		h->ring[(from + i) & (h->size - 1)] += x[i];
}

/* SPDX-License-Identifier: MIT */
#include "align.h"

#include <math.h>

double tandem_align_limit_s(const struct tandem_align *a, double common_s)
{
	return a->max_s > 0.0 && common_s > a->max_s ? a->max_s : common_s;
}

double tandem_align_update(struct tandem_align *a, const struct tandem_need *needs,
		uint32_t n, bool heard)
{
	double greatest_s = heard || n == 0 ? a->common_s : 0.0;

	for (uint32_t i = 0; i < n; i++) {
		const double latency_s = needs[i].latency_s;
		const bool spares = !heard || tandem_align_is_short(a, latency_s);

		greatest_s = fmax(greatest_s,
				spares ? latency_s + needs[i].spare_s : latency_s);
	}
	a->common_s = tandem_align_limit_s(a, greatest_s);
	return a->common_s;
}

bool tandem_align_is_short(const struct tandem_align *a, double latency_s)
{
	return latency_s > a->common_s + TANDEM_ALIGN_ROOM_S &&
	       a->common_s < tandem_align_limit_s(a, INFINITY);
}

double tandem_align_extra_s(const struct tandem_align *a, double latency_s)
{
	return a->common_s - latency_s;
}

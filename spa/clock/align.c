/* SPDX-License-Identifier: MIT */
#include "align.h"

#include <math.h>

double tandem_align_limit_s(const struct tandem_align *a, double common_s)
{
	return a->max_s > 0.0 && common_s > a->max_s ? a->max_s : common_s;
}

double tandem_align_update(struct tandem_align *a, const double *latencies_s, uint32_t n,
		bool heard)
{
	double greatest_s = heard || n == 0 ? a->common_s : 0.0;

	for (uint32_t i = 0; i < n; i++) {
		if (latencies_s[i] > greatest_s)
			greatest_s = latencies_s[i];
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

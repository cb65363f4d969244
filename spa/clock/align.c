/* SPDX-License-Identifier: MIT */
#include "align.h"

double tandem_align_update(struct tandem_align *a, const double *latencies_s, uint32_t n,
		bool heard)
{
	double greatest_s = heard ? a->common_s : 0.0;

	for (uint32_t i = 0; i < n; i++) {
		if (latencies_s[i] > greatest_s)
			greatest_s = latencies_s[i];
	}
	if (n > 0)
		a->common_s = greatest_s;
	return a->common_s;
}

double tandem_align_extra_s(const struct tandem_align *a, double latency_s)
{
	return a->common_s > latency_s ? a->common_s - latency_s : 0.0;
}

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

bool tandem_align_choose(struct tandem_align *a, const double *latencies_s, uint32_t n,
		bool silent)
{
	double wanted_s, greatest_s = 0.0;

	for (uint32_t i = 0; i < n; i++)
		greatest_s = fmax(greatest_s, latencies_s[i]);
	wanted_s = tandem_align_limit_s(a, greatest_s + TANDEM_ALIGN_ROOM_S);
	if (n == 0 || (a->chosen && a->common_s <= tandem_align_limit_s(a, a->common_s) &&
				      greatest_s <= a->common_s &&
				      (!silent || fabs(wanted_s - a->common_s) <
								      TANDEM_ALIGN_ROOM_S)))
		return false;
	if (wanted_s == a->common_s)
		return false;
	a->changes += a->chosen;
	a->chosen = true;
	a->common_s = wanted_s;
	return true;
}

double tandem_align_extra_s(const struct tandem_align *a, double latency_s)
{
	return a->common_s - latency_s;
}

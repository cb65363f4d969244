/* SPDX-License-Identifier: MIT */
#include "crowd.h"

bool tandem_crowd_is_on(const struct tandem_crowd *c, int64_t now_ns)
{
	const double on_s = (double)(now_ns - c->first_ns) / (double)TANDEM_NS_PER_S;

	return c->bytes_per_s > 0.0 && c->first_ns != 0 && on_s >= c->from_s &&
	       on_s < c->to_s;
}

int64_t tandem_crowd_through_ns(struct tandem_crowd *c, size_t bytes, int64_t came_ns,
		int64_t now_ns)
{
	const double takes_s = (double)bytes / c->bytes_per_s;

	if (c->first_ns == 0)
		c->first_ns = came_ns;
	if (!tandem_crowd_is_on(c, now_ns))
		return came_ns;
	return (c->free_ns > came_ns ? c->free_ns : came_ns) +
	       (int64_t)(takes_s * (double)TANDEM_NS_PER_S);
}

void tandem_crowd_take(struct tandem_crowd *c, int64_t through_ns)
{
	c->free_ns = through_ns;
}

/* SPDX-License-Identifier: MIT */
#include "base/random.h"

#include <math.h>

static uint64_t next(struct tandem_random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

struct tandem_random tandem_random_init(uint64_t seed, uint64_t stream)
{
	struct tandem_random r = { seed };

	r.state = next(&r) ^ (stream * 0xd1342543de82ef95ULL);
	next(&r);
	return r;
}

double tandem_random_uniform(struct tandem_random *r, double from, double to)
{
	return from + (to - from) * (double)(next(r) >> 11) * 0x1p-53;
}

double tandem_random_normal(struct tandem_random *r)
{
	const double radius = sqrt(-2.0 * log(1.0 - tandem_random_uniform(r, 0.0, 1.0)));

	return radius * cos(2.0 * M_PI * tandem_random_uniform(r, 0.0, 1.0));
}

double tandem_random_exponential(struct tandem_random *r, double mean)
{
	return -mean * log(1.0 - tandem_random_uniform(r, 0.0, 1.0));
}

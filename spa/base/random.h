/* SPDX-License-Identifier: MIT
 *
 * splitmix64: the same numbers everywhere, one stream per purpose. For probes, whose two
 * ends must agree, and for worlds that are simulated; never for a secret.
 */
#ifndef TANDEM_BASE_RANDOM_H
#define TANDEM_BASE_RANDOM_H

#include <stdint.h>

struct tandem_random {
	uint64_t state;
};

/* Streams of the same seed with different numbers have nothing in common. */
struct tandem_random tandem_random_init(uint64_t seed, uint64_t stream);
double tandem_random_uniform(struct tandem_random *r, double from, double to);
double tandem_random_normal(struct tandem_random *r);
double tandem_random_exponential(struct tandem_random *r, double mean);

#endif

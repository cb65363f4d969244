/* SPDX-License-Identifier: MIT
 *
 * splitmix64: the same numbers everywhere, one stream per purpose.
 */
#ifndef TANDEM_TESTS_SIM_RANDOM_H
#define TANDEM_TESTS_SIM_RANDOM_H

#include <stdint.h>

struct sim_random {
	uint64_t state;
};

/* Streams of the same seed with different numbers have nothing in common. */
struct sim_random tandem_sim_random_init(uint64_t seed, uint64_t stream);
double tandem_sim_uniform(struct sim_random *r, double from, double to);
double tandem_sim_normal(struct sim_random *r);
double tandem_sim_exponential(struct sim_random *r, double mean);

#endif

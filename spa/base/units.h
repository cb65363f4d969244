/* SPDX-License-Identifier: MIT
 *
 * Units and signs, fixed once for the whole tree.
 *
 *   time      int64_t nanoseconds of CLOCK_MONOTONIC, names end in _ns
 *   frame     one sample per channel; block: what a codec eats; packet: what a socket eats
 *   lateness  > 0: plays too late
 *   drift     > 0: the speaker's clock runs fast, in ppm against CLOCK_MONOTONIC
 *   ratio     output frames / input frames
 *
 * float is for samples (full scale +-1.0), double for clocks.
 */
#ifndef TANDEM_BASE_UNITS_H
#define TANDEM_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define TANDEM_NS_PER_S 1000000000LL
#define TANDEM_NS_PER_MS 1000000LL

#define TANDEM_MAX_CHANNELS 8 /* of the sink; chosen: 7.1 is the widest desktop layout */
#define TANDEM_MAX_SPEAKERS 8 /* chosen: one adapter holds 7 links */

#define TANDEM_CHECK __attribute__((warn_unused_result))

/* The data loop may call it: never allocates, locks, logs, waits. Compilers that know
 * the effect system verify the claim. */
#if defined(__clang__) && __clang_major__ >= 20
#define TANDEM_RT __attribute__((nonblocking))
#else
#define TANDEM_RT
#endif

#define TANDEM_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* x kept within +-limit; what is not a number says nothing: 0. */
static inline double tandem_within(double x, double limit)
{
	return x > limit ? limit : x < -limit ? -limit : x == x ? x : 0.0;
}

#endif

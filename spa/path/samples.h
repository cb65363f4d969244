/* SPDX-License-Identifier: MIT
 *
 * Samples: what the path does to each of a run of samples, in vectors: to 16 bits in the
 * longest that are worth it, as the processor has them. Thread: any.
 */
#ifndef TANDEM_PATH_SAMPLES_H
#define TANDEM_PATH_SAMPLES_H

#include "base/units.h"

/* out[n] += gain * in[n]; they must not overlap. */
void tandem_samples_mix(float *out, const float *in, float gain, uint32_t n) TANDEM_RT;

/* in[channels][frames], full scale +-1.0, to out[frames][channels]: to the nearest, ties to
 * even; clipped; 0 for what is no number. channels: 1 or 2. in[1] may be in[0], at about
 * half the cost. frames: a multiple of 16. */
void tandem_samples_to_s16(int16_t *out, const float *const in[], uint32_t channels,
		uint32_t frames) TANDEM_RT;

#endif

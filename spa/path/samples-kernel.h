/* SPDX-License-Identifier: MIT
 *
 * Samples kernel: samples.h's to_s16 per instruction set. Thread: any.
 */
#ifndef TANDEM_PATH_SAMPLES_KERNEL_H
#define TANDEM_PATH_SAMPLES_KERNEL_H

#include "base/units.h"

typedef void tandem_samples_to_s16_fn(int16_t *out, const float *const in[],
		uint32_t channels, uint32_t frames);

tandem_samples_to_s16_fn tandem_samples_to_s16_plain TANDEM_RT;
tandem_samples_to_s16_fn tandem_samples_to_s16_avx2 TANDEM_RT; /* x86_64 only */

#endif

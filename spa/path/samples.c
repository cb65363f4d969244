/* SPDX-License-Identifier: MIT */
#include "samples.h"

#include "samples-kernel.h"

#define LANES 4

typedef float loose_vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

void tandem_samples_mix(float *out, const float *in, float gain, uint32_t n)
{
	uint32_t i = 0;

	for (; i + LANES <= n; i += LANES) {
		*(loose_vec *)(out + i) += gain * *(const loose_vec *)(in + i);
	}
	for (; i < n; i++)
		out[i] += gain * in[i];
}

void tandem_samples_to_s16(int16_t *out, const float *const in[], uint32_t channels,
		uint32_t frames)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2")) {
		tandem_samples_to_s16_avx2(out, in, channels, frames);
		return;
	}
#endif
	tandem_samples_to_s16_plain(out, in, channels, frames);
}

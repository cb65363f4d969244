/* SPDX-License-Identifier: MIT */
#include "resample-kernel.h"

#include <string.h>

#if defined(__x86_64__)

extern const struct tandem_resample_kernel tandem_resample_kernel_sse2;
extern const struct tandem_resample_kernel tandem_resample_kernel_avx2;
extern const struct tandem_resample_kernel tandem_resample_kernel_avx512;

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512dq");
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Best first. */
static const struct tandem_resample_kernel *nth(uint32_t n)
{
	if (n == 0)
		return has_avx512() ? &tandem_resample_kernel_avx512 : NULL;
	if (n == 1)
		return has_avx2() ? &tandem_resample_kernel_avx2 : NULL;
	return &tandem_resample_kernel_sse2;
}

#define N_KERNELS 3

#else

extern const struct tandem_resample_kernel tandem_resample_kernel_plain;

static const struct tandem_resample_kernel *nth(uint32_t n)
{
	(void)n;
	return &tandem_resample_kernel_plain;
}

#define N_KERNELS 1

#endif

const struct tandem_resample_kernel *tandem_resample_kernel_named(const char *name)
{
	for (uint32_t n = 0; n < N_KERNELS; n++) {
		const struct tandem_resample_kernel *const k = nth(n);

		if (k != NULL && (name == NULL || strcmp(k->name, name) == 0))
			return k;
	}
	return NULL;
}

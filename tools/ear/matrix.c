/* SPDX-License-Identifier: MIT */
#include "tools/ear/matrix.h"

static void scale_row(double complex *row, uint32_t n, double complex by)
{
	for (uint32_t k = 0; k < n; k++)
		row[k] *= by;
}

static void subtract_row(double complex *row, const double complex *other, uint32_t n,
		double complex by)
{
	for (uint32_t k = 0; k < n; k++)
		row[k] -= by * other[k];
}

void tandem_matrix_invert(double complex *a, uint32_t n)
{
	for (uint32_t p = 0; p < n; p++) {
		double complex *const pivot = a + p * n;
		const double complex by = 1.0 / pivot[p];

		pivot[p] = 1.0;
		scale_row(pivot, n, by);
		for (uint32_t i = 0; i < n; i++) {
			const double complex factor = a[i * n + p];

			if (i == p)
				continue;
			a[i * n + p] = 0.0;
			subtract_row(a + i * n, pivot, n, factor);
		}
	}
}

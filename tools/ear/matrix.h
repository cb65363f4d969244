/* SPDX-License-Identifier: MIT
 *
 * Matrix: the inverse of a small Hermitian one that is positive definite, as the spectra of
 * references are: what tells speakers apart that play nearly the same.
 */
#ifndef TANDEM_EAR_MATRIX_H
#define TANDEM_EAR_MATRIX_H

#include <complex.h>
#include <stdint.h>

#include "base/units.h"

#define TANDEM_MATRIX_SIZE (TANDEM_MAX_SPEAKERS * TANDEM_MAX_SPEAKERS)

/* Pairs (row >= column) as they are stored: row * (row + 1) / 2 + column. */
#define TANDEM_MATRIX_PAIRS(n) ((n) * ((n) + 1) / 2)

static inline uint32_t tandem_matrix_pair(uint32_t row, uint32_t column)
{
	return row * (row + 1) / 2 + column;
}

/* a[n][n], row by row, in place, by Gauss and Jordan without pivots. The diagonal must be
 * real and > 0; a little added to it beforehand makes any positive semi-definite one good.
 * */
void tandem_matrix_invert(double complex *a, uint32_t n);

#endif

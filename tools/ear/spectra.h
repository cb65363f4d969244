/* SPDX-License-Identifier: MIT
 *
 * Spectra: what references and microphone have in common, line by line, and the responses
 * that explain it best.
 *
 *   stretch of each reference --FFT--> R_s --+--> A = sum conj(R_s) R_u      A H = B
 *   stretch of the microphone --FFT--> M ----+--> B = sum conj(R_s) M    --> H, and how far
 *                                                                           it can be off
 * (responses.h solves it)
 */
#ifndef TANDEM_EAR_SPECTRA_H
#define TANDEM_EAR_SPECTRA_H

#include <complex.h>
#include <stdint.h>

#include "base/units.h"

/* Which lines: bins of them from first_bin on, out of an FFT over n_fft frames. */
struct tandem_lines {
	uint32_t rate_hz, n_fft, first_bin, bins;
};

/* Sums over stretches. Arrays belong to it. */
struct tandem_spectra {
	struct tandem_lines lines;
	uint32_t n_speakers, bins;
	float complex *rr; /* [pairs][bins], see matrix.h */
	float complex *rm; /* [n_speakers][bins] */
	float *mm;         /* [bins] */
	double weight;     /* of all stretches, each begins with 1 */
	double weight_square;
};

/* 0 or -ENOMEM; finish() works on a zeroed one. */
int tandem_spectra_init(struct tandem_spectra *s, uint32_t n_speakers,
		const struct tandem_lines *lines);
void tandem_spectra_finish(struct tandem_spectra *s);
void tandem_spectra_clear(struct tandem_spectra *s);

/* One stretch: r[n_speakers][bins], m[bins]. */
void tandem_spectra_add(struct tandem_spectra *s, const float complex *r,
		const float complex *m);

/* s becomes keep * s + newer. */
void tandem_spectra_fold(struct tandem_spectra *s, const struct tandem_spectra *newer,
		double keep);

/* How many stretches there are, were they all alike. */
double tandem_spectra_stretches(const struct tandem_spectra *s);

/* Speakers, as bits, whose reference has at least that share of the loudest one's power. */
uint32_t tandem_spectra_who(const struct tandem_spectra *s, double least);

/* Moves one reference to later, as far as the sums go. */
void tandem_spectra_delay(struct tandem_spectra *s, uint32_t speaker, double frames);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Spectra: what references and microphone have in common, line by line, and the responses
 * that explain it best.
 *
 *   stretch of each reference --FFT--> R_s --+--> A = sum conj(R_s) R_u      A H = B
 *   stretch of the microphone --FFT--> M ----+--> B = sum conj(R_s) M    --> H, and how far
 *                                                                           it can be off
 *
 * Least squares over all speakers at once, so that one speaker's sound in another one's
 * reference does no harm; what nobody's response explains is noise, and tells the variance.
 */
#ifndef TANDEM_EAR_SPECTRA_H
#define TANDEM_EAR_SPECTRA_H

#include <complex.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

/* Sums over stretches. Arrays belong to it. */
struct tandem_spectra {
	uint32_t n_speakers, bins;
	float complex *rr; /* [pairs][bins], see matrix.h */
	float complex *rm; /* [n_speakers][bins] */
	float *mm;         /* [bins] */
	double weight;     /* of all stretches, each begins with 1 */
	double weight_square;
};

/* 0 or -ENOMEM; finish() works on a zeroed one. */
int tandem_spectra_init(struct tandem_spectra *s, uint32_t n_speakers, uint32_t bins);
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

/* What it comes to. Arrays belong to it. */
struct tandem_responses {
	uint32_t n_speakers, bins;
	float complex *h; /* [n_speakers][bins]; 0 of who was left out */
	float *variance;  /* [n_speakers][bins] of h */
	double *own;      /* [n_speakers]: share of a reference that no other one has */
	double coherence; /* share of the microphone's power that is explained */
};

int tandem_responses_init(struct tandem_responses *p, uint32_t n_speakers, uint32_t bins);
void tandem_responses_finish(struct tandem_responses *p);

/* Of the speakers in mask (bit s). overlap: of how many stretches, as they overlap, one is
 * worth; >= 1. false: too few stretches to tell anything, and p is as it was. */
bool tandem_responses_solve(struct tandem_responses *p, const struct tandem_spectra *s,
		uint32_t mask, double overlap);

/* How much of speaker's response was still there in newer, which p knows nothing of: about
 * 1 when it was, 0 when its sound came at another time or not at all. */
struct tandem_presence {
	double gain;
	double sigma;
};
struct tandem_presence tandem_responses_check(const struct tandem_responses *p,
		const struct tandem_spectra *newer, uint32_t speaker);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Responses: of each speaker, what makes the references the microphone's sound.
 *
 * Least squares over all speakers at once, so that one speaker's sound in another one's
 * reference does no harm; what nobody's response explains is noise, and tells the variance.
 */
#ifndef TANDEM_EAR_RESPONSES_H
#define TANDEM_EAR_RESPONSES_H

#include <complex.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/ear/spectra.h"

/* What it comes to. Arrays belong to it. */
struct tandem_responses {
	uint32_t n_speakers, bins;
	float complex *h;     /* [n_speakers][bins]; 0 of who was left out */
	float *variance;      /* [n_speakers][bins] of h */
	double *own;          /* [n_speakers]: share of a reference that no other one has */
	float complex *kept;  /* [bins]: for a check */
	double *left;         /* [bins + 1], running: what nobody explains */
	double *ratio, *sure; /* [bins + 1], running: for a check */
	double coherence;     /* share of the microphone's power that is explained */
};

int tandem_responses_init(struct tandem_responses *p, uint32_t n_speakers, uint32_t bins);
void tandem_responses_finish(struct tandem_responses *p);

/* Of the speakers in mask (bit s). overlap: of how many stretches, as they overlap, one is
 * worth; >= 1. false: too few stretches to tell anything, and p is as it was. */
bool tandem_responses_solve(struct tandem_responses *p, const struct tandem_spectra *s,
		uint32_t mask, double overlap);

/* How much of speaker's response was still there in newer, which p knows nothing of. */
struct tandem_presence {
	double gain;  /* about 1: all of it; 0: its sound came elsewhere or not at all */
	double sigma; /* of gain */
	double later_frames; /* where gain is best, within +-TANDEM_PRESENCE_REACH_S */
};
#define TANDEM_PRESENCE_REACH_S 0.35e-3 /* chosen: more than drifts meanwhile */
struct tandem_presence tandem_responses_check(const struct tandem_responses *p,
		const struct tandem_spectra *newer, uint32_t speaker);

#endif

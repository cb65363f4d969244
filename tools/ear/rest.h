/* SPDX-License-Identifier: MIT
 *
 * Rest: what is left of a stretch of the microphone when the speakers that are heard are
 * taken away, and how much the stretch is worth.
 *
 *   m --(+)--> rest --> search for those not heard yet
 *        ^       '----> its power, line by line, against what it is on average: who speaks
 *   h r -'              between spoils some stretches, and they count for less
 *
 * Weights are those of least squares under noise that comes and goes: 1 / (mean + now).
 */
#ifndef TANDEM_EAR_REST_H
#define TANDEM_EAR_REST_H

#include "tools/ear/responses.h"

struct tandem_rest {
	uint32_t bins;
	float complex *e; /* [bins] */
	float *mean;      /* [bins]: power of e; 0 at first */
	double *sum;      /* [bins + 1], running */
};

/* 0 or -ENOMEM; finish() works on a zeroed one. */
int tandem_rest_init(struct tandem_rest *t, uint32_t bins);
void tandem_rest_finish(struct tandem_rest *t);

/* Sets e. r[n_speakers][bins], m[bins]; mask: the speakers (bit s) to take away. */
void tandem_rest_subtract(struct tandem_rest *t, const struct tandem_responses *p,
		uint32_t mask, const float complex *r, const float complex *m);

/* Scales m and each r by how much they are worth, line by line, 1 at most. keep: of the
 * mean so far. */
void tandem_rest_weigh(struct tandem_rest *t, double keep, uint32_t n_speakers,
		float complex *r, float complex *m);

#endif

/* SPDX-License-Identifier: MIT */
#include "tools/ear/rest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 12 /* lines to either side, 70 Hz: chosen; of one line power says little */
#define FLOOR 1e-20

int tandem_rest_init(struct tandem_rest *t, uint32_t bins)
{
	t->bins = bins;
	t->e = calloc(bins, sizeof(*t->e));
	t->mean = calloc(bins, sizeof(*t->mean));
	t->sum = calloc(bins + 1, sizeof(*t->sum));
	return t->e != NULL && t->mean != NULL && t->sum != NULL ? 0 : -ENOMEM;
}

void tandem_rest_finish(struct tandem_rest *t)
{
	free(t->e);
	free(t->mean);
	free(t->sum);
	*t = (struct tandem_rest){ 0 };
}

void tandem_rest_subtract(struct tandem_rest *t, const struct tandem_responses *p,
		uint32_t mask, const float complex *r, const float complex *m)
{
	memcpy(t->e, m, t->bins * sizeof(*m));
	for (uint32_t s = 0; s < p->n_speakers; s++) {
		const size_t at = (size_t)s * t->bins;

		for (uint32_t k = 0; k < t->bins && mask >> s & 1; k++)
			t->e[k] -= p->h[at + k] * r[at + k];
	}
}

void tandem_rest_weigh(struct tandem_rest *t, double keep, uint32_t n_speakers,
		float complex *r, float complex *m)
{
	for (uint32_t k = 0; k < t->bins; k++)
		t->sum[k + 1] = t->sum[k] + (double)crealf(t->e[k] * conjf(t->e[k]));
	for (uint32_t k = 0; k < t->bins; k++) {
		const uint32_t from = k > NEAR ? k - NEAR : 0;
		const uint32_t to = k + NEAR + 1 < t->bins ? k + NEAR + 1 : t->bins;
		const double now = (t->sum[to] - t->sum[from]) / (to - from);
		const double mean = t->mean[k] > 0.0f ? (double)t->mean[k] : now;
		const float by = (float)sqrt((mean + FLOOR) / (mean + now + FLOOR));

		t->mean[k] = (float)(keep * mean + (1.0 - keep) * now);
		m[k] *= by;
		for (uint32_t s = 0; s < n_speakers; s++)
			r[(size_t)s * t->bins + k] *= by;
	}
}

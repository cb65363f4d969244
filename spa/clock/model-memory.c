/* SPDX-License-Identifier: MIT
 *
 * What the model keeps for the next start, and what it makes of what was kept.
 */
#include "model.h"

#include <math.h>

#define SPREAD_S 15e-3       /* between starts, before it is learnt: design, 4 */
#define SPREAD_COUNTS 1.0    /* as so many starts; chosen */
#define LEARN_STARTS 8       /* the mean follows the last ones; chosen */
#define SPREAD_STARTS 20     /* so does the spread, which takes longer to know: 16 % then */
#define LEAST_SPREAD_S 1e-3  /* chosen: no box starts better than that for certain */
#define DRIFT_SIGMA 2e-6     /* facts on clocks, 5: another day, another temperature */
#define BIAS_SIGMA_S 0.15e-3 /* chosen: of a bias that was learnt well */
#define BIAS_LEARNT_S 3e-3   /* worse is not worth keeping; chosen */
#define SEEN_ENOUGH 5        /* reports; chosen */

#define MAX_S 2.0 /* as clock/memory lets pass */

/* One more start in which a microphone heard that latency. */
static void learn_latency(struct tandem_memory *k, double latency_s)
{
	const double off_s = latency_s - k->latency_s;
	const double n = fmin(k->calibrations, LEARN_STARTS);
	const double was = k->calibrations > 0 ? k->spread_s : SPREAD_S;

	k->spread_s = SPREAD_S;
	if (k->calibrations == 0) {
		k->latency_s = latency_s;
	} else {
		/* the first one taught no spread: it had nothing to differ from */
		const double counts =
				SPREAD_COUNTS + fmin(k->calibrations, SPREAD_STARTS) - 1.0;
		/* off a mean of n: (n + 1) / n times the variance of one */
		const double seen = off_s * off_s * n / (n + 1.0);

		k->spread_s = fmax(LEAST_SPREAD_S,
				sqrt((was * was * counts + seen) / (counts + 1.0)));
		k->latency_s += off_s / (n + 1.0);
	}
	k->spread_s = fmin(TANDEM_MAX_SPREAD_S, k->spread_s);
	k->calibrations++;
}

bool tandem_model_is_remembered(const struct tandem_model *m)
{
	return m->counted || tandem_model_is_calibrated(m);
}

struct tandem_memory tandem_model_memory(const struct tandem_model *m, double moved_s)
{
	const struct tandem_filter *const f =
			m->class == TANDEM_CLASS_LOCKED ? &m->locked : &m->free;
	const double bias_sigma_s = sqrt(f->p[2][2]);
	struct tandem_memory k = m->past;

	k.reports_move = k.reports_move || m->reports_move;
	if (m->class != TANDEM_CLASS_UNKNOWN)
		k.class = m->class;
	if (m->class == TANDEM_CLASS_FREE) {
		k.drift_ppm = tandem_model_drift_ppm(m);
		k.drift_sigma_ppm = tandem_model_drift_sigma_ppm(m);
	}
	if (!tandem_model_is_calibrated(m))
		return k;
	k.wobble_s = m->class == TANDEM_CLASS_LOCKED
				     ? fmin(TANDEM_MAX_WOBBLE_S, m->wobble_s)
				     : 0.0;
	if (f->sensors[TANDEM_SENSOR_REPORT].n >= SEEN_ENOUGH &&
			bias_sigma_s < BIAS_LEARNT_S) {
		k.bias_s = tandem_within(f->x[2], MAX_S);
		k.bias_sigma_s = bias_sigma_s;
	}
	if (!m->counted)
		learn_latency(&k, fmax(0.0, fmin(MAX_S, f->x[0] - moved_s)));
	return k;
}

static void recall_bias(struct tandem_filter *f, const struct tandem_memory *k)
{
	const double between_s = k->reports_move ? 0.0 : k->spread_s;

	if (k->bias_sigma_s > 0.0) {
		tandem_filter_set(f, 2, k->bias_s,
				hypot(fmax(k->bias_sigma_s, BIAS_SIGMA_S), between_s));
	}
}

void tandem_model_recall(struct tandem_model *m, const struct tandem_memory *k)
{
	if (!tandem_memory_is_sane(k))
		return;
	m->past = *k;
	if (k->calibrations > 0) {
		m->past.spread_s = fmax(LEAST_SPREAD_S, k->spread_s);
		tandem_filter_set(&m->locked, 0, k->latency_s, m->past.spread_s);
		tandem_filter_set(&m->free, 0, k->latency_s, m->past.spread_s);
	}
	recall_bias(&m->locked, k);
	recall_bias(&m->free, k);
	m->class = k->class;
	if (k->class == TANDEM_CLASS_FREE) {
		tandem_filter_set(&m->free, 1, -k->drift_ppm * 1e-6,
				fmax(DRIFT_SIGMA, k->drift_sigma_ppm * 1e-6));
	}
	if (k->class == TANDEM_CLASS_LOCKED && k->wobble_s > 0.0)
		m->wobble_s = k->wobble_s;
}

/* SPDX-License-Identifier: MIT */
#include "tally.h"

#include <math.h>
#include <string.h>

void tandem_tally_add(struct tandem_tally *t, const struct tandem_ear_arrival *a,
		uint32_t rate_hz)
{
	const double ms = 1e3 / rate_hz;
	struct tandem_tally_sum one = {
		.late_ms = a->lag_frames * ms,
		.sigma_ms = a->sigma_frames * ms,
		.votes_inverted = a->inverted ? a->polarity_quality : -a->polarity_quality,
		.level_db = a->level_db,
		.snr_db = a->snr_db,
		.coherence = a->coherence,
	};

	t->verdicts[a->verdict]++;
	if (a->verdict != TANDEM_EAR_HEARD)
		return;
	memcpy(one.tone_db, a->tone_db, sizeof(one.tone_db));
	t->last[t->n++ % TANDEM_TALLY_LAST] = one;
}

bool tandem_tally_is_full(const struct tandem_tally *t)
{
	return t->n >= TANDEM_TALLY_LAST;
}

/* What the mean would have, had they the sigma that they claim; when they differ by more
 * than that, what their differences say. */
static double mean_sigma(const struct tandem_tally_sum *a, uint32_t n, double weights,
		double mean)
{
	double chi2 = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		const double off = (a[i].late_ms - mean) / a[i].sigma_ms;

		chi2 += off * off;
	}
	return sqrt(fmax(1.0, n > 1 ? chi2 / (n - 1) : 1.0) / weights);
}

bool tandem_tally_sum(const struct tandem_tally *t, struct tandem_tally_sum *ret)
{
	const uint32_t n = t->n < TANDEM_TALLY_LAST ? t->n : TANDEM_TALLY_LAST;
	struct tandem_tally_sum sum = { 0 };
	double weights = 0.0;

	for (uint32_t i = 0; i < n; i++) {
		const struct tandem_tally_sum *const a = &t->last[i];
		const double weight = 1.0 / (a->sigma_ms * a->sigma_ms);

		weights += weight;
		sum.late_ms += weight * a->late_ms;
		sum.votes_inverted += a->votes_inverted / n;
		sum.level_db += a->level_db / n;
		sum.snr_db += a->snr_db / n;
		sum.coherence += a->coherence / n;
		for (int band = 0; band < TANDEM_EAR_BANDS; band++)
			sum.tone_db[band] += a->tone_db[band] / n;
	}
	if (!(weights > 0.0) || !isfinite(weights))
		return false;
	sum.late_ms /= weights;
	sum.sigma_ms = mean_sigma(t->last, n, weights, sum.late_ms);
	*ret = sum;
	return true;
}

enum tandem_ear_verdict tandem_tally_trouble(const struct tandem_tally *t)
{
	enum tandem_ear_verdict most = TANDEM_EAR_HEARD;
	uint32_t n = 0;

	for (int i = 0; i < TANDEM_TALLY_VERDICTS; i++) {
		if (i != TANDEM_EAR_HEARD && t->verdicts[i] > n) {
			n = t->verdicts[i];
			most = (enum tandem_ear_verdict)i;
		}
	}
	return most;
}

/* SPDX-License-Identifier: MIT
 *
 * What the findings of a take come to.
 */
#include <math.h>
#include <string.h>

#include "take-internal.h"

void tandem_take_sum_up(const struct take *t, struct tandem_take_result *r)
{
	for (uint32_t i = 0; i < t->n; i++) {
		struct tandem_take_speaker *const s = &r->of[i];

		if (!tandem_take_counts(t, i) || !tandem_tally_sum(&t->tallies[i], &s->sum))
			continue;
		memcpy(s->label, t->speakers[i].label, sizeof(s->label));
		s->is_heard = true;
		s->before = t->before[i];
	}
}

double tandem_take_spread_ms(const struct tandem_take_result *r, bool before,
		double *ret_sigma_ms)
{
	const struct tandem_tally_sum *first = NULL, *last = NULL;

	for (uint32_t i = 0; i < r->n; i++) {
		const struct tandem_take_speaker *const s = &r->of[i];
		const struct tandem_tally_sum *const sum = before ? &s->before : &s->sum;

		if (!s->is_heard)
			continue;
		first = !first || sum->late_ms < first->late_ms ? sum : first;
		last = !last || sum->late_ms > last->late_ms ? sum : last;
	}
	*ret_sigma_ms = first == last ? 0.0 : hypot(first->sigma_ms, last->sigma_ms);
	return first == last ? 0.0 : last->late_ms - first->late_ms;
}

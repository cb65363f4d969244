/* SPDX-License-Identifier: MIT */
#include "delays.h"

#include <math.h>

#define LEAST_S 30e-6 /* below the shortest packet's time on the air: 366 us */
#define PER_OCTAVE 12.0

static uint8_t bin_of(double delay_s)
{
	const double bin = delay_s > LEAST_S ? PER_OCTAVE * log2(delay_s / LEAST_S) : 0.0;

	return (uint8_t)(bin < TANDEM_DELAYS_BINS - 1 ? bin : TANDEM_DELAYS_BINS - 1);
}

void tandem_delays_add(struct tandem_delays *d, double delay_s)
{
	uint8_t *const place = &d->bins[d->n % TANDEM_DELAYS_WINDOW];

	if (d->n >= TANDEM_DELAYS_WINDOW)
		d->counts[*place]--;
	*place = bin_of(delay_s);
	d->counts[*place]++;
	d->n++;
}

double tandem_delays_percentile_s(const struct tandem_delays *d, double percent)
{
	const uint64_t n = d->n < TANDEM_DELAYS_WINDOW ? d->n : TANDEM_DELAYS_WINDOW;
	const double wanted = percent / 100.0 * (double)n;
	uint32_t bin = 0;
	uint32_t sum = d->counts[0];

	if (n == 0)
		return NAN;
	while (sum < wanted && bin + 1 < TANDEM_DELAYS_BINS)
		sum += d->counts[++bin];
	return LEAST_S * exp2((bin + 0.5) / PER_OCTAVE);
}

/* SPDX-License-Identifier: MIT
 *
 * Arrival: the first sound in a response.
 *
 *   |z|        ___ MAX of it
 *        A    /   \    echoes
 *        .   |     |  .  ..
 *   - - -|- -|- - -|-|- -||- - - - -   SEEN of the strongest: the first above is the direct
 *   ~~~~~|~~~|~~~~~|~|~~~||~~~~~~      sound; the noise before must lie well below
 *   -----+---+---------------------> t
 *    noise   within +-REACH of where it is believed
 *
 * The response is whitened (what a box favours says nothing of when), each line weighted
 * by how sure it is, and made analytic: the peak of its envelope is the arrival, its phase
 * there the polarity. The noise of both is taken from what lies before, where nothing can
 * be. sigma = noise / (peak * rms bandwidth): the bound that any estimator has (Weiss and
 * Weinstein, 1983, for high SNR), beside a floor for what boxes and near walls do.
 */
#ifndef TANDEM_EAR_ARRIVAL_H
#define TANDEM_EAR_ARRIVAL_H

#include <complex.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/ear/ear.h"

#define TANDEM_ARRIVAL_REACH_S                                                             \
	30e-3 /* chosen: several jumps of a servo, and a coarse cell */
#define TANDEM_ARRIVAL_EARLY_S                                                             \
	20e-3 /* counts as the sound itself to an ear, and as level */

struct tandem_arrival_finder;

/* For responses of bins lines from first_bin on, out of n_fft frames at rate_hz. 0 or
 * -ENOMEM; the caller frees. */
int tandem_arrival_finder_new(struct tandem_arrival_finder **ret_finder, uint32_t rate_hz,
		uint32_t n_fft, uint32_t first_bin, uint32_t bins);
void tandem_arrival_finder_free(struct tandem_arrival_finder *f);

/* What was found, and what else might be: an earlier sound, where one was expected as well
 * (NAN: none). Spikes of noise do not come at the same place again and again. */
struct tandem_arrival {
	struct tandem_ear_arrival
			heard; /* lag_frames as below; coherence is the caller's */
	double early_frames;
};

/* Of h[bins] with variance[bins]. Lags count from the lag the references were moved by.
 * expected_frames: where it was the last time, NAN: nobody knows. */
struct tandem_arrival tandem_arrival_find(struct tandem_arrival_finder *f,
		const float complex *h, const float *variance, double expected_frames);

#endif

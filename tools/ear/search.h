/* SPDX-License-Identifier: MIT
 *
 * Search: roughly when each speaker is heard, of all lags from 0 to max_lag.
 *
 *   0.7 s of the microphone against all that was played in the max_lag before
 *       --> whitened correlation --> energy per cell of 5 ms, summed over a few runs
 *
 * Energy, for the direct sound alone may be a hundredth of what arrives at 4 m, and its
 * echoes of the first 10 ms say as well where it is; and summed over runs, for it does not
 * matter then that a clock drifts meanwhile. A cell counts when it stands out of the noise
 * and of every other place. References are freed of what they share beforehand.
 */
#ifndef TANDEM_EAR_SEARCH_H
#define TANDEM_EAR_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/ear/history.h"

struct tandem_search;

/* 0 or -ENOMEM; the caller frees. */
int tandem_search_new(struct tandem_search **ret_search, uint32_t rate_hz,
		uint32_t n_speakers, double max_lag_s);
void tandem_search_free(struct tandem_search *s);

/* Frames of history that it looks at, and how many of new ones make a run worthwhile. */
uint32_t tandem_search_frames(const struct tandem_search *s);
uint32_t tandem_search_every_frames(const struct tandem_search *s);

/* references[n_speakers] and mic up to frame end. Some 20 ms of work. */
void tandem_search_run(struct tandem_search *s, const struct tandem_history *references,
		const struct tandem_history *mic, uint64_t end);

struct tandem_search_guess {
	bool found;
	bool sure;         /* so clearly that once is enough */
	double lag_frames; /* good to some 10 ms */
};
struct tandem_search_guess tandem_search_guess(const struct tandem_search *s,
		uint32_t speaker);

/* Share of a reference that no other one has, 0 to 1; 1 before the first run. */
double tandem_search_own(const struct tandem_search *s, uint32_t speaker);

#endif

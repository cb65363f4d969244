/* SPDX-License-Identifier: MIT
 *
 * Tally: what the findings about one speaker come to. The last TANDEM_TALLY_LAST that were
 * HEARD count: what was heard before the sink moved the sound would only mislead.
 *
 *   arrival --> [ oldest ... newest ] --> mean arrival and its sigma, level, tone, polarity
 *           '-> how often each verdict
 *
 * Pure. Thread: whose it is; cannot fail.
 */
#ifndef TANDEM_TOOLS_TALLY_H
#define TANDEM_TOOLS_TALLY_H

#include "ear.h"

#define TANDEM_TALLY_LAST 10 /* of a probe: 2 s; chosen: two more than Tandem believes */
#define TANDEM_TALLY_VERDICTS (TANDEM_EAR_ALIKE + 1)

struct tandem_tally_sum {
	double late_ms, sigma_ms; /* of the mean */
	double votes_inverted;    /* -1: none of them, 1: all; each by its quality */
	double level_db;
	double tone_db[TANDEM_EAR_BANDS];
	double snr_db, coherence;
};

struct tandem_tally { /* all zero: none yet */
	uint32_t verdicts[TANDEM_TALLY_VERDICTS];
	uint32_t n;                                      /* HEARD, ever */
	struct tandem_tally_sum last[TANDEM_TALLY_LAST]; /* number i at i % LAST */
};

/* rate_hz: of the frames in it. */
void tandem_tally_add(struct tandem_tally *t, const struct tandem_ear_arrival *a,
		uint32_t rate_hz);

/* All that the mean is made of has come since the last reset. */
bool tandem_tally_is_full(const struct tandem_tally *t);

/* False: none was HEARD. */
bool tandem_tally_sum(const struct tandem_tally *t, struct tandem_tally_sum *ret);

/* What was found most often, but for HEARD; HEARD: nothing else. */
enum tandem_ear_verdict tandem_tally_trouble(const struct tandem_tally *t);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Follow: where one speaker is believed to be heard, from one finding to the next.
 *
 *   search --> place --+--> lag + rate * t: its reference is moved by that beforehand
 *                      |
 *   what drifts -------+    found in the response: offset from there, near 0
 *
 * A first sound at a new place is a guess until it has come twice. From then on it is
 * looked for where it was, for noise has spikes too; but an earlier one that comes again
 * and again at one place is the direct sound, and takes over.
 */
#ifndef TANDEM_EAR_FOLLOW_H
#define TANDEM_EAR_FOLLOW_H

#include <stdbool.h>

#include "tools/ear/arrival.h"
#include "tools/ear/search.h"

struct tandem_follow {
	double rate_hz;           /* of frames */
	bool known;               /* has a place */
	bool heard;               /* the last time, be it by chance */
	double lag_frames, drift; /* at frame since; frames of lag per frame */
	double since;
	double guess_frames;                  /* of the search before */
	double expected_frames, early_frames; /* see arrival.h; NAN: none */
	int in_a_row, earlier, vain;          /* findings */
	int tries; /* searches that say another place nearby, in vain so far */
};

void tandem_follow_init(struct tandem_follow *f, double rate_hz);

/* 0 where there is no place yet. */
double tandem_follow_lag(const struct tandem_follow *f, double frame);

bool tandem_follow_heard(const struct tandem_follow *f, uint32_t n); /* all of f[n] */

/* All of f[n] but one were heard where they are believed, the last time they played. */
bool tandem_follow_sure(const struct tandem_follow *f, uint32_t n, uint32_t but);

/* What a search found. true: it is a new place, and is taken. */
bool tandem_follow_search(struct tandem_follow *f, const struct tandem_search_guess *g,
		double frame);

/* The sound came that much later than believed, in a turn of so many frames up to frame. */
void tandem_follow_drift(struct tandem_follow *f, double later_frames, double turn_frames,
		double frame);

/* What was found in the response: counts, and turns what may be chance into NOISY, and what
 * may be an echo, for there was an earlier sound, into ECHO. */
void tandem_follow_found(struct tandem_follow *f, struct tandem_arrival *a);

/* Moves the place to where the sound is, if that is too far off for the two stretches to
 * share most of it. true: moved. */
bool tandem_follow_centre(struct tandem_follow *f, double offset_frames);

#endif

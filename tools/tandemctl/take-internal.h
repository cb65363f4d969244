/* SPDX-License-Identifier: MIT
 *
 * What the steps of a take (take.c) share with what happens meanwhile (take-events.c).
 */
#ifndef TANDEM_TOOLS_TAKE_INTERNAL_H
#define TANDEM_TOOLS_TAKE_INTERNAL_H

#include "borrowed.h"
#include "chirp.h"
#include "hear.h"
#include "interrupt.h"
#include "take.h"

#define TANDEM_TAKE_RATE_HZ 48000 /* of the probes; the graph's may be another */

struct take {
	/* constant */
	const struct tandem_take_config *config;
	struct tandem_client *client;
	uint32_t node_id;
	struct tandem_hear *hear;
	struct tandem_chirp *chirp;
	struct tandem_interrupt interrupt;
	/* main */
	struct tandem_listen_news news;
	bool is_stopped; /* by a signal */
	bool is_telling; /* Tandem, of what is heard */
	uint32_t n, n_turns;
	uint32_t turn_of[TANDEM_MAX_SPEAKERS], turn;
	struct tandem_borrowed mutes;
	struct tandem_hear_speaker speakers[TANDEM_MAX_SPEAKERS];
	struct tandem_tally tallies[TANDEM_MAX_SPEAKERS];
	struct tandem_tally_sum before[TANDEM_MAX_SPEAKERS];
	double noise_power;
	uint64_t noise_frames;
	bool is_hearing_noise;
	bool has_heard; /* anything at all: some microphones are silent in silence */
	double listened_s;
	double mic_ms; /* as in hear.h, of the last finding */
};

/* Ready to be run, or negative errno. */
int tandem_take_open(struct take *t);
/* Mutes are the caller's to put back before. A half-opened one is fine. */
void tandem_take_close(struct take *t);

/* That speaker is listened to in this turn. */
bool tandem_take_counts(const struct take *t, uint32_t i);
/* Those of this turn have been heard so often since it began. */
bool tandem_take_heard(const struct take *t, uint32_t times);

/* Stopped by a signal, or somebody has gone who is needed: was said. */
bool tandem_take_is_over(const struct take *t);
/* False: not within that time, or all is over. */
bool tandem_take_wait(struct take *t, bool (*is_done)(struct take *t), double seconds);

/* What was heard of those of this turn, into the result. */
void tandem_take_sum_up(const struct take *t, struct tandem_take_result *r);
/* Between the first and the last to be heard, at first or in the end; 0 of one speaker.
 * Sets *ret_sigma_ms, too. */
double tandem_take_spread_ms(const struct tandem_take_result *r, bool before,
		double *ret_sigma_ms);

/* Takes the line that changes off the terminal. */
void tandem_take_end_progress(void);

#endif

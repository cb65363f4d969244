/* SPDX-License-Identifier: MIT
 *
 * Take: one calibration with a microphone.
 *
 *   wake the speakers --> listen to the noise --> play probes, find each speaker, tell
 *   Tandem --> Tandem moves the sound --> listen again: how far apart are they now?
 *
 * Whatever was muted for it is put back, however it ends but by SIGKILL; mutes are not
 * remembered by Tandem (its settings), so a restart of it puts even those back.
 * Each trouble has been said on stderr when it returns. Thread: main.
 */
#ifndef TANDEM_TOOLS_TAKE_H
#define TANDEM_TOOLS_TAKE_H

#include "client.h"
#include "source.h"
#include "tally.h"

struct tandem_take_config {
	struct tandem_client *client;
	const char *sink;   /* node name */
	const char *source; /* NULL: the best there is */
	double seconds;     /* of listening, for each turn; 8 more until Tandem remembers */
	bool is_dry;        /* Tandem is told nothing */
};

struct tandem_take_speaker {
	char label[TANDEM_CLIENT_LABEL_SIZE];
	bool is_heard;                  /* the figures hold */
	bool is_forgotten;              /* by the next start, as Tandem's rows have it */
	struct tandem_tally_sum before; /* at first */
	struct tandem_tally_sum sum;    /* in the end */
};

struct tandem_take_result {
	uint32_t n;
	struct tandem_take_speaker of[TANDEM_MAX_SPEAKERS];
	struct tandem_source source;
	double listened_s;
	double noise_db; /* of full scale, before the probes */
	double mic_ms;   /* what the microphone says that it adds, taken off; 0: nothing */
	/* Between the first and the last to be heard; 0 of one speaker. */
	double skew_ms, skew_sigma_ms, skew_before_ms;
};

/* Sets *ret_result with TANDEM_CTL_DONE. Otherwise another exit status. The client was made
 * after tandem_interrupt_block(). */
int tandem_take_run(const struct tandem_take_config *config,
		struct tandem_take_result *ret_result);

#endif

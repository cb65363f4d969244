/* SPDX-License-Identifier: MIT
 *
 * What must hold of the roster whatever BlueZ says: of each event that goes in, of each
 * action that comes out, and of its state afterwards.
 */
#ifndef TANDEM_TESTS_FUZZ_ROSTER_CHECK_H
#define TANDEM_TESTS_FUZZ_ROSTER_CHECK_H

#include "roster.h"

struct roster_check {
	struct tandem_roster *roster;
	int64_t now_ns;
	int64_t timer_ns; /* as last asked for; 0: none */
	bool attached[TANDEM_MAX_SPEAKERS];
	uint32_t last_acquire; /* its call */
	bool registering;      /* an answer to REGISTER is due */
};

/* Starts anew with this configuration. */
void tandem_roster_check_init(struct roster_check *c, struct tandem_roster *roster,
		const struct tandem_roster_config *config);

/* Feeds the roster. Whatever is broken ends the program. */
void tandem_roster_check_event(struct roster_check *c, const struct tandem_event *e);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The words of tandem-room's command line: main.c has the list.
 */
#ifndef TANDEM_ROOM_OPTIONS_H
#define TANDEM_ROOM_OPTIONS_H

#include "room.h"

struct tandem_room_options {
	struct tandem_room room; /* n_speakers: how many boxes are told */
	const char *box[TANDEM_MAX_SPEAKERS];
	const char *name;
	const char *speech; /* NULL: none */
	double speech_db;
	double latency_s;
	int64_t t0_ns;
	bool leads;
	bool is_untold; /* its own latency is */
};

/* All strings are argv's. False: wrong use, and it has been said. */
TANDEM_CHECK bool tandem_room_options_parse(struct tandem_room_options *o, int argc,
		char *argv[]);

/* The room as one line of JSON on stdout. */
void tandem_room_options_tell(const struct tandem_room_options *o);

#endif

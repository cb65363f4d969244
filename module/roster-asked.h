/* SPDX-License-Identifier: MIT
 *
 * What BlueZ's questions to our endpoints leave behind: promises made to speakers, and
 * guests: devices that are no speakers of this group and asked all the same, because they
 * connected by themselves and took the first endpoint, be it free or not.
 *
 *     refused --ConnectProfile, each second--> another program's stream: handed over
 *                        |
 *                        +--> gone for 10 s, a speaker now, or no use: given up
 *
 * BlueZ offers a stream that is refused to nobody else, unless it is connected from here.
 */
#ifndef TANDEM_MODULE_ROSTER_ASKED_H
#define TANDEM_MODULE_ROSTER_ASKED_H

#include "event.h"

#define TANDEM_MAX_GUESTS 4 /* chosen: more than people switch on within a minute */

/* An endpoint of ours promised to a stream that is being configured. */
struct tandem_promise {
	char adapter[TANDEM_PATH_SIZE];
	char device[TANDEM_PATH_SIZE];
	uint32_t endpoint;
	uint8_t config[TANDEM_CONFIG_SIZE];
	int64_t until_ns;
};

struct tandem_guest {
	char device[TANDEM_PATH_SIZE]; /* empty: unused */
	bool active;                   /* being handed over */
	bool there;                    /* was connected at the last turn */
	bool room;                     /* a speaker has made room for it */
	uint32_t rounds;               /* begun since minute_ns */
	int64_t minute_ns;
	int64_t seen_ns; /* when it was there last */
	uint32_t tries;  /* of this round */
	int64_t first_ns;
	int64_t retry_ns; /* not before */
	int64_t due_ns;   /* wants a turn then; INT64_MAX: never */
	char reason[48];  /* why the last try failed */
};

#endif

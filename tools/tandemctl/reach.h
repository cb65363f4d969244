/* SPDX-License-Identifier: MIT
 *
 * Reach: from the words of a command to a Tandem sink and a speaker of it, or why not.
 *
 *     PipeWire --open--> client --group--> sink --speaker--> label
 *
 * Each that fails has said why, and what to do. Thread: main.
 */
#ifndef TANDEM_TOOLS_REACH_H
#define TANDEM_TOOLS_REACH_H

#include "client.h"

/* Of the options of a command that talks with one group. */
#define TANDEM_REACH_GROUP_HELP "Which group, by its name, where there are several"

/* As tandem_client_new(), with PipeWire's library about it; says nothing. */
TANDEM_CHECK int tandem_reach_try(struct tandem_client **ret_client);

/* Sets *ret_client, which the caller frees by tandem_reach_close(); untouched on failure.
 * Returns TANDEM_CTL_DONE or TANDEM_CTL_ABSENT: PipeWire is not there. */
int tandem_reach_open(struct tandem_client **ret_client);
void tandem_reach_close(struct tandem_client *c); /* NULL is fine */

/* Likewise, and there is a Tandem sink. */
int tandem_reach_tandem(struct tandem_client **ret_client);

/* The sink of this name, NULL: of the only group. NULL: there is none, or several. */
const struct tandem_client_node *tandem_reach_group(const struct tandem_client *c,
		const char *group);

/* Who is meant, by label, address or name, in any group, or in this one (NULL: any). False:
 * nobody, or more than one. */
struct tandem_reach_speaker {
	const struct tandem_client_node *sink;
	char label[TANDEM_CLIENT_LABEL_SIZE];
};
bool tandem_reach_speaker(const struct tandem_client *c, const char *group, const char *who,
		struct tandem_reach_speaker *ret);

/* "left, Kitchen": for sentences. sink NULL: it has gone, the label alone. */
#define TANDEM_REACH_NAME_SIZE 96
void tandem_reach_describe(const struct tandem_client_node *sink, const char *label,
		char text[TANDEM_REACH_NAME_SIZE]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Neighbours: the groups of one process, so that none takes another's name or speakers.
 *
 *     group --join--> others: is my name theirs, are my speakers listed there?
 *     group --hold--> "this box is mine now"       others --has--> "is it yours?"
 *
 * They form a ring without a head; the process keeps a pointer to any one of them. Pure;
 * thread: main.
 */
#ifndef TANDEM_MODULE_NEIGHBOURS_H
#define TANDEM_MODULE_NEIGHBOURS_H

#include "settings.h"

struct tandem_neighbour {
	struct tandem_neighbour *next, *before;
	const struct tandem_settings *settings; /* borrowed */
	char held[TANDEM_MAX_SPEAKERS][18];     /* by slot, as long as nobody replaces it */
};

/* Joins the ring of `other`, NULL: begins one. A name that is taken gets a number behind
 * it; a speaker that another group lists is left out. settings are finished already, and
 * borrowed until tandem_neighbour_leave(). False: of the speakers listed nobody is left. */
bool tandem_neighbour_join(struct tandem_neighbour *n, struct tandem_neighbour *other,
		struct tandem_settings *settings, struct tandem_mistakes *told);

/* Returns one who stays, or NULL. Fine for who never joined. */
struct tandem_neighbour *tandem_neighbour_leave(struct tandem_neighbour *n);

/* This device sits in the slot now; "" keeps who sat there. */
void tandem_neighbour_hold(struct tandem_neighbour *n, uint32_t slot, const char *address);

/* Whether another group than n lists or holds this device. data: a tandem_neighbour. */
bool tandem_neighbour_has(void *data, const char *address, const char *name);

#endif

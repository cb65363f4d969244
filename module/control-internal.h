/* SPDX-License-Identifier: MIT
 *
 * Between the files of control only.
 *
 *     control.c         events in, one after the other; birth and death
 *     control-act.c     what follows from them; what the journal says
 *     control-clocks.c  what is learnt of the boxes' clocks, across restarts
 */
#ifndef TANDEM_MODULE_CONTROL_INTERNAL_H
#define TANDEM_MODULE_CONTROL_INTERNAL_H

#include "aside.h"
#include "bus.h"
#include "control.h"
#include "learnt.h"
#include "live.h"
#include "roster.h"

struct tandem_control {
	/* constant */
	struct pw_loop *loop;
	struct pw_core *core;
	struct tandem_sink *sink;
	struct tandem_live *live;
	struct tandem_neighbour *neighbour;
	struct tandem_ready *ready;

	/* main */
	struct tandem_settings *settings;
	struct tandem_roster *roster;
	struct tandem_bus *bus;     /* NULL: at the end */
	struct tandem_aside *aside; /* NULL: there is no registry */
	struct spa_source *woken;   /* signalled by the bus thread, and for `changed` */
	struct spa_source *timer;
	bool listening;
	struct spa_hook group_listener;
	struct pw_array queue; /* struct tandem_event, not yet handled */
	bool busy;             /* handling: what comes now waits in the queue */
	bool changed;          /* by the Props, and not yet acted upon */
	bool renew;            /* the sink, after the call that told so */
	bool trouble;          /* the group's sentence is one of trouble */
	bool is_noted;         /* the list of members, below, is in its file */
	uint32_t n_noted;
	char noted[TANDEM_MAX_SPEAKERS][18];
	int unnoted; /* what was said of the last try; 0: it went well */
	char warned[TANDEM_MAX_SPEAKERS][TANDEM_SENTENCE_SIZE]; /* last in the journal */
	struct tandem_learnt *learnt;                           /* NULL: no memory for it */
	char boxes[TANDEM_MAX_SPEAKERS][18]; /* what is, or was last, attached */
	char codecs[TANDEM_MAX_SPEAKERS][8];
	int unlearnt; /* what was said of the last try to write it; 0: it went well */
	int unlogged; /* likewise, of observations */
};

int64_t tandem_control_now_ns(void);
const char *tandem_control_label(const struct tandem_control *c, uint32_t slot);

/* Handled after those that wait already. */
void tandem_control_queue(struct tandem_control *c, const struct tandem_event *e);

void tandem_control_load_clocks(struct tandem_control *c);
/* What is known of the box that is being attached; NULL: nothing. Valid until the next
 * tandem_control_learnt(). */
const struct tandem_memory *tandem_control_recall(struct tandem_control *c, uint32_t slot,
		const struct tandem_codec *codec);
/* As struct tandem_group_events wants it; data: the control. */
void tandem_control_learnt(void *data, uint32_t slot, const struct tandem_memory *memory);
/* Likewise; goes into the log, when there is to be one. */
void tandem_control_observed(void *data, uint32_t slot,
		const struct tandem_observation *seen, uint32_t n_seen, uint64_t lost);

/* Ends the streams, which tells what they have taught, and listens no more. */
void tandem_control_end_streams(struct tandem_control *c);

/* Does what the roster wants. An ATTACH takes its socket. */
void tandem_control_act(struct tandem_control *c, const struct tandem_action *a);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Control: where the bus, the roster and the plugin meet. Feeds each event to the roster
 * and does what follows; says in the journal what a person would want to know.
 *
 *     bus ----events----> roster --actions--> bus, plugin, sink, memory
 *     plugin, timer --^
 *
 * Thread: main.
 */
#ifndef TANDEM_MODULE_CONTROL_H
#define TANDEM_MODULE_CONTROL_H

#include "live.h"
#include "neighbours.h"
#include "ready.h"
#include "sink.h"

struct tandem_control;

/* All borrowed for its life. */
struct tandem_control_parts {
	struct pw_loop *loop;
	struct pw_core *core;
	struct tandem_sink *sink;
	struct tandem_settings *settings; /* follow what is set by the node's Props */
	struct tandem_live *live;
	struct tandem_neighbour *neighbour; /* this group, among those of the process */
	struct tandem_ready *ready;         /* likewise */
};

/* parts: for the call. Sets *ret_control; 0 or -ENOMEM. */
TANDEM_CHECK int tandem_control_new(struct tandem_control **ret_control,
		const struct tandem_control_parts *parts);

/* The context goes, and nobody runs its loop any more: gives back to BlueZ and to the
 * session manager what was theirs, for a second at most. NULL is fine. */
void tandem_control_end(struct tandem_control *c);

/* The same, without waiting for the session manager; then frees it. NULL is fine. */
void tandem_control_free(struct tandem_control *c);

#endif

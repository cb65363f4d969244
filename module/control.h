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

#include "sink.h"

struct tandem_control;

/* All arguments are borrowed for its life; settings follow what is set by the node's Props.
 * Sets *ret_control; 0 or -ENOMEM. */
TANDEM_CHECK int tandem_control_new(struct tandem_control **ret_control,
		struct pw_loop *loop, struct pw_core *core, struct tandem_sink *sink,
		struct tandem_settings *settings);

/* Ends the conversation with BlueZ, which takes back what it gave. NULL is fine. */
void tandem_control_free(struct tandem_control *c);

#endif

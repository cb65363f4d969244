/* SPDX-License-Identifier: MIT
 *
 * Sink: the plugin's node, wrapped in PipeWire's adapter and exported as an Audio/Sink.
 *
 *     libspa-tandem.so --handle--> spa_node --> adapter (volume, mixing, format) --> graph
 *                          \-----> Group interface (spa/tandem.h), for the module
 *
 * The handle lives as long as the sink; the adapter comes and goes with each export.
 * Thread: main.
 */
#ifndef TANDEM_MODULE_SINK_H
#define TANDEM_MODULE_SINK_H

#include <pipewire/impl.h>

#include "tandem.h"

struct tandem_sink;

/* Loads the plugin and sets the group up; mistakes: for its status (tandem.h). Sets
 * *ret_sink; returns 0, -ENOENT (the plugin is not where PipeWire looks), -ENOTSUP (it is
 * not ours), -ENOMEM or what setup() said. */
TANDEM_CHECK int tandem_sink_new(struct tandem_sink **ret_sink, struct pw_context *context,
		const struct tandem_settings *settings, const char *mistakes);

/* Takes it out of the graph and unloads it. NULL is fine. */
void tandem_sink_free(struct tandem_sink *s);

/* The plugin's Group interface, for tandem_group_call(). */
void *tandem_sink_group(struct tandem_sink *s);

/* Into the graph; fine when it is there. Returns 0, -ENOENT (no adapter factory: its module
 * is not loaded) or a negative errno. */
TANDEM_CHECK int tandem_sink_export(struct tandem_sink *s, struct pw_core *core);

/* Out of the graph; fine when it is not there. */
void tandem_sink_unexport(struct tandem_sink *s);

#endif

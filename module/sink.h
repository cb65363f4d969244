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

/* Into the graph, at the volume that it had there last; fine when it is there. Returns 0,
 * -ENOENT (no adapter factory: its module is not loaded) or a negative errno. */
TANDEM_CHECK int tandem_sink_export(struct tandem_sink *s, struct pw_core *core);

/* Out of the graph; fine when it is not there. */
void tandem_sink_unexport(struct tandem_sink *s);

/* Whether no speaker is there to be heard, for a sink that stays exported all the same.
 * While empty it is chosen only when nothing else can play, or by the user's own word:
 *
 *     priority.session   1015 with a speaker: above one Bluetooth sink (1010)
 *                           1 while empty: below every sound card
 *
 * Session managers choose again when a node comes or goes, not when a property changes
 * (measured: sink.c). So an exported sink is exported anew: its object id changes, and
 * streams that are meant for it move away for a moment and come back. Call it with false
 * on the first speaker that comes, before attaching it, and with true when the last has
 * been gone for as long as a sink that does not stay would be kept; not at each loss. If
 * the sink cannot come back, that is logged, and tandem_sink_export() tries again.
 * A stream that was moved to it by hand while another sink is the default stays away. */
void tandem_sink_set_empty(struct tandem_sink *s, bool empty);

/* Exported anew: a session manager that has been restarted sets a format on every sink it
 * finds, and the adapter of one that is running refuses (-EIO); PipeWire then takes the
 * node for broken, and it never runs again (seen with WirePlumber 0.4.13 and 0.5.8). If the
 * sink cannot come back, that is logged, and tandem_sink_export() tries again. */
void tandem_sink_renew(struct tandem_sink *s);

/* The name for people, and for how long after the last stream the speakers are held, in s,
 * 0: for ever. Both at once in the graph, without a gap; the keeping counts from the next
 * time that the sink falls idle. description: not empty, less than 64 bytes. Returns 0,
 * -EINVAL and nothing changes, or -ENOMEM: it holds from the next export on. */
TANDEM_CHECK int tandem_sink_update(struct tandem_sink *s, const char *description,
		double keep_alive_s);

#endif

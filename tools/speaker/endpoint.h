/* SPDX-License-Identifier: MIT
 *
 * Endpoint: an A2DP sink with SBC, and perhaps LDAC, at whatever owns org.bluez on the
 * system bus, simulated or real (bluetoothd >= 5.66). Registers again when that comes back.
 *
 *   registered → configured → pending → acquired (started) → idle or gone (stopped) → …
 *
 * Calls on our objects are answered only to the owner of org.bluez. Thread: the GLib main
 * context, alone; ops are called there.
 */
#ifndef TANDEM_TOOLS_SPEAKER_ENDPOINT_H
#define TANDEM_TOOLS_SPEAKER_ENDPOINT_H

#include <gio/gio.h>

#include "options.h"

struct tandem_endpoint;

struct tandem_endpoint_ops {
	void (*registered)(void *data); /* at each registration */
	/* The transport is ours; takes fd. Always followed by stopped before the next. */
	void (*started)(void *data, int fd, bool ldac);
	void (*stopped)(void *data);
};

/* Of the options: adapter, name, ldac. connection, options, ops and data are borrowed for
 * life. Never fails: what is missing is waited for. */
struct tandem_endpoint *tandem_endpoint_new(GDBusConnection *connection,
		const struct tandem_options *options, const struct tandem_endpoint_ops *ops,
		void *data);
void tandem_endpoint_free(struct tandem_endpoint *e); /* NULL is fine; no ops any more */

/* Tells the source our delay, in steps of 0.1 ms. Where the sink side's Delay is read-only
 * (BlueZ 5.66) it says so once on stderr. Nothing while there is no transport. */
void tandem_endpoint_report(struct tandem_endpoint *e, double delay_ms);

/* Suspends the stream, as a box does whose other telephone plays: the transport is given
 * back, and idle. Nothing while there is no stream. */
void tandem_endpoint_suspend(struct tandem_endpoint *e);

#endif

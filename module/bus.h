/* SPDX-License-Identifier: MIT
 *
 * Bus: the conversation with BlueZ, on a thread of its own, marshalled and nothing else.
 *
 *     BlueZ -- signals, calls, replies --> bus thread -- queue of events, wake() --> main
 *     BlueZ <-- calls, answers ----------- bus thread <-- tandem_bus_post() --------- main
 *
 * One private connection to the system bus carries our endpoints and calls; each borrowed
 * transport is acquired on a further one of its own, so that it can be dropped without a
 * Release: in BlueZ 5.66 to 5.87 a Release after the transport's owner has left ends
 * bluetoothd. Without a bus it tries again every 5 s, without bluetoothd it waits for it.
 * With a store (fdstore.h) the main connection outlives this process: estate.h.
 */
#ifndef TANDEM_MODULE_BUS_H
#define TANDEM_MODULE_BUS_H

#include "event.h"
#include "fdstore.h"

struct tandem_bus;

struct tandem_bus_parts {
	uint32_t n_endpoints; /* per codec and adapter; 1 to TANDEM_MAX_SPEAKERS */
	uint32_t codecs;      /* mask of the table's */
	const char *group;    /* whose bus it is; read for the call */
	struct tandem_fdstore
			*store;   /* may keep the connection; borrowed for life, or NULL */
	void (*wake)(void *data); /* on the bus thread, after an event was queued */
	void *data;
};

/* Sets *ret_bus; 0 or -ENOMEM. */
TANDEM_CHECK int tandem_bus_new(struct tandem_bus **ret_bus,
		const struct tandem_bus_parts *parts);

/* Closes the connections, by which BlueZ takes everything of ours back. NULL is fine. */
void tandem_bus_free(struct tandem_bus *bus);

/* Thread: main. False: the queue is empty. The event's fd passes to the caller. */
bool tandem_bus_take(struct tandem_bus *bus, struct tandem_event *ret_event);

/* Thread: main. An action for the bus (event.h); copied. */
void tandem_bus_post(struct tandem_bus *bus, const struct tandem_action *action);

#endif

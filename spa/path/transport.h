/* SPDX-License-Identifier: MIT
 *
 * Transport: where packets go. Handed in, so that simulation, tests and the real stack
 * drive the same path.
 */
#ifndef TANDEM_PATH_TRANSPORT_H
#define TANDEM_PATH_TRANSPORT_H

#include "path/flight.h"

enum tandem_sent {
	TANDEM_SENT,      /* taken */
	TANDEM_SENT_FULL, /* no room now: try the same packet again */
	TANDEM_SENT_GONE, /* the link is dead: `error` says why */
};

struct tandem_transport;

struct tandem_transport_ops {
	/* One packet, never blocking, just after look(). Data loop. */
	enum tandem_sent (*send)(struct tandem_transport *t, const uint8_t *bytes,
			uint32_t n_bytes);
	/* Brings `flight` up to date, never blocking and with bounded work. Data loop.
	 * NULL: it cannot tell what is on its way. */
	void (*look)(struct tandem_transport *t, int64_t now_ns);
	/* Closes and frees; main thread. NULL is fine. */
	void (*free)(struct tandem_transport *t);
};

struct tandem_transport { /* first member of every transport's own struct */
	const struct tandem_transport_ops *ops;
	uint32_t packet_bytes; /* that a packet should have at most; constant after new */
	int error;             /* negative errno after TANDEM_SENT_GONE */
	struct tandem_flight flight; /* after send() and look() */
};

#endif

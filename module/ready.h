/* SPDX-License-Identifier: MIT
 *
 * Ready: the word to systemd, once, that this process is as far as it gets at the start:
 *
 *     group --join--> others     group --done--> the last one sends READY=1
 *
 * The session manager is ordered behind it, so that our endpoints are registered first:
 * then Bluetooth asks us first. Only for a process of our own: in the daemon the word would
 * be the daemon's to say. What systemd keeps for us (fdstore.h) is found here, too. The
 * groups form a ring without a head. Thread: main.
 */
#ifndef TANDEM_MODULE_READY_H
#define TANDEM_MODULE_READY_H

#include <stdbool.h>

#include "fdstore.h"

struct tandem_ready {
	struct tandem_ready *next, *before; /* NULL: never joined */
	bool done;
	bool told;
	struct tandem_fdstore *store; /* of all; NULL: never joined */
};

/* One more group, beside `other`, NULL: the first. Takes what systemd says out of the
 * environment, so that no child finds it; so before there are other threads of ours. 0 or
 * -ENOMEM: has not joined. */
TANDEM_CHECK int tandem_ready_join(struct tandem_ready *n, struct tandem_ready *other);

/* This group is ready. 0, or -errno when it was the last and the word was not heard. Fine
 * for who never joined, and a second time. */
TANDEM_CHECK int tandem_ready_done(struct tandem_ready *n);

/* Nobody waits for this group any more. Returns one who stays, or NULL. Fine for who never
 * joined. */
struct tandem_ready *tandem_ready_leave(struct tandem_ready *n);

#endif

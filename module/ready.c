/* SPDX-License-Identifier: MIT */
#include "ready.h"

#include <errno.h>
#include <stdlib.h>

int tandem_ready_join(struct tandem_ready *n, struct tandem_ready *other)
{
	char address[TANDEM_NOTIFY_SIZE];

	*n = (struct tandem_ready){ .next = n, .before = n };
	if (!other) {
		n->store = malloc(sizeof(*n->store));
		if (!n->store) {
			*n = (struct tandem_ready){ 0 };
			return -ENOMEM;
		}
		tandem_notify_take(address);
		tandem_fdstore_open(n->store, address);
		return 0;
	}
	n->next = other;
	n->before = other->before;
	n->before->next = n;
	other->before = n;
	n->told = other->told;
	n->store = other->store;
	return 0;
}

/* Whoever waited is told once; a group that joins later finds nobody waiting. What was
 * stored for groups of before has nobody to take it any more. */
static int tell_when_all_are_done(struct tandem_ready *n)
{
	struct tandem_ready *o = n;
	const bool was_told = n->told;

	do {
		if (!o->done)
			return 0;
		o = o->next;
	} while (o != n);
	do {
		o->told = true;
		o = o->next;
	} while (o != n);
	if (was_told)
		return 0;
	tandem_fdstore_close(n->store);
	return tandem_notify(n->store->address, "READY=1", -1);
}

int tandem_ready_done(struct tandem_ready *n)
{
	if (!n->next)
		return 0;
	n->done = true;
	return tell_when_all_are_done(n);
}

struct tandem_ready *tandem_ready_leave(struct tandem_ready *n)
{
	struct tandem_ready *stays = n->next == n ? NULL : n->next;

	if (n->next) {
		n->next->before = n->before;
		n->before->next = n->next;
	}
	if (n->store && !stays) {
		tandem_fdstore_close(n->store);
		free(n->store);
	}
	*n = (struct tandem_ready){ 0 };
	if (stays)
		(void)!tell_when_all_are_done(stays); /* nobody is left to hear of it */
	return stays;
}

/* SPDX-License-Identifier: MIT
 *
 * Keeper: systemd's end of the file store, for a test: it hears what the process before
 * says, keeps its files, and makes a store of them for the next one.
 *
 *     forebear --FDSTORE--> keeper --struct tandem_fdstore--> bench
 *         X kill -9
 *
 * Failures abort the test. Thread: main.
 */
#ifndef TANDEM_TESTS_BUS_KEEPER_H
#define TANDEM_TESTS_BUS_KEEPER_H

#include <gio/gio.h>

#include "fdstore.h"

struct keeper {
	char address[TANDEM_NOTIFY_SIZE];
	int fd;
	struct tandem_fdstore store; /* what is kept by now */
	uint32_t drops;
};

void tandem_keeper_start(struct keeper *k);
void tandem_keeper_stop(struct keeper *k);

/* Starts a Tandem that plays to both speakers, with what is kept; returns when it does. */
GSubprocess *tandem_keeper_forebear(struct keeper *k);
void tandem_keeper_kill(struct keeper *k, GSubprocess *forebear);

/* Hears what has been said. */
void tandem_keeper_listen(struct keeper *k);

/* What the next process finds; the keeper keeps its own. */
void tandem_keeper_hand_over(const struct keeper *k, struct tandem_fdstore *store);

/* The file kept whose name begins so; -1: none. It stays the keeper's. */
int tandem_keeper_file(const struct keeper *k, const char *prefix);

#endif

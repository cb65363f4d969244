/* SPDX-License-Identifier: MIT
 *
 * Estate: our connection to the system bus outlives us. BlueZ knows our endpoints by it,
 * and forgets them when it closes: then whoever has registered meanwhile gets the speakers
 * first. So systemd keeps its socket (fdstore.h), and beside it the will, in a memory file:
 *
 *     give --socket, will--> systemd        crash        systemd --socket, will--> inherit
 *     write: whenever the will has changed
 *
 * An ordinary end is an end: end() closes the connection, whoever has the socket, too.
 * Thread: new, main; others: the bus's.
 */
#ifndef TANDEM_MODULE_ESTATE_H
#define TANDEM_MODULE_ESTATE_H

#include "fdstore.h"
#include "will.h"

struct tandem_estate {
	/* constant */
	const struct tandem_fdstore *store; /* NULL: nobody keeps anything */
	char names[2][TANDEM_STORED_NAME_SIZE];

	/* bus */
	int inherited[2]; /* socket and will of the process before; -1: none */
	int socket_fd;    /* ours, as it is kept; -1: none */
	int will_fd;
	struct tandem_will will;
};

/* store: NULL, or for life; main takes from it what is this group's. */
void tandem_estate_init(struct tandem_estate *e, struct tandem_fdstore *store,
		const char *group, uint32_t n_endpoints, uint32_t codecs);

/* The socket of the process before, with its will: the caller's, ready to be gone on with.
 * -1: there is none, or not for this group as it is now: then BlueZ has been told by its
 * end. Once. */
int tandem_estate_inherit(struct tandem_estate *e);

/* Has this connection's socket kept, and the will. 0 or -errno: not kept. */
TANDEM_CHECK int tandem_estate_give(struct tandem_estate *e, int socket_fd);

/* The will has changed. */
void tandem_estate_write(struct tandem_estate *e);

/* The connection is over. Fine when there is none. */
void tandem_estate_end(struct tandem_estate *e);
void tandem_estate_finish(struct tandem_estate *e);

/* Whether a connection can be gone on with: bytes are what waits to be read there, none is
 * fine. The process before may have ended in the middle of a message. */
bool tandem_estate_is_whole(const uint8_t *bytes, size_t n);

#endif

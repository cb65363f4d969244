/* SPDX-License-Identifier: MIT
 *
 * Will: what the next process has to know to go on with a connection to the system bus, as
 * a few lines of text:
 *
 *     tandem-will 1 <sum of what follows>
 *     socket <inode>                      the connection it speaks of
 *     endpoints <number per codec and adapter>
 *     codecs <mask of the table's>
 *     owner <bluetoothd's unique name>
 *     host early|late <adapter>           registered there, before others or not
 *     stream <endpoint> <adapter> <transport>
 *
 * Pure; any thread.
 */
#ifndef TANDEM_MODULE_WILL_H
#define TANDEM_MODULE_WILL_H

#include "event.h"

#define TANDEM_WILL_HOSTS 8    /* radios: as the book has them */
#define TANDEM_WILL_STREAMS 32 /* likewise */
#define TANDEM_OWNER_SIZE 256  /* of a bus name, D-Bus's own limit and its end */
#define TANDEM_WILL_SIZE                                                                   \
	(128 + TANDEM_OWNER_SIZE + TANDEM_WILL_HOSTS * (TANDEM_PATH_SIZE + 16) +           \
			TANDEM_WILL_STREAMS * (2 * TANDEM_PATH_SIZE + 24))

struct tandem_will_host {
	char adapter[TANDEM_PATH_SIZE];
	bool late;
};

struct tandem_will_stream {
	uint32_t endpoint;
	char adapter[TANDEM_PATH_SIZE];
	char transport[TANDEM_PATH_SIZE];
};

struct tandem_will {
	uint64_t socket;
	uint32_t n_endpoints;
	uint32_t codecs;
	char owner[TANDEM_OWNER_SIZE]; /* empty: bluetoothd is away */
	uint32_t n_hosts, n_streams;
	struct tandem_will_host hosts[TANDEM_WILL_HOSTS];
	struct tandem_will_stream streams[TANDEM_WILL_STREAMS];
};

/* FNV-1a of 32 bits (Fowler, Noll, Vo). */
uint32_t tandem_will_sum(const char *text);

/* Returns the length, without the end. */
size_t tandem_will_write(const struct tandem_will *w, char text[TANDEM_WILL_SIZE]);

/* False: it is none, or was not written to its end. text is cut up. */
bool tandem_will_read(struct tandem_will *w, char *text);

/* bluetoothd has come or gone, owner "": nothing is registered with it. */
void tandem_will_begin(struct tandem_will *w, const char *owner);

/* What does not fit is left out, which costs its stream a new connection. */
void tandem_will_add_host(struct tandem_will *w, const char *adapter, bool late);
void tandem_will_drop_host(struct tandem_will *w, const char *adapter);
void tandem_will_add_stream(struct tandem_will *w, const struct tandem_will_stream *stream);
void tandem_will_drop_stream(struct tandem_will *w, const char *transport);

#endif

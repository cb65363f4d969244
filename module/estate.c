/* SPDX-License-Identifier: MIT */
#include "estate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

enum { SOCKET, WILL, FILES };

/* More than a message of BlueZ's that may be the first to wait; of a longer one the head
 * is looked at. Chosen. */
#define LOOK_BYTES 65536
#define HEAD_BYTES 16 /* of a message: D-Bus specification, message format */
#define LAST_TYPE 4
#define VERSION 1

static void set_names(struct tandem_estate *e, const char *group)
{
	static const char *const kinds[FILES] = { [SOCKET] = "bus", [WILL] = "will" };

	/* A group's own name may have what FDNAME= may not. */
	for (int i = 0; i < FILES; i++) {
		snprintf(e->names[i], sizeof(e->names[i]), TANDEM_STORED_PREFIX "%s-%08x",
				kinds[i], tandem_will_sum(group));
	}
}

void tandem_estate_init(struct tandem_estate *e, struct tandem_fdstore *store,
		const char *group, uint32_t n_endpoints, uint32_t codecs)
{
	*e = (struct tandem_estate){
		.store = store, .inherited = { -1, -1 }, .socket_fd = -1, .will_fd = -1
	};
	e->will.n_endpoints = n_endpoints;
	e->will.codecs = codecs;
	set_names(e, group);
	for (int i = 0; store && i < FILES; i++)
		e->inherited[i] = tandem_fdstore_take(store, e->names[i]);
}

static uint64_t inode_of(int fd)
{
	struct stat s;

	return fd >= 0 && fstat(fd, &s) == 0 ? s.st_ino : 0;
}

static bool read_will(struct tandem_will *w, int fd)
{
	char text[TANDEM_WILL_SIZE];
	const ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return false;
	text[n] = '\0';
	return tandem_will_read(w, text);
}

bool tandem_estate_is_whole(const uint8_t *bytes, size_t n)
{
	g_autoptr(GDBusMessage) message = NULL;
	gssize wanted;

	if (n == 0)
		return true;
	if (n < HEAD_BYTES || bytes[1] < 1 || bytes[1] > LAST_TYPE || bytes[3] != VERSION)
		return false;
	wanted = g_dbus_message_bytes_needed((guchar *)bytes, HEAD_BYTES, NULL);
	if (wanted < 0 || (size_t)wanted > n)
		return wanted > LOOK_BYTES;
	message = g_dbus_message_new_from_blob((guchar *)bytes, (gsize)wanted,
			G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
	return message != NULL;
}

static bool is_whole(int fd)
{
	g_autofree uint8_t *bytes = g_malloc(LOOK_BYTES);
	const ssize_t n = recv(fd, bytes, LOOK_BYTES, MSG_PEEK | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN;
	return n > 0 && tandem_estate_is_whole(bytes, (size_t)n); /* 0: the bus has gone */
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* BlueZ takes everything of it back. */
static void close_for_all(int *fd)
{
	if (*fd >= 0)
		shutdown(*fd, SHUT_RDWR);
	close_file(fd);
}

static void drop_names(const struct tandem_estate *e)
{
	for (int i = 0; e->store && i < FILES; i++)
		tandem_fdstore_drop(e->store, e->names[i]);
}

static bool fits(const struct tandem_estate *e, const struct tandem_will *left)
{
	return left->socket == inode_of(e->inherited[SOCKET]) &&
	       left->n_endpoints == e->will.n_endpoints && left->codecs == e->will.codecs &&
	       left->owner[0] && is_whole(e->inherited[SOCKET]);
}

int tandem_estate_inherit(struct tandem_estate *e)
{
	struct tandem_will left;
	int fd = -1;

	if (e->inherited[SOCKET] < 0 && e->inherited[WILL] < 0)
		return -1;
	if (e->inherited[SOCKET] >= 0 && e->inherited[WILL] >= 0 &&
			read_will(&left, e->inherited[WILL]) && fits(e, &left))
		fd = fcntl(e->inherited[SOCKET], F_DUPFD_CLOEXEC, 0);
	if (fd < 0) {
		close_for_all(&e->inherited[SOCKET]);
		close_file(&e->inherited[WILL]);
		drop_names(e);
		return -1;
	}
	e->will = left;
	e->socket_fd = e->inherited[SOCKET];
	e->will_fd = e->inherited[WILL];
	e->inherited[SOCKET] = e->inherited[WILL] = -1;
	return fd;
}

void tandem_estate_write(struct tandem_estate *e)
{
	char text[TANDEM_WILL_SIZE];
	size_t n;

	if (e->will_fd < 0)
		return;
	n = tandem_will_write(&e->will, text);
	/* With its end, and at once: of a longer one before, nothing is read. What is not
	 * written whole does not fit its own sum. */
	(void)!pwrite(e->will_fd, text, n + 1, 0);
}

int tandem_estate_give(struct tandem_estate *e, int socket_fd)
{
	int res = 0;

	if (!e->store || !e->store->address[0])
		return 0;
	e->socket_fd = fcntl(socket_fd, F_DUPFD_CLOEXEC, 0);
	e->will_fd = memfd_create(TANDEM_STORED_PREFIX "will", MFD_CLOEXEC);
	if (e->socket_fd < 0 || e->will_fd < 0)
		res = -errno;
	e->will.socket = inode_of(e->socket_fd);
	tandem_estate_write(e);
	if (res == 0)
		res = tandem_fdstore_put(e->store, e->names[WILL], e->will_fd);
	if (res == 0)
		res = tandem_fdstore_put(e->store, e->names[SOCKET], e->socket_fd);
	if (res < 0) {
		close_file(&e->socket_fd);
		close_file(&e->will_fd);
		drop_names(e);
	}
	return res;
}

void tandem_estate_end(struct tandem_estate *e)
{
	if (e->socket_fd >= 0)
		drop_names(e);
	close_for_all(&e->socket_fd);
	close_file(&e->will_fd);
	tandem_will_begin(&e->will, "");
}

void tandem_estate_finish(struct tandem_estate *e)
{
	close_for_all(&e->inherited[SOCKET]);
	close_file(&e->inherited[WILL]);
	tandem_estate_end(e);
}

/* SPDX-License-Identifier: MIT */
#include "fdstore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_FD 3 /* SD_LISTEN_FDS_START */

/* -1: not a number, or a larger one. */
static int64_t read_number(const char *text, int64_t largest)
{
	char *end;
	long long n;

	if (!text || text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	n = strtoll(text, &end, 10);
	return errno || *end || n > largest ? -1 : n;
}

static void add(struct tandem_stored *item, const char *name, size_t bytes, int fd)
{
	memcpy(item->name, name, bytes);
	item->name[bytes] = '\0';
	item->fd = fd;
}

uint32_t tandem_fdstore_read(struct tandem_stored items[TANDEM_MAX_STORED], int64_t pid,
		const char *listen_pid, const char *fds, const char *names)
{
	const int64_t count = read_number(fds, INT16_MAX);
	uint32_t n = 0;

	if (!names || count < 1 || read_number(listen_pid, INT32_MAX) != pid)
		return 0;
	for (int i = 0; i < count && n < TANDEM_MAX_STORED; i++) {
		const size_t bytes = strcspn(names, ":");

		if (bytes < sizeof(items->name) &&
				strncmp(names, TANDEM_STORED_PREFIX,
						sizeof(TANDEM_STORED_PREFIX) - 1) == 0)
			add(&items[n++], names, bytes, FIRST_FD + i);
		if (!names[bytes])
			break;
		names += bytes + 1;
	}
	return n;
}

void tandem_fdstore_open(struct tandem_fdstore *s, const char *address)
{
	/* NOLINTBEGIN(concurrency-mt-unsafe): before there are threads of ours */
	*s = (struct tandem_fdstore){ 0 };
	memcpy(s->address, address, strlen(address) + 1);
	s->n = tandem_fdstore_read(s->items, getpid(), getenv("LISTEN_PID"),
			getenv("LISTEN_FDS"), getenv("LISTEN_FDNAMES"));
	if (s->n == 0)
		return;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	/* NOLINTEND(concurrency-mt-unsafe) */
	for (uint32_t i = 0; i < s->n; i++)
		fcntl(s->items[i].fd, F_SETFD, FD_CLOEXEC);
}

void tandem_fdstore_close(struct tandem_fdstore *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		if (s->items[i].fd < 0)
			continue;
		shutdown(s->items[i].fd, SHUT_RDWR); /* or it is none of a socket */
		close(s->items[i].fd);
		tandem_fdstore_drop(s, s->items[i].name);
	}
	s->n = 0;
}

int tandem_fdstore_take(struct tandem_fdstore *s, const char *name)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const int fd = s->items[i].fd;

		if (fd < 0 || strcmp(s->items[i].name, name) != 0)
			continue;
		s->items[i].fd = -1;
		return fd;
	}
	return -1;
}

int tandem_fdstore_put(const struct tandem_fdstore *s, const char *name, int fd)
{
	char word[TANDEM_STORED_NAME_SIZE + 32];

	snprintf(word, sizeof(word), "FDSTORE=1\nFDNAME=%s", name);
	return tandem_notify(s->address, word, fd);
}

void tandem_fdstore_drop(const struct tandem_fdstore *s, const char *name)
{
	char word[TANDEM_STORED_NAME_SIZE + 32];

	snprintf(word, sizeof(word), "FDSTOREREMOVE=1\nFDNAME=%s", name);
	(void)!tandem_notify(s->address, word, -1); /* who does not hear, does not keep */
}

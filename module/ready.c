/* SPDX-License-Identifier: MIT */
#include "ready.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define VARIABLE "NOTIFY_SOCKET"

/* A path, or an abstract name behind "@"; a virtual machine's vsock is none of a user's. */
static void take_address(struct tandem_ready *n)
{
	const char *address = getenv(VARIABLE); /* NOLINT(concurrency-mt-unsafe) */

	if (!address)
		return;
	if ((address[0] == '/' || address[0] == '@') &&
			strlen(address) < sizeof(n->address))
		memcpy(n->address, address, strlen(address) + 1);
	unsetenv(VARIABLE); /* NOLINT(concurrency-mt-unsafe) */
}

void tandem_ready_join(struct tandem_ready *n, struct tandem_ready *other)
{
	*n = (struct tandem_ready){ .next = n, .before = n };
	if (!other) {
		take_address(n);
		return;
	}
	n->next = other;
	n->before = other->before;
	n->before->next = n;
	other->before = n;
	memcpy(n->address, other->address, sizeof(n->address));
}

static int tell(const char *address)
{
	static const char word[] = "READY=1";
	const size_t bytes = strlen(address);
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int res = 0;

	if (fd < 0)
		return -errno;
	_Static_assert(sizeof(to.sun_path) == sizeof(((struct tandem_ready *)0)->address),
			"an address fits");
	memcpy(to.sun_path, address, bytes);
	if (address[0] == '@')
		to.sun_path[0] = '\0';
	if (sendto(fd, word, sizeof(word) - 1, MSG_NOSIGNAL | MSG_DONTWAIT,
			    (const struct sockaddr *)&to,
			    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes)) <
			0)
		res = -errno;
	close(fd);
	return res;
}

/* Whoever waited is told once; a group that joins later finds nobody waiting. */
static int tell_when_all_are_done(struct tandem_ready *n)
{
	struct tandem_ready *o = n;
	char address[sizeof(n->address)];

	do {
		if (!o->done)
			return 0;
		o = o->next;
	} while (o != n);
	memcpy(address, n->address, sizeof(address));
	do {
		o->address[0] = '\0';
		o = o->next;
	} while (o != n);
	return address[0] ? tell(address) : 0;
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
	*n = (struct tandem_ready){ 0 };
	if (stays)
		(void)!tell_when_all_are_done(stays); /* nobody is left to hear of it */
	return stays;
}

/* SPDX-License-Identifier: MIT */
#include "receive.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static int64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
}

int64_t tandem_receive_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

int tandem_receive_prepare(int fd)
{
	const int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ? -errno : 0;
}

/* MONOTONIC minus REALTIME, from the closest of three readings. */
static int64_t offset_ns(void)
{
	int64_t best_ns = INT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < 3; i++) {
		const int64_t before_ns = clock_ns(CLOCK_MONOTONIC);
		const int64_t real_ns = clock_ns(CLOCK_REALTIME);
		const int64_t span_ns = clock_ns(CLOCK_MONOTONIC) - before_ns;

		if (span_ns >= best_ns)
			continue;
		best_ns = span_ns;
		offset = before_ns + span_ns / 2 - real_ns;
	}
	return offset;
}

static bool stamp_of(struct msghdr *message, int64_t *ret_real_ns)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
			c = CMSG_NXTHDR(message, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		*ret_real_ns = t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
		return true;
	}
	return false;
}

static ssize_t receive(int fd, struct iovec part, int flags, int64_t *ret_at_ns,
		bool *ret_stamped)
{
	char control[CMSG_SPACE(sizeof(struct timespec)) + 64];
	struct msghdr message = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	const ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT | flags);
	int64_t real_ns = 0;

	if (got <= 0)
		return got < 0 ? -errno : 0;
	*ret_stamped = stamp_of(&message, &real_ns);
	*ret_at_ns = *ret_stamped ? real_ns + offset_ns() : tandem_receive_now_ns();
	return got;
}

ssize_t tandem_receive_run(int fd, void *buffer, size_t bytes, int64_t *ret_at_ns,
		bool *ret_stamped)
{
	return receive(fd, (struct iovec){ buffer, bytes }, 0, ret_at_ns, ret_stamped);
}

ssize_t tandem_receive_peek(int fd, int64_t *ret_at_ns)
{
	bool stamped;
	uint8_t first;

	return receive(fd, (struct iovec){ &first, 1 }, MSG_PEEK | MSG_TRUNC, ret_at_ns,
			&stamped);
}

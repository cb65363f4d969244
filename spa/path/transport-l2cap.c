/* SPDX-License-Identifier: MIT */
#include "transport-l2cap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUED_PACKETS                                                                     \
	4          /* what PipeWire's own sink allows; the kernel doubles the bytes  \
			  */
#define PRIORITY 6 /* the highest without CAP_NET_ADMIN; the same for every speaker */

struct l2cap {
	struct tandem_transport transport;
	int fd;
};

static enum tandem_sent l2cap_send(struct tandem_transport *t, const uint8_t *bytes,
		uint32_t n_bytes)
{
	struct l2cap *l = (struct l2cap *)t;

	if (send(l->fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return TANDEM_SENT;
	if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
		return TANDEM_SENT_FULL;
	t->error = -errno;
	return TANDEM_SENT_GONE;
}

static void l2cap_free(struct tandem_transport *t)
{
	struct l2cap *l = (struct l2cap *)t;

	if (l == NULL)
		return;
	close(l->fd);
	free(l);
}

static const struct tandem_transport_ops ops = { .send = l2cap_send, .free = l2cap_free };

int tandem_transport_l2cap_new(struct tandem_transport **ret_transport, int fd,
		uint32_t mtu_bytes)
{
	const int sndbuf = (int)(QUEUED_PACKETS * mtu_bytes);
	const int priority = PRIORITY;
	const int flags = fcntl(fd, F_GETFL);
	struct l2cap *l;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		const int err = -errno;

		close(fd);
		return err;
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		close(fd);
		return -ENOMEM;
	}
	/* Neither is needed for the sound to flow: a socket that refuses still works. */
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	(void)setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
	l->transport.ops = &ops;
	l->fd = fd;
	*ret_transport = &l->transport;
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "transport-l2cap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "path/packet.h"

/* The kernel doubles the bytes, and charges a packet two to four times its own, by how
 * small the controller's buffers are: room for what may be on its way, and little more. */
#define QUEUED_PACKETS (2 * TANDEM_FLIGHT_LIMIT)
#define PRIORITY 6 /* the highest without CAP_NET_ADMIN; the same for every speaker */

/* <bluetooth/bluetooth.h>, which is not there everywhere. */
#define SOL_BLUETOOTH_ 274
#define BT_PHY_ 16

struct l2cap {
	struct tandem_transport transport; /* first */
	/* constant after new() */
	int fd;
	bool tells_free; /* SIOCOUTQ is the room left: Bluetooth; else it is what waits */
	uint32_t room_bytes; /* of the whole buffer */
	/* data loop */
	int64_t looked_ns;
};

/* The bytes that wait in the kernel; -1: it does not say. */
static int64_t used_bytes(const struct l2cap *l)
{
	int value = 0;

	if (ioctl(l->fd, SIOCOUTQ, &value) < 0 || value < 0)
		return -1;
	if (!l->tells_free)
		return value;
	return (uint32_t)value < l->room_bytes ? l->room_bytes - (uint32_t)value : 0;
}

static void l2cap_look(struct tandem_transport *t, int64_t now_ns)
{
	struct l2cap *l = (struct l2cap *)t;
	const int64_t used = used_bytes(l);

	l->looked_ns = now_ns;
	if (t->flight.source == TANDEM_FLIGHT_SOCKET && used >= 0)
		tandem_flight_see_used(&t->flight, (uint32_t)used, now_ns);
}

static void note_sent(struct l2cap *l)
{
	struct tandem_flight *const f = &l->transport.flight;
	const int64_t used = used_bytes(l);

	if (f->source == TANDEM_FLIGHT_SOCKET && used >= 0)
		tandem_flight_sent_used(f, (uint32_t)used, used >= l->room_bytes,
				l->looked_ns);
}

static enum tandem_sent l2cap_send(struct tandem_transport *t, const uint8_t *bytes,
		uint32_t n_bytes)
{
	struct l2cap *l = (struct l2cap *)t;

	if (send(l->fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
		note_sent(l);
		return TANDEM_SENT;
	}
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

static const struct tandem_transport_ops ops = {
	.send = l2cap_send,
	.look = l2cap_look,
	.free = l2cap_free,
};

static int option(int fd, int level, int name, int fallback)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, level, name, &value, &size) == 0 ? value : fallback;
}

/* Neither is needed for the sound to flow: a socket that refuses still works. */
static void prepare(int fd, uint32_t packet_bytes)
{
	const int sndbuf = (int)(QUEUED_PACKETS * packet_bytes);
	const int priority = PRIORITY;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	(void)setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
}

static void init(struct l2cap *l, int fd, uint32_t mtu_bytes)
{
	const int phys = option(fd, SOL_BLUETOOTH_, BT_PHY_, TANDEM_PHY_3M_5SLOT);
	struct tandem_transport *const t = &l->transport;

	t->ops = &ops;
	t->packet_bytes = tandem_packet_worth_bytes(mtu_bytes, (uint32_t)phys);
	prepare(fd, t->packet_bytes);
	l->fd = fd;
	l->tells_free = option(fd, SOL_SOCKET, SO_DOMAIN, AF_UNIX) == AF_BLUETOOTH;
	l->room_bytes = (uint32_t)option(fd, SOL_SOCKET, SO_SNDBUF, 0);
	tandem_flight_init(&t->flight,
			used_bytes(l) >= 0 ? TANDEM_FLIGHT_SOCKET : TANDEM_FLIGHT_UNKNOWN);
}

int tandem_transport_l2cap_new(struct tandem_transport **ret_transport, int fd,
		uint32_t mtu_bytes)
{
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
	init(l, fd, mtu_bytes);
	*ret_transport = &l->transport;
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "transport-l2cap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "path/packet.h"

/* The kernel doubles the bytes, and charges a packet two to four times its own, by how
 * small the controller's buffers are: room for what may be on its way, and little more. */
#define QUEUED_PACKETS (2 * TANDEM_FLIGHT_LIMIT)
#define PRIORITY 6 /* the highest without CAP_NET_ADMIN; the same for every speaker */

/* <bluetooth/bluetooth.h>, which is not there everywhere. */
#define LEVEL_BLUETOOTH 274 /* SOL_BLUETOOTH */
#define OPTION_PHY 16       /* BT_PHY */
#define MESSAGE_ERROR 4     /* BT_SCM_ERROR */

/* Of Linux 6.15, and of headers as old as ours may be. */
#define STAMP_COMPLETION (1 << 18) /* SOF_TIMESTAMPING_TX_COMPLETION */
#define STAMPED_COMPLETION 3       /* SCM_TSTAMP_COMPLETION */
#define STAMPS                                                                             \
	(STAMP_COMPLETION | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |          \
			SOF_TIMESTAMPING_OPT_TSONLY)

/* To be read in one go: more than may be on their way. What is left waits. */
#define STAMPS_AT_ONCE 8

struct l2cap {
	struct tandem_transport transport; /* first */
	/* constant after new() */
	int fd;
	bool tells_free; /* SIOCOUTQ is the room left: Bluetooth; else it is what waits */
	uint32_t room_bytes; /* of the whole buffer */
	bool stamps;         /* completions are asked for */
	/* data loop */
	int64_t looked_ns;
	int64_t offset_ns; /* CLOCK_MONOTONIC - CLOCK_REALTIME, at offset_at_ns */
	int64_t offset_at_ns;
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

static int64_t clock_ns(clockid_t which)
{
	struct timespec t = { 0 };

	clock_gettime(which, &t);
	return t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
}

/* ---- completions, from the socket's error queue ---- */

struct stamp {
	int64_t real_ns; /* CLOCK_REALTIME, as the kernel stamps */
	bool completed;  /* else it is about something else */
	uint32_t number;
};

static void read_part(const struct cmsghdr *c, struct stamp *s)
{
	struct scm_timestamping times;
	struct sock_extended_err error;

	if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING &&
			c->cmsg_len >= CMSG_LEN(sizeof(times))) {
		memcpy(&times, CMSG_DATA(c), sizeof(times));
		s->real_ns = times.ts[0].tv_sec * TANDEM_NS_PER_S + times.ts[0].tv_nsec;
	}
	if (c->cmsg_level == LEVEL_BLUETOOTH && c->cmsg_type == MESSAGE_ERROR &&
			c->cmsg_len >= CMSG_LEN(sizeof(error))) {
		memcpy(&error, CMSG_DATA(c), sizeof(error));
		s->completed = error.ee_errno == ENOMSG &&
			       error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING &&
			       error.ee_info == STAMPED_COMPLETION;
		s->number = error.ee_data;
	}
}

/* False: there is nothing more. */
static bool read_stamp(int fd, struct stamp *ret_stamp)
{
	char control[256];
	struct msghdr message = { .msg_control = control,
		.msg_controllen = sizeof(control) };

	if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	*ret_stamp = (struct stamp){ 0 };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL;
			c = CMSG_NXTHDR(&message, c))
		read_part(c, ret_stamp);
	return true;
}

/* Between two looks at the clocks the one is slewed against the other by less than 0.5 ms;
 * a clock that is set spoils a second of figures. */
static int64_t offset_ns(struct l2cap *l, int64_t now_ns)
{
	if (now_ns - l->offset_at_ns >= TANDEM_NS_PER_S) {
		l->offset_ns = clock_ns(CLOCK_MONOTONIC) - clock_ns(CLOCK_REALTIME);
		l->offset_at_ns = now_ns;
	}
	return l->offset_ns;
}

static void read_stamps(struct l2cap *l, int64_t now_ns)
{
	struct tandem_flight *const f = &l->transport.flight;
	struct stamp stamp;

	/* not once more, to hear that there is nothing: it is a call into the kernel */
	for (int i = 0; i < STAMPS_AT_ONCE && f->packets > 0 && read_stamp(l->fd, &stamp);
			i++) {
		if (stamp.completed) {
			tandem_flight_completed(f, stamp.number,
					stamp.real_ns + offset_ns(l, now_ns));
		}
	}
}

static void end_stamps(int fd)
{
	const int off = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &off, sizeof(off));
}

/* The socket may have stamped for somebody before: numbers begin with 0 when it is switched
 * on, so it is switched off first, and what was left of it is thrown away. */
static bool begin_stamps(int fd)
{
	const int on = STAMPS;
	struct stamp old;

	end_stamps(fd);
	while (read_stamp(fd, &old))
		;
	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &on, sizeof(on)) == 0;
}

/* ---- the data loop's ---- */

static void see_used(struct l2cap *l, int64_t now_ns)
{
	const int64_t used = used_bytes(l);

	if (used >= 0)
		tandem_flight_see_used(&l->transport.flight, (uint32_t)used, now_ns);
}

static void l2cap_look(struct tandem_transport *t, int64_t now_ns)
{
	struct l2cap *l = (struct l2cap *)t;

	l->looked_ns = now_ns;
	switch (t->flight.source) {
	case TANDEM_FLIGHT_UNKNOWN:
		break;
	case TANDEM_FLIGHT_STAMPS:
		read_stamps(l, now_ns);
		if (!tandem_flight_expire(&t->flight, now_ns))
			tandem_flight_init(&t->flight, TANDEM_FLIGHT_SOCKET);
		break;
	case TANDEM_FLIGHT_SOCKET:
		see_used(l, now_ns);
		break;
	}
}

static void note_sent(struct l2cap *l)
{
	struct tandem_flight *const f = &l->transport.flight;
	int64_t used;

	if (f->source == TANDEM_FLIGHT_STAMPS)
		tandem_flight_sent(f, clock_ns(CLOCK_MONOTONIC));
	if (f->source != TANDEM_FLIGHT_SOCKET)
		return;
	used = used_bytes(l);
	if (used >= 0) {
		tandem_flight_sent_used(f, (uint32_t)used, used >= l->room_bytes,
				l->looked_ns);
	}
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
	if (l->stamps)
		end_stamps(l->fd);
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

static enum tandem_flight_source source_of(const struct l2cap *l)
{
	if (l->stamps)
		return TANDEM_FLIGHT_STAMPS;
	return used_bytes(l) >= 0 ? TANDEM_FLIGHT_SOCKET : TANDEM_FLIGHT_UNKNOWN;
}

static void init(struct l2cap *l, int fd, uint32_t mtu_bytes, bool stamps)
{
	const int phys = option(fd, LEVEL_BLUETOOTH, OPTION_PHY, TANDEM_PHY_3M_5SLOT);
	struct tandem_transport *const t = &l->transport;

	t->ops = &ops;
	t->packet_bytes = tandem_packet_worth_bytes(mtu_bytes, (uint32_t)phys);
	prepare(fd, t->packet_bytes);
	l->fd = fd;
	l->tells_free = option(fd, SOL_SOCKET, SO_DOMAIN, AF_UNIX) == AF_BLUETOOTH;
	l->room_bytes = (uint32_t)option(fd, SOL_SOCKET, SO_SNDBUF, 0);
	l->stamps = stamps && l->tells_free && begin_stamps(fd);
	tandem_flight_init(&t->flight, source_of(l));
}

int tandem_transport_l2cap_new(struct tandem_transport **ret_transport, int fd,
		uint32_t mtu_bytes, bool stamps)
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
	init(l, fd, mtu_bytes, stamps);
	*ret_transport = &l->transport;
	return 0;
}

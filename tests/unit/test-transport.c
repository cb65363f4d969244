/* SPDX-License-Identifier: MIT
 *
 * How packets go to the socket, what its errors mean, and what it tells of them. The calls
 * are replaced by ones that note how they were called and answer as a speaker's link might.
 */
#include <check.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "path/transport-l2cap.h"
#include "suite.h"

static int answer;   /* errno of the next call; 0: taken */
static int flags;    /* of the last call */
static size_t bytes; /* likewise */

ssize_t send(int fd, const void *packet, size_t n, int how)
{
	(void)fd;
	(void)packet;
	flags = how;
	bytes = n;
	errno = answer;
	return answer ? -1 : (ssize_t)n;
}

/* An L2CAP socket, as far as it is asked; domain 0: the kernel answers. */
static struct {
	int domain;
	int phys; /* -1: cannot tell */
	int room; /* of its buffer */
	int used;
} link_;

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	const int bt_phy = level == 274 && name == 16;
	int told = -1;

	if (link_.domain == 0)
		return (int)syscall(SYS_getsockopt, fd, level, name, value, size);
	if (bt_phy) {
		told = link_.phys;
	} else if (level == SOL_SOCKET && name == SO_DOMAIN) {
		told = link_.domain;
	} else if (level == SOL_SOCKET && name == SO_SNDBUF) {
		told = link_.room;
	}
	if (told < 0) {
		errno = ENOTCONN;
		return -1;
	}
	memcpy(value, &told, sizeof(told));
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	int *value;

	va_start(args, request);
	value = va_arg(args, int *);
	va_end(args);
	ck_assert_uint_eq(request, SIOCOUTQ);
	if (link_.domain == 0)
		return (int)syscall(SYS_ioctl, fd, request, value);
	*value = link_.used < link_.room ? link_.room - link_.used : 0;
	return 0;
}

static struct tandem_transport *transport;
static int far_end;

static void set_up(void)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	ck_assert_int_eq(tandem_transport_l2cap_new(&transport, fds[0], 672, false), 0);
	far_end = fds[1];
}

static void tear_down(void)
{
	transport->ops->free(transport);
	close(far_end);
}

/* Taken, full for now, or gone. A disconnect is no more than gone: whoever it is told
 * acquires the stream again. */
static const struct {
	int error;
	enum tandem_sent sent;
} answers[] = {
	{ 0, TANDEM_SENT },
	{ EAGAIN, TANDEM_SENT_FULL },
	{ EINTR, TANDEM_SENT_FULL },
	{ ENOBUFS, TANDEM_SENT_FULL },
	{ ECONNRESET, TANDEM_SENT_GONE },
	{ ENOTCONN, TANDEM_SENT_GONE },
	{ ECONNABORTED, TANDEM_SENT_GONE },
	{ ETIMEDOUT, TANDEM_SENT_GONE },
	{ EPIPE, TANDEM_SENT_GONE },
	{ EMSGSIZE, TANDEM_SENT_GONE },
	{ EBADF, TANDEM_SENT_GONE },
};

START_TEST(an_error_is_full_or_gone)
{
	const uint8_t packet[588] = { 0x80, 0x60 };

	answer = answers[_i].error;
	ck_assert_int_eq(transport->ops->send(transport, packet, sizeof(packet)),
			answers[_i].sent);
	ck_assert_int_eq(transport->error,
			answers[_i].sent == TANDEM_SENT_GONE ? -answers[_i].error : 0);
	ck_assert_uint_eq(bytes, sizeof(packet)); /* one call is one packet */
}
END_TEST

/* A broken link must not end the process, nor a full one hold up the data loop. */
START_TEST(no_signal_and_no_waiting)
{
	const uint8_t packet[13] = { 0x80, 0x60 };

	answer = EPIPE;
	transport->ops->send(transport, packet, sizeof(packet));
	ck_assert(flags & MSG_NOSIGNAL);
	ck_assert(flags & MSG_DONTWAIT);
}
END_TEST

/* ---- what is on its way ---- */

#define PACKET_BYTES 608

static enum tandem_sent send_one(int64_t now_ns)
{
	static const uint8_t packet[PACKET_BYTES] = { 0x80, 0x60 };

	transport->ops->look(transport, now_ns);
	return transport->ops->send(transport, packet, sizeof(packet));
}

/* On AF_UNIX the kernel says what waits, by what it charges for it. */
START_TEST(a_socketpair_tells_what_waits)
{
	static const uint8_t packet[PACKET_BYTES] = { 0x80, 0x60 };
	uint8_t got[PACKET_BYTES];
	int fds[2];

	answer = 0;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	ck_assert_int_eq(tandem_transport_l2cap_new(&transport, fds[0], 672, false), 0);
	ck_assert_int_eq(transport->flight.source, TANDEM_FLIGHT_SOCKET);
	ck_assert_uint_eq(transport->packet_bytes, 672);
	for (uint32_t n = 1; n <= TANDEM_FLIGHT_LIMIT; n++) {
		transport->ops->look(transport, n);
		/* send() is ours, which sends nothing */
		ck_assert_int_eq(write(fds[0], packet, sizeof(packet)), sizeof(packet));
		transport->ops->send(transport, packet, sizeof(packet));
		ck_assert_uint_eq(transport->flight.packets, n);
	}
	for (uint32_t n = TANDEM_FLIGHT_LIMIT; n-- > 0;) {
		ck_assert_int_eq(read(fds[1], got, sizeof(got)), sizeof(got));
		transport->ops->look(transport, 1000 - n);
		ck_assert_uint_eq(transport->flight.packets, n);
		ck_assert_int_eq(transport->flight.moved_ns, 1000 - n);
	}
	transport->ops->free(transport);
	close(fds[1]);
}
END_TEST

static void open_l2cap(int phys, uint32_t mtu_bytes)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	link_.domain = AF_BLUETOOTH;
	link_.phys = phys;
	link_.room = 8064;
	link_.used = 0;
	ck_assert_int_eq(tandem_transport_l2cap_new(&transport, fds[0], mtu_bytes, false),
			0);
	far_end = fds[1];
	answer = 0;
}

static void close_l2cap(void)
{
	transport->ops->free(transport);
	close(far_end);
	link_.domain = 0;
}

/* On L2CAP, how much room there is. The charge is of a packet in one piece, and of one in
 * two, as a controller of small buffers wants it; the last one shows only in part. */
static const int charges[] = { 2304, 3072 };

START_TEST(a_link_tells_what_room_there_is)
{
	const int charge = charges[_i];

	open_l2cap(0x1ff, 672);
	ck_assert_int_eq(transport->flight.source, TANDEM_FLIGHT_SOCKET);
	for (int n = 1; n <= TANDEM_FLIGHT_LIMIT; n++) {
		link_.used = (n - 1) * charge;
		transport->ops->look(transport, n);
		ck_assert_uint_eq(transport->flight.packets, n - 1);
		link_.used = n * charge; /* by the send */
		transport->ops->send(transport, (const uint8_t *)"", 1);
		ck_assert_uint_eq(transport->flight.packets, n);
	}
	link_.used = 0;
	transport->ops->look(transport, 77);
	ck_assert_uint_eq(transport->flight.packets, 0);
	ck_assert_int_eq(transport->flight.moved_ns, 77);
	close_l2cap();
}
END_TEST

START_TEST(a_link_says_what_its_air_takes)
{
	open_l2cap(0x1ff, 1021);
	ck_assert_uint_eq(transport->packet_bytes, 1017);
	close_l2cap();
	open_l2cap(0x03f, 1005);
	ck_assert_uint_eq(transport->packet_bytes, 675);
	close_l2cap();
	open_l2cap(-1, 1005);
	ck_assert_uint_eq(transport->packet_bytes, 1005);
	close_l2cap();
}
END_TEST

/* What the kernel refuses is not on its way. */
START_TEST(a_full_link_took_nothing)
{
	open_l2cap(0x1ff, 672);
	answer = EAGAIN;
	ck_assert_int_eq(send_one(1), TANDEM_SENT_FULL);
	ck_assert_uint_eq(transport->flight.packets, 0);
	close_l2cap();
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("transport");
	TCase *const c = tcase_create("l2cap");
	TCase *const queue = tcase_create("queue");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, an_error_is_full_or_gone, 0, TANDEM_ARRAY_LEN(answers));
	tcase_add_test(c, no_signal_and_no_waiting);
	tcase_add_test(queue, a_socketpair_tells_what_waits);
	tcase_add_loop_test(queue, a_link_tells_what_room_there_is, 0,
			TANDEM_ARRAY_LEN(charges));
	tcase_add_test(queue, a_link_says_what_its_air_takes);
	tcase_add_test(queue, a_full_link_took_nothing);
	suite_add_tcase(suite, c);
	suite_add_tcase(suite, queue);
	return tandem_suite_run(suite);
}

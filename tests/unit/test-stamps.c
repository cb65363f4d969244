/* SPDX-License-Identifier: MIT
 *
 * Completion stamps: which kernels may give them, and what a socket makes of them. The
 * calls are replaced by ones that answer as an L2CAP socket of Linux 6.17 does.
 */
#include <check.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "stamps.h"
#include "path/transport-l2cap.h"
#include "suite.h"

static const struct {
	const char *release;
	bool safe;
} kernels[] = {
	{ "6.1.0-40-amd64", true },
	{ "6.12.48+deb13-amd64", true },
	{ "6.14.11", true },
	{ "6.15", false },
	{ "6.15.0-rc1", false },
	{ "6.16-arch1", false },
	{ "6.16.3+deb14-amd64", false },
	{ "6.16.9", false },
	{ "6.16.10", true },
	{ "6.17.0", true },
	{ "7.0.2-1-MANJARO", true },
	{ "5.10", true },
	{ "10.0.0", true },
	{ "generic", true },
	{ "", true },
};

START_TEST(kernels_with_the_known_fault_are_left_alone)
{
	ck_assert_msg(tandem_stamps_are_safe(kernels[_i].release) == kernels[_i].safe, "%s",
			kernels[_i].release);
}
END_TEST

/* ---- the socket ---- */

#define STAMPS                                                                             \
	(1 << 18 | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |                   \
			SOF_TIMESTAMPING_OPT_TSONLY)
#define MOST 64

static struct {
	int domain;
	bool refuses; /* a kernel before 6.15 */
	int flags;    /* of SO_TIMESTAMPING */
	int changes;  /* of those */
	uint32_t sent;
	struct {
		struct timespec real;
		uint32_t info, number, origin;
	} errors[MOST];
	uint32_t n_errors, n_read;
} link_;

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	int flags = 0;

	(void)fd;
	if (level != SOL_SOCKET || name != SO_TIMESTAMPING)
		return 0;
	ck_assert_uint_eq(size, sizeof(flags));
	memcpy(&flags, value, sizeof(flags));
	errno = EINVAL;
	if (link_.refuses && flags != 0)
		return -1;
	link_.changes++;
	if (link_.flags == 0)
		link_.sent = 0;
	link_.flags = flags;
	return 0;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): libc's signature */
int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	const int told = name == SO_DOMAIN   ? link_.domain
			 : name == SO_SNDBUF ? 8064
					     : 0x1ff;

	(void)fd;
	(void)level;
	(void)size;
	memcpy(value, &told, sizeof(told));
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	(void)fd;
	(void)request;
	errno = ENOTTY;
	return -1;
}

ssize_t send(int fd, const void *packet, size_t n, int how)
{
	(void)fd;
	(void)packet;
	(void)how;
	link_.sent++;
	return (ssize_t)n;
}

static void put(struct msghdr *m, struct cmsghdr **c, int level, int type, const void *data,
		size_t n)
{
	*c = *c == NULL ? CMSG_FIRSTHDR(m) : CMSG_NXTHDR(m, *c);
	if (*c == NULL)
		ck_abort_msg("no room for what the kernel tells");
	(*c)->cmsg_level = level;
	(*c)->cmsg_type = type;
	(*c)->cmsg_len = CMSG_LEN(n);
	memcpy(CMSG_DATA(*c), data, n);
}

ssize_t recvmsg(int fd, struct msghdr *m, int how)
{
	struct scm_timestamping times = { 0 };
	struct sock_extended_err error = { .ee_errno = ENOMSG };
	struct cmsghdr *c = NULL;

	(void)fd;
	ck_assert_int_eq(how, MSG_ERRQUEUE | MSG_DONTWAIT);
	errno = EAGAIN;
	if (link_.n_read == link_.n_errors)
		return -1;
	times.ts[0].tv_sec = link_.errors[link_.n_read % MOST].real.tv_sec;
	times.ts[0].tv_nsec = link_.errors[link_.n_read % MOST].real.tv_nsec;
	error.ee_info = link_.errors[link_.n_read % MOST].info;
	error.ee_data = link_.errors[link_.n_read % MOST].number;
	error.ee_origin = (uint8_t)link_.errors[link_.n_read % MOST].origin;
	link_.n_read++;
	memset(m->msg_control, 0, m->msg_controllen);
	put(m, &c, SOL_SOCKET, SCM_TIMESTAMPING, &times, sizeof(times));
	put(m, &c, 274, 4, &error, sizeof(error));
	return 0;
}

static void tell(uint32_t info, uint32_t number)
{
	clock_gettime(CLOCK_REALTIME, &link_.errors[link_.n_errors % MOST].real);
	link_.errors[link_.n_errors % MOST].info = info;
	link_.errors[link_.n_errors % MOST].number = number;
	link_.errors[link_.n_errors % MOST].origin = SO_EE_ORIGIN_TIMESTAMPING;
	link_.n_errors++;
}

#define COMPLETED 3

static struct tandem_transport *transport;
static int far_end;

static void open_link(bool stamps)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	far_end = fds[1];
	ck_assert_int_eq(tandem_transport_l2cap_new(&transport, fds[0], 672, stamps), 0);
}

static void set_up(void)
{
	memset(&link_, 0, sizeof(link_));
	link_.domain = AF_BLUETOOTH;
}

static void tear_down(void)
{
	transport->ops->free(transport);
	close(far_end);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
}

static void send_packet(void)
{
	transport->ops->look(transport, now_ns());
	ck_assert_int_eq(transport->ops->send(transport, (const uint8_t *)"", 1),
			TANDEM_SENT);
}

/* The delay is of two clocks, both read by us: within a scheduler's whim of none at all. */
START_TEST(completions_are_counted_and_timed)
{
	open_link(true);
	ck_assert_int_eq(link_.flags, STAMPS);
	ck_assert_int_eq(transport->flight.source, TANDEM_FLIGHT_STAMPS);
	for (uint32_t i = 0; i < 3; i++)
		send_packet();
	ck_assert_uint_eq(transport->flight.packets, 3);
	tell(0, 0); /* handed to the driver: another kind */
	tell(COMPLETED, 0);
	tell(COMPLETED, 1);
	transport->ops->look(transport, now_ns());
	ck_assert_uint_eq(transport->flight.packets, 1);
	ck_assert_uint_eq(transport->flight.completed, 2);
	ck_assert_double_ge(transport->flight.last_delay_s, 0.0);
	ck_assert_double_le(transport->flight.last_delay_s, 0.5);
	ck_assert_int_le(llabs(transport->flight.moved_ns - now_ns()), TANDEM_NS_PER_S / 2);
}
END_TEST

/* Whoever had the socket before may have had it stamp, and not have read it all. */
START_TEST(what_was_left_from_before_is_thrown_away)
{
	link_.flags = STAMPS;
	link_.sent = 4711;
	for (uint32_t i = 0; i < 20; i++)
		tell(COMPLETED, i);
	open_link(true);
	ck_assert_uint_eq(link_.n_read, 20);
	ck_assert_int_eq(link_.changes, 2); /* off, and on: it counts from 0 */
	ck_assert_uint_eq(link_.sent, 0);
	send_packet();
	ck_assert_uint_eq(transport->flight.packets, 1);
	ck_assert_uint_eq(transport->flight.completed, 0);
}
END_TEST

START_TEST(a_look_has_an_end)
{
	open_link(true);
	send_packet();
	for (uint32_t i = 0; i < 50; i++)
		tell(0, i);
	transport->ops->look(transport, now_ns());
	ck_assert_uint_le(link_.n_read, 8);
	tell(COMPLETED, 0);
	for (int i = 0; i < 10; i++)
		transport->ops->look(transport, now_ns());
	ck_assert_uint_eq(transport->flight.packets, 0);
}
END_TEST

/* The option says no, the switch is off, or it is no Bluetooth: the socket's bytes then. */
START_TEST(without_stamps)
{
	link_.refuses = _i == 0;
	link_.domain = _i == 2 ? AF_UNIX : AF_BLUETOOTH;
	open_link(_i != 1);
	ck_assert_int_eq(link_.flags, 0);
	/* which this one does not tell, either */
	ck_assert_int_eq(transport->flight.source, TANDEM_FLIGHT_UNKNOWN);
	transport->ops->look(transport, now_ns());
	ck_assert_uint_eq(transport->flight.packets, 0);
}
END_TEST

START_TEST(an_adapter_that_is_silent_is_not_waited_for)
{
	open_link(true);
	send_packet();
	ck_assert_uint_eq(transport->flight.packets, 1);
	transport->ops->look(transport, now_ns() + 2 * TANDEM_NS_PER_S);
	ck_assert_int_eq(transport->flight.source, TANDEM_FLIGHT_SOCKET);
	ck_assert_uint_eq(transport->flight.packets, 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("stamps");
	TCase *const kernel = tcase_create("kernel");
	TCase *const c = tcase_create("socket");

	tcase_add_loop_test(kernel, kernels_with_the_known_fault_are_left_alone, 0,
			TANDEM_ARRAY_LEN(kernels));
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, completions_are_counted_and_timed);
	tcase_add_test(c, what_was_left_from_before_is_thrown_away);
	tcase_add_test(c, a_look_has_an_end);
	tcase_add_loop_test(c, without_stamps, 0, 3);
	tcase_add_test(c, an_adapter_that_is_silent_is_not_waited_for);
	suite_add_tcase(suite, kernel);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

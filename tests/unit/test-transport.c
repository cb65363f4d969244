/* SPDX-License-Identifier: MIT
 *
 * How packets go to the socket, and what its errors mean. send() is replaced by one that
 * notes how it was called and answers as a speaker's link might.
 */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
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

static struct tandem_transport *transport;
static int far_end;

static void set_up(void)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	ck_assert_int_eq(tandem_transport_l2cap_new(&transport, fds[0], 672), 0);
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

int main(void)
{
	Suite *const suite = suite_create("transport");
	TCase *const c = tcase_create("l2cap");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, an_error_is_full_or_gone, 0, TANDEM_ARRAY_LEN(answers));
	tcase_add_test(c, no_signal_and_no_waiting);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * The relay of tests/vm at its descriptors: sockets of two kinds stand for btvirt (a
 * stream) and /dev/vhci (packets). Nothing is lost when one of them is slow, and its end
 * has a name.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hci-packets.h"
#include "suite.h"
#include "tests/vm/relay-loop.h"
#include "tests/vm/relay-open.h"

#define PAIRS 2
#define MANY 2000 /* packets; more than the sockets of both sides hold */

static struct tandem_relay_loop loop;
static int btvirt[PAIRS]; /* the other ends */
static int host[PAIRS];
static int control[2];
static int refuse; /* errno of writes to a host */

/* NOLINTBEGIN(readability-*,bugprone-reserved-identifier): the linker's names */
ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	if (refuse == 0)
		return __real_write(fd, bytes, n);
	errno = refuse;
	return -1;
}
/* NOLINTEND(readability-*,bugprone-reserved-identifier) */

static void make_pair(int type, int *ret_ours, int *ret_theirs)
{
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, ends), 0);
	*ret_ours = ends[0];
	*ret_theirs = ends[1];
}

static void set_up(void)
{
	tandem_relay_loop_init(&loop, 0, NULL);
	refuse = 0;
	ck_assert_int_eq(pipe2(control, O_NONBLOCK), 0);
	for (int i = 0; i < PAIRS; i++) {
		int controller_fd, host_fd;

		make_pair(SOCK_STREAM, &controller_fd, &btvirt[i]);
		make_pair(SOCK_SEQPACKET, &host_fd, &host[i]);
		ck_assert_int_eq(tandem_relay_limit_flight(controller_fd), 0);
		tandem_relay_loop_add(&loop, controller_fd, host_fd);
	}
}

static void tear_down(void)
{
	tandem_relay_loop_finish(&loop);
	for (int i = 0; i < PAIRS; i++) {
		close(btvirt[i]);
		close(host[i]);
	}
	close(control[0]);
	close(control[1]);
}

/* Until it has nothing to do, or more than can be: it must not turn in place. */
static enum tandem_relay_turn settle(void)
{
	enum tandem_relay_turn turn = TANDEM_RELAY_WORKED;

	for (int i = 0; turn == TANDEM_RELAY_WORKED && i < 3 * MANY; i++)
		turn = tandem_relay_loop_turn(&loop, control[0], 0);
	ck_assert_int_ne(turn, TANDEM_RELAY_WORKED);
	return turn;
}

static bool put(int fd, struct packet p)
{
	return send(fd, p.bytes, p.n, MSG_NOSIGNAL) == (ssize_t)p.n;
}

static struct packet get(int fd)
{
	struct packet p = { .n = 0 };
	const ssize_t n = recv(fd, p.bytes, sizeof(p.bytes), 0);

	p.n = n < 0 ? 0 : (size_t)n;
	return p;
}

static void ck_gets(int fd, struct packet expected)
{
	const struct packet p = get(fd);

	ck_assert_uint_eq(p.n, expected.n);
	ck_assert_mem_eq(p.bytes, expected.bytes, p.n);
}

static void ck_broken(const char *trouble)
{
	ck_assert_int_eq(settle(), TANDEM_RELAY_BROKEN);
	ck_assert_str_eq(loop.trouble, trouble);
}

START_TEST(btvirt_is_met_at_its_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char longest[sizeof(address.sun_path) + 1];
	int sndbuf = 0;
	socklen_t n = sizeof(sndbuf);

	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/tandem-relay-%d",
			getpid());
	ck_assert_int_eq(tandem_relay_connect(address.sun_path), -ENOENT);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(tandem_relay_connect(longest), -ENAMETOOLONG);

	const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, (const struct sockaddr *)&address, sizeof(address)),
			0);
	ck_assert_int_eq(listen(listener, 1), 0);

	const int fd = tandem_relay_connect(address.sun_path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, &n), 0);
	ck_assert_int_lt(sndbuf, 8192); /* the default is 212992 */
	unlink(address.sun_path);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(vhci_makes_a_host)
{
	const uint8_t answer[] = { 0xff, 0x00, 0x02, 0x01 };
	const uint8_t other[] = { 0x01, 0x03, 0x0c, 0x00 };
	unsigned index = 7;
	int vhci, kernel;

	make_pair(SOCK_SEQPACKET, &vhci, &kernel);
	ck_assert_int_eq(tandem_relay_make_host(vhci, &index), -EAGAIN);
	ck_gets(kernel, PACKET(0xff, 0x00));
	ck_assert(put(kernel, tandem_packet(other, sizeof(other))));
	ck_assert_int_eq(tandem_relay_make_host(vhci, &index), -EPROTO);
	ck_assert(put(kernel, tandem_packet(answer, 3)));
	ck_assert_int_eq(tandem_relay_make_host(vhci, &index), -EPROTO);
	ck_assert_uint_eq(index, 7);
	ck_assert(put(kernel, tandem_packet(answer, sizeof(answer))));
	ck_assert_int_eq(tandem_relay_make_host(vhci, &index), 0);
	ck_assert_uint_eq(index, 0x102);
	close(vhci);
	close(kernel);
}
END_TEST

START_TEST(packets_go_both_ways_and_handles_are_repaired)
{
	for (unsigned i = 0; i < PAIRS; i++)
		ck_assert(put(btvirt[i], tandem_packet_address(i)));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_assert(put(btvirt[0], tandem_packet_connected(43, 1)));
	ck_assert(put(btvirt[1], tandem_packet_connected(42, 0)));
	ck_assert(put(host[1], tandem_packet_acl(42, START, "hello")));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	for (unsigned i = 0; i < PAIRS; i++)
		ck_gets(host[i], tandem_packet_address(i));
	ck_gets(host[0], tandem_packet_connected(43, 1));
	ck_gets(host[1], tandem_packet_connected(42, 0));
	ck_gets(btvirt[1], tandem_packet_acl(42, START, "hello"));

	ck_assert(put(btvirt[0], tandem_packet_acl(42, START, "hello")));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_gets(host[0], tandem_packet_acl(43, START, "hello"));
	ck_assert_uint_eq(loop.pairs[0].n_to_host, 3);
	ck_assert_uint_eq(loop.pairs[1].n_to_controller, 1);
	ck_assert_uint_eq(loop.relay.rewritten, 1);
}
END_TEST

START_TEST(a_packet_in_pieces_arrives_as_one)
{
	const struct packet p = tandem_packet_acl(42, START, "in pieces");

	for (size_t i = 0; i < p.n; i++) {
		ck_assert_uint_eq(get(host[0]).n, 0);
		ck_assert(put(btvirt[0], tandem_packet(p.bytes + i, 1)));
		ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	}
	ck_gets(host[0], p);
}
END_TEST

static struct packet numbered(unsigned i)
{
	return PACKET(0x04, 0xff, 0x02, (uint8_t)i, (uint8_t)(i >> 8));
}

/* Puts numbered packets in until both sides are full, then reads them all. */
START_TEST(a_slow_host_loses_nothing)
{
	unsigned sent = 0;

	while (sent < MANY && put(btvirt[0], numbered(sent))) {
		sent++;
		if (sent % 50 == 0)
			ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	}
	ck_assert_uint_lt(sent, MANY);
	ck_assert(loop.pairs[0].host_is_full);
	/* The other one is not held up. */
	ck_assert(put(btvirt[1], numbered(7)));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_gets(host[1], numbered(7));
	for (unsigned i = 0; i < sent; i++) {
		ck_gets(host[0], numbered(i));
		if (i % 5 == 0)
			ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	}
	ck_assert_uint_eq(get(host[0]).n, 0);
}
END_TEST

START_TEST(a_slow_btvirt_loses_nothing_and_has_no_more_than_it_bears)
{
	struct packet all = { .n = 0 };
	unsigned sent = 0, n = 0;

	while (sent < MANY && put(host[0], numbered(sent))) {
		sent++;
		ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	}
	ck_assert_uint_lt(sent, MANY);
	ck_assert_uint_lt(loop.pairs[0].n_to_controller * numbered(0).n, 4096);
	while ((all = get(btvirt[0])).n > 0) {
		ck_assert_uint_eq(all.n % numbered(0).n, 0);
		for (size_t at = 0; at < all.n; at += numbered(0).n) {
			ck_assert_mem_eq(all.bytes + at, numbered(n++).bytes,
					numbered(0).n);
		}
		ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	}
	ck_assert_uint_eq(n, sent);
}
END_TEST

START_TEST(a_host_that_is_off_refuses)
{
	ck_assert(put(btvirt[0], numbered(0)));
	refuse = ENXIO;
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	refuse = 0;
	ck_assert(put(btvirt[0], numbered(1)));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_gets(host[0], numbered(1));
	ck_assert_uint_eq(loop.pairs[0].refused, 1);

	ck_assert(put(btvirt[1], numbered(0)));
	refuse = EINVAL;
	ck_broken("controller 1: /dev/vhci failed: Invalid argument");
}
END_TEST

START_TEST(what_is_no_packet_is_named)
{
	ck_assert(put(btvirt[1], PACKET(0x04, 0xff, 0x00, 0x07, 0x00)));
	ck_broken("controller 1: btvirt sent 0x07, which is no H4 type");
	ck_gets(host[1], PACKET(0x04, 0xff, 0x00));
}
END_TEST

START_TEST(a_long_packet_is_named)
{
	ck_assert(put(btvirt[0], PACKET(0x02, 0x2a, 0x20, 0x00, 0x04)));
	ck_broken("controller 0: btvirt sent a packet of more than 1028 bytes");
}
END_TEST

START_TEST(half_a_packet_of_a_host_is_named)
{
	ck_assert(put(host[0], PACKET(0x01, 0x03, 0x0c, 0x01)));
	ck_broken("controller 0: /dev/vhci sent what is not one packet");
}
END_TEST

START_TEST(a_closed_btvirt_is_named_after_its_last_packet)
{
	ck_assert(put(btvirt[1], numbered(1)));
	close(btvirt[1]);
	ck_broken("controller 1: btvirt closed its side");
	ck_gets(host[1], numbered(1));
	btvirt[1] = dup(control[0]);
}
END_TEST

START_TEST(a_closed_vhci_is_named)
{
	close(host[0]);
	ck_broken("controller 0: /dev/vhci closed its side");
	host[0] = dup(control[0]);
}
END_TEST

START_TEST(a_word_for_the_caller_comes_first)
{
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_assert(put(btvirt[0], numbered(0)));
	ck_assert_int_eq(write(control[1], "", 1), 1);
	ck_assert_int_eq(settle(), TANDEM_RELAY_TOLD);
	ck_assert_uint_eq(get(host[0]).n, 0);
}
END_TEST

START_TEST(a_host_that_is_pulled_out_comes_back)
{
	int host_fd;

	tandem_relay_loop_unplug(&loop, 0);
	tandem_relay_loop_unplug(&loop, 0);
	ck_assert_int_eq(recv(host[0], &(char){ 0 }, 1, 0), 0); /* its end */
	ck_assert(put(btvirt[0], numbered(0)));
	ck_assert(put(btvirt[1], numbered(1)));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_assert_uint_eq(loop.pairs[0].refused, 1);
	ck_gets(host[1], numbered(1)); /* the other one stays */

	close(host[0]);
	make_pair(SOCK_SEQPACKET, &host_fd, &host[0]);
	tandem_relay_loop_plug(&loop, 0, host_fd);
	ck_assert(put(btvirt[0], numbered(2)));
	ck_assert(put(host[0], numbered(3)));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	ck_gets(host[0], numbered(2));
	ck_gets(btvirt[0], numbered(3));
}
END_TEST

START_TEST(the_log_and_the_report_have_their_lines)
{
	char *text = NULL;
	size_t n = 0;
	FILE *const file = open_memstream(&text, &n);

	loop.log = file;
	ck_assert(put(host[0], tandem_packet_reset()));
	ck_assert(put(btvirt[1], tandem_packet_acl(42, START, "twelve bytes")));
	ck_assert_int_eq(settle(), TANDEM_RELAY_IDLE);
	tandem_relay_loop_report(&loop, file);
	fclose(file);
	ck_assert_str_eq(text,
			"1 to host         17  02 2a 20 0c 00 74 77 65 6c 76 65 20"
			" 62 79 74 65 .. (unmatched)\n"
			"0 to controller    4  01 03 0c 00\n"
			"controller 0: 1 to the controller, 0 to the host, 0 refused\n"
			"controller 1: 0 to the controller, 1 to the host, 0 refused\n"
			"handles: 0 rewritten, 0 right, 0 unmatched, 1 unknown, 0 lost\n");
	free(text);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("hci relay loop");
	TCase *const c = tcase_create("ends");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, btvirt_is_met_at_its_path);
	tcase_add_test(c, vhci_makes_a_host);
	tcase_add_test(c, packets_go_both_ways_and_handles_are_repaired);
	tcase_add_test(c, a_packet_in_pieces_arrives_as_one);
	tcase_add_test(c, a_slow_host_loses_nothing);
	tcase_add_test(c, a_slow_btvirt_loses_nothing_and_has_no_more_than_it_bears);
	tcase_add_test(c, a_host_that_is_off_refuses);
	tcase_add_test(c, what_is_no_packet_is_named);
	tcase_add_test(c, a_long_packet_is_named);
	tcase_add_test(c, half_a_packet_of_a_host_is_named);
	tcase_add_test(c, a_closed_btvirt_is_named_after_its_last_packet);
	tcase_add_test(c, a_closed_vhci_is_named);
	tcase_add_test(c, a_word_for_the_caller_comes_first);
	tcase_add_test(c, a_host_that_is_pulled_out_comes_back);
	tcase_add_test(c, the_log_and_the_report_have_their_lines);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * What systemd keeps for the next process, how it is found, and what is said of it.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "notify.h"
#include "fdstore.h"
#include "suite.h"

#define TOP_FD 60 /* above what a test has open */

START_TEST(read_what_there_is)
{
	static const struct {
		const char *pid, *fds, *names;
		uint32_t n;
		int first_fd;
	} rows[] = {
		{ "77", "2", "tandem-bus-1:tandem-will-1", 2, 3 },
		{ "77", "3", "dbus:tandem-bus-1:tandem-will-1", 2, 4 },
		{ "77", "2", "tandem-bus-1", 1, 3 }, /* names are missing */
		{ "77", "1", "tandem-bus-1:tandem-will-1", 1, 3 },
		{ "77", "1", "dbus", 0, 0 },
		{ "77", "2", ":tandem-bus-1", 1, 4 },
		{ "77", "1", "", 0, 0 },
		{ "77", "1", NULL, 0, 0 },
		{ "78", "1", "tandem-bus-1", 0, 0 }, /* of our parent */
		{ NULL, "1", "tandem-bus-1", 0, 0 },
		{ "77x", "1", "tandem-bus-1", 0, 0 },
		{ "77", "0", "tandem-bus-1", 0, 0 },
		{ "77", "-1", "tandem-bus-1", 0, 0 },
		{ "77", "99999999999999999999", "tandem-bus-1", 0, 0 },
		{ "77", NULL, "tandem-bus-1", 0, 0 },
	};
	struct tandem_stored items[TANDEM_MAX_STORED];

	ck_assert_uint_eq(tandem_fdstore_read(items, 77, rows[_i].pid, rows[_i].fds,
					  rows[_i].names),
			rows[_i].n);
	if (rows[_i].n) {
		ck_assert_str_eq(items[0].name, "tandem-bus-1");
		ck_assert_int_eq(items[0].fd, rows[_i].first_fd);
	}
}
END_TEST

/* More than we ever keep, and longer than our names: left out, nothing overrun. */
START_TEST(too_much)
{
	struct tandem_stored items[TANDEM_MAX_STORED];
	char names[100 * 80] = "";
	size_t used = 0;

	for (int i = 0; i < 60; i++) {
		used += (size_t)snprintf(names + used, sizeof(names) - used,
				"tandem-%0*d:", i == 1 ? TANDEM_STORED_NAME_SIZE : 3, i);
	}
	ck_assert_uint_eq(tandem_fdstore_read(items, 1, "1", "60", names),
			TANDEM_MAX_STORED);
	ck_assert_str_eq(items[1].name, "tandem-002");
	ck_assert_int_eq(items[1].fd, 5);
}
END_TEST

static int ear(char address[TANDEM_NOTIFY_SIZE])
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	snprintf(address, TANDEM_NOTIFY_SIZE, "/tmp/tandem-store-%d", (int)getpid());
	memcpy(at.sun_path, address, strlen(address));
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* The next word, "" none, and the file that came with it, -1 none. */
static const char *heard(int ear_fd, int *ret_fd)
{
	static char word[128];
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec text = { .iov_base = word, .iov_len = sizeof(word) - 1 };
	struct msghdr m = { .msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	const ssize_t n = recvmsg(ear_fd, &m, 0);

	word[n > 0 ? n : 0] = '\0';
	*ret_fd = -1;
	if (n > 0 && CMSG_FIRSTHDR(&m))
		memcpy(ret_fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	return word;
}

static bool is_same(int a, int b)
{
	char letter = 'x', got = 0;

	ck_assert_int_eq(send(a, &letter, 1, 0), 1);
	return recv(b, &got, 1, MSG_DONTWAIT) == 1 && got == 'x';
}

START_TEST(kept_and_dropped)
{
	struct tandem_fdstore s;
	char address[TANDEM_NOTIFY_SIZE];
	const int listener = ear(address);
	int pair[2], fd;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	tandem_fdstore_open(&s, address);
	ck_assert_int_eq(tandem_fdstore_put(&s, "tandem-bus-1", pair[0]), 0);
	ck_assert_str_eq(heard(listener, &fd), "FDSTORE=1\nFDNAME=tandem-bus-1");
	ck_assert(fd >= 0 && is_same(fd, pair[1]));
	tandem_fdstore_drop(&s, "tandem-bus-1");
	ck_assert_str_eq(heard(listener, &fd), "FDSTOREREMOVE=1\nFDNAME=tandem-bus-1");
	ck_assert_int_eq(fd, -1);
	unlink(address);
	ck_assert_int_eq(tandem_fdstore_put(&s, "tandem-bus-1", pair[0]), -ENOENT);
	tandem_fdstore_open(&s, ""); /* not by systemd */
	ck_assert_int_eq(tandem_fdstore_put(&s, "tandem-bus-1", pair[0]), 0);
}
END_TEST

static void set(const char *name, const char *value)
{
	ck_assert_int_eq(setenv(name, value, 1), 0); /* NOLINT(concurrency-mt-unsafe) */
}

/* As systemd starts us: all files from 3 on, of which the last two are ours. */
static void hand_over(const int *fds)
{
	char names[512] = "", number[16];
	size_t used = 0;

	for (int fd = 3; fd < TOP_FD; fd++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "other:");
	snprintf(names + used, sizeof(names) - used, "tandem-a:tandem-b");
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(dup2(fds[i], TOP_FD + i), TOP_FD + i);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	set("LISTEN_PID", number);
	snprintf(number, sizeof(number), "%d", TOP_FD - 3 + 2);
	set("LISTEN_FDS", number);
	set("LISTEN_FDNAMES", names);
}

/* What nobody takes is over for everybody who holds it. */
START_TEST(found_and_swept)
{
	struct tandem_fdstore s;
	char address[TANDEM_NOTIFY_SIZE], letter;
	const int listener = ear(address);
	int a[2], b[2], fd;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
	hand_over((const int[]){ a[0], b[0] });
	tandem_fdstore_open(&s, address);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_ptr_null(getenv("LISTEN_FDS")); /* NOLINT(concurrency-mt-unsafe) */
	ck_assert_int_eq(fcntl(TOP_FD, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(tandem_fdstore_take(&s, "tandem-c"), -1);
	ck_assert_int_eq(tandem_fdstore_take(&s, "tandem-a"), TOP_FD);
	ck_assert_int_eq(tandem_fdstore_take(&s, "tandem-a"), -1);
	tandem_fdstore_close(&s);
	ck_assert_str_eq(heard(listener, &fd), "FDSTOREREMOVE=1\nFDNAME=tandem-b");
	ck_assert_str_eq(heard(listener, &fd), "");
	ck_assert(is_same(TOP_FD, a[1]));
	ck_assert_int_eq(recv(b[1], &letter, 1, MSG_DONTWAIT), 0); /* ended */
	unlink(address);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("fdstore");
	TCase *const c = tcase_create("fdstore");

	tcase_add_loop_test(c, read_what_there_is, 0, 15);
	tcase_add_test(c, too_much);
	tcase_add_test(c, kept_and_dropped);
	tcase_add_test(c, found_and_swept);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

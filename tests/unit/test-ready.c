/* SPDX-License-Identifier: MIT
 *
 * When a group is ready at the start, and how systemd hears of it.
 */
#include <check.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ready.h"
#include "roster-world.h"
#include "suite.h"

static void begin(struct world *w)
{
	const struct tandem_event first = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };

	tandem_world_start(w, &tandem_world_pair);
	tandem_world_event(w, &first);
	ck_assert_uint_eq(w->ready, 0);
}

static void answer(struct world *w)
{
	const struct tandem_event up = { .kind = TANDEM_EVENT_BUS_UP, .fd = -1 };

	tandem_world_event(w, &up);
}

START_TEST(registered_on_all_adapters)
{
	struct world w;

	begin(&w);
	tandem_world_adapter(&w, 0, TANDEM_POWERED);
	tandem_world_adapter(&w, 1, 0);
	answer(&w);
	tandem_world_registered(&w, 0, "", "");
	ck_assert_uint_eq(w.ready, 0);
	tandem_world_registered(&w, 1, _i ? "org.bluez.Error.NotSupported" : "", "");
	ck_assert_uint_eq(w.ready, 1);
	tandem_world_adapter(&w, 2, TANDEM_POWERED);
	tandem_world_down(&w);
	tandem_world_up(&w);
	tandem_world_pass_ms(&w, 60000);
	ck_assert_uint_eq(w.ready, 1); /* once */
	tandem_world_finish(&w);
}
END_TEST

START_TEST(without_adapters)
{
	struct world w;

	begin(&w);
	answer(&w);
	ck_assert_uint_eq(w.ready, 1);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(without_bluetoothd)
{
	struct world w;

	begin(&w);
	tandem_world_down(&w);
	ck_assert_uint_eq(w.ready, 1);
	tandem_world_finish(&w);
}
END_TEST

static void keep_silent(struct world *w)
{
	(void)w;
}

static void show_adapter(struct world *w)
{
	tandem_world_adapter(w, 0, TANDEM_POWERED);
	answer(w);
}

/* Whoever is silent, the bus or bluetoothd: nobody waits for longer than five seconds. */
START_TEST(after_five_seconds)
{
	static void (*const cases[])(struct world *) = { keep_silent, show_adapter };
	struct world w;

	begin(&w);
	cases[_i](&w);
	tandem_world_pass_ms(&w, 4999);
	ck_assert_uint_eq(w.ready, 0);
	tandem_world_pass_ms(&w, 1);
	ck_assert_uint_eq(w.ready, 1);
	tandem_world_finish(&w);
}
END_TEST

static void set_variable(const char *address)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe) */
	ck_assert_int_eq(setenv("NOTIFY_SOCKET", address, 1), 0);
}

static void expect_no_variable(void)
{
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET")); /* NOLINT(concurrency-mt-unsafe) */
}

/* systemd's end; address: what it says in $NOTIFY_SOCKET. */
static int listen_at(const char *address)
{
	const size_t bytes = strlen(address);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	memcpy(at.sun_path, address, bytes);
	if (address[0] == '@')
		at.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at,
					 (socklen_t)(offsetof(struct sockaddr_un,
								     sun_path) +
							 bytes)),
			0);
	set_variable(address);
	return fd;
}

static const char *heard(int fd)
{
	static char word[32];
	const ssize_t n = recv(fd, word, sizeof(word) - 1, 0);

	word[n > 0 ? n : 0] = '\0';
	return word;
}

START_TEST(the_word_is_heard)
{
	char address[64];
	struct tandem_ready group;
	int fd;

	snprintf(address, sizeof(address), _i ? "@tandem-test-%d" : "/tmp/tandem-test-%d",
			(int)getpid());
	fd = listen_at(address);
	ck_assert_int_eq(tandem_ready_join(&group, NULL), 0);
	expect_no_variable();
	ck_assert_str_eq(heard(fd), "");
	ck_assert_int_eq(tandem_ready_done(&group), 0);
	ck_assert_str_eq(heard(fd), "READY=1");
	ck_assert_int_eq(tandem_ready_done(&group), 0);
	ck_assert_str_eq(heard(fd), "");
	ck_assert_ptr_null(tandem_ready_leave(&group));
	close(fd);
	unlink(address);
}
END_TEST

START_TEST(the_last_group_says_it)
{
	struct tandem_ready groups[4];
	char address[64];
	int fd;

	snprintf(address, sizeof(address), "@tandem-test-%d", (int)getpid());
	fd = listen_at(address);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(tandem_ready_join(&groups[i], i ? &groups[i - 1] : NULL),
				0);
	}
	ck_assert_int_eq(tandem_ready_done(&groups[1]), 0);
	ck_assert_ptr_nonnull(
			tandem_ready_leave(&groups[0])); /* whoever took the address */
	ck_assert_str_eq(heard(fd), "");
	if (_i) {
		ck_assert_int_eq(tandem_ready_done(&groups[2]), 0);
	} else {
		ck_assert_ptr_eq(tandem_ready_leave(&groups[2]), &groups[1]);
	}
	ck_assert_str_eq(heard(fd), "READY=1");
	ck_assert_int_eq(tandem_ready_join(&groups[3], &groups[1]), 0); /* much later */
	ck_assert_int_eq(tandem_ready_done(&groups[3]), 0);
	ck_assert_str_eq(heard(fd), "");
	for (int i = 1; i < 4; i++) {
		if (i != 2 || _i)
			(void)tandem_ready_leave(&groups[i]);
	}
	close(fd);
}
END_TEST

START_TEST(nobody_listens)
{
	static const char *const nobody[] = { "vsock:2:1234", "", "relative" };
	struct tandem_ready group = { 0 };

	ck_assert_int_eq(tandem_ready_done(&group), 0); /* in the daemon: never joined */
	ck_assert_ptr_null(tandem_ready_leave(&group));
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(nobody); i++) {
		set_variable(nobody[i]);
		ck_assert_int_eq(tandem_ready_join(&group, NULL), 0);
		ck_assert_int_eq(tandem_ready_done(&group), 0);
		expect_no_variable();
		ck_assert_ptr_null(tandem_ready_leave(&group));
	}
	ck_assert_int_eq(tandem_ready_join(&group, NULL), 0); /* no variable at all */
	ck_assert_int_eq(tandem_ready_done(&group), 0);
	ck_assert_ptr_null(tandem_ready_leave(&group));
	set_variable("/nonexistent/notify");
	ck_assert_int_eq(tandem_ready_join(&group, NULL), 0);
	ck_assert_int_eq(tandem_ready_done(&group), -ENOENT);
	ck_assert_ptr_null(tandem_ready_leave(&group));
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("ready");
	TCase *const c = tcase_create("ready");

	tcase_add_loop_test(c, registered_on_all_adapters, 0, 2);
	tcase_add_test(c, without_adapters);
	tcase_add_test(c, without_bluetoothd);
	tcase_add_loop_test(c, after_five_seconds, 0, 2);
	tcase_add_loop_test(c, the_word_is_heard, 0, 2);
	tcase_add_loop_test(c, the_last_group_says_it, 0, 2);
	tcase_add_test(c, nobody_listens);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * The will: what is written is read again, and what is not whole is not believed.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "will.h"

#define HCI0 "/org/bluez/hci0"
#define FD1 HCI0 "/dev_00_AA_01_01_00_01/fd1"

static struct tandem_will example(void)
{
	struct tandem_will w = { .socket = 18446744073709551615ull, .n_endpoints = 2 };
	struct tandem_will_stream s = { .endpoint = 1, .adapter = HCI0, .transport = FD1 };

	tandem_will_begin(&w, ":1.42");
	tandem_will_add_host(&w, HCI0, false);
	tandem_will_add_host(&w, "/org/bluez/hci1", true);
	tandem_will_add_stream(&w, &s);
	s.endpoint = 0;
	snprintf(s.transport, sizeof(s.transport), "%s", FD1 "2");
	tandem_will_add_stream(&w, &s);
	return w;
}

START_TEST(read_as_written)
{
	struct tandem_will w = example(), r;
	char text[TANDEM_WILL_SIZE], again[TANDEM_WILL_SIZE];
	const size_t n = tandem_will_write(&w, text);

	ck_assert_uint_eq(n, strlen(text));
	ck_assert_ptr_nonnull(strstr(text, "\nhost late /org/bluez/hci1\n"));
	ck_assert_ptr_nonnull(strstr(text, "\nstream 1 " HCI0 " " FD1 "\n"));
	memcpy(again, text, n + 1);
	ck_assert(tandem_will_read(&r, again));
	tandem_will_write(&r, again);
	ck_assert_str_eq(again, text);
	ck_assert_uint_eq(r.socket, w.socket);
	ck_assert_uint_eq(r.n_endpoints, 2);
	ck_assert_str_eq(r.owner, ":1.42");
	ck_assert(!r.hosts[0].late && r.hosts[1].late);
}
END_TEST

/* Killed while it was written: any end, and any byte of another one. */
START_TEST(not_whole)
{
	struct tandem_will w = example(), r;
	char text[TANDEM_WILL_SIZE], torn[TANDEM_WILL_SIZE];
	const size_t n = tandem_will_write(&w, text);

	for (size_t i = 0; i < n; i++) {
		memcpy(torn, text, n + 1);
		torn[i] = '\0';
		ck_assert(!tandem_will_read(&r, torn));
		memcpy(torn, text, n + 1);
		torn[i] ^= 1;
		ck_assert(!tandem_will_read(&r, torn));
	}
}
END_TEST

/* Whole, and yet not what we would have written. */
START_TEST(odd)
{
	static const char *const lines[] = { "", "socket", "socket -1", "socket x",
		"endpoints 9", "endpoints", "host never /a", "host late", "host early a",
		"stream 16 /a /b", "codecs x", "codecs 4294967296", "stream 0 /a",
		"stream 0 /a b", "stream", "heir me", "socket 18446744073709551616" };
	char body[256], text[TANDEM_WILL_SIZE];
	struct tandem_will r;

	snprintf(body, sizeof(body), "endpoints 2\n%s\nowner :1.1\n", lines[_i]);
	snprintf(text, sizeof(text), "tandem-will 1 %08x\n%s", tandem_will_sum(body), body);
	ck_assert(!tandem_will_read(&r, text));
	snprintf(body, sizeof(body), "endpoints 2\nowner :1.1\n");
	snprintf(text, sizeof(text), "tandem-will 1 %08x\n%s", tandem_will_sum(body), body);
	ck_assert(tandem_will_read(&r, text));
}
END_TEST

/* Longest and most of everything fits into the text; one more of each is left out. */
START_TEST(full)
{
	struct tandem_will w = { .socket = UINT64_MAX, .n_endpoints = 8 }, r;
	struct tandem_will_stream s = { .endpoint = 7 };
	char text[TANDEM_WILL_SIZE], owner[TANDEM_OWNER_SIZE + 1], host[TANDEM_PATH_SIZE];

	memset(owner, 'o', sizeof(owner) - 1);
	owner[sizeof(owner) - 1] = '\0';
	tandem_will_begin(&w, owner);
	ck_assert_str_eq(w.owner, "");
	owner[TANDEM_OWNER_SIZE - 1] = '\0';
	tandem_will_begin(&w, owner);
	for (int i = 0; i <= TANDEM_WILL_HOSTS; i++) {
		snprintf(host, sizeof(host), "/%0*d", TANDEM_PATH_SIZE - 2, i);
		tandem_will_add_host(&w, host, true);
		tandem_will_add_host(&w, host, true);
	}
	memcpy(s.adapter, host, sizeof(host));
	for (int i = 0; i <= TANDEM_WILL_STREAMS; i++) {
		snprintf(s.transport, sizeof(s.transport), "/%0*d", TANDEM_PATH_SIZE - 2,
				i);
		tandem_will_add_stream(&w, &s);
	}
	ck_assert_uint_eq(w.n_hosts, TANDEM_WILL_HOSTS);
	ck_assert_uint_eq(w.n_streams, TANDEM_WILL_STREAMS);
	ck_assert_uint_lt(tandem_will_write(&w, text), TANDEM_WILL_SIZE - 1);
	ck_assert(tandem_will_read(&r, text));
	ck_assert_uint_eq(r.n_streams, TANDEM_WILL_STREAMS);
	ck_assert_str_eq(r.owner, owner);
}
END_TEST

START_TEST(coming_and_going)
{
	struct tandem_will w = example();
	struct tandem_will_stream s = { .endpoint = 0, .adapter = HCI0, .transport = FD1 };

	tandem_will_add_stream(&w, &s); /* the same path, another endpoint */
	ck_assert_uint_eq(w.n_streams, 2);
	ck_assert_uint_eq(w.streams[1].endpoint, 0);
	tandem_will_drop_stream(&w, FD1);
	tandem_will_drop_stream(&w, FD1);
	ck_assert_uint_eq(w.n_streams, 1);
	ck_assert_str_eq(w.streams[0].transport, FD1 "2");
	tandem_will_drop_host(&w, HCI0); /* and what is on it */
	ck_assert_uint_eq(w.n_streams, 0);
	ck_assert_uint_eq(w.n_hosts, 1);
	ck_assert_str_eq(w.hosts[0].adapter, "/org/bluez/hci1");
	tandem_will_begin(&w, "");
	ck_assert_uint_eq(w.n_hosts, 0);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("will");
	TCase *const c = tcase_create("will");

	tcase_add_test(c, read_as_written);
	tcase_add_test(c, not_whole);
	tcase_add_loop_test(c, odd, 0, 17);
	tcase_add_test(c, full);
	tcase_add_test(c, coming_and_going);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

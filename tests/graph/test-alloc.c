/* SPDX-License-Identifier: MIT
 *
 * Every allocation fails once: the n-th of each sequence, for n = 1, 2, ... until the
 * sequence succeeds. Nothing may crash, leak or half succeed.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "allocator.h"
#include "rig.h"
#include "suite.h"

static int left;  /* allocations until the one that fails */
static long live; /* allocations minus frees */

static bool count(const char *name, int change)
{
	(void)name;
	if (change > 0 && --left == 0)
		return false;
	live += change;
	return true;
}

/* Runs f for n = 1, 2, ...; returns how many allocations it took to succeed. */
static int until_success(int (*f)(void *data), void *data)
{
	int n = 0;
	int res;

	do {
		left = ++n;
		live = 0;
		tandem_allocator_may = count;
		res = f(data);
		tandem_allocator_may = NULL;
		ck_assert_msg(res == 0 || res == -ENOMEM, "allocation %d: %d", n, res);
		if (res < 0)
			ck_assert_msg(live == 0, "allocation %d: %ld leaked", n, live);
	} while (res < 0);
	ck_assert_int_gt(left, 0); /* the last run came to its end untouched */
	return n - 1;
}

static int init_handle(void *data)
{
	struct rig *r = data;

	return tandem_rig_init_handle(r);
}

START_TEST(the_handle)
{
	static struct rig rig;
	int n;

	tandem_rig_load(&rig);
	n = until_success(init_handle, &rig);
	ck_assert_int_ge(n, 2); /* delay line, ring */
	ck_assert_int_eq(spa_handle_clear(rig.handle), 0);
	tandem_rig_unload(&rig);
}
END_TEST

static int attach(void *data)
{
	struct rig *r = data;
	int fds[2];
	struct tandem_link link = {
		.mtu_bytes = 672, .config = { 0x11, 0x15, 2, 51 }, .config_bytes = 4
	};
	int res;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0)
		return -errno;
	link.fd = fds[0];
	res = tandem_group_call(r->door, attach, 0, &link);
	close(fds[1]);
	return res;
}

START_TEST(a_speaker)
{
	static struct rig rig;
	int n;

	tandem_rig_init(&rig);
	n = until_success(attach, &rig);
	ck_assert_int_ge(n, 7); /* transport, speaker, resampler, design, ... */
	tandem_rig_finish(&rig);
}
END_TEST

static int change_rate(void *data)
{
	static uint32_t rate_hz = 44100;
	const int res = tandem_rig_set_format(data, rate_hz);

	if (res == 0)
		rate_hz = 48000;
	return res;
}

START_TEST(another_rate)
{
	static struct rig rig;
	int n;

	tandem_rig_init(&rig);
	ck_assert_int_eq(tandem_rig_set_format(&rig, 48000), 0);
	ck_assert_int_eq(attach(&rig), 0);
	n = until_success(change_rate, &rig);
	ck_assert_int_ge(n, 2); /* resampler, its design */
	tandem_rig_finish(&rig);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("alloc");
	TCase *const c = tcase_create("n-th fails");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, the_handle);
	tcase_add_test(c, a_speaker);
	tcase_add_test(c, another_rate);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

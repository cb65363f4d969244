/* SPDX-License-Identifier: MIT
 *
 * A Tandem that dies: plays to both speakers of a stage that stands, as systemd would start
 * it, until it is killed. Prints `ready` when both stream. $NOTIFY_SOCKET: who keeps what
 * it leaves.
 */
#include <check.h>
#include <stdio.h>

#include "bench.h"
#include "notify.h"

/* A test, for the bench is made for one. */
START_TEST(play_for_ever)
{
	static struct tandem_fdstore store;
	struct bench b = { .first = 1, .store = &store };
	char address[TANDEM_NOTIFY_SIZE];

	tandem_notify_take(address);
	tandem_fdstore_open(&store, address);
	tandem_bench_start_bus(&b);
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	puts("ready");
	fflush(stdout);
	for (;;)
		tandem_bench_turn(&b);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("forebear");
	TCase *const c = tcase_create("forebear");
	SRunner *const runner = srunner_create(suite);

	tcase_add_test(c, play_for_ever);
	suite_add_tcase(suite, c);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	return 1;
}

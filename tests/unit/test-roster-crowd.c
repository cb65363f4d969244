/* SPDX-License-Identifier: MIT
 *
 * Several devices are configured at once, as WirePlumber 0.4 does at its start. BlueZ
 * before 5.83 may only be refused an endpoint while all that it would ask next are free.
 * Devices 1 and 2 are the speakers, 3 and 4 are not.
 */
#include <check.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

/* All are connected, by whoever it was, and n is the one that BlueZ asks about next. */
static void crowd(struct world *w, uint32_t sharing)
{
	tandem_world_start(w, &tandem_world_pair);
	tandem_world_up(w);
	tandem_world_adapter(w, 0, TANDEM_POWERED | sharing);
	for (int n = 1; n <= 4; n++)
		tandem_world_device(w, n, TANDEM_CONNECTED, "audio-card");
	tandem_world_said(w);
}

/* A question about device n, whose capabilities are its own. */
static const char *ask(struct world *w, uint32_t call, int n, uint32_t endpoint)
{
	const uint8_t bitpool = (uint8_t)(40 + n);

	tandem_world_sep(w, n, bitpool);
	tandem_world_said(w);
	tandem_world_select(w, call, endpoint, bitpool);
	return tandem_world_said(w);
}

#define ASK(w, call, n, endpoint, words) ck_assert_str_eq(ask(w, call, n, endpoint), words)

START_TEST(refused_before_anybody_else_took_one)
{
	struct world w;

	crowd(&w, 0);
	ASK(&w, 1, 3, 0, "refuse 1");
	ASK(&w, 2, 1, 0, "answer 2 11150229");
	ASK(&w, 3, 3, 1, "refuse 3"); /* 0 is behind it, 1 is free */
	ASK(&w, 4, 2, 0, "refuse 4");
	ASK(&w, 5, 2, 1, "answer 5 1115022a");
	tandem_world_finish(&w);
}
END_TEST

/* Its list, made when endpoint 1 was free, holds what speaker 2 has taken since. */
START_TEST(a_stranger_comes_too_late_to_be_refused)
{
	struct world w;

	crowd(&w, 0);
	ASK(&w, 1, 1, 0, "answer 1 11150229");
	ASK(&w, 2, 2, 0, "refuse 2");
	ASK(&w, 3, 2, 1, "answer 3 1115022a");
	ASK(&w, 4, 3, 0, "answer 4 1115022b");
	tandem_world_pass_ms(&w, 999);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect 3"));
	tandem_world_pass_ms(&w, 1);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 3"));
	tandem_world_finish(&w);
}
END_TEST

/* Speaker 1 is configured already; BlueZ shows it to us when it is done. */
START_TEST(a_stream_is_as_good_as_a_promise)
{
	struct world w;

	crowd(&w, 0);
	tandem_world_set(&w, 1, 1, 1, 1);
	ASK(&w, 2, 3, 0, "answer 2 1115022b");
	tandem_world_pass_ms(&w, 1000);
	ASK(&w, 3, 4, 0, "refuse 3"); /* who comes now is not shown endpoint 1 */
	tandem_world_finish(&w);
}
END_TEST

/* The first one has gone on to the session manager's endpoint, and takes it any moment. */
START_TEST(two_strangers_are_sent_on_one_by_one)
{
	struct world w;

	crowd(&w, 0);
	ASK(&w, 1, 3, 0, "refuse 1");
	ASK(&w, 2, 3, 1, "refuse 2");
	ASK(&w, 3, 4, 0, "answer 3 1115022c");
	tandem_world_set(&w, 4, 0, 4, 4);
	SAYS(&w, "refuse 4");
	tandem_world_pass_ms(&w, 1000);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 4"));
	ASK(&w, 5, 4, 0, "refuse 5");
	ASK(&w, 6, 4, 1, "refuse 6");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(another_adapter_has_endpoints_of_its_own)
{
	struct world w;

	crowd(&w, 0);
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	tandem_world_registered(&w, 1, "", "");
	tandem_world_device(&w, 13, TANDEM_CONNECTED, "audio-card");
	tandem_world_set(&w, 1, 1, 13, 5);
	tandem_world_said(&w);
	ASK(&w, 2, 3, 0, "refuse 2");
	tandem_world_finish(&w);
}
END_TEST

/* BlueZ >= 5.83: a taken endpoint takes another one. */
START_TEST(where_endpoints_are_shared_anybody_is_refused)
{
	struct world w;

	crowd(&w, TANDEM_SHARING);
	ASK(&w, 1, 1, 0, "answer 1 11150229");
	ASK(&w, 2, 2, 0, "refuse 2");
	ASK(&w, 3, 2, 1, "answer 3 1115022a");
	ASK(&w, 4, 3, 0, "refuse 4");
	ASK(&w, 5, 4, 0, "refuse 5");
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster: several at once");
	TCase *const c = tcase_create("crowd");

	tcase_add_test(c, refused_before_anybody_else_took_one);
	tcase_add_test(c, a_stranger_comes_too_late_to_be_refused);
	tcase_add_test(c, a_stream_is_as_good_as_a_promise);
	tcase_add_test(c, two_strangers_are_sent_on_one_by_one);
	tcase_add_test(c, another_adapter_has_endpoints_of_its_own);
	tcase_add_test(c, where_endpoints_are_shared_anybody_is_refused);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

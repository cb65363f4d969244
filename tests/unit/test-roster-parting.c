/* SPDX-License-Identifier: MIT
 *
 * A speaker that has lost its stream may be on its way out: a Disconnect takes 2 to 3 s to
 * end the link, and whatever has connected meanwhile with it. One that has left may be
 * switching off, and answers calls until it is.
 */
#include <check.h>

#include "roster-world.h"
#include "suite.h"

/* Speaker 1 loses its stream and is connected still: the link may be about to end. */
static void part(struct world *w)
{
	tandem_world_start(w, &tandem_world_pair);
	tandem_world_configure_both(w);
	tandem_world_pass_ms(w, 10000);
	tandem_world_said(w);
	tandem_world_clear(w, 1, 1);
	tandem_world_transport_gone(w, 1, 1);
	SAYS(w, "tell 0 known");
}

START_TEST(nothing_connects_while_somebody_disconnects)
{
	struct world w;

	part(&w);
	tandem_world_pass_ms(&w, 2900);
	SAYS(&w, "");
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 2000);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	SAYS(&w, "tell 0 backing off");
	tandem_world_pass_ms(&w, 2500); /* as after any failure */
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(who_leaves_is_left_alone_for_two_seconds)
{
	struct world w;

	part(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS_AFTER(&w, 2000, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

/* It may call by itself meanwhile. */
START_TEST(who_leaves_may_come_back_at_once)
{
	struct world w;

	part(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_set(&w, 9, 0, 1, 3);
	SAYS(&w, "accept 9; tell 0 configured");
	tandem_world_pass_ms(&w, 10000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(who_stays_without_a_stream_is_connected)
{
	struct world w;

	part(&w);
	SAYS_AFTER(&w, 4000, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

/* Connected without a stream, which Tandem ends: nobody is switching anything off. */
START_TEST(who_was_sent_away_is_called_at_once)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_connect_bare(&w);
	tandem_world_pass_ms(&w, 1000);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 2600);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_connected(&w, 1, "");
	tandem_world_set(&w, 9, 0, 1, 3);
	tandem_world_said(&w);
	tandem_world_clear(&w, 1, 3);
	tandem_world_transport_gone(&w, 1, 3);
	tandem_world_device(&w, 1, 0, "audio-card"); /* by itself, this time */
	SAYS(&w, "tell 0 known");
	SAYS_AFTER(&w, 2000, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

/* A Disconnect that came to nothing says nothing of a link that ends much later. */
START_TEST(who_did_not_go_when_sent_leaves_like_anybody)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_connect_bare(&w);
	tandem_world_pass_ms(&w, 1000);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "disconnect 1"));
	tandem_world_set(&w, 9, 0, 1, 3);
	tandem_world_pass_ms(&w, 10000);
	tandem_world_said(&w);
	tandem_world_clear(&w, 1, 3);
	tandem_world_transport_gone(&w, 1, 3);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "tell 0 known");
	SAYS_AFTER(&w, 2000, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("speakers that part");
	TCase *const c = tcase_create("roster");

	tcase_add_test(c, nothing_connects_while_somebody_disconnects);
	tcase_add_test(c, who_leaves_is_left_alone_for_two_seconds);
	tcase_add_test(c, who_leaves_may_come_back_at_once);
	tcase_add_test(c, who_stays_without_a_stream_is_connected);
	tcase_add_test(c, who_was_sent_away_is_called_at_once);
	tcase_add_test(c, who_did_not_go_when_sent_leaves_like_anybody);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

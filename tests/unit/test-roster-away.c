/* SPDX-License-Identifier: MIT
 *
 * A speaker that is left to the desktop: it leaves, is handed over once, keeps its slot, is
 * not taken again by whatever way it comes, and is back when it is asked for.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

#define LEFT(w) HEARS((w).speakers[0], TANDEM_SAY_LEFT_TO_DESKTOP)

static void set_release(struct world *w, bool release)
{
	struct tandem_settings s;

	tandem_world_settings(w, &s);
	s.speakers[0].release = release;
	tandem_world_set_settings(w, &s);
}

/* Device 1 has left as it was asked to; call 1 was what held its stream, 0: nothing did. */
static void leave(struct world *w, uint32_t call)
{
	if (call)
		tandem_world_released(w, call);
	tandem_world_clear(w, 1, 1);
	tandem_world_device(w, 1, 0, "audio-card");
}

/* The session manager's stream, 300 ms old. */
static void be_taken(struct world *w)
{
	tandem_world_device(w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_transport(w, 1, 4, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_connected(w, 1, "");
	tandem_world_pass_ms(w, 300);
}

/* Both stream, and device 1 is the desktop's now. Automatic with _i. */
static void release_first(struct world *w, bool automatic)
{
	tandem_world_start(w, automatic ? &tandem_world_automatic : &tandem_world_pair);
	tandem_world_stream_both(w);
	tandem_world_said(w);
	set_release(w, true);
	SAYS(w, "detach 0; release 1 fd1; tell 0 releasing");
	tandem_world_released(w, 1);
	SAYS(w, "disconnect 1; tell 0 configured");
	LEFT(*w);
	ck_assert(!w->speakers[0].trouble);
	leave(w, 0);
	SAYS(w, "tell 0 known; connect 1");
	be_taken(w);
	SAYS(w, "say");
	HEARS(w->guest, TANDEM_SAY_GUEST, "Box 1", "the session manager");
	LEFT(*w);
}

START_TEST(it_is_handed_over_and_stays_away)
{
	struct world w;

	release_first(&w, _i);
	tandem_world_pass_ms(&w, 100000);
	tandem_world_transport(&w, 1, 4, TANDEM_TRANSPORT_ACTIVE, 0);
	tandem_world_transport(&w, 1, 4, TANDEM_TRANSPORT_IDLE, 0);
	SAYS(&w, "");
	/* It comes again by itself, and asks us first. */
	tandem_world_transport_gone(&w, 1, 4);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 100000);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_select(&w, 9, 0, 53);
	SAYS(&w, "refuse 9");
	tandem_world_set(&w, 10, 0, 1, 5);
	SAYS(&w, "refuse 10; connect 1");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(it_is_taken_back)
{
	struct world w;

	release_first(&w, _i);
	set_release(&w, false);
	SAYS(&w, "expect 1; tell 0 acquiring");
	tandem_world_aside(&w, 1, true);
	SAYS(&w, "acquire 3 fd4 borrowed");
	tandem_world_acquired(&w, 3, "");
	SAYS(&w, "attach 0 103; expect 0; tell 0 streaming");
	tandem_world_finish(&w);
}
END_TEST

/* Without a stream of the desktop's it is connected as any speaker. */
START_TEST(it_is_called_when_it_was_off)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	leave(&w, 0);
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	tandem_world_said(&w);
	set_release(&w, true);
	tandem_world_pass_ms(&w, 100000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect 1"));
	LEFT(w);
	set_release(&w, false);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 1"));
	tandem_world_finish(&w);
}
END_TEST

/* Connected, and nobody has its stream. */
START_TEST(without_a_stream_it_is_handed_over_at_once)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_said(&w);
	set_release(&w, true);
	SAYS(&w, "connect 1; tell 0 known");
	be_taken(&w);
	SAYS(&w, "say");
	tandem_world_finish(&w);
}
END_TEST

/* From the configuration: it never is ours. */
START_TEST(it_is_so_from_the_start)
{
	struct tandem_roster_config config = tandem_world_pair;
	struct world w;

	config.wishes[0].away = true;
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, 53);
	SAYS(&w, "refuse 9");
	tandem_world_transport(&w, 1, 4, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_wanted(&w, true);
	tandem_world_pass_ms(&w, 5000);
	SAYS(&w, "");
	LEFT(w);
	tandem_world_finish(&w);
}
END_TEST

/* Automatic: nobody else takes its place, and it takes no other. */
START_TEST(its_place_stays_free)
{
	struct world w;

	release_first(&w, true);
	tandem_world_transport_gone(&w, 1, 4);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 1000);
	tandem_world_said(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-card");
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

/* While it is being acquired, and while it is connected: what comes of it is not used. */
START_TEST(in_the_middle_of_it)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	tandem_world_said(&w);
	set_release(&w, true);
	tandem_world_said(&w);
	tandem_world_acquired(&w, 1, "");
	SAYS(&w, "release 1 fd1; expect 2; tell 0 releasing");
	tandem_world_released(&w, 1);
	SAYS(&w, "disconnect 1; tell 0 configured");
	leave(&w, 0);
	SAYS(&w, "tell 0 known; connect 1");
	tandem_world_finish(&w);

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 1"));
	set_release(&w, true);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_said(&w);
	tandem_world_set(&w, 9, 0, 1, 1);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "refuse 9"));
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster, away");
	TCase *const c = tcase_create("away");

	tcase_add_loop_test(c, it_is_handed_over_and_stays_away, 0, 2);
	tcase_add_loop_test(c, it_is_taken_back, 0, 2);
	tcase_add_test(c, it_is_called_when_it_was_off);
	tcase_add_test(c, without_a_stream_it_is_handed_over_at_once);
	tcase_add_test(c, it_is_so_from_the_start);
	tcase_add_test(c, its_place_stays_free);
	tcase_add_test(c, in_the_middle_of_it);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

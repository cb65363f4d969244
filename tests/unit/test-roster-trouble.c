/* SPDX-License-Identifier: MIT
 *
 * What goes wrong in a speaker's life, and how it is tried again.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

START_TEST(connecting_backs_off_and_takes_turns)
{
	static const int64_t seconds[] = { 2, 4, 8, 16, 32, 60, 60 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_said(&w);
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(seconds); i++) {
		tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
		SAYS(&w, "tell 0 backing off");
		tandem_world_pass_ms(&w, seconds[i] * 1000 - 1);
		SAYS(&w, "");
		tandem_world_pass_ms(&w, seconds[i] * 250 + 1);
		SAYS(&w, "connect 1; tell 0 connecting");
	}
	tandem_world_device(&w, 2, 0, "audio-card");
	SAYS(&w, "tell 1 known");
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	SAYS(&w, "connect 2; tell 0 backing off; tell 1 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(pages_rarely_while_another_plays)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_clear(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "detach 0; tell 0 known");
	tandem_world_pass_ms(&w, 2000);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	tandem_world_said(&w);
	SAYS_AFTER(&w, 30000, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(acquire_is_tried_quickly_then_slowly)
{
	static const int64_t waits_ms[] = { 30, 60, 120, 240, 480, 960, 1920 };
	struct world w;
	char words[64];

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_clear(&w, 2, 2);
	tandem_world_device(&w, 2, 0, "audio-card");
	tandem_world_pass_ms(&w, 2000);
	tandem_world_wanted(&w, true);
	tandem_world_said(&w);
	for (uint32_t i = 0; i < TANDEM_ARRAY_LEN(waits_ms); i++) {
		tandem_world_acquired(&w, i + 1, "org.bluez.Error.NotAuthorized");
		tandem_world_said(&w);
		tandem_world_pass_ms(&w, waits_ms[i] - 1);
		SAYS(&w, "");
		tandem_world_pass_ms(&w, 1);
		snprintf(words, sizeof(words), "acquire %u fd1", i + 2);
		SAYS(&w, words);
	}
	tandem_world_acquired(&w, 8, "org.bluez.Error.NotAuthorized");
	SAYS(&w, "expect 0; tell 0 backing off");
	tandem_world_pass_ms(&w, 1999);
	SAYS(&w, "");
	tandem_world_pass_ms(&w, 501);
	SAYS(&w, "acquire 9 fd1; expect 1; tell 0 acquiring");
	/* No answer: BlueZ may start it yet, so it is told to stop. */
	tandem_world_acquired(&w, 9, "org.freedesktop.DBus.Error.NoReply");
	SAYS(&w, "release 9 fd1; expect 0; tell 0 releasing");
	tandem_world_released(&w, 9);
	SAYS(&w, "tell 0 backing off");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(no_release_while_acquire_is_under_way)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	tandem_world_said(&w);
	tandem_world_wanted(&w, false);
	SAYS(&w, "");
	tandem_world_acquired(&w, 1, "");
	SAYS(&w, "release 1 fd1; expect 2; tell 0 releasing");
	tandem_world_wanted(&w, true);
	SAYS(&w, ""); /* nor acquire while release is */
	tandem_world_released(&w, 1);
	SAYS(&w, "acquire 3 fd1; expect 3; tell 0 acquiring");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(remote_suspend_is_answered_after_a_while)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	SAYS(&w, "detach 0; tell 0 backing off");
	tandem_world_pass_ms(&w, 1999);
	SAYS(&w, "");
	tandem_world_pass_ms(&w, 501);
	SAYS(&w, "acquire 3 fd1; expect 1; tell 0 acquiring");
	tandem_world_finish(&w);
}
END_TEST

/* Reported late or not at all, and not taken for none when it goes. */
START_TEST(a_delay_comes_late_and_goes)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 0);
	SAYS(&w, "");
	tandem_world_pass_ms(&w, 60000);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1500);
	SAYS(&w, "observe 0 150.0");
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 0);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_ACTIVE, 1500);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(stale_news_of_a_reused_path_is_ignored)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	tandem_world_said(&w);
	tandem_world_clear(&w, 1, 1);
	tandem_world_set(&w, 9, 0, 1, 1); /* the same path, another stream */
	tandem_world_acquired(&w, 1, "");
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "attach"));
	tandem_world_transport_gone(&w, 1, 1); /* the old one's */
	SAYS(&w, "");
	tandem_world_acquired(&w, 3, "");
	SAYS(&w, "attach 0 103; expect 2; tell 0 streaming");
	tandem_world_clear(&w, 1, 1);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE,
			0); /* late, of the one cleared */
	ck_assert_int_eq(w.roster->slots[0].life.transport, 0);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_removal_without_clear_ends_it_too)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_transport_gone(&w, 1, 1);
	ck_assert_int_eq(strncmp(tandem_world_said(&w), "detach 0; ", 10), 0);
	tandem_world_clear(&w, 1, 1); /* idempotent, in any order */
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "detach"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_broken_link_gives_the_transport_back)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_lost(&w, 0);
	SAYS(&w, "release 1 fd1; tell 0 releasing"); /* no detach: the plugin has let go */
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_released(&w, 1);
	tandem_world_pass_ms(&w, 100);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "acquire 3 fd1"));
	tandem_world_lost(&w, 0); /* nothing is attached now */
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(bluetoothd_goes_and_comes_back)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_down(&w);
	SAYS(&w, "detach 0; detach 1; tell 0 absent; tell 1 absent");
	ck_assert_str_eq(w.roster->slots[0].life.message, "it is gone");
	tandem_world_acquired(&w, 1, ""); /* late */
	tandem_world_released(&w, 1);
	tandem_world_connected(&w, 1, "");
	SAYS(&w, "");
	tandem_world_configure_both(&w);
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_ACQUIRING);
	ck_assert_int_eq(w.roster->slots[1].life.state, TANDEM_SPEAKER_ACQUIRING);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_connection_without_stream_is_cured_once)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_connect_bare(&w);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "disconnect 1; tell 0 backing off");
	tandem_world_pass_ms(&w, 3999); /* it would not go */
	SAYS(&w, "");
	tandem_world_pass_ms(&w, 1);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_connected(&w, 1, "");
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "tell 0 backing off");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(by_name_finds_its_device)
{
	struct tandem_roster_config config = { .n_speakers = 1, .seed = 1 };
	struct world w;

	strcpy(config.wishes[0].name, "Box 2");
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_said(&w);
	tandem_world_device(&w, 2, 0, "audio-card");
	SAYS(&w, "connect 2; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_foreign_stream_in_a_foreign_codec)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_wanted(&w, true);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_aside(&w, 1, true);
	w.codec = 0xff;
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 8400); /* asked for SBC in vain */
	HEARS(w.speakers[0], TANDEM_SAY_OTHER_CODEC);
	tandem_world_transport_gone(&w, 1, 5);
	w.codec = 0;
	tandem_world_transport(&w, 1, 6, TANDEM_TRANSPORT_ACTIVE, 0);
	tandem_world_pass_ms(&w, 400);
	HEARS(w.speakers[0], TANDEM_SAY_USED_BY_OTHER);
	ck_assert(w.speakers[0].trouble);
	tandem_world_transport(&w, 1, 6, TANDEM_TRANSPORT_IDLE, 0);
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

static const struct {
	const char *error, *detail;
	enum tandem_sentence which;
} start_cases[] = {
	{ "org.bluez.Error.NotAuthorized", "Operation Not Authorized",
			TANDEM_SAY_START_DENIED },
	{ "org.bluez.Error.InProgress", "In Progress", TANDEM_SAY_STILL_BUSY },
	{ "org.freedesktop.DBus.Error.NoReply", "", TANDEM_SAY_START_SILENT },
	{ "org.bluez.Error.Failed", "Operation canceled", TANDEM_SAY_START_FAILED },
};

START_TEST(not_started_and_why)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	w.detail = start_cases[_i].detail;
	tandem_world_acquired(&w, 1, start_cases[_i].error);
	HEARS(w.speakers[0], start_cases[_i].which, w.detail);
	ck_assert(!w.speakers[0].trouble); /* the first attempts follow quickly */
	tandem_world_released(&w, 1);
	tandem_world_pass_ms(&w, 100);
	tandem_world_acquired(&w, 3, "");
	HEARS_WELL(w.speakers[0]);
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_STREAMING);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(streams_that_end_by_themselves)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	HEARS(w.speakers[0], TANDEM_SAY_SUSPENDED);
	ck_assert(w.speakers[0].trouble);
	tandem_world_pass_ms(&w, 2500);
	tandem_world_acquired(&w, 3, "");
	HEARS_WELL(w.speakers[0]);
	tandem_world_pass_ms(&w, 125900);
	tandem_world_lost(&w, 0);
	HEARS(w.speakers[0], TANDEM_SAY_BROKEN_LINK, "125", "Connection reset by peer");
	tandem_world_released(&w, 3);
	tandem_world_pass_ms(&w, 30);
	tandem_world_acquired(&w, 4, "");
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(connections_that_are_none)
{
	const struct tandem_event gone = { .kind = TANDEM_EVENT_LENDER_GONE, .fd = -1 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_wanted(&w, true);
	tandem_world_connect_bare(&w);
	tandem_world_pass_ms(&w, 1000);
	HEARS(w.speakers[0], TANDEM_SAY_NO_STREAM);
	tandem_world_aside(&w, 1, true);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	HEARS_WELL(w.speakers[0]);
	tandem_world_acquired(&w, 1, "");
	tandem_world_event(&w, &gone);
	HEARS(w.speakers[0], TANDEM_SAY_LENDER_GONE);
	tandem_world_pass_ms(&w, 300);
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster trouble");
	TCase *const c = tcase_create("roster");

	tcase_add_test(c, connecting_backs_off_and_takes_turns);
	tcase_add_test(c, pages_rarely_while_another_plays);
	tcase_add_test(c, acquire_is_tried_quickly_then_slowly);
	tcase_add_test(c, no_release_while_acquire_is_under_way);
	tcase_add_test(c, remote_suspend_is_answered_after_a_while);
	tcase_add_test(c, a_delay_comes_late_and_goes);
	tcase_add_test(c, stale_news_of_a_reused_path_is_ignored);
	tcase_add_test(c, a_removal_without_clear_ends_it_too);
	tcase_add_test(c, a_broken_link_gives_the_transport_back);
	tcase_add_test(c, bluetoothd_goes_and_comes_back);
	tcase_add_test(c, a_connection_without_stream_is_cured_once);
	tcase_add_test(c, by_name_finds_its_device);
	tcase_add_test(c, a_foreign_stream_in_a_foreign_codec);
	tcase_add_test(c, streams_that_end_by_themselves);
	tcase_add_test(c, connections_that_are_none);
	tcase_add_loop_test(c, not_started_and_why, 0, TANDEM_ARRAY_LEN(start_cases));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

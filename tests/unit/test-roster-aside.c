/* SPDX-License-Identifier: MIT
 *
 * Borrowing: not before the session manager's own device of the speaker is off, unless it
 * has none; and what is done about a stream with another codec.
 */
#include <check.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

#define OTHER_CODEC 0xff

/* Device 1 is connected; somebody else has set its stream up, 300 ms ago. */
static void start(struct world *w, uint8_t codec)
{
	tandem_world_start(w, &tandem_world_pair);
	tandem_world_wanted(w, true);
	tandem_world_up(w);
	tandem_world_device(w, 1, TANDEM_CONNECTED, "audio-card");
	w->codec = codec;
	tandem_world_transport(w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_said(w);
	tandem_world_pass_ms(w, 300);
}

START_TEST(a_borrowed_stream_waits)
{
	struct world w;

	start(&w, TANDEM_MEDIA_TYPE_SBC);
	SAYS(&w, "expect 1; export 1; tell 0 acquiring");
	HEARS(w.speakers[0], TANDEM_SAY_WAITS_ASIDE);
	ck_assert(!w.speakers[0].trouble);
	tandem_world_aside(&w, 2, true);
	tandem_world_aside(&w, 1, false);
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "");
	tandem_world_aside(&w, 1, true);
	SAYS(&w, "acquire 1 fd5 borrowed");
	tandem_world_acquired(&w, 1, "");
	SAYS(&w, "attach 0 101; expect 0; tell 0 streaming");
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(its_owner_may_have_no_device)
{
	struct world w;

	start(&w, TANDEM_MEDIA_TYPE_SBC);
	tandem_world_said(&w);
	SAYS_AFTER(&w, 2700, "acquire 1 fd5 borrowed");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_stream_that_has_been_there_waits_no_more)
{
	struct world w;

	start(&w, TANDEM_MEDIA_TYPE_SBC);
	tandem_world_wanted(&w, false);
	tandem_world_pass_ms(&w, 3000);
	tandem_world_said(&w);
	tandem_world_wanted(&w, true);
	SAYS(&w, "acquire 1 fd5 borrowed; expect 1; tell 0 acquiring");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(an_own_stream_does_not_wait)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_aside(&w, 1, false);
	tandem_world_wanted(&w, true);
	SAYS(&w, "acquire 1 fd1; acquire 2 fd2; expect 3; tell 0 acquiring; "
		 "tell 1 acquiring");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_new_connection_waits_again)
{
	struct world w;

	start(&w, TANDEM_MEDIA_TYPE_SBC);
	tandem_world_aside(&w, 1, true);
	tandem_world_aside(&w, 1, false); /* the device has gone */
	tandem_world_transport_gone(&w, 1, 5);
	tandem_world_transport(&w, 1, 6, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 1000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "acquire 2"));
	tandem_world_aside(&w, 1, true);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "acquire 2 fd6 borrowed"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(the_speaker_may_have_moved)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_wanted(&w, true);
	tandem_world_up(&w);
	tandem_world_device(&w, 5, TANDEM_CONNECTED, "audio-card");
	tandem_world_aside(&w, 5, true);
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card"); /* changes sides */
	tandem_world_transport(&w, 5, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 300);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "acquire 1 fd5 borrowed"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(another_codec_is_changed)
{
	struct world w;

	start(&w, OTHER_CODEC);
	SAYS(&w, "ask sbc 1; export 1; tell 0 borrowed");
	HEARS(w.speakers[0], TANDEM_SAY_ASKS_SBC);
	ck_assert(!w.speakers[0].trouble);
	tandem_world_aside(&w, 1, true);
	tandem_world_aside(&w, 1, false);
	tandem_world_said(&w);
	tandem_world_transport_gone(&w, 1, 5);
	tandem_world_pass_ms(&w, 3500); /* and nobody calls it meanwhile */
	SAYS(&w, "tell 0 known");
	w.codec = TANDEM_MEDIA_TYPE_SBC;
	tandem_world_transport(&w, 1, 6, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 3400); /* longer than a stream that was SBC at once */
	SAYS(&w, "expect 1; tell 0 acquiring");
	HEARS(w.speakers[0], TANDEM_SAY_WAITS_ASIDE);
	tandem_world_aside(&w, 1, true);
	tandem_world_acquired(&w, 1, "");
	SAYS(&w, "acquire 1 fd6 borrowed; attach 0 101; expect 0; tell 0 streaming");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(another_codec_stays)
{
	struct world w;

	start(&w, OTHER_CODEC);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 7999);
	HEARS(w.speakers[0], TANDEM_SAY_ASKS_SBC);
	tandem_world_pass_ms(&w, 1);
	HEARS(w.speakers[0], TANDEM_SAY_OTHER_CODEC);
	ck_assert(w.speakers[0].trouble);
	tandem_world_transport_gone(&w, 1, 5);
	tandem_world_transport(&w, 1, 6, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	HEARS(w.speakers[0], TANDEM_SAY_OTHER_CODEC);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "ask")); /* once */
	tandem_world_transport_gone(&w, 1, 6);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_transport(&w, 1, 7, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "ask sbc 1"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(another_codec_goes_with_the_speaker)
{
	struct world w;

	start(&w, OTHER_CODEC);
	tandem_world_transport_gone(&w, 1, 5);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 2000);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 1"));
	tandem_world_finish(&w);
}
END_TEST

/* Device 1 as in start(), with another codec; device 2 is there, and not connected. */
static void start_with_another(struct world *w)
{
	tandem_world_start(w, &tandem_world_pair);
	tandem_world_device(w, 1, TANDEM_CONNECTED, "audio-card");
	w->codec = OTHER_CODEC;
	tandem_world_transport(w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_device(w, 2, 0, "audio-card");
	tandem_world_up(w);
	tandem_world_pass_ms(w, 300);
}

START_TEST(nobody_is_called_before_the_codec_is_changed)
{
	struct world w;

	start_with_another(&w);
	ck_assert_ptr_nonnull(strstr(w.said, "ask sbc 1"));
	tandem_world_pass_ms(&w, 3000);
	tandem_world_transport_gone(&w, 1, 5);
	tandem_world_pass_ms(&w, 3000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect"));
	w.codec = TANDEM_MEDIA_TYPE_SBC;
	tandem_world_transport(&w, 1, 6, TANDEM_TRANSPORT_IDLE, 0);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 2"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_codec_that_stays_holds_up_nobody)
{
	struct world w;

	start_with_another(&w);
	tandem_world_pass_ms(&w, 7999);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect"));
	tandem_world_pass_ms(&w, 1);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 2"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(who_leaves_holds_up_nobody)
{
	struct world w;

	start_with_another(&w);
	tandem_world_said(&w);
	tandem_world_transport_gone(&w, 1, 5);
	tandem_world_device(&w, 1, 0, "audio-card");
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 2"));
	tandem_world_connected(&w, 2, "br-connection-page-timeout");
	tandem_world_pass_ms(&w, 2000);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 1"));
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster aside");
	TCase *const c = tcase_create("roster");

	tcase_add_test(c, a_borrowed_stream_waits);
	tcase_add_test(c, its_owner_may_have_no_device);
	tcase_add_test(c, a_stream_that_has_been_there_waits_no_more);
	tcase_add_test(c, an_own_stream_does_not_wait);
	tcase_add_test(c, a_new_connection_waits_again);
	tcase_add_test(c, the_speaker_may_have_moved);
	tcase_add_test(c, another_codec_is_changed);
	tcase_add_test(c, another_codec_stays);
	tcase_add_test(c, another_codec_goes_with_the_speaker);
	tcase_add_test(c, nobody_is_called_before_the_codec_is_changed);
	tcase_add_test(c, a_codec_that_stays_holds_up_nobody);
	tcase_add_test(c, who_leaves_holds_up_nobody);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * Others have a hand in it as well: the speaker, that connects and starts by itself, and
 * BlueZ's own policy and the desktop, that connect it too; and what goes while it is asked
 * for.
 */
#include <check.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

/* BlueZ suspends it again after five seconds when nobody takes it. */
START_TEST(a_stream_the_speaker_starts)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_PENDING, 0);
	tandem_world_pass_ms(&w, 5000);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	SAYS(&w, ""); /* nobody wants sound, and that is no trouble */
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_PENDING, 0);
	tandem_world_wanted(&w, true);
	SAYS(&w, "acquire 1 fd1; acquire 2 fd2; expect 3; tell 0 acquiring; tell 1 "
		 "acquiring");
	tandem_world_finish(&w);
}
END_TEST

/* Somebody pressed pause on it, and after a long while play. */
START_TEST(a_stream_the_speaker_starts_again)
{
	struct world w;
	uint32_t call = 2;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	for (int i = 0; i < 8; i++) {
		tandem_world_pass_ms(&w, 80000);
		tandem_world_acquired(&w, ++call, "org.bluez.Error.Failed");
	}
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 50000);
	SAYS(&w, "");
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_PENDING, 0);
	SAYS(&w, "acquire 11 fd1; expect 1; tell 0 acquiring");
	/* Refused all the same: not over and over. */
	tandem_world_acquired(&w, 11, "org.bluez.Error.Failed");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 50000);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_PENDING, 1500);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(bluez_connects_it_as_well)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_clear(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_pass_ms(&w, 2000);
	SAYS(&w, "detach 0; tell 0 known; connect 1; tell 0 connecting");
	w.detail = "br-connection-busy";
	tandem_world_connected(&w, 1, "org.bluez.Error.InProgress");
	SAYS(&w, "tell 0 backing off");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_set(&w, 9, 0, 1, 3);
	SAYS(&w, "accept 9; acquire 3 fd3; expect 1; tell 0 acquiring");
	HEARS_WELL(w.speakers[0]);
	tandem_world_acquired(&w, 3, "");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

/* Connected already, BlueZ says: its stream is on the way. */
START_TEST(connected_already_is_waited_for)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_said(&w);
	tandem_world_connected(&w, 1, "org.bluez.Error.AlreadyConnected");
	tandem_world_pass_ms(&w, 600);
	SAYS(&w, "");
	tandem_world_set(&w, 9, 0, 1, 1);
	SAYS(&w, "accept 9; export 1; tell 0 configured");
	tandem_world_finish(&w);
}
END_TEST

/* It brings its own stream; a call of ours would meet it half way. */
START_TEST(a_speaker_that_connects_itself_is_not_called)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	tandem_world_pass_ms(&w, 1000);
	tandem_world_said(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_pass_ms(&w, 1999);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect 1"));
	tandem_world_pass_ms(&w, 1); /* it has brought none */
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_device_goes_while_it_is_called)
{
	struct tandem_event gone = {
		.kind = TANDEM_EVENT_GONE, .path = "/org/bluez/hci0/dev_1", .fd = -1
	};
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_said(&w);
	tandem_world_event(&w, &gone);
	SAYS(&w, "tell 0 absent");
	tandem_world_connected(&w, 1, _i ? "org.bluez.Error.Failed" : "");
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_transport_goes_while_it_is_acquired)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	tandem_world_said(&w);
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_said(&w);
	tandem_world_acquired(&w, 1, _i ? "org.freedesktop.DBus.Error.NoReply" : "");
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster and others");
	TCase *const c = tcase_create("others");

	tcase_add_test(c, a_stream_the_speaker_starts);
	tcase_add_test(c, a_stream_the_speaker_starts_again);
	tcase_add_test(c, bluez_connects_it_as_well);
	tcase_add_test(c, connected_already_is_waited_for);
	tcase_add_test(c, a_speaker_that_connects_itself_is_not_called);
	tcase_add_loop_test(c, a_device_goes_while_it_is_called, 0, 2);
	tcase_add_loop_test(c, a_transport_goes_while_it_is_acquired, 0, 2);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

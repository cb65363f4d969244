/* SPDX-License-Identifier: MIT
 *
 * Guests: devices that are no speakers of this group, connected by themselves and chose our
 * endpoint. They are handed over, and nobody is called that has left. Device 3 is one.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

#define BUSY "org.bluez.Error.InProgress"

/* Both speakers sit on our endpoints, and device 3 has come and been refused. */
static void refuse_guest(struct world *w)
{
	tandem_world_start(w, &tandem_world_pair);
	tandem_world_configure_both(w);
	tandem_world_device(w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_set(w, 9, 0, 3, 3);
	SAYS(w, "refuse 9; connect 3");
}

/* The session manager's stream, 300 ms old. */
static void take_guest(struct world *w)
{
	tandem_world_transport(w, 3, 4, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_connected(w, 3, "");
	tandem_world_pass_ms(w, 300);
}

START_TEST(as_it_was_measured)
{
	struct world w;

	refuse_guest(&w);
	w.detail = "br-connection-busy";
	tandem_world_connected(&w, 3, BUSY);
	SAYS_AFTER(&w, 1000, "connect 3");
	tandem_world_connected(&w, 3, BUSY);
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "connect 3");
	tandem_world_sep(&w, 3, 53);
	tandem_world_select(&w, 10, 0, 53);
	tandem_world_select(&w, 11, 1, 53);
	SAYS(&w, "refuse 10; refuse 11");
	take_guest(&w);
	SAYS(&w, "say");
	HEARS(w.guest, TANDEM_SAY_GUEST, "Box 3", "the session manager");
	ck_assert(!w.guest.trouble);
	tandem_world_transport_gone(&w, 3, 4);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

/* BlueZ shows the stream that we refuse, before or after it asks, and takes it away. */
START_TEST(the_refused_stream_is_not_the_other_one)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_transport(&w, 3, 3, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_set(&w, 9, 0, 3, 3);
	SAYS(&w, "refuse 9");
	tandem_world_pass_ms(&w, 20);
	tandem_world_transport_gone(&w, 3, 3);
	SAYS(&w, "connect 3");
	tandem_world_transport(&w, 3, 3, TANDEM_TRANSPORT_IDLE, 0); /* late news of it */
	tandem_world_connected(&w, 3, BUSY);
	tandem_world_transport_gone(&w, 3, 3);
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "connect 3");
	take_guest(&w);
	SAYS(&w, "say");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(nobody_is_called_who_has_left)
{
	struct world w;

	refuse_guest(&w);
	tandem_world_device(&w, 3, 0, "audio-headset");
	for (int i = 0; i < 2; i++) {
		tandem_world_pass_ms(&w, 5120); /* a page that nobody answers */
		tandem_world_connected(&w, 3, "org.bluez.Error.Failed");
	}
	SAYS(&w, "connect 3");
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	ck_assert_uint_eq(w.guest.times, 0);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(eight_tries_are_enough)
{
	struct world w;
	int tries = 1;

	refuse_guest(&w);
	w.detail = "br-connection-busy";
	for (;;) {
		tandem_world_connected(&w, 3, BUSY);
		if (w.guest.times)
			break;
		tandem_world_said(&w);
		tandem_world_pass_ms(&w, 1000);
		SAYS(&w, "connect 3");
		tries++;
	}
	ck_assert_int_eq(tries, 8);
	HEARS(w.guest, TANDEM_SAY_GUEST_STRANDED, "Box 3", "the session manager",
			"br-connection-busy");
	ck_assert(w.guest.trouble);
	tandem_world_finish(&w);
}
END_TEST

/* "Done", says BlueZ, and nothing comes of it; each time only after seconds. */
START_TEST(ten_seconds_are_enough)
{
	struct world w;

	refuse_guest(&w);
	for (int i = 0; i < 2; i++) {
		tandem_world_pass_ms(&w, 4000);
		tandem_world_connected(&w, 3, "");
		SAYS(&w, "connect 3");
	}
	tandem_world_pass_ms(&w, 4000);
	tandem_world_connected(&w, 3, "");
	SAYS(&w, "say");
	HEARS(w.guest, TANDEM_SAY_GUEST_STRANDED, "Box 3", "the session manager",
			"no stream came of it");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(speakers_come_first)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 2, 0, "audio-card");
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_said(&w);
	tandem_world_set(&w, 9, 0, 3, 3); /* while speaker 1 is being paged */
	SAYS(&w, "refuse 9");
	tandem_world_pass_ms(&w, 5120);
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	SAYS(&w, "connect 2; tell 0 backing off; tell 1 connecting");
	tandem_world_connected(&w, 2, "org.bluez.Error.Failed");
	SAYS(&w, "connect 3; tell 1 backing off");
	tandem_world_pass_ms(&w, 2500); /* and it holds up nobody but for one call */
	SAYS(&w, "tell 0 known; tell 1 known");
	tandem_world_connected(&w, 3, BUSY);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

/* Whatever the radio does meanwhile. */
START_TEST(who_has_left_is_forgotten_on_a_busy_radio)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_set(&w, 9, 0, 3, 3);
	tandem_world_device(&w, 3, 0, "audio-headset");
	tandem_world_pass_ms(&w, 10000);
	tandem_world_said(&w);
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	SAYS(&w, "tell 0 backing off");
	tandem_world_finish(&w);
}
END_TEST

/* Ten seconds from when it left, not from when it was refused. */
START_TEST(who_left_a_moment_ago_is_called)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_set(&w, 9, 0, 3, 3);
	tandem_world_pass_ms(&w, 9000);
	tandem_world_device(&w, 3, 0, "audio-headset");
	tandem_world_pass_ms(&w, 9000);
	tandem_world_said(&w);
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	SAYS(&w, "connect 3; tell 0 backing off");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(twice_a_minute)
{
	struct world w;

	refuse_guest(&w);
	take_guest(&w);
	tandem_world_transport_gone(&w, 3, 4);
	tandem_world_said(&w);
	tandem_world_set(&w, 10, 0, 3, 3);
	SAYS(&w, "refuse 10; connect 3");
	tandem_world_set(&w, 11, 0, 3, 3); /* impatient: part of the same */
	SAYS(&w, "refuse 11");
	take_guest(&w);
	tandem_world_transport_gone(&w, 3, 4);
	ck_assert_uint_eq(w.guest.times, 2);
	tandem_world_said(&w);
	tandem_world_set(&w, 12, 0, 3, 3);
	SAYS(&w, "refuse 12; say");
	ck_assert(w.guest.trouble);
	tandem_world_set(&w, 13, 0, 3, 3);
	SAYS(&w, "refuse 13");
	tandem_world_pass_ms(&w, 60000);
	tandem_world_set(&w, 14, 0, 3, 3);
	SAYS(&w, "refuse 14; connect 3");
	tandem_world_finish(&w);
}
END_TEST

/* The third loudspeaker, until there is a place for it. */
START_TEST(a_speaker_is_kept)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_configure_both(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-card");
	tandem_world_set(&w, 9, 0, 3, 3);
	tandem_world_connected(&w, 3, BUSY);
	tandem_world_clear(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_said(&w);
	tandem_world_set(&w, 10, 0, 3, 3);
	SAYS(&w, "accept 10; tell 0 configured");
	tandem_world_clear(&w, 3, 3);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 900);
	SAYS(&w, "");
	ck_assert_uint_eq(w.guest.times, 0);
	tandem_world_finish(&w);
}
END_TEST

static bool is_box_3(void *data, const char *address, const char *name)
{
	(void)data;
	(void)address;
	return strcmp(name, "Box 3") == 0;
}

START_TEST(a_neighbours_speaker_is_handed_to_it)
{
	struct tandem_roster_config config = tandem_world_pair;
	struct world w;

	config.is_taken = is_box_3;
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-card");
	tandem_world_set(&w, 9, 0, 3, 3);
	take_guest(&w);
	HEARS(w.guest, TANDEM_SAY_GUEST, "Box 3", "another group");
	tandem_world_finish(&w);
}
END_TEST

/* Its capabilities are those of speaker 2, which was shown later and waits for its turn. */
START_TEST(who_is_called_is_meant)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_sep(&w, 3, 53);
	tandem_world_set(&w, 9, 0, 3, 3);
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 2, 53);
	tandem_world_said(&w);
	tandem_world_select(&w, 10, 0, 53);
	SAYS(&w, "refuse 10");
	take_guest(&w);
	tandem_world_said(&w);
	tandem_world_select(&w, 11, 0, 53);
	SAYS(&w, "answer 11 11150233");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(bluetoothd_goes_and_the_radio_too)
{
	struct world w;

	refuse_guest(&w);
	tandem_world_connected(&w, 3, BUSY);
	tandem_world_adapter(&w, 0, 0);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 1000);
	SAYS(&w, "");
	tandem_world_adapter(&w, 0, TANDEM_POWERED);
	SAYS(&w, "connect 3");
	tandem_world_down(&w);
	tandem_world_up(&w);
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-headset");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 20000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

/* The fifth at once has to wait for better times. */
START_TEST(more_than_there_is_room_for)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_said(&w);
	for (int n = 3; n <= 7; n++) {
		tandem_world_device(&w, n, TANDEM_CONNECTED, "audio-headset");
		tandem_world_set(&w, (uint32_t)n, 0, n, n);
	}
	SAYS(&w, "refuse 3; connect 3; refuse 4; refuse 5; refuse 6; refuse 7");
	for (int n = 3; n <= 6; n++) {
		tandem_world_transport(&w, n, n, TANDEM_TRANSPORT_IDLE, 0);
		tandem_world_connected(&w, n, "");
		tandem_world_pass_ms(&w, 300);
	}
	ck_assert_uint_eq(w.guest.times, 4);
	tandem_world_said(&w);
	tandem_world_set(&w, 8, 0, 7, 7);
	SAYS(&w, "refuse 8; connect 7");
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster's guests");
	TCase *const c = tcase_create("guest");

	tcase_add_test(c, as_it_was_measured);
	tcase_add_test(c, the_refused_stream_is_not_the_other_one);
	tcase_add_test(c, nobody_is_called_who_has_left);
	tcase_add_test(c, eight_tries_are_enough);
	tcase_add_test(c, ten_seconds_are_enough);
	tcase_add_test(c, speakers_come_first);
	tcase_add_test(c, who_has_left_is_forgotten_on_a_busy_radio);
	tcase_add_test(c, who_left_a_moment_ago_is_called);
	tcase_add_test(c, twice_a_minute);
	tcase_add_test(c, a_speaker_is_kept);
	tcase_add_test(c, a_neighbours_speaker_is_handed_to_it);
	tcase_add_test(c, who_is_called_is_meant);
	tcase_add_test(c, bluetoothd_goes_and_the_radio_too);
	tcase_add_test(c, more_than_there_is_room_for);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

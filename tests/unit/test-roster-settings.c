/* SPDX-License-Identifier: MIT
 *
 * What the settings mean to the roster, and what a change of them does to a speaker that
 * streams: connected again once, or told why not.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

static const uint8_t mono_48[4] = { 0x18, 0x15, 2, 51 };

#define HCI0 "00:00:00:00:01:00"
#define HCI1 "00:00:00:00:01:01"

static void set_sbc(struct world *w, uint32_t slot, enum tandem_sbc_mode mode,
		uint32_t bitpool)
{
	struct tandem_settings s;

	tandem_world_settings(w, &s);
	s.speakers[slot].sbc_mode = mode;
	s.speakers[slot].bitpool = bitpool;
	tandem_world_set_settings(w, &s);
}

static void set_adapter(struct world *w, uint32_t slot, const char *address)
{
	struct tandem_settings s;

	tandem_world_settings(w, &s);
	snprintf(s.speakers[slot].adapter, sizeof(s.speakers[slot].adapter), "%s", address);
	tandem_world_set_settings(w, &s);
}

/* Device 1 leaves as it was asked to, once its stream has been released. */
static void leave(struct world *w)
{
	tandem_world_released(w, 1);
	tandem_world_clear(w, 1, 1);
	tandem_world_device(w, 1, 0, "audio-card");
}

START_TEST(the_mode_asked_for_is_agreed)
{
	struct tandem_roster_config config =
			_i ? tandem_world_automatic : tandem_world_pair;
	struct world w;

	config.wishes[0].codec.sbc_mode = TANDEM_SBC_MONO;
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, 53);
	SAYS(&w, "answer 9 18150233");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_new_mode_connects_again_once)
{
	struct world w;

	tandem_world_start(&w, _i ? &tandem_world_automatic : &tandem_world_pair);
	tandem_world_stream_both(&w);
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	SAYS(&w, "detach 0; release 1 fd1; tell 0 releasing");
	HEARS(w.speakers[0], TANDEM_SAY_AGAIN_WITH, "SBC mono at 48 kHz, bitpool 51");
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_released(&w, 1);
	SAYS(&w, "disconnect 1; tell 0 configured");
	tandem_world_clear(&w, 1, 1);
	SAYS(&w, "tell 0 known");
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "connect 1; tell 0 connecting");
	HEARS(w.speakers[0], TANDEM_SAY_AGAIN_WITH, "SBC mono at 48 kHz, bitpool 51");
	ck_assert(!w.speakers[0].trouble);
	HEARS_WELL(w.group); /* an automatic one is not waited for: it is fetched */
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_select(&w, 9, 0, 53);
	w.config = mono_48;
	tandem_world_set(&w, 10, 0, 1, 3);
	tandem_world_connected(&w, 1, "");
	tandem_world_acquired(&w, 3, "");
	SAYS(&w, "answer 9 18150233; accept 10; acquire 3 fd3; expect 1; tell 0 acquiring; "
		 "attach 0 103; expect 0; tell 0 streaming");
	HEARS_WELL(w.speakers[0]);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_speaker_may_insist)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	leave(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_set(&w, 10, 0, 1, 3); /* joint, by its own choice */
	tandem_world_acquired(&w, 3, "");
	HEARS(w.speakers[0], TANDEM_SAY_MODE_INSISTED, "joint", "mono");
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_STREAMING);
	tandem_world_connected(&w, 1, "");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	set_sbc(&w, 0, TANDEM_SBC_AUTO, 0); /* what it has will do */
	SAYS(&w, "tell 0 streaming");
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(what_serves_is_left_alone)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	set_sbc(&w, 0, TANDEM_SBC_AUTO, 35);
	set_sbc(&w, 0, TANDEM_SBC_JOINT, 51);
	set_sbc(&w, 0, TANDEM_SBC_JOINT, 0);
	SAYS(&w, "");
	/* A change of mind before the release is over: nothing is disconnected. */
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	set_sbc(&w, 0, TANDEM_SBC_AUTO, 0);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_said(&w);
	tandem_world_released(&w, 1);
	SAYS(&w, "acquire 3 fd1; expect 1; tell 0 acquiring");
	/* Nor while Acquire is under way: what it brings is given back first. */
	set_sbc(&w, 0, TANDEM_SBC_DUAL, 0);
	tandem_world_said(&w);
	tandem_world_acquired(&w, 3, "");
	SAYS(&w, "release 3 fd1; expect 0; tell 0 releasing");
	tandem_world_released(&w, 3);
	SAYS(&w, "disconnect 1; tell 0 configured");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(bitpools_beyond_the_agreement)
{
	static const uint8_t to_53[4] = { 0x11, 0x15, 2, 53 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	set_sbc(&w, 0, TANDEM_SBC_AUTO, 60);
	HEARS(w.speakers[0], TANDEM_SAY_AGAIN_WITH, "SBC joint at 48 kHz, bitpool 53");
	leave(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	w.config = to_53;
	tandem_world_set(&w, 10, 0, 1, 3);
	HEARS(w.speakers[0], TANDEM_SAY_BITPOOL_LIMITED, "2", "53", "53", "60");
	tandem_world_connected(&w, 1, "");
	tandem_world_said(&w);
	set_sbc(&w, 0, TANDEM_SBC_AUTO, 70); /* no more can be had */
	SAYS(&w, "tell 0 acquiring");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_mode_that_is_not_offered)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_ENDPOINT, .fd = -1 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	strcpy(e.path, "/org/bluez/hci0/dev_1/sep1");
	strcpy(e.parent, "/org/bluez/hci0/dev_1");
	memcpy(e.config, (uint8_t[]){ 0x33, 0xff, 2, 53 }, 4);
	e.config_bytes = 4;
	e.flags = TANDEM_SINK;
	tandem_world_event(&w, &e);
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	SAYS(&w, "tell 0 streaming");
	HEARS(w.speakers[0], TANDEM_SAY_MODE_NOT_OFFERED, "mono", "joint");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_borrowed_stream_stays_as_it_is)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	tandem_world_transport(&w, 1, 5, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_pass_ms(&w, 300);
	tandem_world_said(&w);
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	SAYS(&w, "tell 0 borrowed");
	HEARS(w.speakers[0], TANDEM_SAY_MODE_BORROWED, "joint", "mono");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(one_that_will_not_leave)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	tandem_world_transport(&w, 1, 1, TANDEM_TRANSPORT_IDLE, 0);
	tandem_world_released(&w, 1);
	tandem_world_said(&w);
	SAYS_AFTER(&w, 10000, "acquire 3 fd1; expect 1; tell 0 acquiring");
	HEARS(w.speakers[0], TANDEM_SAY_MODE_INSISTED, "joint", "mono");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(an_automatic_one_is_not_called_for_ever)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	tandem_world_acquired(&w, 1, "");
	set_sbc(&w, 0, TANDEM_SBC_MONO, 0);
	leave(&w);
	for (int i = 0; i < 3; i++) {
		ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "connect 1;"));
		tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
		tandem_world_pass_ms(&w, 40000);
	}
	tandem_world_pass_ms(&w, 400000);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "connect 1;"));
	tandem_world_finish(&w);
}
END_TEST

START_TEST(only_its_adapter_counts)
{
	struct tandem_roster_config config = tandem_world_pair;
	struct world w;

	config.n_speakers = 1;
	strcpy(config.wishes[0].adapter, HCI1);
	if (_i) {
		config.wishes[0].address[0] = '\0';
		strcpy(config.wishes[0].name, "Box 1");
	}
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 1, 53);
	HEARS(w.speakers[0], TANDEM_SAY_PIN_MISSING, HCI1);
	tandem_world_said(&w);
	tandem_world_select(&w, 9, 0, 53);
	tandem_world_set(&w, 10, 0, 1, 1);
	SAYS(&w, "refuse 9; refuse 10");
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	tandem_world_registered(&w, 1, "", "");
	HEARS(w.speakers[0], TANDEM_SAY_PIN_ELSEWHERE, HCI1);
	tandem_world_said(&w);
	tandem_world_device(&w, 11, 0, "audio-card");
	SAYS(&w, "connect 11; tell 0 connecting");
	tandem_world_set(&w, 11, 0, 11, 1);
	SAYS(&w, "accept 11; export 1; tell 0 configured");
	tandem_world_adapter_gone(&w, 1);
	tandem_world_clear(&w, 11, 1);
	HEARS(w.speakers[0], TANDEM_SAY_PIN_MISSING, HCI1);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(automatic_slots_have_adapters_too)
{
	struct tandem_roster_config config = tandem_world_automatic;
	struct world w;

	strcpy(config.wishes[0].adapter, HCI1);
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card"); /* no slot is left */
	tandem_world_device(&w, 13, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(w.roster->slots[0].life.address, "00:00:00:00:00:03");
	ck_assert_str_eq(w.roster->slots[1].life.address, "00:00:00:00:00:01");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(a_new_adapter_takes_it_over)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	tandem_world_registered(&w, 1, "", "");
	tandem_world_device(&w, 11, 0, "audio-card");
	set_adapter(&w, 0, HCI0); /* where it is */
	SAYS(&w, "");
	set_adapter(&w, 0, HCI1);
	SAYS(&w, "detach 0; release 1 fd1; tell 0 releasing");
	HEARS(w.speakers[0], TANDEM_SAY_AGAIN_ADAPTER, HCI1);
	tandem_world_released(&w, 1);
	SAYS(&w, "disconnect 1; tell 0 configured");
	tandem_world_clear(&w, 1, 1);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "tell 0 known; connect 11; tell 0 connecting");
	tandem_world_device(&w, 11, TANDEM_CONNECTED, "audio-card");
	tandem_world_set(&w, 9, 0, 11, 1);
	SAYS(&w, "accept 9; acquire 3 fd1; expect 1; tell 0 acquiring");
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

static bool is_box_2(void *data, const char *address, const char *name)
{
	ck_assert_ptr_eq(data, (void *)is_box_2);
	return strcmp(address, "00:00:00:00:00:02") == 0 && strcmp(name, "Box 2") == 0;
}

START_TEST(neighbours_keep_theirs)
{
	struct tandem_roster_config config = tandem_world_automatic;
	struct world w;

	config.is_taken = is_box_2;
	config.is_taken_data = (void *)is_box_2;
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 2, TANDEM_CONNECTED, "audio-card");
	tandem_world_sep(&w, 2, 53);
	HEARS(w.group, TANDEM_SAY_WAITS_FOR_ONE);
	tandem_world_said(&w);
	tandem_world_select(&w, 8, 0, 53);
	tandem_world_set(&w, 9, 0, 2, 2);
	SAYS(&w, "refuse 8; refuse 9; connect 2"); /* for whom it is */
	tandem_world_device(&w, 3, TANDEM_CONNECTED, "audio-card");
	ck_assert_str_eq(w.roster->slots[0].life.address, "00:00:00:00:00:03");
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster and settings");
	TCase *const c = tcase_create("settings");

	tcase_add_loop_test(c, the_mode_asked_for_is_agreed, 0, 2);
	tcase_add_loop_test(c, a_new_mode_connects_again_once, 0, 2);
	tcase_add_test(c, a_speaker_may_insist);
	tcase_add_test(c, what_serves_is_left_alone);
	tcase_add_test(c, bitpools_beyond_the_agreement);
	tcase_add_test(c, a_mode_that_is_not_offered);
	tcase_add_test(c, a_borrowed_stream_stays_as_it_is);
	tcase_add_test(c, one_that_will_not_leave);
	tcase_add_test(c, an_automatic_one_is_not_called_for_ever);
	tcase_add_loop_test(c, only_its_adapter_counts, 0, 2);
	tcase_add_test(c, automatic_slots_have_adapters_too);
	tcase_add_test(c, a_new_adapter_takes_it_over);
	tcase_add_test(c, neighbours_keep_theirs);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

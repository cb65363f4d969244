/* SPDX-License-Identifier: MIT
 *
 * What BlueZ never does, as far as we know, and the fuzzers of tests/fuzz do; and a start
 * that finds what the process before has left.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

/* An adapter that could not be registered is tried again when there is somebody to ask. */
START_TEST(without_bluetoothd_no_timer_runs)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_ADAPTER, .fd = -1 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	strcpy(e.path, "/org/bluez/hci0");
	tandem_world_event(&w, &e);
	e.kind = TANDEM_EVENT_REGISTERED;
	strcpy(e.error, "org.bluez.Error.Failed");
	tandem_world_event(&w, &e);
	tandem_world_pass_ms(&w, 5000); /* nobody waits for us any longer */
	ck_assert_int_eq(w.timer_ns, 0);
	e.kind = TANDEM_EVENT_BUS_UP;
	tandem_world_event(&w, &e);
	ck_assert_int_gt(w.timer_ns, w.now_ns);
	tandem_world_finish(&w);
}
END_TEST

/* BlueZ never does so, as far as we know: then no two slots may play to one stream. */
START_TEST(a_transport_changes_its_device)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_TRANSPORT,
		.path = "/org/bluez/hci0/dev_2/fd2",
		.parent = "/org/bluez/hci0/dev_1",
		.config = { 0x11, 0x15, 2, 53 },
		.config_bytes = 4,
		.fd = -1 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_transport_gone(&w, 1, 1);
	tandem_world_event(&w, &e);
	ck_assert_uint_ne(w.roster->slots[0].life.transport, 0);
	ck_assert_uint_eq(w.roster->slots[1].life.transport, 0);
	tandem_world_finish(&w);
}
END_TEST

/* While Acquire was under way: given back, and said why. */
START_TEST(a_transport_loses_its_configuration)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_TRANSPORT,
		.path = "/org/bluez/hci0/dev_1/fd1",
		.parent = "/org/bluez/hci0/dev_1",
		.fd = -1 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_wanted(&w, true);
	tandem_world_event(&w, &e);
	tandem_world_said(&w);
	tandem_world_acquired(&w, 1, "");
	SAYS(&w, "release 1 fd1; expect 2; tell 0 releasing");
	tandem_world_released(&w, 1);
	SAYS(&w, "tell 0 configured");
	ck_assert_ptr_nonnull(strstr(w.roster->slots[0].life.message, "cannot encode"));
	tandem_world_finish(&w);
}
END_TEST

/* Asked for by name, and by the address on another adapter: it sits in the second slot. */
START_TEST(a_box_sits_in_one_slot)
{
	struct tandem_roster_config config = { .n_speakers = 2, .seed = 1 };
	struct world w;

	strcpy(config.wishes[0].name, "Box 1");
	strcpy(config.wishes[1].address, "00:00:00:00:00:01");
	strcpy(config.wishes[1].adapter, "00:00:00:00:01:07");
	tandem_world_start(&w, &config);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	ck_assert_str_eq(w.roster->slots[0].life.address, "");
	ck_assert_str_eq(w.roster->slots[1].life.address, "00:00:00:00:00:01");
	tandem_world_finish(&w);
}
END_TEST

/* It plays on; nobody could be asked to leave. */
START_TEST(a_stream_without_its_device_is_not_renewed)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_TRANSPORT,
		.path = "/org/bluez/hci0/dev_1/fd1",
		.config = { 0x11, 0x15, 2, 53 },
		.config_bytes = 4,
		.fd = -1 };
	struct tandem_settings s;
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_event(&w, &e);
	tandem_world_said(&w);
	tandem_world_settings(&w, &s);
	s.speakers[0].sbc_mode = TANDEM_SBC_MONO;
	snprintf(s.speakers[0].adapter, sizeof(s.speakers[0].adapter), "00:00:00:00:01:00");
	tandem_world_set_settings(&w, &s);
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "disconnect"));
	tandem_world_finish(&w);
}
END_TEST

/* It is given up all the same; _i: it streams. */
START_TEST(a_stream_without_its_device_is_left_to_the_desktop)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_TRANSPORT,
		.path = "/org/bluez/hci0/dev_1/fd1",
		.config = { 0x11, 0x15, 2, 53 },
		.config_bytes = 4,
		.state = _i ? TANDEM_TRANSPORT_ACTIVE : TANDEM_TRANSPORT_IDLE,
		.fd = -1 };
	struct tandem_settings s;
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	if (_i) {
		tandem_world_stream_both(&w);
	} else {
		tandem_world_configure_both(&w);
	}
	tandem_world_event(&w, &e);
	tandem_world_said(&w);
	tandem_world_settings(&w, &s);
	s.speakers[0].release = true;
	tandem_world_set_settings(&w, &s);
	if (_i) {
		SAYS(&w, "detach 0; release 1 fd1; tell 0 releasing");
		tandem_world_released(&w, 1);
	}
	ck_assert_ptr_null(strstr(tandem_world_said(&w), "disconnect"));
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_KNOWN);
	tandem_world_finish(&w);
}
END_TEST

/* As after a crash: neither registered nor connected anew, and not taken for borrowed. */
START_TEST(what_was_kept_is_ours)
{
	const struct tandem_event up = { .kind = TANDEM_EVENT_BUS_UP, .fd = -1 };
	struct tandem_event host = { .kind = TANDEM_EVENT_KEPT_HOST,
		.path = "/org/bluez/hci0",
		.on = _i,
		.fd = -1 };
	struct tandem_event kept = { .kind = TANDEM_EVENT_KEPT,
		.parent = "/org/bluez/hci0",
		.endpoint = 1,
		.fd = -1 };
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_adapter(&w, 0, TANDEM_POWERED | TANDEM_SOURCES);
	for (int n = 1; n <= 2; n++) {
		tandem_world_device(&w, n, TANDEM_CONNECTED, "audio-card");
		tandem_world_transport(&w, n, n, TANDEM_TRANSPORT_IDLE, 0);
	}
	tandem_world_event(&w, &host);
	strcpy(kept.path, "/org/bluez/hci0/dev_1/fd1");
	tandem_world_event(&w, &kept);
	strcpy(kept.path, "/org/bluez/hci0/dev_2/fd3"); /* has gone meanwhile */
	tandem_world_event(&w, &kept);
	tandem_world_event(&w, &up);
	tandem_world_said(&w);
	ck_assert_uint_eq(w.ready, 1);
	ck_assert_int_eq(w.roster->book.adapters[0].late, _i);
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_CONFIGURED);
	tandem_world_wanted(&w, true);
	SAYS(&w, "acquire 1 fd1; expect 1; tell 0 acquiring");
	/* Its endpoint is taken. */
	tandem_world_sep(&w, 2, 53);
	tandem_world_transport_gone(&w, 2, 2);
	tandem_world_said(&w);
	tandem_world_select(&w, 7, 1, 53);
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w), "refuse 7"));
	tandem_world_finish(&w);
}
END_TEST

/* Not odd: an adapter that is able to tells when packets have gone out. */
START_TEST(stamps_are_the_adapters)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_configure_both(&w);
	tandem_world_adapter(&w, 0, TANDEM_POWERED | (_i ? TANDEM_STAMPS : 0));
	tandem_world_wanted(&w, true);
	tandem_world_acquired(&w, 1, "");
	ck_assert_ptr_nonnull(strstr(tandem_world_said(&w),
			_i ? "attach 0 101 stamps;" : "attach 0 101;"));
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster-odd");
	TCase *const c = tcase_create("odd");

	tcase_add_test(c, without_bluetoothd_no_timer_runs);
	tcase_add_test(c, a_transport_changes_its_device);
	tcase_add_test(c, a_transport_loses_its_configuration);
	tcase_add_test(c, a_box_sits_in_one_slot);
	tcase_add_test(c, a_stream_without_its_device_is_not_renewed);
	tcase_add_loop_test(c, a_stream_without_its_device_is_left_to_the_desktop, 0, 2);
	tcase_add_loop_test(c, what_was_kept_is_ours, 0, 2);
	tcase_add_loop_test(c, stamps_are_the_adapters, 0, 2);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

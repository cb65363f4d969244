/* SPDX-License-Identifier: MIT
 *
 * Every trouble with Bluetooth is told in its own sentence, by the group or by the speaker
 * it befalls, and is over without a restart when its cause is gone.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

static void bus_up(struct world *w)
{
	const struct tandem_event up = { .kind = TANDEM_EVENT_BUS_UP, .fd = -1 };

	tandem_world_event(w, &up);
}

START_TEST(bluetoothd_away_is_told_at_once)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_wanted(&w, false);
	HEARS(w.group, TANDEM_SAY_STARTS);
	ck_assert(!w.group.trouble);
	tandem_world_up(&w);
	HEARS_WELL(w.group);
	tandem_world_down(&w);
	ck_assert_str_eq(w.group.text, "it is gone"); /* the bus's own words */
	ck_assert_str_eq(w.speakers[0].text, "it is gone");
	ck_assert(w.group.trouble);
	ck_assert(!w.speakers[0].trouble); /* not again for each speaker */
	tandem_world_up(&w);
	HEARS_WELL(w.group);
	ck_assert(!w.group.trouble);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(adapters_missing_or_off)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	bus_up(&w);
	tandem_world_pass_ms(&w, 999);
	HEARS_WELL(w.group); /* it may just have started */
	tandem_world_pass_ms(&w, 1);
	HEARS(w.group, TANDEM_SAY_NO_ADAPTER);
	HEARS(w.speakers[1], TANDEM_SAY_NO_ADAPTER);
	ck_assert(w.group.trouble);
	tandem_world_adapter(&w, 1, 0);
	tandem_world_pass_ms(&w, 1000);
	HEARS(w.group, TANDEM_SAY_ADAPTER_OFF, "hci1");
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	HEARS_WELL(w.group);
	tandem_world_adapter(&w, 1, 0); /* for a moment only */
	tandem_world_pass_ms(&w, 900);
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	ck_assert_uint_eq(w.group.times, 3);
	tandem_world_adapter(&w, 0, 0); /* there is another one */
	tandem_world_pass_ms(&w, 5000);
	HEARS_WELL(w.group);
	tandem_world_finish(&w);
}
END_TEST

static const struct {
	const char *error, *detail;
	enum tandem_sentence which;
} register_cases[] = {
	{ "org.bluez.Error.InvalidArguments", "Invalid arguments in method call",
			TANDEM_SAY_ENDPOINTS_REFUSED },
	{ "org.bluez.Error.NotSupported", "Operation is not supported",
			TANDEM_SAY_NO_A2DP },
	{ "org.freedesktop.DBus.Error.UnknownMethod", "no Media1", TANDEM_SAY_NO_A2DP },
	{ "org.freedesktop.DBus.Error.UnknownObject", "", TANDEM_SAY_NO_A2DP },
	{ "org.bluez.Error.Failed", "No object received", TANDEM_SAY_ENDPOINTS_EMPTY },
	{ "org.freedesktop.DBus.Error.AccessDenied", "rejected", TANDEM_SAY_POLICY },
	{ "org.freedesktop.DBus.Error.NoReply", "", TANDEM_SAY_REGISTER_SILENT },
	{ "org.bluez.Error.Failed", "odd", TANDEM_SAY_REGISTER_FAILED },
};

START_TEST(endpoints_refused)
{
	const char *const error = register_cases[_i].error;
	const char *const detail = register_cases[_i].detail;
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_adapter(&w, 0, TANDEM_POWERED);
	tandem_world_device(&w, 1, 0, "audio-card");
	bus_up(&w);
	for (int round = 0; round < 3; round++) {
		ck_assert(w.roster->book.adapters[0].registering);
		tandem_world_registered(&w, 0, error, detail);
		tandem_world_pass_ms(&w, round ? 0 : 1000);
		HEARS(w.group, register_cases[_i].which, "hci0",
				detail[0] ? detail : error);
		ck_assert_str_eq(w.speakers[0].text, w.group.text);
		ck_assert(w.group.trouble);
		tandem_world_pass_ms(&w, 11000);
	}
	ck_assert_uint_eq(w.group.times, 3); /* starts, is well, and once this */
	tandem_world_said(&w);
	tandem_world_registered(&w, 0, "", "");
	HEARS_WELL(w.group);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

/* A radio that is another program's, or that of a speaker played on the same machine. */
START_TEST(one_adapter_refuses)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_adapter(&w, 1, TANDEM_POWERED);
	tandem_world_registered(&w, 1, register_cases[5].error, register_cases[5].detail);
	tandem_world_pass_ms(&w, 5000);
	HEARS_WELL(w.group);                          /* hci0 takes us */
	tandem_world_device(&w, 11, 0, "audio-card"); /* speaker 1, known to hci1 only */
	HEARS(w.speakers[0], TANDEM_SAY_POLICY, "hci1", "rejected");
	HEARS_WELL(w.group);
	tandem_world_adapter(&w, 0, 0);
	tandem_world_pass_ms(&w, 1000);
	HEARS(w.group, TANDEM_SAY_POLICY, "hci1", "rejected");
	ck_assert(w.group.trouble);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(nobody_has_come_yet)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_automatic);
	tandem_world_up(&w);
	HEARS(w.group, TANDEM_SAY_WAITS_FOR_ONE);
	HEARS(w.speakers[0], TANDEM_SAY_WAITS_FOR_ONE);
	ck_assert(!w.group.trouble && !w.speakers[0].trouble);
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	HEARS_WELL(w.group);
	tandem_world_device(&w, 1, 0, "audio-card");
	HEARS(w.group, TANDEM_SAY_WAITS_FOR_ONE);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(not_paired_is_connected_when_it_is)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	HEARS(w.speakers[0], TANDEM_SAY_NOT_PAIRED);
	ck_assert(w.speakers[0].trouble);
	HEARS_WELL(w.group);
	tandem_world_said(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	SAYS(&w, "connect 1; tell 0 connecting");
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

/* Bluetooth is switched off after long trouble: on again, there is no waiting left. */
START_TEST(its_adapter_is_off)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	for (int i = 0; i < 8; i++) {
		tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
		tandem_world_pass_ms(&w, i < 7 ? 80000 : 0);
	}
	tandem_world_said(&w);
	tandem_world_adapter(&w, 0, 0);
	SAYS(&w, "tell 0 known");
	HEARS(w.speakers[0], TANDEM_SAY_ADAPTER_OFF, "hci0");
	tandem_world_pass_ms(&w, 100000);
	SAYS(&w, "");
	tandem_world_adapter(&w, 0, TANDEM_POWERED);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 2500); /* the count is new as well */
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_finish(&w);
}
END_TEST

START_TEST(switched_off_while_it_plays)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_stream_both(&w);
	for (int n = 1; n <= 2; n++) {
		tandem_world_clear(&w, n, n);
		tandem_world_device(&w, n, 0, "audio-card");
	}
	tandem_world_adapter(&w, 0, 0);
	tandem_world_connected(&w, 1, "org.bluez.Error.NotReady");
	for (uint32_t i = 0; i < 2; i++) {
		ck_assert_int_eq(w.roster->slots[i].life.state, TANDEM_SPEAKER_KNOWN);
		HEARS(w.speakers[i], TANDEM_SAY_ADAPTER_OFF, "hci0");
	}
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 2000);
	tandem_world_adapter(&w, 0, TANDEM_POWERED);
	SAYS(&w, "connect 1; tell 0 connecting; tell 1 known");
	tandem_world_finish(&w);
}
END_TEST

static const struct {
	const char *error, *detail;
	enum tandem_sentence which;
} connect_cases[] = {
	{ "org.bluez.Error.Failed", "br-connection-page-timeout", TANDEM_SAY_OUT_OF_RANGE },
	{ "org.bluez.Error.Failed", "Host is down (112)", TANDEM_SAY_OUT_OF_RANGE },
	{ "org.bluez.Error.Failed", "br-connection-refused", TANDEM_SAY_REFUSES },
	{ "org.bluez.Error.Failed", "Connection refused (111)", TANDEM_SAY_REFUSES },
	{ "org.bluez.Error.Failed", "br-connection-aborted-by-remote", TANDEM_SAY_REFUSES },
	{ "org.bluez.Error.Failed", "br-connection-key-missing", TANDEM_SAY_KEY_LOST },
	{ "org.bluez.Error.AuthenticationFailed", "Authentication Failed",
			TANDEM_SAY_KEY_LOST },
	{ "org.bluez.Error.NotReady", "Resource Not Ready", TANDEM_SAY_NOT_READY },
	{ "org.bluez.Error.Failed", "br-connection-adapter-not-powered",
			TANDEM_SAY_NOT_READY },
	{ "org.bluez.Error.InProgress", "In Progress", TANDEM_SAY_IN_PROGRESS },
	{ "org.bluez.Error.Failed", "br-connection-busy", TANDEM_SAY_IN_PROGRESS },
	{ "org.bluez.Error.NotAvailable", "br-connection-profile-unavailable",
			TANDEM_SAY_NO_SINK },
	{ "org.freedesktop.DBus.Error.NoReply", "", TANDEM_SAY_CONNECT_SILENT },
	{ "org.bluez.Error.Failed", "br-connection-unknown", TANDEM_SAY_CONNECT_FAILED },
	{ "org.bluez.Error.Strange", "", TANDEM_SAY_CONNECT_FAILED },
};

START_TEST(not_connected_and_why)
{
	const char *const error = connect_cases[_i].error;
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	w.detail = connect_cases[_i].detail;
	tandem_world_connected(&w, 1, error);
	HEARS(w.speakers[0], connect_cases[_i].which, w.detail[0] ? w.detail : error);
	ck_assert(w.speakers[0].trouble);
	ck_assert_int_eq(w.roster->slots[0].life.state, TANDEM_SPEAKER_BACKING_OFF);
	tandem_world_said(&w);
	tandem_world_pass_ms(&w, 2500);
	SAYS(&w, "connect 1; tell 0 connecting");
	tandem_world_set(&w, 9, 0, 1, 1);
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

START_TEST(it_refuses_what_it_offered)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	for (uint32_t round = 0; round < 2; round++) {
		tandem_world_sep(&w, 1, 53);
		tandem_world_select(&w, round, 0, 53);
		w.detail = "Input/output error";
		tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
		HEARS(w.speakers[0], TANDEM_SAY_CONFIG_REFUSED,
				"SBC joint at 48 kHz, bitpool 51", "Input/output error");
		tandem_world_pass_ms(&w, 5000);
	}
	w.detail = "br-connection-page-timeout"; /* not the configuration's fault */
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	HEARS(w.speakers[0], TANDEM_SAY_OUT_OF_RANGE);
	tandem_world_finish(&w);
}
END_TEST

static void show_endpoint(struct world *w, uint8_t codec, const uint8_t *caps, uint32_t n)
{
	struct tandem_event e = { .kind = TANDEM_EVENT_ENDPOINT, .fd = -1 };

	strcpy(e.path, "/org/bluez/hci0/dev_1/sep1");
	strcpy(e.parent, "/org/bluez/hci0/dev_1");
	e.codec = codec;
	e.flags = TANDEM_SINK;
	memcpy(e.config, caps, n);
	e.config_bytes = n;
	tandem_world_event(w, &e);
}

static const struct {
	uint8_t codec, caps[5];
	uint32_t n;
	enum tandem_sentence which;
	const char *bytes;
} caps_cases[] = {
	{ 0x00, { 0xff, 0xff, 53, 2 }, 4, TANDEM_SAY_CAPS_MALFORMED, "ff ff 35 02" },
	{ 0x00, { 0xff, 0xff, 2 }, 3, TANDEM_SAY_CAPS_MALFORMED, "ff ff 02" },
	{ 0x00, { 0 }, 0, TANDEM_SAY_CAPS_MALFORMED, "nothing" },
	{ 0x00, { 0xcf, 0xff, 2, 53 }, 4, TANDEM_SAY_NOTHING_COMMON, "cf ff 02 35" },
	{ 0x02, { 0x80, 1, 2, 3, 4 }, 5, TANDEM_SAY_NO_SBC, "" },
};

START_TEST(it_offers_nothing_we_encode)
{
	struct world w;

	tandem_world_start(&w, &tandem_world_pair);
	tandem_world_up(&w);
	tandem_world_device(&w, 1, 0, "audio-card");
	tandem_world_device(&w, 1, TANDEM_CONNECTED, "audio-card");
	show_endpoint(&w, caps_cases[_i].codec, caps_cases[_i].caps, caps_cases[_i].n);
	w.detail = "br-connection-unknown";
	tandem_world_connected(&w, 1, "org.bluez.Error.Failed");
	HEARS(w.speakers[0], caps_cases[_i].which, caps_cases[_i].bytes);
	tandem_world_pass_ms(&w, 4000); /* or BlueZ says "done", and nothing comes of it */
	tandem_world_connected(&w, 1, "");
	tandem_world_pass_ms(&w, 1000);
	HEARS(w.speakers[0], caps_cases[_i].which, caps_cases[_i].bytes);
	tandem_world_sep(&w, 1, 53); /* its firmware was mended */
	tandem_world_set(&w, 9, 0, 1, 1);
	HEARS_WELL(w.speakers[0]);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("what the roster says");
	TCase *const c = tcase_create("say");

	tcase_add_test(c, bluetoothd_away_is_told_at_once);
	tcase_add_test(c, adapters_missing_or_off);
	tcase_add_loop_test(c, endpoints_refused, 0, TANDEM_ARRAY_LEN(register_cases));
	tcase_add_test(c, one_adapter_refuses);
	tcase_add_test(c, nobody_has_come_yet);
	tcase_add_test(c, not_paired_is_connected_when_it_is);
	tcase_add_test(c, its_adapter_is_off);
	tcase_add_test(c, switched_off_while_it_plays);
	tcase_add_loop_test(c, not_connected_and_why, 0, TANDEM_ARRAY_LEN(connect_cases));
	tcase_add_test(c, it_refuses_what_it_offered);
	tcase_add_loop_test(c, it_offers_nothing_we_encode, 0,
			TANDEM_ARRAY_LEN(caps_cases));
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

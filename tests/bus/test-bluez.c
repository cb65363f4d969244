/* SPDX-License-Identifier: MIT
 *
 * The simulated BlueZ keeps BlueZ's rules of the happy path: who is offered a stream, who
 * holds a transport, what is seen when somebody leaves. Sources: shared facts on
 * Bluetooth, section 1, and on coexistence, sections 1 and 3.
 */
#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source-client.h"
#include "stage.h"
#include "suite.h"

#define FAR_1 "/org/bluez/hci0/dev_00_AA_01_01_00_01"
#define FAR_2 "/org/bluez/hci0/dev_00_AA_01_02_00_02"
#define NEAR_1 "/org/bluez/hci1/dev_00_AA_01_00_00_00"
#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"
#define SOURCE_UUID "0000110a-0000-1000-8000-00805f9b34fb"

static const uint8_t joint_44[4] = { 0x21, 0x15, 2, 53 };
static struct tandem_stage stage;
static struct tandem_source source;

static GSubprocess *speaker(const char *adapter)
{
	const char *const argv[] = { g_getenv("TANDEM_SPEAKER"), "--adapter", adapter,
		NULL };

	return tandem_stage_spawn(argv);
}

static void set_up(void)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), "--page-timeout=50",
		"--mtu=895", "--name=hci1=Kitchen", "--icon=hci2=audio-headset",
		"--feature=tx-timestamping", NULL };

	tandem_stage_start(&stage, bluez);
	tandem_source_init(&source, stage.connection, joint_44);
}

static void tear_down(void)
{
	tandem_source_finish(&source);
	tandem_stage_stop(&stage);
}

/* Returns the name of the error, "" when there was none; release with g_free(). */
static char *device_call(const char *path, const char *method, const char *uuid)
{
	return tandem_source_try(&source, path, "org.bluez.Device1", method,
			uuid != NULL ? g_variant_new("(s)", uuid) : NULL);
}

static void connect_speaker(const char *path)
{
	g_autofree char *error = device_call(path, "ConnectProfile", SINK_UUID);

	ck_assert_str_eq(error, "");
}

static char *text_of(const char *path, const char *interface, const char *name)
{
	g_autoptr(GVariant) value = tandem_source_get(&source, path, interface, name);

	return value != NULL ? g_variant_dup_string(value, NULL) : g_strdup("");
}

static bool is_connected(const char *path)
{
	g_autoptr(GVariant) value =
			tandem_source_get(&source, path, "org.bluez.Device1", "Connected");

	ck_assert_ptr_nonnull(value);
	return g_variant_get_boolean(value);
}

static void assert_state(uint32_t slot, const char *state)
{
	g_autofree char *is = text_of(source.slots[slot].transport,
			"org.bluez.MediaTransport1", "State");

	ck_assert_str_eq(is, state);
}

START_TEST(radios_are_as_asked)
{
	g_autofree char *address =
			text_of("/org/bluez/hci2", "org.bluez.Adapter1", "Address");
	g_autofree char *name = text_of(FAR_1, "org.bluez.Device1", "Name");
	g_autofree char *icon = text_of(FAR_2, "org.bluez.Device1", "Icon");
	g_autoptr(GVariant) uuids = tandem_source_get(&source, "/org/bluez/hci0",
			"org.bluez.Adapter1", "UUIDs");
	g_autoptr(GVariant) features = tandem_source_get(&source, "/org/bluez/hci0",
			"org.bluez.Media1", "SupportedFeatures");
	g_autofree char *uuid = g_variant_print(uuids, FALSE);
	g_autofree char *feature = g_variant_print(features, FALSE);

	ck_assert_str_eq(address, "00:AA:01:02:00:02");
	ck_assert_str_eq(name, "Kitchen");
	ck_assert_str_eq(icon, "audio-headset");
	ck_assert_str_eq(uuid, "['" SOURCE_UUID "']");
	ck_assert_str_eq(feature, "['tx-timestamping']");
	ck_assert(!is_connected(FAR_1));
}
END_TEST

START_TEST(a_silent_radio_times_out)
{
	g_autofree char *error = device_call(FAR_1, "ConnectProfile", SINK_UUID);

	ck_assert_str_eq(error, "org.bluez.Error.Failed");
	ck_assert(!is_connected(FAR_1));
	ck_assert_uint_eq(source.slots[0].selected, 0);
}
END_TEST

START_TEST(two_speakers_take_two_slots_in_order)
{
	GSubprocess *const one = speaker("hci1");
	GSubprocess *const two = speaker("hci2");

	connect_speaker(FAR_1);
	connect_speaker(FAR_2);
	ck_assert_ptr_nonnull(source.slots[0].transport);
	ck_assert_ptr_nonnull(source.slots[1].transport);
	ck_assert(g_str_has_prefix(source.slots[0].transport, FAR_1 "/sep"));
	ck_assert(g_str_has_prefix(source.slots[1].transport, FAR_2 "/sep"));
	/* a busy endpoint is not even asked */
	ck_assert_uint_eq(source.slots[0].selected, 1);
	ck_assert_uint_eq(source.slots[1].selected, 1);
	g_free(tandem_stage_end(one));
	g_free(tandem_stage_end(two));
}
END_TEST

START_TEST(an_error_passes_the_offer_on)
{
	GSubprocess *const one = speaker("hci1");

	source.slots[0].refuse = true;
	connect_speaker(FAR_1);
	ck_assert_uint_eq(source.slots[0].selected, 1);
	ck_assert_ptr_null(source.slots[0].transport);
	ck_assert_ptr_nonnull(source.slots[1].transport);

	g_autofree char *again = device_call(FAR_1, "ConnectProfile", SINK_UUID);
	ck_assert_str_eq(again, "org.bluez.Error.AlreadyConnected");
	g_free(tandem_stage_end(one));
}
END_TEST

START_TEST(nobody_wants_it)
{
	GSubprocess *const one = speaker("hci1");

	source.slots[0].refuse = true;
	source.slots[1].refuse = true;
	g_autofree char *error = device_call(FAR_1, "ConnectProfile", SINK_UUID);

	ck_assert_str_eq(error, "org.bluez.Error.Failed");
	ck_assert(!is_connected(FAR_1));
	g_free(tandem_stage_end(one));
}
END_TEST

START_TEST(a_speaker_that_connects_itself_asks_nobody_here)
{
	GSubprocess *const one = speaker("hci1");
	g_autofree char *error = device_call(NEAR_1, "ConnectProfile", SOURCE_UUID);

	ck_assert_str_eq(error, "");
	ck_assert(is_connected(FAR_1));
	ck_assert_ptr_nonnull(source.slots[0].transport);
	ck_assert_uint_eq(source.slots[0].selected, 0);
	g_free(tandem_stage_end(one));
}
END_TEST

START_TEST(one_attempt_at_a_time)
{
	/* the first reply comes later than the second's refusal: a page takes 50 ms */
	g_dbus_connection_call(stage.connection, "org.bluez", FAR_1, "org.bluez.Device1",
			"ConnectProfile", g_variant_new("(s)", SINK_UUID), NULL,
			G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
	g_autofree char *error = device_call(FAR_2, "ConnectProfile", SINK_UUID);

	ck_assert_str_eq(error, "org.bluez.Error.InProgress");
}
END_TEST

START_TEST(a_transport_has_one_holder_until_released)
{
	GSubprocess *const one = speaker("hci1");
	uint16_t mtu = 0;

	connect_speaker(FAR_1);
	assert_state(0, "idle");

	const int fd = tandem_source_acquire(&source, 0, &mtu);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(mtu, 895);
	assert_state(0, "active");
	ck_assert_int_lt(tandem_source_acquire(&source, 0, &mtu), 0);

	g_autoptr(GVariant) reply = tandem_source_call(&source, source.slots[0].transport,
			"org.bluez.MediaTransport1", "Release", NULL, NULL);
	ck_assert_ptr_nonnull(reply);
	assert_state(0, "idle");
	/* a suspended stream swallows what is written */
	ck_assert_int_eq(send(fd, "x", 1, MSG_NOSIGNAL), 1);
	close(fd);

	const int again = tandem_source_acquire(&source, 0, &mtu);
	ck_assert_int_ge(again, 0);
	close(again);
	g_free(tandem_stage_end(one));
}
END_TEST

START_TEST(disconnect_hangs_up)
{
	GSubprocess *const one = speaker("hci1");
	uint16_t mtu = 0;

	connect_speaker(FAR_1);

	struct pollfd end = { tandem_source_acquire(&source, 0, &mtu), POLLIN, 0 };
	g_autofree char *error = device_call(FAR_1, "Disconnect", NULL);

	ck_assert_str_eq(error, "");
	ck_assert_int_eq(poll(&end, 1, 5000), 1);
	ck_assert(end.revents & POLLHUP);
	ck_assert(!is_connected(FAR_1));
	while (source.slots[0].cleared == 0)
		g_main_context_iteration(NULL, TRUE);
	ck_assert_ptr_null(source.slots[0].transport);
	close(end.fd);
	connect_speaker(FAR_1);
	g_free(tandem_stage_end(one));
}
END_TEST

START_TEST(a_speaker_that_dies_is_switched_off)
{
	GSubprocess *const one = speaker("hci1");

	connect_speaker(FAR_1);
	g_free(tandem_stage_end(one));
	while (source.slots[0].cleared == 0)
		g_main_context_iteration(NULL, TRUE);
	ck_assert(!is_connected(FAR_1));
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("bluez");
	TCase *const all = tcase_create("happy path");

	tcase_add_checked_fixture(all, set_up, tear_down);
	tcase_add_test(all, radios_are_as_asked);
	tcase_add_test(all, a_silent_radio_times_out);
	tcase_add_test(all, two_speakers_take_two_slots_in_order);
	tcase_add_test(all, an_error_passes_the_offer_on);
	tcase_add_test(all, nobody_wants_it);
	tcase_add_test(all, a_speaker_that_connects_itself_asks_nobody_here);
	tcase_add_test(all, one_attempt_at_a_time);
	tcase_add_test(all, a_transport_has_one_holder_until_released);
	tcase_add_test(all, disconnect_hangs_up);
	tcase_add_test(all, a_speaker_that_dies_is_switched_off);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}

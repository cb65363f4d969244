/* SPDX-License-Identifier: MIT
 *
 * Adapters without power or pulled out, speakers that are taken, break off, refuse or offer
 * odd things, streams configured anew and by hand: what a plain client of the simulated
 * BlueZ sees. Sources: shared facts on Bluetooth, 1.2 to 1.8.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plain.h"
#include "suite.h"

static struct plain p;

static void set_up(void)
{
	tandem_plain_start(&p);
}

static void tear_down(void)
{
	tandem_plain_stop(&p);
}

START_TEST(without_power_nothing_connects)
{
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_fault(&p, "Power('hci0', false)");
	tandem_plain_expect_connected(&p, FAR_1, false);
	tandem_plain_wait(&p, "'Powered': <false>");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "org.bluez.Error.NotReady");
	tandem_plain_fault(&p, "Power('hci0', true)");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1),
			""); /* endpoints have stayed */
	tandem_plain_fault(&p, "Power('hci1', false)");
	tandem_plain_expect_connected(&p, FAR_1, false);
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), FAILED);
}
END_TEST

START_TEST(an_adapter_is_pulled_out)
{
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_fault(&p, "Plug('hci0', false)");
	tandem_plain_wait(&p, "InterfacesRemoved / ('" HOST "', ['org.bluez.Adapter1'])");
	ck_assert(tandem_plain_seen(&p,
			"InterfacesRemoved / ('" FAR_2 "', ['org.bluez.Device1'])"));
	ck_assert_uint_ge(p.source.slots[1].cleared, 1); /* Release */
	tandem_plain_expect_shown(&p, HOST, "org.bluez.Adapter1", "Powered", "none");
	tandem_plain_fault(&p, "Plug('hci0', true)");
	tandem_plain_wait(&p, "InterfacesAdded / ('" FAR_2 "'");
	tandem_plain_expect_shown(&p, HOST, "org.bluez.Adapter1", "Powered", "true");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1),
			FAILED); /* nobody has registered again */
	tandem_plain_expect(tandem_plain_register(&p), "");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
}
END_TEST

START_TEST(another_phone_takes_the_speaker)
{
	uint16_t mtu;
	int fd;

	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	fd = tandem_source_acquire(&p.source, 0, &mtu);
	ck_assert_int_ge(fd, 0);
	tandem_plain_fault(&p, "Take('" FAR_1 "')");
	tandem_plain_wait(&p, "'State': <'idle'>");
	ck_assert_int_eq(send(fd, "x", 1, MSG_NOSIGNAL), 1);
	close(fd);
	tandem_plain_expect(tandem_plain_acquire(&p, 0), FAILED);
	tandem_plain_fault(&p, "GiveBack('" FAR_1 "')");
	tandem_plain_expect(tandem_plain_acquire(&p, 0), "");
}
END_TEST

START_TEST(a_link_breaks)
{
	struct pollfd end = { -1, POLLIN, 0 };
	uint16_t mtu;

	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	end.fd = tandem_source_acquire(&p.source, 0, &mtu);
	tandem_plain_fault(&p, "Drop('" FAR_1 "', 'org.bluez.Reason.Timeout')");
	ck_assert_int_eq(poll(&end, 1, 5000), 1);
	ck_assert(end.revents & POLLHUP);
	tandem_plain_wait(&p, "Disconnected " FAR_1 " ('org.bluez.Reason.Timeout'");
	tandem_plain_expect_connected(&p, FAR_1, false);
	close(end.fd);
}
END_TEST

START_TEST(a_speaker_is_unpaired)
{
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_fault(&p, "Forget('" FAR_1 "')");
	tandem_plain_wait(&p, "InterfacesRemoved / ('" FAR_1 "', ['org.bluez.Device1'])");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1),
			"org.freedesktop.DBus.Error.UnknownObject");
	tandem_plain_fault(&p, "Pair('" FAR_1 "')");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
}
END_TEST

START_TEST(a_speaker_refuses_the_configuration)
{
	tandem_plain_fault(&p, "Fail('AVDTP.SetConfiguration', '" FAR_1
			       "', 'Failed', 'br-connection-create-socket', 1)");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), FAILED);
	ck_assert_uint_eq(p.source.slots[0].selected, 1);
	ck_assert_ptr_null(p.source.slots[0].transport);
	tandem_plain_expect_connected(&p, FAR_1, false);
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
}
END_TEST

START_TEST(a_speaker_offers_something_odd)
{
	tandem_plain_fault(&p, "Capabilities('" FAR_1 "', 0, [0x3f, 0xff])");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_expect_shown(&p, FAR_1 "/sep1", "org.bluez.MediaEndpoint1",
			"Capabilities", "[byte 0x3f, 0xff]");
	tandem_plain_fault(&p, "Capabilities('" FAR_2
			       "', 255, [0x2d, 1, 0, 0, 0xaa, 0, 0x3c, 7])");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_2),
			FAILED); /* nobody here speaks LDAC */
}
END_TEST

/* Returns the transport's path before and after. */
static void configure_again(char **ret_before)
{
	*ret_before = g_strdup(p.source.slots[0].transport);
	tandem_plain_fault(&p, "Again('" FAR_1 "')");
	while (p.source.slots[0].transport == NULL || p.source.slots[0].cleared == 0)
		g_main_context_iteration(NULL, TRUE);
	ck_assert_uint_eq(p.source.slots[0].selected, 1); /* the speaker's own choice */
}

START_TEST(a_path_is_new_with_each_stream)
{
	g_autofree char *before = NULL;

	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	configure_again(&before);
	ck_assert_str_ne(p.source.slots[0].transport, before);
}
END_TEST

START_TEST(a_path_is_used_again)
{
	g_autofree char *before = NULL;

	tandem_plain_fault(&p, "Habit('reuse-paths', true)");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	configure_again(&before);
	ck_assert_str_eq(p.source.slots[0].transport, before);
	tandem_plain_expect(tandem_plain_acquire(&p, 0), "");
}
END_TEST

static char *choose(struct tandem_source *s, const char *sep, const char *endpoint)
{
	GVariantBuilder props;

	g_variant_builder_init(&props, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(&props, "{sv}", "Capabilities",
			g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, tandem_plain_config,
					4, 1));
	return tandem_source_try(s, sep, "org.bluez.MediaEndpoint1", "SetConfiguration",
			g_variant_new("(oa{sv})", endpoint, &props));
}

START_TEST(a_remote_endpoint_is_chosen_by_hand)
{
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_expect(choose(&p.source, FAR_1 "/sep1", "/test/nowhere"),
			"org.bluez.Error.InvalidArguments");
	tandem_plain_expect(choose(&p.source, FAR_1 "/sep1", "/test/source/sbc1"), "");
	ck_assert_uint_eq(p.source.slots[0].cleared, 1);
	ck_assert_ptr_null(p.source.slots[0].transport);
	ck_assert_ptr_nonnull(p.source.slots[1].transport);
	tandem_plain_fault(&p, "Capabilities('" FAR_1
			       "', 255, [0x2d, 1, 0, 0, 0xaa, 0, 0x3c, 7])");
	tandem_plain_expect(choose(&p.source, FAR_1 "/sep1", "/test/source/sbc1"),
			"org.bluez.Error.InvalidArguments");
}
END_TEST

START_TEST(a_foreign_stream_forbids_it)
{
	g_autoptr(GDBusConnection) c = g_dbus_connection_new_for_address_sync(
			g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
	struct tandem_source other;

	tandem_source_init(&other, c, tandem_plain_config);
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1),
			""); /* ours: registered first */
	tandem_plain_expect(choose(&other, FAR_1 "/sep1", "/test/source/sbc0"), FAILED);
	tandem_plain_expect(tandem_plain_connect(&p, FAR_2), "");
	ck_assert_ptr_nonnull(p.source.slots[1].transport);
	/* the stream to the one forbids the other's client that to the other */
	p.source.slots[1].refuse = true;
	tandem_plain_expect(tandem_source_try(&p.source, FAR_2, "org.bluez.Device1",
					    "DisconnectProfile",
					    g_variant_new("(s)", SINK_UUID)),
			"");
	tandem_plain_expect(choose(&other, FAR_2 "/sep1", "/test/source/sbc0"), FAILED);
	tandem_plain_fault(&p, "Habit('own-device-only', true)");
	tandem_plain_expect(choose(&other, FAR_2 "/sep1", "/test/source/sbc0"), "");
	tandem_plain_expect(choose(&other, FAR_1 "/sep1", "/test/source/sbc1"), FAILED);
	tandem_source_finish(&other);
}
END_TEST

START_TEST(two_adapters_know_the_same_speaker)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), "--hosts=2", NULL };
	struct tandem_stage two = { 0 };
	struct tandem_source s;

	tandem_stage_start(&two, bluez);
	tandem_source_init(&s, two.connection, tandem_plain_config);
	for (int i = 0; i < 2; i++) {
		g_autofree char *path =
				g_strdup_printf("/org/bluez/hci%d/dev_00_AA_01_02_00_02",
						i);
		g_autoptr(GVariant) address =
				tandem_source_get(&s, path, "org.bluez.Device1", "Address");

		ck_assert_ptr_nonnull(address);
		ck_assert_str_eq(g_variant_get_string(address, NULL), "00:AA:01:02:00:02");
	}
	tandem_source_finish(&s);
	tandem_stage_stop(&two);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("bluez-air");
	TCase *const all = tcase_create("radio");
	TCase *const alone = tcase_create("hosts");

	tcase_add_checked_fixture(all, set_up, tear_down);
	tcase_add_test(all, without_power_nothing_connects);
	tcase_add_test(all, an_adapter_is_pulled_out);
	tcase_add_test(all, another_phone_takes_the_speaker);
	tcase_add_test(all, a_link_breaks);
	tcase_add_test(all, a_speaker_is_unpaired);
	tcase_add_test(all, a_speaker_refuses_the_configuration);
	tcase_add_test(all, a_speaker_offers_something_odd);
	tcase_add_test(all, a_path_is_new_with_each_stream);
	tcase_add_test(all, a_path_is_used_again);
	tcase_add_test(all, a_remote_endpoint_is_chosen_by_hand);
	tcase_add_test(all, a_foreign_stream_forbids_it);
	suite_add_tcase(suite, all);
	tcase_add_test(alone, two_adapters_know_the_same_speaker);
	suite_add_tcase(suite, alone);
	return tandem_suite_run(suite);
}

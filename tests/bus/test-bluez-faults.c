/* SPDX-License-Identifier: MIT
 *
 * Calls that are refused, late or never answered, signals that are late or lost, properties
 * that are wrong: the simulated BlueZ does to a plain client what it is told to, with the
 * errors of shared facts on Bluetooth, 1.1, 1.6 and 1.7.
 */
#include <stdlib.h>
#include <string.h>

#include "faults.h"
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

START_TEST(each_fault_has_a_sentence)
{
	g_autoptr(GDBusNodeInfo) table = tandem_fault_table(p.stage.connection);
	const GDBusInterfaceInfo *const faults =
			g_dbus_node_info_lookup_interface(table, SIM_FAULTS_INTERFACE);
	int n = 0;

	ck_assert_ptr_nonnull(faults);
	for (; faults->methods[n] != NULL; n++) {
		const char *const sentence = g_dbus_annotation_info_lookup(
				faults->methods[n]->annotations, "org.gtk.GDBus.DocString");

		ck_assert_ptr_nonnull(sentence);
		ck_assert_int_eq(sentence[strlen(sentence) - 1], '.');
	}
	ck_assert_int_ge(n, 18);
}
END_TEST

/* facts 1.1, 1.6, 1.7: what each call may be answered with */
static const struct refusal {
	const char *subject;
	const char *error;
	const char *message;
} refusals[] = {
	{ "Media1.RegisterApplication", "AlreadyExists", "Already Exists" },
	{ "Media1.RegisterApplication", "InvalidArguments",
			"Invalid arguments in method call" },
	{ "Media1.RegisterApplication", "NotSupported", "Operation is not supported" },
	{ "Media1.RegisterApplication", "Failed", "No object received" },
	{ "Device1.ConnectProfile", "Failed", "br-connection-page-timeout" },
	{ "Device1.ConnectProfile", "Failed", "br-connection-refused" },
	{ "Device1.ConnectProfile", "InProgress", "br-connection-busy" },
	{ "Device1.ConnectProfile", "NotReady", "br-connection-adapter-not-powered" },
	{ "Device1.ConnectProfile", "AlreadyConnected", "Already Connected" },
	{ "Device1.ConnectProfile", "NotAvailable", "br-connection-profile-unavailable" },
	{ "Device1", "org.freedesktop.DBus.Error.NoReply", "gone" },
};

START_TEST(a_call_is_refused_so_many_times)
{
	const struct refusal *const r = &refusals[_i];
	const bool media = g_str_has_prefix(r->subject, "Media1");
	g_autofree char *text = g_strdup_printf("Fail('%s', '', '%s', '%s', 2)", r->subject,
			r->error, r->message);
	g_autofree char *whole = g_strdup_printf("org.bluez.Error.%s", r->error);
	const char *const expected = strchr(r->error, '.') != NULL ? r->error : whole;

	tandem_plain_fault(&p, text);
	for (int i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *name = NULL;
		g_autoptr(GVariant) reply = tandem_source_call(&p.source,
				media ? HOST : FAR_1,
				media ? "org.bluez.Media1" : "org.bluez.Device1",
				media ? "RegisterApplication" : "ConnectProfile",
				media ? g_variant_new("(oa{sv})", "/test/empty", NULL)
				      : g_variant_new("(s)", SINK_UUID),
				&error);

		if (i == 2) { /* the truth again: nothing at /test/empty, a stream */
			ck_assert((reply == NULL) == media);
			break;
		}
		ck_assert_ptr_null(reply);
		name = g_dbus_error_get_remote_error(error);
		ck_assert_str_eq(name, expected);
		ck_assert_ptr_nonnull(strstr(error->message, r->message));
		ck_assert(media || p.source.slots[0].transport == NULL);
	}
}
END_TEST

START_TEST(a_refusal_is_for_one_path_until_cleared)
{
	tandem_plain_fault(&p,
			"Fail('Device1.ConnectProfile', '" FAR_1 "', 'Failed', 'no', 0)");
	for (int i = 0; i < 3; i++)
		tandem_plain_expect(tandem_plain_connect(&p, FAR_1), FAILED);
	tandem_plain_expect(tandem_plain_connect(&p, FAR_2), "");
	tandem_plain_fault(&p, "Clear()");
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
}
END_TEST

START_TEST(the_same_application_registers_once)
{
	tandem_plain_expect(tandem_plain_register(&p), "org.bluez.Error.AlreadyExists");
}
END_TEST

static void announce(const char *signal, GVariant *args)
{
	ck_assert(g_dbus_connection_emit_signal(p.stage.connection, NULL, "/test/source",
			"org.freedesktop.DBus.ObjectManager", signal, args, NULL));
}

/* BlueZ 5.67 and later */
START_TEST(endpoints_come_and_go_later)
{
	static const char *const gone[] = { "org.bluez.MediaEndpoint1", NULL };
	GVariantBuilder props;
	GVariantBuilder faces;

	announce("InterfacesRemoved",
			g_variant_new("(o^as)", p.source.slots[0].path, gone));
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	ck_assert_ptr_null(p.source.slots[0].transport);
	ck_assert_ptr_nonnull(p.source.slots[1].transport);
	g_variant_builder_init(&props, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(&props, "{sv}", "UUID",
			g_variant_new_string("0000110a-0000-1000-8000-00805f9b34fb"));
	g_variant_builder_add(&props, "{sv}", "Codec", g_variant_new_byte(0));
	g_variant_builder_add(&props, "{sv}", "Capabilities",
			g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, tandem_plain_config,
					4, 1));
	g_variant_builder_init(&faces, G_VARIANT_TYPE("a{sa{sv}}"));
	g_variant_builder_add(&faces, "{sa{sv}}", "org.bluez.MediaEndpoint1", &props);
	announce("InterfacesAdded",
			g_variant_new("(oa{sa{sv}})", p.source.slots[0].path, &faces));
	tandem_plain_expect(tandem_plain_connect(&p, FAR_2), "");
	ck_assert_ptr_nonnull(p.source.slots[0].transport);
}
END_TEST

START_TEST(an_answer_comes_late)
{
	gint64 begin_us;

	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_fault(&p, "Delay('MediaTransport1.Acquire', '" FAR_1 "', 300)");
	begin_us = g_get_monotonic_time();
	tandem_plain_expect(tandem_plain_acquire(&p, 0), "");
	ck_assert_int_ge(g_get_monotonic_time() - begin_us, 300 * 1000);
}
END_TEST

START_TEST(an_answer_never_comes)
{
	g_autoptr(GError) error = NULL;

	tandem_plain_fault(&p, "Mute('ObjectManager', '')");
	g_dbus_connection_call_sync(p.stage.connection, "org.bluez", "/",
			"org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
			NULL, G_DBUS_CALL_FLAGS_NONE, 300, NULL, &error);
	ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
	tandem_plain_fault(&p, "Clear()");
	tandem_plain_expect(tandem_source_try(&p.source, "/",
					    "org.freedesktop.DBus.ObjectManager",
					    "GetManagedObjects", NULL),
			"");
}
END_TEST

START_TEST(a_signal_comes_when_it_is_let)
{
	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	tandem_plain_fault(&p, "Hold('PropertiesChanged.State', '" FAR_1 "')");
	tandem_plain_expect(tandem_plain_acquire(&p, 0), "");
	tandem_plain_expect_shown(&p, p.source.slots[0].transport,
			"org.bluez.MediaTransport1", "State", "'active'");
	g_autofree char *active = g_strdup_printf("PropertiesChanged %s "
						  "('org.bluez.MediaTransport1', "
						  "{'State': <'active'>}",
			p.source.slots[0].transport);

	ck_assert(!tandem_plain_seen(&p, active));
	tandem_plain_fault(&p, "Let('PropertiesChanged.State', '" FAR_1 "')");
	tandem_plain_wait(&p, active);
}
END_TEST

START_TEST(a_signal_never_comes)
{
	g_autofree char *transport = NULL;
	g_autofree char *removed = NULL;

	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	transport = g_strdup(p.source.slots[0].transport);
	removed = g_strdup_printf("InterfacesRemoved / ('%s'", transport);
	tandem_plain_fault(&p, "Lose('InterfacesRemoved', '" FAR_1 "')");
	tandem_plain_expect(tandem_source_try(&p.source, FAR_1, "org.bluez.Device1",
					    "Disconnect", NULL),
			"");
	while (p.source.slots[0].cleared == 0)
		g_main_context_iteration(NULL, TRUE);
	tandem_plain_expect_shown(&p, transport, "org.bluez.MediaTransport1", "State",
			"none");
	tandem_plain_expect_connected(&p, FAR_1, false);
	ck_assert(!tandem_plain_seen(&p, removed));
}
END_TEST

START_TEST(a_property_is_told_otherwise)
{
	const char *transport;

	tandem_plain_expect(tandem_plain_connect(&p, FAR_1), "");
	transport = p.source.slots[0].transport;
	tandem_plain_fault(&p, "Lie('MediaTransport1.Delay', '" FAR_1 "', <'soon'>)");
	tandem_plain_wait(&p, "'Delay': <'soon'>");
	tandem_plain_expect_shown(&p, transport, "org.bluez.MediaTransport1", "Delay",
			"'soon'");
	tandem_plain_fault(&p, "Truth('MediaTransport1.Delay')");
	tandem_plain_wait(&p, "'Delay': <uint16 ");
	tandem_plain_fault(&p, "Hide('MediaTransport1.Delay', '')");
	tandem_plain_wait(&p, "{}, ['Delay']");
	tandem_plain_expect_shown(&p, transport, "org.bluez.MediaTransport1", "Delay",
			"none");
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("bluez-faults");
	TCase *const all = tcase_create("calls, signals, properties");

	tcase_add_checked_fixture(all, set_up, tear_down);
	tcase_add_test(all, each_fault_has_a_sentence);
	tcase_add_loop_test(all, a_call_is_refused_so_many_times, 0,
			G_N_ELEMENTS(refusals));
	tcase_add_test(all, a_refusal_is_for_one_path_until_cleared);
	tcase_add_test(all, the_same_application_registers_once);
	tcase_add_test(all, endpoints_come_and_go_later);
	tcase_add_test(all, an_answer_comes_late);
	tcase_add_test(all, an_answer_never_comes);
	tcase_add_test(all, a_signal_comes_when_it_is_let);
	tcase_add_test(all, a_signal_never_comes);
	tcase_add_test(all, a_property_is_told_otherwise);
	suite_add_tcase(suite, all);
	return tandem_suite_run(suite);
}

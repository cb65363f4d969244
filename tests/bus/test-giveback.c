/* SPDX-License-Identifier: MIT
 *
 * Tandem had both speakers on its own endpoints, and has ended; another source is there,
 * as a session manager is. They are connected anew, and it has their streams then. Source:
 * seen with BlueZ 5.82 and WirePlumber 0.5.8; shared facts on coexistence, section 3.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../tools/tandemctl/giveback.h"
#include "../../tools/tandemctl/service.h"
#include "bench.h"
#include "fault-client.h"
#include "source-client.h"
#include "suite.h"

#define FAR_1 "/org/bluez/hci0/dev_00_AA_01_01_00_01"
#define FAR_2 "/org/bluez/hci0/dev_00_AA_01_02_00_02"
#define SYSTEMD "org.freedesktop.systemd1"
#define LONG_MS 6000

static const uint8_t config[4] = { 0x11, 0x15, 2, 53 };
static const struct tandem_members both = { 2,
	{ "00:AA:01:01:00:01", "00:aa:01:02:00:02" } };
static struct bench b;
static struct tandem_source manager;
static GDBusConnection *connection;
static char heard[4 * TANDEM_SENTENCE_SIZE];
static int64_t took_ns;

static void start_manager(void)
{
	connection = g_dbus_connection_new_for_address_sync(
			g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
	tandem_source_init(&manager, connection, config);
}

static bool is_connecting(void)
{
	bool connecting = false;

	for (size_t i = 0; i < TANDEM_MAX_DEVICES; i++)
		connecting |= b.roster->book.devices[i].connecting;
	return connecting;
}

/* Both are configured on our endpoints; the manager comes later. */
static void start_tandem(void)
{
	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED) && !is_connecting());
	connection = NULL;
	heard[0] = '\0';
}

static void set_up(void)
{
	start_tandem();
	start_manager();
	tandem_bench_stop_bus(&b);
	ck_assert_ptr_null(manager.slots[0].transport);
}

static void tear_down(void)
{
	if (connection) {
		tandem_source_finish(&manager);
		g_object_unref(connection);
	}
	tandem_bench_stop_stage(&b);
}

static void on_said(void *data, const char *sentence)
{
	(void)data;
	g_strlcat(heard, sentence, sizeof(heard));
	g_strlcat(heard, "\n", sizeof(heard));
}

static bool finish(struct tandem_giveback *g)
{
	const int64_t begin_ns = tandem_bench_now_ns();
	bool all;

	ck_assert_ptr_nonnull(g);
	all = tandem_giveback_run(g, LONG_MS, on_said, NULL);
	tandem_giveback_free(g);
	took_ns = tandem_bench_now_ns() - begin_ns;
	return all;
}

static bool has(const char *device)
{
	const size_t length = strlen(device);

	for (int i = 0; i < TANDEM_SOURCE_SLOTS; i++) {
		const char *transport = manager.slots[i].transport;

		if (transport && strncmp(transport, device, length) == 0)
			return true;
	}
	return false;
}

static bool is_connected(const char *device)
{
	g_autoptr(GVariant) reply = g_dbus_connection_call_sync(b.stage.connection,
			"org.bluez", device, "org.freedesktop.DBus.Properties", "Get",
			g_variant_new("(ss)", "org.bluez.Device1", "Connected"),
			G_VARIANT_TYPE("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
	g_autoptr(GVariant) value = NULL;

	ck_assert_ptr_nonnull(reply);
	g_variant_get(reply, "(v)", &value);
	return g_variant_get_boolean(value);
}

START_TEST(both_end_with_the_session_manager)
{
	ck_assert(finish(tandem_giveback_new(&both)));
	ck_assert(has(FAR_1) && has(FAR_2));
	ck_assert_uint_eq(manager.slots[0].selected, 1);
	ck_assert_uint_eq(manager.slots[1].selected, 1);
	ck_assert_uint_eq(manager.slots[0].cleared + manager.slots[1].cleared, 0);
	ck_assert_int_lt(took_ns, 3 * TANDEM_NS_PER_S);
	ck_assert_ptr_nonnull(strstr(heard, "00:AA:01:02:00:02: has an output of its own"));
	ck_assert(finish(tandem_giveback_new(&both))); /* nothing is left to do */
	ck_assert_uint_eq(manager.slots[0].selected + manager.slots[1].selected, 2);
	ck_assert_int_lt(took_ns, TANDEM_NS_PER_S);
}
END_TEST

START_TEST(busy_is_tried_again)
{
	tandem_fault(b.stage.connection, "Fail('Device1.ConnectProfile', '" FAR_1
					 "', 'InProgress', 'br-connection-busy', 5)");
	tandem_fault(b.stage.connection, "Fail('Device1.ConnectProfile', '" FAR_2
					 "', 'Failed', 'br-connection-busy', 4)");
	ck_assert(finish(tandem_giveback_new(&both)));
	ck_assert(has(FAR_1) && has(FAR_2));
	ck_assert_int_gt(took_ns, 2 * TANDEM_NS_PER_S);
}
END_TEST

START_TEST(who_is_off_is_not_paged)
{
	tandem_fault(b.stage.connection, "Drop('" FAR_2 "', 'org.bluez.Reason.Remote')");
	ck_assert(!is_connected(FAR_2));
	ck_assert(finish(tandem_giveback_new(&both)));
	ck_assert(has(FAR_1) && !has(FAR_2));
	ck_assert(!is_connected(FAR_2)); /* it would have answered */
	ck_assert_ptr_null(strstr(heard, "00:AA:01:02:00:02"));
}
END_TEST

START_TEST(who_falls_off_meanwhile_is_connected)
{
	struct tandem_giveback *const g = tandem_giveback_new(&both);

	tandem_fault(b.stage.connection, "Drop('" FAR_2 "', 'org.bluez.Reason.Remote')");
	ck_assert(finish(g));
	ck_assert(has(FAR_1) && has(FAR_2));
}
END_TEST

START_TEST(who_is_no_member_is_left)
{
	const struct tandem_members one = { 1, { "00:AA:01:02:00:02" } };

	ck_assert(finish(tandem_giveback_new(&one)));
	ck_assert(has(FAR_2) && !has(FAR_1));
	ck_assert(is_connected(FAR_1));
}
END_TEST

START_TEST(nobody_takes_it)
{
	manager.slots[0].refuse = manager.slots[1].refuse = true;
	tandem_fault(b.stage.connection, "Fail('Device1.ConnectProfile', '" FAR_1
					 "', 'Failed', 'br-connection-refused', 0)");
	ck_assert(!finish(tandem_giveback_new(&both)));
	ck_assert_ptr_nonnull(strstr(heard,
			"00:AA:01:01:00:01: has no output of its own yet "
			"(br-connection-refused): disconnect"));
	ck_assert_int_lt(took_ns, LONG_MS * TANDEM_NS_PER_MS);
}
END_TEST

START_TEST(it_ends_in_time)
{
	tandem_fault(b.stage.connection, "Mute('Device1.ConnectProfile', '')");
	ck_assert(!finish(tandem_giveback_new(&both)));
	ck_assert_ptr_nonnull(strstr(heard, "00:AA:01:01:00:01: has no output"));
	ck_assert_int_lt(took_ns, (LONG_MS + 1000) * TANDEM_NS_PER_MS);
}
END_TEST

START_TEST(without_a_session_manager_nothing_is_done)
{
	start_tandem();
	tandem_bench_stop_bus(&b);
	ck_assert(finish(tandem_giveback_new(&both)));
	ck_assert(is_connected(FAR_1) && is_connected(FAR_2));
	ck_assert_str_eq(heard, "");
	tandem_bench_stop_bluez(&b);
	ck_assert_ptr_null(tandem_giveback_new(&both));
	tandem_bench_start_bluez(&b);
	tear_down();
}
END_TEST

/* systemd, with one job for our unit. */
static const char systemd[] =
		"<node><interface name='" SYSTEMD ".Manager'>"
		" <method name='GetUnitByPID'><arg type='u'/>"
		"  <arg type='o' direction='out'/></method>"
		" <method name='RestartUnit'><arg type='s'/><arg type='s'/>"
		"  <arg type='o' direction='out'/></method>"
		" <method name='ListJobs'><arg type='a(usssoo)' direction='out'/></method>"
		"</interface></node>";

static void restart_unit(GDBusMethodInvocation *call, GVariant *args)
{
	const char *unit, *mode;

	g_variant_get(args, "(&s&s)", &unit, &mode);
	if (g_str_equal(unit, TANDEM_SERVICE) && g_str_equal(mode, "replace")) {
		g_dbus_method_invocation_return_value(call, g_variant_new("(o)", "/job/3"));
	} else {
		g_dbus_method_invocation_return_dbus_error(call, SYSTEMD ".NoSuchUnit",
				"Unit is not there.");
	}
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void on_systemd(GDBusConnection *c, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	const char *const *job = data;

	(void)c, (void)sender, (void)path, (void)interface;
	if (g_str_equal(method, "RestartUnit")) {
		restart_unit(call, args);
	} else if (g_str_equal(method, "GetUnitByPID")) {
		g_dbus_method_invocation_return_value(call, g_variant_new("(o)", "/unit"));
	} else {
		g_dbus_method_invocation_return_value(call,
				g_variant_new_parsed(
						"([(uint32 1, 'other', 'restart', 'x', "
						"objectpath '/job/1', objectpath "
						"'/other'), (2, 'ours', %s, 'x', "
						"'/job/2', '/unit')],)",
						*job));
	}
}

struct answers {
	const char *job;
	GMainContext *context;
	GThread *thread;
	guint object_id;
	gint over;
};

static void *answer(void *data)
{
	struct answers *a = data;

	g_main_context_push_thread_default(a->context);
	while (!g_atomic_int_get(&a->over))
		g_main_context_iteration(a->context, TRUE);
	g_main_context_pop_thread_default(a->context);
	return NULL;
}

/* Is there when this returns; the thread that iterates the context answers. */
static void offer_systemd(struct answers *a)
{
	static const GDBusInterfaceVTable table = { on_systemd, NULL, NULL, { 0 } };
	g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(systemd, NULL);

	a->context = g_main_context_new();
	g_main_context_push_thread_default(a->context);
	a->object_id = g_dbus_connection_register_object(b.stage.connection,
			"/org/freedesktop/systemd1", node->interfaces[0], &table, &a->job,
			NULL, NULL);
	g_main_context_pop_thread_default(a->context);
}

/* On a session bus that is the stage's system bus. */
static void start_systemd(struct answers *a)
{
	g_autoptr(GVariant) reply = NULL;

	start_tandem();
	tandem_bench_stop_bus(&b);
	g_setenv("DBUS_SESSION_BUS_ADDRESS", g_getenv("DBUS_SYSTEM_BUS_ADDRESS"), TRUE);
	reply = g_dbus_connection_call_sync(b.stage.connection, "org.freedesktop.DBus", "/",
			"org.freedesktop.DBus", "RequestName",
			g_variant_new("(su)", SYSTEMD, 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
			NULL, NULL);
	ck_assert_ptr_nonnull(reply);
	offer_systemd(a);
	a->thread = g_thread_new("systemd", answer, a);
}

static void stop_systemd(struct answers *a)
{
	g_atomic_int_set(&a->over, 1);
	g_main_context_wakeup(a->context);
	g_thread_join(a->thread);
	g_dbus_connection_unregister_object(b.stage.connection, a->object_id);
	g_main_context_unref(a->context);
	tear_down();
}

START_TEST(systemd_tells_whether_tandem_comes_back)
{
	static const struct {
		const char *result, *job;
		bool comes_back;
	} rows[] = {
		{ NULL, "restart", false }, /* by hand */
		{ "success", "stop", false },
		{ "success", "restart", true },
		{ "signal", "stop", true },
		{ "watchdog", "restart", true },
	};
	struct answers a = { .job = rows[_i].job };

	g_setenv("SERVICE_RESULT", rows[_i].result ? rows[_i].result : "", TRUE);
	start_systemd(&a);
	ck_assert_int_eq(tandem_service_comes_back(), rows[_i].comes_back);
	stop_systemd(&a);
}
END_TEST

START_TEST(systemd_starts_tandem_again)
{
	struct answers a = { .job = "stop" };
	g_autofree char *why = NULL;

	start_systemd(&a);
	ck_assert_int_eq(tandem_service_restart(TANDEM_SERVICE, &why), TANDEM_SERVICE_DONE);
	ck_assert_ptr_null(why);
	ck_assert_int_eq(tandem_service_restart("missing.service", &why),
			TANDEM_SERVICE_REFUSED);
	ck_assert_str_eq(why, "Unit is not there.");
	stop_systemd(&a);
}
END_TEST

START_TEST(without_systemd_nobody_starts_it)
{
	char *why = NULL;

	start_tandem();
	tandem_bench_stop_bus(&b);
	g_setenv("DBUS_SESSION_BUS_ADDRESS", g_getenv("DBUS_SYSTEM_BUS_ADDRESS"), TRUE);
	ck_assert_int_eq(tandem_service_restart(TANDEM_SERVICE, &why),
			TANDEM_SERVICE_NO_SYSTEMD);
	g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
	ck_assert_int_eq(tandem_service_restart(TANDEM_SERVICE, &why),
			TANDEM_SERVICE_NO_SYSTEMD);
	ck_assert_ptr_null(why);
	tear_down();
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("giveback");
	TCase *const c = tcase_create("bus");
	TCase *const alone = tcase_create("alone");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_set_timeout(alone, 60);
	tcase_add_test(c, both_end_with_the_session_manager);
	tcase_add_test(c, busy_is_tried_again);
	tcase_add_test(c, who_is_off_is_not_paged);
	tcase_add_test(c, who_falls_off_meanwhile_is_connected);
	tcase_add_test(c, who_is_no_member_is_left);
	tcase_add_test(c, nobody_takes_it);
	tcase_add_test(c, it_ends_in_time);
	tcase_add_test(alone, without_a_session_manager_nothing_is_done);
	tcase_add_loop_test(alone, systemd_tells_whether_tandem_comes_back, 0, 5);
	tcase_add_test(alone, systemd_starts_tandem_again);
	tcase_add_test(alone, without_systemd_nobody_starts_it);
	suite_add_tcase(suite, c);
	suite_add_tcase(suite, alone);
	return tandem_suite_run(suite);
}

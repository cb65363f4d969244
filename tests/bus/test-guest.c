/* SPDX-License-Identifier: MIT
 *
 * A device that is no speaker of the group connects by itself and picks the first endpoint
 * that is free, which is ours: it ends with the session manager's, and our speaker's stream
 * stands meanwhile. Source: shared facts on coexistence, section 3.
 */
#include <check.h>
#include <string.h>

#include "bench.h"
#include "fault-client.h"
#include "source-client.h"
#include "suite.h"

#define GUEST "/org/bluez/hci0/dev_00_AA_01_03_00_03"
#define SECOND "/org/bluez/hci0/dev_00_AA_01_02_00_02"
#define FROM_GUEST "/org/bluez/hci3/dev_00_AA_01_00_00_00"
#define SOURCE_UUID "0000110a-0000-1000-8000-00805f9b34fb"

static struct bench b;
static struct tandem_source manager;
static GDBusConnection *connection;
static GSubprocess *guest;
static uint32_t transport; /* of our speaker */

/* One speaker sits on our first endpoint, and nobody on the second; then comes the session
 * manager, and then a guest is switched on. */
static void set_up(void)
{
	static const uint8_t config[4] = { 0x11, 0x15, 2, 53 };
	const char *const argv[] = { g_getenv("TANDEM_SPEAKER"), "--adapter", "hci3",
		NULL };

	tandem_bench_start_stage_with(&b, "--adapters=4", 1);
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED));
	tandem_fault(b.stage.connection, "Forget('" SECOND "')");
	UNTIL(&b, tandem_bench_state(&b, 1) == TANDEM_SPEAKER_ABSENT);
	transport = b.roster->slots[0].life.transport;
	connection = g_dbus_connection_new_for_address_sync(
			g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
	tandem_source_init(&manager, connection, config);
	guest = tandem_stage_spawn(argv);
}

static void tear_down(void)
{
	ck_assert_int_eq(tandem_bench_state(&b, 0), TANDEM_SPEAKER_CONFIGURED);
	ck_assert_uint_eq(b.roster->slots[0].life.transport, transport);
	tandem_source_finish(&manager);
	g_object_unref(connection);
	tandem_bench_stop_bus(&b);
	g_free(tandem_stage_end(guest));
	tandem_bench_stop_stage(&b);
}

static void on_answer(GObject *source, GAsyncResult *result, void *data)
{
	char **ret_error = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);

	*ret_error = reply ? g_strdup("") : g_dbus_error_get_remote_error(error);
}

static bool is_there(char *const *text)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
	return *text != NULL;
}

/* It asks for music by itself, and meets our endpoint. */
static void come(void)
{
	g_autofree char *error = NULL;

	g_dbus_connection_call(b.stage.connection, "org.bluez", FROM_GUEST,
			"org.bluez.Device1", "ConnectProfile",
			g_variant_new("(s)", SOURCE_UUID), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
			NULL, on_answer, &error);
	UNTIL(&b, is_there(&error));
	ck_assert_str_eq(error, "org.bluez.Error.Failed");
}

START_TEST(it_ends_with_the_session_manager)
{
	int64_t begin_ns;

	/* BlueZ is busy with what we refused: at once and a second later, as measured. */
	tandem_fault(b.stage.connection, "Fail('Device1.ConnectProfile', '" GUEST
					 "', 'InProgress', 'br-connection-busy', 2)");
	come();
	begin_ns = tandem_bench_now_ns();
	ck_assert_ptr_null(manager.slots[0].transport);
	UNTIL(&b, is_there(&manager.slots[0].transport));
	ck_assert(g_str_has_prefix(manager.slots[0].transport, GUEST "/"));
	ck_assert_int_le(tandem_bench_now_ns() - begin_ns, 4 * TANDEM_NS_PER_S);
	UNTIL(&b, b.guest[0]);
	ck_assert_ptr_nonnull(strstr(b.guest, "Speaker 3 is no speaker of this group"));
	ck_assert_uint_eq(manager.slots[0].selected, 1);
	ck_assert_uint_eq(manager.slots[0].cleared, 0);
}
END_TEST

START_TEST(nobody_takes_it)
{
	manager.slots[0].refuse = true;
	manager.slots[1].refuse = true;
	b.hurry = true;
	come();
	UNTIL(&b, (is_there(&manager.slots[0].transport), b.guest[0]));
	ck_assert_ptr_nonnull(strstr(b.guest, "could not be handed over"));
	ck_assert_uint_eq(manager.slots[0].selected, 8);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("guest");
	TCase *const c = tcase_create("bus");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, it_ends_with_the_session_manager);
	tcase_add_test(c, nobody_takes_it);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT
 *
 * The module's Bluetooth side, bus thread and roster together, against the simulated BlueZ
 * and measured speakers: everything but the sound.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "fault-client.h"
#include "manager.h"
#include "suite.h"

#define ONE "/org/bluez/hci0/dev_00_AA_01_01_00_01"

static guint count_names(struct bench *b)
{
	g_autoptr(GVariant) reply = g_dbus_connection_call_sync(b->stage.connection,
			"org.freedesktop.DBus", "/org/freedesktop/DBus",
			"org.freedesktop.DBus", "ListNames", NULL, NULL,
			G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
	g_autofree const char **names = NULL;
	guint n = 0;

	g_variant_get(reply, "(^a&s)", &names);
	for (size_t i = 0; names[i]; i++)
		n += names[i][0] == ':';
	return n;
}

static void send_something(const struct bench *b, uint32_t slot)
{
	uint8_t packet[672] = { 0x80, 0x60 };
	int type;
	socklen_t size = sizeof(type);

	ck_assert_int_eq(getsockopt(b->fds[slot], SOL_SOCKET, SO_TYPE, &type, &size), 0);
	ck_assert_int_eq(type, SOCK_SEQPACKET);
	ck_assert_uint_eq(b->mtu_bytes[slot], 672);
	ck_assert_int_eq(send(b->fds[slot], packet, 13, MSG_NOSIGNAL), 13);
}

START_TEST(both_speakers_on_our_endpoints)
{
	static const uint8_t best[4] = { 0x11, 0x15, 2, 51 };
	struct bench b;

	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED));
	ck_assert(!b.roster->slots[0].life.borrowed && !b.roster->slots[1].life.borrowed);
	ck_assert(!b.roster->book.adapters[0].late && !b.roster->book.adapters[0].sharing);
	ck_assert(b.roster->book.adapters[0].sources); /* ours */
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	for (uint32_t i = 0; i < 2; i++) {
		send_something(&b, i);
		ck_assert_mem_eq(b.config[i], best, 4);
	}
	UNTIL(&b, b.delay_s[0] > 0.0 && b.delay_s[1] > 0.0);
	ck_assert_double_eq_tol(b.delay_s[0], 0.120, 1e-9);
	ck_assert_double_eq_tol(b.delay_s[1], 0.180, 1e-9);
	tandem_bench_want(&b, false);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED));
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	send_something(&b, 0);
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

/* A session manager that was not there when the lenders were first looked for: held by
 * hand, as our own transport takes no loan by the roster. */
static void let_another_one_lend(struct bench *b)
{
	struct tandem_action loan = {
		.kind = TANDEM_ACTION_ACQUIRE, .call = 1000, .borrowed = true
	};
	GSubprocess *const manager = tandem_manager_start();
	guint names;

	tandem_bench_want(b, false);
	UNTIL(b, tandem_bench_both(b, TANDEM_SPEAKER_CONFIGURED));
	names = count_names(b);
	memcpy(loan.path, b->roster->slots[0].life.path, sizeof(loan.path));
	tandem_bus_post(b->bus, &loan);
	UNTIL(b, count_names(b) == names + 1);
	g_free(tandem_stage_end(manager));
	UNTIL(b, count_names(b) == names - 1);
}

START_TEST(borrowed_on_private_connections)
{
	GSubprocess *manager;
	struct bench b;
	guint names;

	tandem_bench_start_stage(&b);
	manager = tandem_manager_start();
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_BORROWED));
	ck_assert(b.roster->book.adapters[0].late && !b.roster->book.adapters[0].sharing);
	names = count_names(&b);
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	ck_assert_uint_eq(count_names(&b), names + 2);
	ck_assert_mem_eq(b.config[0], tandem_manager_config,
			4); /* what the manager negotiated */
	send_something(&b, 0);
	send_something(&b, 1);
	for (uint32_t i = 0; i < 2; i++)
		ck_assert_ptr_nonnull(strstr(b.said[i].text, "restart wireplumber"));
	tandem_bench_want(&b, false);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_BORROWED));
	UNTIL(&b, count_names(&b) == names);
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));

	/* The manager leaves while we hold its transports: dropped at once, then ours. */
	g_free(tandem_stage_end(manager));
	UNTIL(&b, b.fds[0] < 0 && b.fds[1] < 0);
	UNTIL(&b, count_names(&b) == names - 1);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING) &&
					!b.roster->slots[0].life.borrowed);
	ck_assert(!b.roster->slots[1].life.borrowed);
	let_another_one_lend(&b);
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

START_TEST(of_two_on_one_endpoint_one_is_borrowed)
{
	GSubprocess *manager;
	struct bench b;

	tandem_bench_start_stage_with(&b, "--feature=tx-timestamping", 1);
	manager = tandem_manager_start();
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_BORROWED));
	tandem_bench_await(&b, 1, TANDEM_SPEAKER_BORROWED, "another speaker's stream");
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_state(&b, 0) == TANDEM_SPEAKER_STREAMING && b.said[1].heard);
	ck_assert_double_eq(b.delay_s[0], 0.0); /* anybody's */
	g_free(tandem_stage_end(manager));
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

/* Calls a method of our first endpoint as somebody who is not bluetoothd. */
static void call_as_stranger(struct bench *b, const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *remote = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_sync(b->stage.connection, name,
			"/org/tandem/hci0/sbc/0", "org.bluez.MediaEndpoint1",
			"ClearConfiguration", g_variant_new("(o)", "/x"), NULL,
			G_DBUS_CALL_FLAGS_NONE, 2000, NULL, &error);

	ck_assert_ptr_null(reply);
	remote = g_dbus_error_get_remote_error(error);
	ck_assert_str_eq(remote, "org.freedesktop.DBus.Error.AccessDenied");
}

static bool owns_endpoints(struct bench *b, const char *name)
{
	g_autoptr(GVariant) reply = g_dbus_connection_call_sync(b->stage.connection, name,
			"/org/tandem/hci0", "org.freedesktop.DBus.ObjectManager",
			"GetManagedObjects", NULL, G_VARIANT_TYPE("(a{oa{sa{sv}}})"),
			G_DBUS_CALL_FLAGS_NONE, 2000, NULL, NULL);
	g_autoptr(GVariant) objects = reply ? g_variant_get_child_value(reply, 0) : NULL;

	if (!objects)
		return false;
	/* Always so many in this order: BlueZ gives them the SEIDs that it remembers. */
	ck_assert_uint_eq(g_variant_n_children(objects), 2);
	for (gsize i = 0; i < 2; i++) {
		const char *path;

		g_variant_get_child(objects, i, "{&o@a{sa{sv}}}", &path, NULL);
		ck_assert_str_eq(path,
				i ? "/org/tandem/hci0/sbc/1" : "/org/tandem/hci0/sbc/0");
	}
	return true;
}

START_TEST(strangers_are_turned_away)
{
	struct bench b;
	guint asked = 0;

	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED));
	for (int i = 0; i < 32; i++) {
		g_autofree char *name = g_strdup_printf(":1.%d", i);

		if (g_str_equal(name, g_dbus_connection_get_unique_name(b.stage
								      .connection)) ||
				!owns_endpoints(&b, name))
			continue;
		call_as_stranger(&b, name);
		asked++;
	}
	ck_assert_uint_eq(asked, 1);
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

/* Thread: GDBus's own. The names of the errors that pass the bus, whoever they are for. */
static GDBusMessage *overhear(GDBusConnection *connection, GDBusMessage *message,
		gboolean incoming, void *data)
{
	const char *const name = g_dbus_message_get_error_name(message);

	(void)connection;
	if (incoming && name)
		g_async_queue_push(data, g_strdup(name));
	return message;
}

static bool was_overheard(GAsyncQueue *names, const char *wanted)
{
	g_autofree char *name = g_async_queue_try_pop(names);

	return g_strcmp0(name, wanted) == 0;
}

/* What a speaker may choose by itself, and nobody could encode. */
static const struct {
	const char *config;
	const char *error;
} choices[] = {
	{ "[byte 0x41, 0x15, 2, 53]", "NotSupportedSamplingFrequency" },
	{ "[byte 0x23, 0x15, 2, 53]", "InvalidChannelMode" },
	{ "[byte 0x21, 0x15, 53, 2]", "InvalidMinimumBitpoolValue" },
};

START_TEST(a_configuration_is_refused_by_name)
{
	g_autofree char *lie = g_strdup_printf("Lie('MediaTransport1.Configuration', '" ONE
					       "', <%s>)",
			choices[_i].config);
	g_autofree char *error =
			g_strdup_printf("org.bluez.Error.A2DP.%s", choices[_i].error);
	GAsyncQueue *names = g_async_queue_new_full(g_free);
	struct bench b;

	tandem_bench_start_stage(&b);
	tandem_fault(b.stage.connection, lie);
	g_dbus_connection_add_filter(b.stage.connection, overhear, names, NULL);
	g_variant_unref(g_dbus_connection_call_sync(b.stage.connection,
			"org.freedesktop.DBus", "/", "org.freedesktop.DBus", "AddMatch",
			g_variant_new("(s)", "type='error',eavesdrop='true'"), NULL,
			G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL));
	tandem_bench_start_bus(&b);
	UNTIL(&b, was_overheard(names, error));
	UNTIL(&b, tandem_bench_state(&b, 1) == TANDEM_SPEAKER_CONFIGURED);
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
	g_async_queue_unref(names);
}
END_TEST

START_TEST(a_mute_main_thread_loses_only_the_stream)
{
	struct bench b;
	int64_t begin_ns;

	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	b.mute = true;
	UNTIL(&b, b.roster->book.adapters[0].registered);
	begin_ns = tandem_bench_now_ns();
	/* Our first connect is offered to our two endpoints; each refuses by itself, in
	 * time. */
	UNTIL(&b, tandem_bench_state(&b, 0) == TANDEM_SPEAKER_BACKING_OFF);
	ck_assert_int_ge(tandem_bench_now_ns() - begin_ns, 4900 * TANDEM_NS_PER_MS);
	ck_assert_int_le(tandem_bench_now_ns() - begin_ns, 5900 * TANDEM_NS_PER_MS);
	ck_assert_ptr_nonnull(strstr(b.roster->slots[0].life.message,
			"refuses the configuration"));
	b.mute = false;
	UNTIL(&b, tandem_bench_both(&b,
				  TANDEM_SPEAKER_CONFIGURED)); /* there for the next */
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

static void turn(void *data)
{
	tandem_bench_turn(data);
}

/* What is never answered, and the state that waits for it. */
static const struct {
	const char *fault;
	enum tandem_speaker_state state;
} waits[] = {
	{ "Mute('Device1.ConnectProfile', '')", TANDEM_SPEAKER_CONNECTING },
	{ "Mute('MediaTransport1.Acquire', '')", TANDEM_SPEAKER_ACQUIRING },
	{ "Mute('MediaTransport1.Release', '')", TANDEM_SPEAKER_RELEASING },
};

/* Neither does the end wait for them, nor do their answers find anything freed. */
START_TEST(it_ends_while_calls_are_under_way)
{
	struct bench b;
	int64_t begin_ns;

	tandem_bench_start_stage(&b);
	if (_i == 0)
		tandem_fault(b.stage.connection, waits[_i].fault);
	tandem_bench_start_bus(&b);
	if (_i > 0) {
		UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_CONFIGURED));
		if (_i == 1)
			tandem_fault_with(b.stage.connection, waits[_i].fault, turn, &b);
		tandem_bench_want(&b, true);
	}
	if (_i == 2) {
		UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
		tandem_fault_with(b.stage.connection, waits[_i].fault, turn, &b);
		tandem_bench_want(&b, false);
	}
	UNTIL(&b, tandem_bench_state(&b, 0) == waits[_i].state);
	for (int i = 0; i < 3; i++)
		tandem_bench_turn(&b); /* it is under way */
	begin_ns = tandem_bench_now_ns();
	tandem_bench_stop_bus(&b);
	ck_assert_int_le(tandem_bench_now_ns() - begin_ns, TANDEM_NS_PER_S);
	tandem_fault(b.stage.connection, "Clear()");
	tandem_bench_stop_stage(&b);
}
END_TEST

START_TEST(bluetoothd_goes_and_comes_back)
{
	struct bench b;

	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	tandem_bench_stop_bluez(&b);
	UNTIL(&b, !b.up && tandem_bench_both(&b, TANDEM_SPEAKER_ABSENT));
	ck_assert_ptr_nonnull(strstr(b.down, "org.bluez"));
	ck_assert_int_eq(b.fds[0], -1);
	for (int i = 0; i < 2; i++)
		g_free(tandem_stage_end(b.speakers[i]));
	tandem_bench_start_bluez(&b);
	UNTIL(&b, b.up && b.roster->book.adapters[0].registered);
	UNTIL(&b, tandem_bench_state(&b, 0) != TANDEM_SPEAKER_ABSENT);
	tandem_bench_stop_bus(&b);
	tandem_stage_stop(&b.stage);
}
END_TEST

START_TEST(without_a_bus_it_says_so_and_ends)
{
	struct bench b = { .first = 1 };

	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
	tandem_bench_start_bus(&b);
	UNTIL(&b, b.down[0]);
	ck_assert_ptr_nonnull(strstr(b.down, "no system bus"));
	tandem_bench_stop_bus(&b);
}
END_TEST

int main(int argc, char *argv[])
{
	Suite *suite;
	TCase *c;

	if (argc > 1 && strcmp(argv[1], "--manager") == 0)
		return tandem_manager_run();
	suite = suite_create("bus");
	c = tcase_create("module");
	tcase_set_timeout(c, 60);
	tcase_add_test(c, both_speakers_on_our_endpoints);
	tcase_add_test(c, borrowed_on_private_connections);
	tcase_add_test(c, of_two_on_one_endpoint_one_is_borrowed);
	tcase_add_test(c, strangers_are_turned_away);
	tcase_add_loop_test(c, a_configuration_is_refused_by_name, 0,
			G_N_ELEMENTS(choices));
	tcase_add_test(c, a_mute_main_thread_loses_only_the_stream);
	tcase_add_loop_test(c, it_ends_while_calls_are_under_way, 0, G_N_ELEMENTS(waits));
	tcase_add_test(c, bluetoothd_goes_and_comes_back);
	tcase_add_test(c, without_a_bus_it_says_so_and_ends);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

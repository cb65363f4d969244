/* SPDX-License-Identifier: MIT
 *
 * The module's Bluetooth side, bus thread and roster together, against the simulated BlueZ
 * and measured speakers: everything but the sound.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib-unix.h>

#include "bench.h"
#include "source-client.h"
#include "suite.h"

#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"

static const uint8_t joint_48[4] = { 0x11, 0x15, 2, 40 };

static const char *const devices[] = { "/org/bluez/hci0/dev_00_AA_01_01_00_01",
	"/org/bluez/hci0/dev_00_AA_01_02_00_02" };

/* This program again, as a session manager that was there first. */
static GSubprocess *start_manager(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	const char *const argv[] = { self, "--manager", NULL };

	return tandem_stage_spawn(argv);
}

static gboolean on_end(void *data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

/* Registers at hci0, connects both speakers, says ready, stays until SIGTERM. */
static int be_manager(void)
{
	GDBusConnection *c = g_dbus_connection_new_for_address_sync(
			g_getenv("DBUS_SYSTEM_BUS_ADDRESS"),
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);
	struct tandem_source source;

	prctl(PR_SET_NAME, "wireplumber");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tandem_source_init(&source, c, joint_48);
	for (int i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GVariant) reply = tandem_source_call(&source, devices[i],
				"org.bluez.Device1", "ConnectProfile",
				g_variant_new("(s)", SINK_UUID), &error);

		if (!reply)
			printf("%s\n", error->message);
	}
	printf("ready\n");
	fflush(stdout);
	g_unix_signal_add(SIGTERM, on_end, loop);
	g_main_loop_run(loop);
	tandem_source_finish(&source);
	g_main_loop_unref(loop);
	g_object_unref(c);
	return 0;
}

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

START_TEST(borrowed_on_private_connections)
{
	GSubprocess *manager;
	struct bench b;
	guint names;

	tandem_bench_start_stage(&b);
	manager = start_manager();
	tandem_bench_start_bus(&b);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_BORROWED));
	names = count_names(&b);
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	ck_assert_uint_eq(count_names(&b), names + 2);
	ck_assert_mem_eq(b.config[0], joint_48, 4); /* what the manager negotiated */
	send_something(&b, 0);
	send_something(&b, 1);
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

	if (objects)
		ck_assert_uint_eq(g_variant_n_children(objects), 2);
	return objects != NULL;
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
	ck_assert_ptr_nonnull(strstr(b.roster->slots[0].life.message, "could not connect"));
	b.mute = false;
	UNTIL(&b, tandem_bench_both(&b,
				  TANDEM_SPEAKER_CONFIGURED)); /* there for the next */
	tandem_bench_stop_bus(&b);
	tandem_bench_stop_stage(&b);
}
END_TEST

START_TEST(bluetoothd_goes_and_comes_back)
{
	const char *const bluez[] = { g_getenv("TANDEM_BLUEZ_SIM"), NULL };
	struct bench b;

	tandem_bench_start_stage(&b);
	tandem_bench_start_bus(&b);
	tandem_bench_want(&b, true);
	UNTIL(&b, tandem_bench_both(&b, TANDEM_SPEAKER_STREAMING));
	g_free(tandem_stage_end(b.stage.bluez));
	UNTIL(&b, !b.up && tandem_bench_both(&b, TANDEM_SPEAKER_ABSENT));
	ck_assert_ptr_nonnull(strstr(b.down, "org.bluez"));
	ck_assert_int_eq(b.fds[0], -1);
	for (int i = 0; i < 2; i++)
		g_free(tandem_stage_end(b.speakers[i]));
	b.stage.bluez = tandem_stage_spawn(bluez);
	UNTIL(&b, b.up && b.roster->book.adapters[0].registered);
	UNTIL(&b, tandem_bench_state(&b, 0) != TANDEM_SPEAKER_ABSENT);
	tandem_bench_stop_bus(&b);
	tandem_stage_stop(&b.stage);
}
END_TEST

START_TEST(without_a_bus_it_says_so_and_ends)
{
	struct bench b = { 0 };

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
		return be_manager();
	suite = suite_create("bus");
	c = tcase_create("module");
	tcase_set_timeout(c, 60);
	tcase_add_test(c, both_speakers_on_our_endpoints);
	tcase_add_test(c, borrowed_on_private_connections);
	tcase_add_test(c, strangers_are_turned_away);
	tcase_add_test(c, a_mute_main_thread_loses_only_the_stream);
	tcase_add_test(c, bluetoothd_goes_and_comes_back);
	tcase_add_test(c, without_a_bus_it_says_so_and_ends);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

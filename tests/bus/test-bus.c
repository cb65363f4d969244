/* SPDX-License-Identifier: MIT
 *
 * The module's Bluetooth side, bus thread and roster together, against the simulated BlueZ
 * and measured speakers: everything but the sound.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <glib-unix.h>

#include "bus.h"
#include "roster.h"
#include "source-client.h"
#include "stage.h"

#define PATIENCE_NS (20 * TANDEM_NS_PER_S)
#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"

static const uint8_t joint_48[4] = { 0x11, 0x15, 2, 40 };

static const char *const devices[] = { "/org/bluez/hci0/dev_00_AA_01_01_00_01",
	"/org/bluez/hci0/dev_00_AA_01_02_00_02" };

static const struct tandem_roster_config pair = {
	.n_speakers = 2,
	.wishes = { { .address = "00:AA:01:01:00:01" },
			{ .address = "00:AA:01:02:00:02" } },
	.seed = 7,
};

/* Stands in for the module: what it would give to the plugin is kept. */
struct bench {
	struct tandem_stage stage;
	GSubprocess *speakers[2];
	struct tandem_bus *bus;
	struct tandem_roster *roster;
	int wake_fd;
	int64_t timer_ns;
	bool mute; /* leaves BlueZ's questions without an answer */
	int fds[2];
	uint32_t mtu_bytes[2];
	uint8_t config[2][4];
	double delay_s[2];
	uint32_t drops;
	char down[160];
	bool up;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * TANDEM_NS_PER_S + t.tv_nsec;
}

static void wake(void *data)
{
	const struct bench *b = data;
	const uint64_t one = 1;

	if (write(b->wake_fd, &one, sizeof(one)) < 0)
		abort();
}

static void detach(struct bench *b, uint32_t slot)
{
	close(b->fds[slot]);
	b->fds[slot] = -1;
}

static void run_action(struct bench *b, const struct tandem_action *a)
{
	if (a->kind == TANDEM_ACTION_ATTACH) {
		b->fds[a->slot] = a->fd;
		b->mtu_bytes[a->slot] = a->mtu_bytes;
		memcpy(b->config[a->slot], a->config, 4);
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		detach(b, a->slot);
	} else if (a->kind == TANDEM_ACTION_OBSERVE) {
		b->delay_s[a->slot] = a->value_s;
	} else if (a->kind == TANDEM_ACTION_TIMER) {
		b->timer_ns = a->at_ns;
	} else if (!(b->mute && a->kind == TANDEM_ACTION_ANSWER)) {
		b->drops += a->kind == TANDEM_ACTION_DROP;
		tandem_bus_post(b->bus, a); /* ignores what is not for it */
	}
}

static void feed(struct bench *b, const struct tandem_event *e)
{
	const struct tandem_actions *all = tandem_roster_event(b->roster, now_ns(), e);
	int fd = e->fd;

	for (uint32_t i = 0; i < all->n; i++) {
		if (all->items[i].kind == TANDEM_ACTION_ATTACH)
			fd = -1;
		run_action(b, &all->items[i]);
	}
	if (fd >= 0)
		close(fd);
}

/* Waits for the bus or the roster's timer, and handles what comes. */
static void turn(struct bench *b)
{
	const struct tandem_event timer = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };
	struct pollfd p = { .fd = b->wake_fd, .events = POLLIN };
	const int64_t left_ns = b->timer_ns - now_ns();
	struct tandem_event e;
	uint64_t count;
	int wait_ms = 500;

	if (b->timer_ns && left_ns < wait_ms * TANDEM_NS_PER_MS)
		wait_ms = left_ns > 0 ? (int)(left_ns / TANDEM_NS_PER_MS) + 1 : 0;
	if (poll(&p, 1, wait_ms) > 0)
		ck_assert_int_eq(read(b->wake_fd, &count, sizeof(count)), sizeof(count));
	if (b->timer_ns && now_ns() >= b->timer_ns) {
		b->timer_ns = 0;
		feed(b, &timer);
	}
	while (tandem_bus_take(b->bus, &e)) {
		if (e.kind == TANDEM_EVENT_BUS_UP || e.kind == TANDEM_EVENT_BUS_DOWN) {
			b->up = e.kind == TANDEM_EVENT_BUS_UP;
			memcpy(b->down, e.detail, sizeof(b->down));
		}
		feed(b, &e);
	}
}

#define UNTIL(b, condition)                                                                \
	do {                                                                               \
		const int64_t end_ns_ = now_ns() + PATIENCE_NS;                            \
		while (!(condition)) {                                                     \
			ck_assert_msg(now_ns() < end_ns_, "waited for: %s", #condition);   \
			turn(b);                                                           \
		}                                                                          \
	} while (0)

static enum tandem_speaker_state state(const struct bench *b, uint32_t slot)
{
	return b->roster->slots[slot].life.state;
}

static bool both(const struct bench *b, enum tandem_speaker_state wanted)
{
	return state(b, 0) == wanted && state(b, 1) == wanted;
}

static void want(struct bench *b, bool wanted)
{
	const struct tandem_event e = {
		.kind = TANDEM_EVENT_WANTED, .wanted = wanted, .fd = -1
	};

	feed(b, &e);
}

static void start_bus(struct bench *b)
{
	b->wake_fd = eventfd(0, EFD_CLOEXEC);
	b->fds[0] = b->fds[1] = -1;
	b->roster = malloc(sizeof(*b->roster));
	tandem_roster_init(b->roster, &pair);
	ck_assert_int_eq(tandem_bus_new(&b->bus, 2, wake, b), 0);
}

static void start_stage(struct bench *b)
{
	static const char *const adapters[] = { "hci1", "hci2" };
	const char *const bluez[] = { getenv("TANDEM_BLUEZ_SIM"), NULL };

	*b = (struct bench){ 0 };
	tandem_stage_start(&b->stage, bluez);
	for (int i = 0; i < 2; i++) {
		g_autofree char *wav = tandem_stage_path(&b->stage, adapters[i]);
		const char *const argv[] = { getenv("TANDEM_SPEAKER"), "--adapter",
			adapters[i], "--wav", wav, "--t0-ns", "0", "--delay",
			i ? "180" : "120", "--reports", "static", NULL };

		b->speakers[i] = tandem_stage_spawn(argv);
	}
}

static void stop_bus(struct bench *b)
{
	tandem_bus_free(b->bus);
	for (uint32_t i = 0; i < 2; i++) {
		if (b->fds[i] >= 0)
			detach(b, i);
	}
	close(b->wake_fd);
	free(b->roster);
}

static void stop_stage(struct bench *b)
{
	for (int i = 0; i < 2; i++)
		g_free(tandem_stage_end(b->speakers[i]));
	tandem_stage_stop(&b->stage);
}

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
			getenv("DBUS_SYSTEM_BUS_ADDRESS"),
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
	printf("%u %u\n", source.slots[0].selected, source.slots[1].selected);
	tandem_source_finish(&source);
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

	start_stage(&b);
	start_bus(&b);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_CONFIGURED));
	ck_assert(!b.roster->slots[0].life.borrowed && !b.roster->slots[1].life.borrowed);
	want(&b, true);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_STREAMING));
	for (uint32_t i = 0; i < 2; i++) {
		send_something(&b, i);
		ck_assert_mem_eq(b.config[i], best, 4);
	}
	UNTIL(&b, b.delay_s[0] > 0.0 && b.delay_s[1] > 0.0);
	ck_assert_double_eq_tol(b.delay_s[0], 0.120, 1e-9);
	ck_assert_double_eq_tol(b.delay_s[1], 0.180, 1e-9);
	want(&b, false);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_CONFIGURED));
	want(&b, true);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_STREAMING));
	send_something(&b, 0);
	stop_bus(&b);
	stop_stage(&b);
}
END_TEST

START_TEST(borrowed_on_private_connections)
{
	GSubprocess *manager;
	struct bench b;
	guint names;

	start_stage(&b);
	manager = start_manager();
	start_bus(&b);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_BORROWED));
	names = count_names(&b);
	want(&b, true);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_STREAMING));
	ck_assert_uint_eq(count_names(&b), names + 2);
	ck_assert_mem_eq(b.config[0], joint_48, 4); /* what the manager negotiated */
	send_something(&b, 0);
	send_something(&b, 1);
	want(&b, false);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_BORROWED));
	UNTIL(&b, count_names(&b) == names);
	want(&b, true);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_STREAMING));

	/* The manager leaves while we hold its transports: dropped at once, then ours. */
	g_free(tandem_stage_end(manager));
	UNTIL(&b, b.fds[0] < 0 && b.fds[1] < 0);
	UNTIL(&b, count_names(&b) == names - 1);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_STREAMING) && !b.roster->slots[0].life.borrowed);
	ck_assert(!b.roster->slots[1].life.borrowed);
	stop_bus(&b);
	stop_stage(&b);
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

	start_stage(&b);
	start_bus(&b);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_CONFIGURED));
	for (int i = 0; i < 32; i++) {
		g_autofree char *name = g_strdup_printf(":1.%d", i);

		if (g_str_equal(name, g_dbus_connection_get_unique_name(
						      b.stage.connection)) ||
				!owns_endpoints(&b, name))
			continue;
		call_as_stranger(&b, name);
		asked++;
	}
	ck_assert_uint_eq(asked, 1);
	stop_bus(&b);
	stop_stage(&b);
}
END_TEST

START_TEST(a_mute_main_thread_loses_only_the_stream)
{
	struct bench b;
	int64_t begin_ns;

	start_stage(&b);
	start_bus(&b);
	b.mute = true;
	UNTIL(&b, b.roster->book.adapters[0].registered);
	begin_ns = now_ns();
	/* Our first connect is offered to our two endpoints; each refuses by itself, in time. */
	UNTIL(&b, state(&b, 0) == TANDEM_SPEAKER_BACKING_OFF);
	ck_assert_int_ge(now_ns() - begin_ns, 4900 * TANDEM_NS_PER_MS);
	ck_assert_int_le(now_ns() - begin_ns, 5900 * TANDEM_NS_PER_MS);
	ck_assert_ptr_nonnull(strstr(b.roster->slots[0].life.message, "could not connect"));
	b.mute = false;
	UNTIL(&b, both(&b, TANDEM_SPEAKER_CONFIGURED)); /* and they are there for the next */
	stop_bus(&b);
	stop_stage(&b);
}
END_TEST

START_TEST(bluetoothd_goes_and_comes_back)
{
	const char *const bluez[] = { getenv("TANDEM_BLUEZ_SIM"), NULL };
	struct bench b;

	start_stage(&b);
	start_bus(&b);
	want(&b, true);
	UNTIL(&b, both(&b, TANDEM_SPEAKER_STREAMING));
	g_free(tandem_stage_end(b.stage.bluez));
	UNTIL(&b, !b.up && both(&b, TANDEM_SPEAKER_ABSENT));
	ck_assert_ptr_nonnull(strstr(b.down, "org.bluez"));
	ck_assert_int_eq(b.fds[0], -1);
	for (int i = 0; i < 2; i++)
		g_free(tandem_stage_end(b.speakers[i]));
	b.stage.bluez = tandem_stage_spawn(bluez);
	UNTIL(&b, b.up && b.roster->book.adapters[0].registered);
	UNTIL(&b, state(&b, 0) != TANDEM_SPEAKER_ABSENT);
	stop_bus(&b);
	tandem_stage_stop(&b.stage);
}
END_TEST

START_TEST(without_a_bus_it_says_so_and_ends)
{
	struct bench b = { 0 };

	g_setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
	start_bus(&b);
	UNTIL(&b, b.down[0]);
	ck_assert_ptr_nonnull(strstr(b.down, "no system bus"));
	stop_bus(&b);
}
END_TEST

int main(int argc, char *argv[])
{
	Suite *suite;
	TCase *c;
	SRunner *runner;
	int failed;

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
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

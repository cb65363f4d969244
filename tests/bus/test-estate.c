/* SPDX-License-Identifier: MIT
 *
 * A Tandem dies while it plays, and the next one goes on with its connection to the bus, or
 * begins anew where it cannot.
 */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "fault-client.h"
#include "keeper.h"
#include "suite.h"
#include "will.h"

#define FAR_1 "/org/bluez/hci0/dev_00_AA_01_01_00_01"
#define SINK_UUID "0000110b-0000-1000-8000-00805f9b34fb"

struct scene {
	struct bench b;
	struct keeper k;
	struct tandem_fdstore store; /* as it was handed over */
	GString *journal;            /* of BlueZ's signals */
	char *owner;                 /* of the endpoints, while the first one lives */
};

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void write_down(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *signal, GVariant *args, void *data)
{
	struct scene *const s = data;
	g_autofree char *text = g_variant_print(args, FALSE);

	(void)connection, (void)sender, (void)interface;
	g_string_append_printf(s->journal, "%s %s %s\n", signal, path, text);
}

static GVariant *call(struct scene *s, const char *name, const char *path,
		const char *interface, const char *method, GVariant *args)
{
	return g_dbus_connection_call_sync(s->b.stage.connection, name, path, interface,
			method, args, NULL, G_DBUS_CALL_FLAGS_NONE, 30000, NULL, NULL);
}

/* The unique name of who has our endpoints; NULL: nobody. */
static char *endpoints_owner(struct scene *s)
{
	g_autoptr(GVariant) reply = call(s, "org.freedesktop.DBus", "/org/freedesktop/DBus",
			"org.freedesktop.DBus", "ListNames", NULL);
	g_autofree const char **names = NULL;

	g_variant_get(reply, "(^a&s)", &names);
	for (size_t i = 0; names[i]; i++) {
		g_autoptr(GVariant) objects = NULL;

		if (names[i][0] != ':')
			continue;
		objects = g_dbus_connection_call_sync(s->b.stage.connection, names[i],
				"/org/tandem/hci0", "org.freedesktop.DBus.ObjectManager",
				"GetManagedObjects", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
				300, NULL, NULL);
		if (objects)
			return g_strdup(names[i]);
	}
	return NULL;
}

/* The first one plays; then it is killed, when told so. */
static GSubprocess *begin(struct scene *s)
{
	GSubprocess *forebear;

	*s = (struct scene){ 0 };
	tandem_bench_start_stage(&s->b);
	tandem_keeper_start(&s->k);
	forebear = tandem_keeper_forebear(&s->k);
	s->owner = endpoints_owner(s);
	ck_assert_ptr_nonnull(s->owner);
	s->journal = g_string_new("");
	g_dbus_connection_signal_subscribe(s->b.stage.connection, "org.bluez", NULL, NULL,
			NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, write_down, s, NULL);
	return forebear;
}

static void start_next(struct scene *s)
{
	tandem_keeper_hand_over(&s->k, &s->store);
	s->b.store = &s->store;
	tandem_bench_start_bus(&s->b);
	tandem_bench_want(&s->b, true);
}

static void end(struct scene *s)
{
	tandem_bench_stop_bus(&s->b);
	tandem_keeper_listen(&s->k);
	ck_assert_int_eq(tandem_keeper_file(&s->k, "tandem-"), -1); /* all dropped */
	tandem_keeper_stop(&s->k);
	tandem_bench_stop_stage(&s->b);
	g_string_free(s->journal, TRUE);
	g_free(s->owner);
}

static void read_journal(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

static void plays(struct scene *s)
{
	UNTIL(&s->b, tandem_bench_both(&s->b, TANDEM_SPEAKER_STREAMING));
	for (int i = 0; i < 2; i++) {
		ck_assert(!s->b.roster->slots[i].life.borrowed);
		ck_assert_int_eq(send(s->b.fds[i], "xx", 2, 0), 2);
	}
}

/* The endpoints are still those of the first connection, and nobody has been away. */
static void goes_on(struct scene *s)
{
	g_autofree char *owner = endpoints_owner(s);

	ck_assert_str_eq(owner, s->owner);
	read_journal();
	ck_assert_ptr_null(strstr(s->journal->str, "'Connected': <false>"));
	ck_assert_ptr_null(strstr(s->journal->str, "InterfacesRemoved"));
	ck_assert(!s->b.roster->book.adapters[0].late);
}

/* The first connection has been closed for all, whoever has its socket. */
static void has_ended(struct scene *s)
{
	const int64_t end_ns = tandem_bench_now_ns() + PATIENCE_NS;
	gboolean is_there = TRUE;

	while (is_there) {
		g_autoptr(GVariant) reply = call(s, "org.freedesktop.DBus",
				"/org/freedesktop/DBus", "org.freedesktop.DBus",
				"NameHasOwner", g_variant_new("(s)", s->owner));

		ck_assert_int_lt(tandem_bench_now_ns(), end_ns);
		g_variant_get(reply, "(b)", &is_there);
	}
}

static void begins_anew(struct scene *s)
{
	g_autofree char *owner = endpoints_owner(s);

	ck_assert_ptr_nonnull(owner);
	ck_assert_str_ne(owner, s->owner);
	has_ended(s);
}

/* Twice in a row: the second one has been handed over what the first one had. */
START_TEST(killed_while_it_plays)
{
	struct scene s;
	int64_t from_ns;

	tandem_keeper_kill(&s.k, begin(&s));
	tandem_keeper_kill(&s.k, tandem_keeper_forebear(&s.k));
	from_ns = tandem_bench_now_ns();
	start_next(&s);
	plays(&s);
	ck_assert_int_lt(tandem_bench_now_ns() - from_ns, 2 * TANDEM_NS_PER_S);
	goes_on(&s);
	ck_assert_uint_eq(s.k.drops, 0);
	end(&s);
}
END_TEST

/* Its end is an end, although somebody has its socket. */
START_TEST(stopped_in_order)
{
	struct scene s;

	tandem_keeper_kill(&s.k, begin(&s));
	start_next(&s);
	plays(&s);
	tandem_bench_stop_bus(&s.b);
	has_ended(&s);
	tandem_keeper_listen(&s.k);
	ck_assert_uint_eq(s.k.store.n, 0);
	start_next(&s);
	plays(&s);
	begins_anew(&s);
	end(&s);
}
END_TEST

/* A socket of its own does not mean that nobody calls it: the answers must be ours. */
START_TEST(late_answers)
{
	struct scene s;
	GSubprocess *const forebear = begin(&s);
	int fd;

	tandem_keeper_kill(&s.k, forebear);
	fd = tandem_keeper_file(&s.k, "tandem-bus");
	for (guint32 serial = 1; serial <= 100; serial++) {
		g_autoptr(GDBusMessage) m =
				g_dbus_message_new_method_call("org.freedesktop.DBus",
						"/org/freedesktop/DBus",
						"org.freedesktop.DBus", "GetId");
		g_autofree guchar *bytes = NULL;
		gsize n;

		g_dbus_message_set_serial(m, serial);
		bytes = g_dbus_message_to_blob(m, &n, G_DBUS_CAPABILITY_FLAGS_NONE, NULL);
		ck_assert_int_eq(send(fd, bytes, n, 0), (int)n);
	}
	start_next(&s);
	plays(&s);
	goes_on(&s);
	end(&s);
}
END_TEST

/* Something has been said to the dead one by then. */
static void make_bluez_speak(struct scene *s)
{
	GVariant *const args = g_variant_new("(ssv)", "org.bluez.Device1", "Alias",
			g_variant_new_string("Called otherwise"));
	g_autoptr(GVariant) reply = call(s, "org.bluez", FAR_1,
			"org.freedesktop.DBus.Properties", "Set", args);
	struct pollfd p = { .fd = tandem_keeper_file(&s->k, "tandem-bus"),
		.events = POLLIN };

	ck_assert_ptr_nonnull(reply);
	ck_assert_int_eq(poll(&p, 1, 5000), 1);
}

/* Killed while it read or wrote: 0: the head is read, 1: and some of the rest, 2: half a
 * head is written, 3: a head that promises more. */
START_TEST(in_the_middle_of_a_message)
{
	static const uint8_t head[16] = { 'l', 1, 0, 1, 40, 0, 0, 0, 1, 0, 0, 0, 64, 0, 0,
		0 };
	struct scene s;
	char bytes[64];
	int fd;

	tandem_keeper_kill(&s.k, begin(&s));
	fd = tandem_keeper_file(&s.k, "tandem-bus");
	make_bluez_speak(&s);
	if (_i < 2) {
		const size_t n = _i ? 40 : 16;

		ck_assert_int_eq(recv(fd, bytes, n, 0), (int)n);
	} else {
		const size_t n = _i == 2 ? 8 : 16;

		ck_assert_int_eq(send(fd, head, n, 0), (int)n);
	}
	start_next(&s);
	plays(&s);
	begins_anew(&s);
	end(&s);
}
END_TEST

/* Whatever is left does not fit: 0: the will was not written to its end, 1: it is another
 * connection's, 2: there is none. */
START_TEST(a_will_of_no_use)
{
	struct scene s;
	int fd;

	tandem_keeper_kill(&s.k, begin(&s));
	fd = tandem_keeper_file(&s.k, "tandem-will");
	if (_i == 0) {
		ck_assert_int_eq(pwrite(fd, "x", 1, 40), 1);
	} else if (_i == 1) {
		const int other = memfd_create("will", MFD_CLOEXEC);
		struct tandem_will w = { .socket = 1, .n_endpoints = 2, .owner = ":1.1" };
		char text[TANDEM_WILL_SIZE];

		ck_assert_int_gt(pwrite(other, text, tandem_will_write(&w, text), 0), 0);
		ck_assert_int_eq(dup2(other, fd), fd);
		close(other);
	} else {
		ck_assert_int_eq(s.k.store.items[0].fd, fd);
		s.k.store.items[0] = s.k.store.items[1];
		s.k.store.n = 1;
		close(fd);
	}
	start_next(&s);
	plays(&s);
	begins_anew(&s);
	end(&s);
}
END_TEST

/* The speaker that is away when it is killed comes back while nobody answers: BlueZ waits
 * for three seconds. */
START_TEST(asked_while_nobody_answers)
{
	struct scene s;
	GSubprocess *const forebear = begin(&s);
	GVariant *reply;

	g_subprocess_send_signal(forebear, SIGSTOP);
	reply = call(&s, "org.bluez", FAR_1, "org.bluez.Device1", "Disconnect", NULL);
	ck_assert_ptr_nonnull(reply);
	g_variant_unref(reply);
	g_dbus_connection_call(s.b.stage.connection, "org.bluez", FAR_1,
			"org.bluez.Device1", "ConnectProfile",
			g_variant_new("(s)", SINK_UUID), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
			NULL, NULL, NULL);
	g_dbus_connection_flush_sync(s.b.stage.connection, NULL, NULL);
	tandem_keeper_kill(&s.k, forebear);
	read_journal();
	g_string_truncate(s.journal, 0);
	start_next(&s);
	plays(&s);
	goes_on(&s);
	end(&s);
}
END_TEST

START_TEST(bluetoothd_is_another_one)
{
	struct scene s;

	tandem_keeper_kill(&s.k, begin(&s));
	tandem_bench_stop_bluez(&s.b);
	if (_i) { /* and is not back yet */
		start_next(&s);
		UNTIL(&s.b, s.b.down[0]);
		ck_assert_ptr_nonnull(strstr(s.b.down, "org.bluez"));
	}
	tandem_bench_start_bluez(&s.b);
	if (!_i)
		start_next(&s);
	UNTIL(&s.b, s.b.up && s.b.roster->book.adapters[0].registered);
	ck_assert_uint_eq(s.k.drops, 0); /* the connection itself goes on */
	end(&s);
}
END_TEST

/* Pulled out and plugged in again while nobody looks: it must be registered with anew. */
START_TEST(the_adapter_has_been_away)
{
	struct scene s;

	tandem_keeper_kill(&s.k, begin(&s));
	tandem_fault(s.b.stage.connection, "Plug('hci0', false)");
	tandem_fault(s.b.stage.connection, "Plug('hci0', true)");
	start_next(&s);
	plays(&s);
	ck_assert_uint_eq(s.k.drops, 0);
	end(&s);
}
END_TEST

START_TEST(the_bus_has_gone)
{
	struct scene s;

	tandem_keeper_kill(&s.k, begin(&s));
	g_subprocess_force_exit(s.b.stage.bus);
	g_subprocess_wait(s.b.stage.bus, NULL, NULL);
	start_next(&s);
	UNTIL(&s.b, s.b.down[0]);
	ck_assert_ptr_nonnull(strstr(s.b.down, "no system bus"));
	tandem_bench_stop_bus(&s.b);
	tandem_keeper_listen(&s.k);
	ck_assert_uint_eq(s.k.store.n, 0);
	tandem_keeper_stop(&s.k);
	tandem_stage_abandon(&s.b.stage);
	g_string_free(s.journal, TRUE);
	g_free(s.owner);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("estate");
	TCase *const c = tcase_create("estate");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, killed_while_it_plays);
	tcase_add_test(c, stopped_in_order);
	tcase_add_test(c, late_answers);
	tcase_add_loop_test(c, in_the_middle_of_a_message, 0, 4);
	tcase_add_loop_test(c, a_will_of_no_use, 0, 3);
	tcase_add_test(c, asked_while_nobody_answers);
	tcase_add_loop_test(c, bluetoothd_is_another_one, 0, 2);
	tcase_add_test(c, the_adapter_has_been_away);
	tcase_add_test(c, the_bus_has_gone);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

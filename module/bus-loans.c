/* SPDX-License-Identifier: MIT
 *
 * Borrowed transports. Each sits on a connection of its own, which is closed without
 * Release the moment the program that owns its endpoint leaves the bus. BlueZ does not say
 * who that is, so the unique names of all programs known to register audio endpoints are
 * watched.
 */
#include "bus-internal.h"

#include <stdlib.h>
#include <unistd.h>

struct loan {
	struct tandem_bus *bus;
	uint32_t call;
	char transport[TANDEM_PATH_SIZE];
	GDBusConnection *connection;
	GCancellable *cancel;
};

static void loan_free(void *data)
{
	struct loan *l = data;

	g_cancellable_cancel(l->cancel);
	g_object_unref(l->cancel);
	if (l->connection)
		g_dbus_connection_close(l->connection, NULL, NULL, NULL);
	g_clear_object(&l->connection);
	g_free(l);
}

GHashTable *tandem_bus_loans_new(void)
{
	return g_hash_table_new_full(g_int_hash, g_int_equal, NULL, loan_free);
}

void tandem_bus_loan_drop(struct tandem_bus *bus, uint32_t call)
{
	if (g_hash_table_remove(bus->loans, &call) && g_hash_table_size(bus->loans) == 0)
		tandem_bus_lenders_forget(bus);
}

void tandem_bus_lenders_forget(struct tandem_bus *bus)
{
	if (bus->lender_watch && bus->connection)
		tandem_bus_watch_names(bus, false);
	bus->lender_watch = false;
	g_hash_table_remove_all(bus->lenders);
}

struct inquiry {
	struct tandem_bus *bus;
	char *name;
};

/* The programs that register A2DP endpoints, by the kernel's 15 bytes of their name. */
static bool is_audio_program(guint32 pid)
{
	static const char *const programs[] = { "wireplumber", "pipewire",
		"pipewire-media-", "pulseaudio", "bluealsa", "bluealsad" };
	g_autofree char *path = g_strdup_printf("/proc/%u/comm", pid);
	g_autofree char *comm = NULL;

	if (pid == (guint32)getpid() || !g_file_get_contents(path, &comm, NULL, NULL))
		return false;
	g_strchomp(comm);
	for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
		if (g_str_equal(comm, programs[i]))
			return true;
	}
	return false;
}

static void on_pid(GObject *source, GAsyncResult *result, void *data)
{
	struct inquiry *q = data;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, NULL);
	guint32 pid;

	q->bus->inflight--;
	if (reply && q->bus->lender_watch) {
		g_variant_get(reply, "(u)", &pid);
		if (is_audio_program(pid))
			g_hash_table_add(q->bus->lenders, g_steal_pointer(&q->name));
	}
	g_free(q->name);
	g_free(q);
}

static void ask_daemon(struct tandem_bus *bus, const char *method, GVariant *args,
		GAsyncReadyCallback callback, void *data)
{
	bus->inflight++;
	g_dbus_connection_call(bus->connection, "org.freedesktop.DBus",
			"/org/freedesktop/DBus", "org.freedesktop.DBus", method, args, NULL,
			G_DBUS_CALL_FLAGS_NONE, -1, bus->session, callback, data);
}

/* Adds this name to the lenders, when it is one. */
static void inquire(struct tandem_bus *bus, const char *name)
{
	struct inquiry *q = g_new(struct inquiry, 1);

	q->bus = bus;
	q->name = g_strdup(name);
	ask_daemon(bus, "GetConnectionUnixProcessID", g_variant_new("(s)", name), on_pid,
			q);
}

static void on_names(GObject *source, GAsyncResult *result, void *data)
{
	struct tandem_bus *bus = data;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, NULL);
	g_autofree const char **names = NULL;

	bus->inflight--;
	if (!reply || !bus->lender_watch)
		return;
	g_variant_get(reply, "(^a&s)", &names);
	for (size_t i = 0; names[i]; i++) {
		if (names[i][0] == ':')
			inquire(bus, names[i]);
	}
}

void tandem_bus_lender_changed(struct tandem_bus *bus, const char *name, const char *after)
{
	const struct tandem_event gone = tandem_bus_event(TANDEM_EVENT_LENDER_GONE);

	if (!bus->lender_watch || name[0] != ':')
		return;
	if (after[0]) {
		inquire(bus, name); /* a session manager that has been restarted, perhaps */
		return;
	}
	if (!g_hash_table_remove(bus->lenders, name))
		return;
	/* Here and now, not after a turn through main: BlueZ is fragile until then. */
	g_hash_table_remove_all(bus->loans);
	tandem_bus_emit(bus, &gone);
}

static void watch_lenders(struct tandem_bus *bus)
{
	if (bus->lender_watch)
		return;
	bus->lender_watch = true;
	tandem_bus_watch_names(bus, true);
	ask_daemon(bus, "ListNames", NULL, on_names, bus);
}

struct opening {
	struct tandem_bus *bus;
	uint32_t call;
};

static void on_opened(GObject *source, GAsyncResult *result, void *data)
{
	g_autofree struct opening *o = data;
	struct tandem_bus *bus = o->bus;
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_ACQUIRED);
	g_autoptr(GError) error = NULL;
	GDBusConnection *c = g_dbus_connection_new_for_address_finish(result, &error);
	struct loan *l = g_hash_table_lookup(bus->loans, &o->call);

	(void)source;
	bus->inflight--;
	if (!l) { /* dropped meanwhile */
		g_clear_object(&c);
		return;
	}
	if (c) {
		l->connection = c;
		tandem_bus_acquire(bus, c, l->cancel, l->transport, l->call);
		return;
	}
	e.call = o->call;
	tandem_bus_set_error(&e, error);
	tandem_bus_loan_drop(bus, o->call);
	tandem_bus_emit(bus, &e);
}

void tandem_bus_loan_acquire(struct tandem_bus *bus, const char *transport, uint32_t call)
{
	struct loan *l = g_new0(struct loan, 1);
	struct opening *o = g_new0(struct opening, 1);

	l->bus = bus;
	l->call = call;
	l->cancel = g_cancellable_new();
	g_strlcpy(l->transport, transport, sizeof(l->transport));
	g_hash_table_replace(bus->loans, &l->call, l);
	watch_lenders(bus);
	o->bus = bus;
	o->call = call;
	bus->inflight++;
	g_dbus_connection_new_for_address(bus->address,
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, l->cancel, on_opened, o);
}

void tandem_bus_loan_release(struct tandem_bus *bus, const char *transport, uint32_t call)
{
	struct loan *l = g_hash_table_lookup(bus->loans, &call);
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_RELEASED);

	if (l && l->connection) {
		tandem_bus_release(bus, l->connection, transport, call);
		return;
	}
	e.call = call;
	tandem_bus_loan_drop(bus, call);
	tandem_bus_emit(bus, &e);
}

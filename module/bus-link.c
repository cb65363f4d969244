/* SPDX-License-Identifier: MIT
 *
 * Our main connection to the system bus, which may be one that the process before has left
 * (estate.h). So the bus must not be GDBus's business: what it would do for us with a fresh
 * connection, and could not with the other one, is done here for both:
 *
 *     fresh       authenticate, Hello, AddMatch x3, GetNameOwner(org.bluez), give
 *     inherited                                     GetNameOwner(org.bluez)
 *
 * Calls are numbered from a random number on, so that an answer to a call of the process
 * before is not taken for one of ours.
 */
#include "bus-internal.h"
#include "handover.h"

#include <string.h>
#include <unistd.h>

#define DBUS "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

/* The bus answers within a few ms; silence means that the process before has left half a
 * message there. Chosen: nobody misses 2 s, once. */
#define INHERITED_TIMEOUT_MS 2000

/* The only signals that come: they count for the owner of the name, whoever it is. */
static const char *const rules[] = {
	"type='signal',sender='" TANDEM_BLUEZ "',interface='" DBUS ".ObjectManager'",
	"type='signal',sender='" TANDEM_BLUEZ "',interface='" DBUS ".Properties'",
	"type='signal',sender='" DBUS "',member='NameOwnerChanged',arg0='" TANDEM_BLUEZ "'",
};
static const char all_names[] = "type='signal',sender='" DBUS "',member='NameOwnerChanged'";

guint32 tandem_bus_number(guint32 base, guint32 number, bool incoming)
{
	return incoming ? number - base : number + base;
}

static guint32 number_base(gpointer base)
{
	tandem_handover_take(base);
	return *(const guint32 *)base;
}

/* Thread: GDBus's own. Takes the message, and returns one, or NULL: nobody's. */
static GDBusMessage *renumber(GDBusConnection *connection, GDBusMessage *message,
		gboolean incoming, gpointer data)
{
	const guint32 base = number_base(data);
	const guint32 number = incoming ? g_dbus_message_get_reply_serial(message)
					: g_dbus_message_get_serial(message);
	const guint32 other = tandem_bus_number(base, number, incoming);
	GDBusMessage *copy;

	(void)connection;
	if (incoming && number == 0)
		return message; /* a call or a signal */
	copy = other ? g_dbus_message_copy(message, NULL) : NULL;
	g_object_unref(message);
	if (copy && incoming) {
		g_dbus_message_set_reply_serial(copy, other);
	} else if (copy) {
		g_dbus_message_set_serial(copy, other);
	}
	return copy;
}

static void call_bus(struct tandem_bus *bus, const char *method, GVariant *args)
{
	g_dbus_connection_call(bus->connection, DBUS, DBUS_PATH, DBUS, method, args, NULL,
			G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

void tandem_bus_watch_names(struct tandem_bus *bus, bool on)
{
	call_bus(bus, on ? "AddMatch" : "RemoveMatch", g_variant_new("(s)", all_names));
}

static void on_owner(GObject *source, GAsyncResult *result, void *data);

static void ask_owner(struct tandem_bus *bus)
{
	bus->inflight++;
	g_dbus_connection_call(bus->connection, DBUS, DBUS_PATH, DBUS, "GetNameOwner",
			g_variant_new("(s)", TANDEM_BLUEZ), G_VARIANT_TYPE("(s)"),
			G_DBUS_CALL_FLAGS_NONE,
			bus->is_inherited ? INHERITED_TIMEOUT_MS : -1, bus->attempt,
			on_owner, bus);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void on_name_changed(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *signal, GVariant *args,
		void *data)
{
	struct tandem_bus *bus = data;
	const char *name, *before, *after;

	(void)connection;
	(void)path;
	(void)interface;
	(void)signal;
	if (g_strcmp0(sender, DBUS) != 0 ||
			!g_variant_is_of_type(args, G_VARIANT_TYPE("(sss)")))
		return;
	g_variant_get(args, "(&s&s&s)", &name, &before, &after);
	if (!g_str_equal(name, TANDEM_BLUEZ)) {
		tandem_bus_lender_changed(bus, name, after);
	} else if (after[0]) {
		tandem_bus_session_begin(bus, after);
	} else {
		tandem_bus_session_lost(bus);
	}
}

static int socket_of(GDBusConnection *c)
{
	GIOStream *const stream = g_dbus_connection_get_stream(c);

	return g_socket_get_fd(g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream)));
}

/* Where nobody keeps it, or will not, Tandem plays all the same. */
static void give(struct tandem_bus *bus)
{
	if (!bus->is_inherited && bus->estate.socket_fd < 0)
		(void)!tandem_estate_give(&bus->estate, socket_of(bus->connection));
}

static void on_owner(GObject *source, GAsyncResult *result, void *data)
{
	struct tandem_bus *bus = data;
	g_autoptr(GError) error = NULL;
	g_autofree char *remote = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);
	const char *owner;

	bus->inflight--;
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	remote = error ? g_dbus_error_get_remote_error(error) : NULL;
	if (reply) {
		g_variant_get(reply, "(&s)", &owner);
		tandem_bus_session_begin(bus, owner);
	} else if (g_strcmp0(remote, DBUS ".Error.NameHasNoOwner") == 0) {
		tandem_bus_session_lost(bus);
	} else {
		tandem_bus_link_failed(bus, error ? error->message : "no answer");
		return;
	}
	give(bus);
}

static void on_closed(GDBusConnection *connection, gboolean vanished, GError *error,
		void *data)
{
	(void)connection;
	(void)vanished;
	tandem_bus_link_failed(data, error ? error->message : "closed");
}

/* From now on messages are ours. Takes the connection. */
static void begin(struct tandem_bus *bus, GDBusConnection *c)
{
	guint32 *base = g_new(guint32, 1);

	*base = (guint32)g_random_int_range(0, G_MAXINT32);
	bus->connection = c;
	tandem_handover_give(base);
	g_dbus_connection_add_filter(c, renumber, base, g_free);
	bus->closed_handler = g_signal_connect(c, "closed", G_CALLBACK(on_closed), bus);
	g_dbus_connection_signal_subscribe(c, NULL, DBUS, "NameOwnerChanged", DBUS_PATH,
			NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_name_changed, bus, NULL);
}

void tandem_bus_link_connected(struct tandem_bus *bus, GDBusConnection *connection)
{
	begin(bus, connection);
	call_bus(bus, "Hello", NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rules); i++)
		call_bus(bus, "AddMatch", g_variant_new("(s)", rules[i]));
	ask_owner(bus);
}

/* Takes the socket. */
static GDBusConnection *connect_over(int fd)
{
	g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);
	g_autoptr(GSocketConnection) stream = NULL;

	if (!socket) {
		close(fd);
		return NULL;
	}
	stream = g_socket_connection_factory_create_connection(socket);
	/* It has said who it is, and Hello: nothing is said here. */
	return g_dbus_connection_new_sync(G_IO_STREAM(stream), NULL,
			G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING, NULL, NULL, NULL);
}

bool tandem_bus_link_inherit(struct tandem_bus *bus)
{
	const int fd = tandem_estate_inherit(&bus->estate);
	GDBusConnection *const c = fd < 0 ? NULL : connect_over(fd);

	if (!c) {
		tandem_estate_end(&bus->estate);
		return false;
	}
	bus->is_inherited = true;
	begin(bus, c);
	tandem_bus_hosts_inherit(bus);
	g_dbus_connection_start_message_processing(c);
	tandem_bus_watch_names(bus, false); /* its loans have gone with it */
	ask_owner(bus);
	return true;
}

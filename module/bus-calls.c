/* SPDX-License-Identifier: MIT */
#include "bus-internal.h"

#include <gio/gunixfdlist.h>
#include <string.h>

/* Paging takes 5 s, service discovery as long again, and BlueZ queues behind others. */
#define CONNECT_TIMEOUT_MS 40000

struct call {
	struct tandem_bus *bus;
	struct tandem_event event; /* goes to main when the reply is here */
};

static struct call *call_new(struct tandem_bus *bus, enum tandem_event_kind kind,
		const char *path, uint32_t id)
{
	struct call *c = g_new0(struct call, 1);

	c->bus = bus;
	c->event = tandem_bus_event(kind);
	c->event.call = id;
	g_strlcpy(c->event.path, path, sizeof(c->event.path));
	bus->inflight++;
	return c;
}

/* Cancelled calls belong to a session that main knows to be over. */
static void call_done(struct call *c, const GError *error)
{
	c->bus->inflight--;
	if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
		tandem_bus_set_error(&c->event, error);
		tandem_bus_emit(c->bus, &c->event);
	}
	g_free(c);
}

static void on_done(GObject *source, GAsyncResult *result, void *data)
{
	struct call *c = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);

	if (c->event.kind == TANDEM_EVENT_RELEASED)
		tandem_bus_loan_drop(c->bus, c->event.call);
	call_done(c, error);
}

void tandem_bus_connect_device(struct tandem_bus *bus, const char *device)
{
	struct call *c = call_new(bus, TANDEM_EVENT_CONNECTED, device, 0);

	g_dbus_connection_call(bus->connection, bus->owner, device, "org.bluez.Device1",
			"ConnectProfile", g_variant_new("(s)", TANDEM_UUID_SINK), NULL,
			G_DBUS_CALL_FLAGS_NO_AUTO_START, CONNECT_TIMEOUT_MS, bus->session,
			on_done, c);
}

void tandem_bus_disconnect_device(struct tandem_bus *bus, const char *device)
{
	g_dbus_connection_call(bus->connection, bus->owner, device, "org.bluez.Device1",
			"Disconnect", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL,
			NULL, NULL);
}

static void on_acquired(GObject *source, GAsyncResult *result, void *data)
{
	struct call *c = data;
	g_autoptr(GUnixFDList) fds = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish(
			G_DBUS_CONNECTION(source), &fds, result, &error);

	if (reply) {
		const int handle = tandem_read_acquired(&c->event, reply);

		if (fds && handle >= 0 && handle < g_unix_fd_list_get_length(fds))
			c->event.fd = g_unix_fd_list_get(fds, handle, &error);
		if (c->event.fd < 0 && !error) {
			error = g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED,
					"no socket came");
		}
	}
	if (error)
		tandem_bus_loan_drop(c->bus, c->event.call);
	call_done(c, error);
}

void tandem_bus_acquire(struct tandem_bus *bus, GDBusConnection *connection,
		GCancellable *cancel, const char *transport, uint32_t call)
{
	struct call *c = call_new(bus, TANDEM_EVENT_ACQUIRED, transport, call);

	g_dbus_connection_call_with_unix_fd_list(connection, bus->owner, transport,
			"org.bluez.MediaTransport1", "Acquire", NULL,
			G_VARIANT_TYPE("(hqq)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
			TANDEM_ACQUIRE_TIMEOUT_MS, NULL, cancel, on_acquired, c);
}

void tandem_bus_release(struct tandem_bus *bus, GDBusConnection *connection,
		const char *transport, uint32_t call)
{
	struct call *c = call_new(bus, TANDEM_EVENT_RELEASED, transport, call);

	g_dbus_connection_call(connection, bus->owner, transport,
			"org.bluez.MediaTransport1", "Release", NULL, NULL,
			G_DBUS_CALL_FLAGS_NO_AUTO_START, TANDEM_ACQUIRE_TIMEOUT_MS,
			bus->session, on_done, c);
}

struct letting_go {
	struct tandem_bus *bus;
	void (*done)(struct tandem_bus *bus);
};

/* Refused: it is not acquired, or the process before has let go of it itself. */
static void on_let_go(GObject *source, GAsyncResult *result, void *data)
{
	g_autofree struct letting_go *l = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);

	l->bus->inflight--;
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	if (--l->bus->letting_go == 0)
		l->done(l->bus);
}

void tandem_bus_let_go(struct tandem_bus *bus, int timeout_ms,
		void (*done)(struct tandem_bus *bus))
{
	const struct tandem_will *const w = &bus->estate.will;

	bus->letting_go = w->n_streams;
	if (w->n_streams == 0)
		done(bus);
	for (uint32_t i = 0; i < w->n_streams; i++) {
		struct letting_go *l = g_new(struct letting_go, 1);

		*l = (struct letting_go){ .bus = bus, .done = done };
		bus->inflight++;
		g_dbus_connection_call(bus->connection, bus->owner, w->streams[i].transport,
				"org.bluez.MediaTransport1", "Release", NULL, NULL,
				G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, bus->session,
				on_let_go, l);
	}
}

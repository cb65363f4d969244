/* SPDX-License-Identifier: MIT */
#include "endpoint.h"

#include <gio/gunixfdlist.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "offer.h"
#include "select.h"

#define BLUEZ "org.bluez"
#define TRANSPORT BLUEZ ".MediaTransport1"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define RETRY_MS 500     /* an adapter may come later than its daemon; chosen */
#define ACQUIRE_MS 12000 /* longer than AVDTP's own 6 s and 10 s */
#define MAX_DELAY 0xffff /* AVDTP: 16 bits of 0.1 ms */

struct tandem_endpoint {
	GDBusConnection *connection;
	const struct tandem_endpoint_ops *ops;
	void *data;
	const struct tandem_options *options;
	char *adapter_path;
	GDBusNodeInfo *described;
	GCancellable *life; /* of all calls in flight */
	guint objects[1 + TANDEM_OFFERS];
	guint watch_id;
	guint signal_id;
	guint retry_id;

	char *owner;         /* unique name of org.bluez; NULL: not there */
	char *transport;     /* NULL: not configured */
	uint32_t generation; /* of the transport: late replies are known by it */
	bool ldac;           /* is the transport's codec */
	bool acquiring;
	bool started;
	bool complained;
};

struct acquisition {
	struct tandem_endpoint *endpoint;
	uint32_t generation;
};

static void stop(struct tandem_endpoint *e)
{
	if (!e->started)
		return;
	e->started = false;
	e->ops->stopped(e->data);
}

static void forget_transport(struct tandem_endpoint *e)
{
	stop(e);
	e->generation++;
	e->acquiring = false;
	g_clear_pointer(&e->transport, g_free);
}

static void acquired(GObject *source, GAsyncResult *result, void *data)
{
	struct acquisition *const a = data;
	struct tandem_endpoint *const e = a->endpoint;
	const uint32_t generation = a->generation;
	g_autoptr(GUnixFDList) fds = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish(
			G_DBUS_CONNECTION(source), &fds, result, &error);
	gint32 handle = -1;
	int fd = -1;

	g_free(a);
	if (reply != NULL && fds != NULL) {
		g_variant_get(reply, "(hqq)", &handle, NULL, NULL);
		fd = g_unix_fd_list_get(fds, handle, NULL);
	}
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* e is gone */
	if (generation != e->generation) {
		if (fd >= 0)
			close(fd);
		return;
	}
	e->acquiring = false;
	if (fd < 0) {
		fprintf(stderr, "Transport not acquired: %s\n",
				error != NULL ? error->message : "no socket");
		return;
	}
	e->started = true;
	e->ops->started(e->data, fd, e->ldac);
}

static void acquire(struct tandem_endpoint *e)
{
	struct acquisition *const a = g_new0(struct acquisition, 1);

	if (e->acquiring || e->started) {
		g_free(a);
		return;
	}
	a->endpoint = e;
	a->generation = e->generation;
	e->acquiring = true;
	g_dbus_connection_call_with_unix_fd_list(e->connection, e->owner, e->transport,
			TRANSPORT, "TryAcquire", NULL, G_VARIANT_TYPE("(hqq)"),
			G_DBUS_CALL_FLAGS_NONE, ACQUIRE_MS, NULL, e->life, acquired, a);
}

static void state_is(struct tandem_endpoint *e, const char *state)
{
	if (g_str_equal(state, "pending")) {
		acquire(e);
	} else if (g_str_equal(state, "idle")) {
		e->generation++;
		e->acquiring = false;
		stop(e);
	}
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void properties_changed(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *signal, GVariant *args,
		void *data)
{
	struct tandem_endpoint *const e = data;
	g_autoptr(GVariant) changed = NULL;
	const char *state = NULL;

	(void)connection, (void)sender, (void)interface, (void)signal;
	if (e->transport == NULL || !g_str_equal(path, e->transport))
		return;
	g_variant_get(args, "(&s@a{sv}@as)", NULL, &changed, NULL);
	if (g_variant_lookup(changed, "State", "&s", &state))
		state_is(e, state);
}

static void set_configuration(struct tandem_endpoint *e, bool ldac, GVariant *args)
{
	g_autoptr(GVariant) props = NULL;
	const char *path = NULL;
	const char *state = NULL;

	g_variant_get(args, "(&o@a{sv})", &path, &props);
	forget_transport(e);
	e->transport = g_strdup(path);
	e->ldac = ldac;
	if (g_variant_lookup(props, "State", "&s", &state))
		state_is(e, state);
}

static void select_configuration(GDBusMethodInvocation *call, bool ldac, GVariant *args)
{
	g_autoptr(GVariant) caps = g_variant_get_child_value(args, 0);
	size_t bytes = 0;
	const uint8_t *const offered = g_variant_get_fixed_array(caps, &bytes, 1);
	uint8_t chosen[TANDEM_SELECT_LDAC_BYTES];
	const size_t n = ldac ? TANDEM_SELECT_LDAC_BYTES : TANDEM_SELECT_BYTES;

	if (!(ldac ? tandem_select_ldac(offered, bytes, chosen)
		   : tandem_select_sbc(offered, bytes, chosen))) {
		g_dbus_method_invocation_return_dbus_error(call, BLUEZ ".Error.Rejected",
				"No mode in common");
		return;
	}
	g_dbus_method_invocation_return_value(call,
			g_variant_new("(@ay)",
					g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE,
							chosen, n, 1)));
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void endpoint_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	struct tandem_endpoint *const e = data;
	const bool ldac = g_str_equal(path, tandem_offer_paths[TANDEM_OFFER_LDAC]);

	(void)connection, (void)interface;
	if (g_strcmp0(sender, e->owner) != 0) {
		g_dbus_method_invocation_return_dbus_error(call,
				"org.freedesktop.DBus.Error.AccessDenied", "Not BlueZ");
		return;
	}
	if (g_str_equal(method, "SelectConfiguration")) {
		select_configuration(call, ldac, args);
		return;
	}
	if (g_str_equal(method, "SetConfiguration")) {
		set_configuration(e, ldac, args);
	} else {
		forget_transport(e);
	}
	g_dbus_method_invocation_return_value(call, NULL);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static GVariant *endpoint_get(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *name, GError **error,
		void *data)
{
	(void)connection, (void)sender, (void)interface, (void)error, (void)data;
	return tandem_offer_property(g_str_equal(path,
						     tandem_offer_paths[TANDEM_OFFER_LDAC]),
			name);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void manager_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	const struct tandem_endpoint *const e = data;

	(void)connection, (void)sender, (void)path, (void)interface;
	(void)method, (void)args;
	g_dbus_method_invocation_return_value(call,
			g_variant_new("(@a{oa{sa{sv}}})",
					tandem_offer_objects(e->options->ldac)));
}

static gboolean register_application(void *data);

static void application_registered(GObject *source, GAsyncResult *result, void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);
	struct tandem_endpoint *const e = data;

	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return; /* e is gone */
	if (reply != NULL) {
		e->ops->registered(e->data);
		return;
	}
	fprintf(stderr, "%s: %s; trying again\n", e->adapter_path, error->message);
	if (e->owner != NULL && e->retry_id == 0)
		e->retry_id = g_timeout_add(RETRY_MS, register_application, e);
}

static gboolean register_application(void *data)
{
	struct tandem_endpoint *const e = data;

	e->retry_id = 0;
	g_dbus_connection_call(e->connection, e->owner, e->adapter_path, BLUEZ ".Media1",
			"RegisterApplication",
			g_variant_new("(oa{sv})", TANDEM_OFFER_ROOT, NULL), NULL,
			G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, e->life,
			application_registered, e);
	return G_SOURCE_REMOVE;
}

static void set_property(struct tandem_endpoint *e, const char *path, const char *interface,
		const char *name, GVariant *value, GAsyncReadyCallback done)
{
	g_dbus_connection_call(e->connection, e->owner, path, PROPERTIES, "Set",
			g_variant_new("(ssv)", interface, name, value), NULL,
			G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, e->life, done, e);
}

static void bluez_appeared(GDBusConnection *connection, const char *name, const char *owner,
		void *data)
{
	struct tandem_endpoint *const e = data;

	(void)connection, (void)name;
	g_free(e->owner);
	e->owner = g_strdup(owner);
	if (e->options->name != NULL) {
		set_property(e, e->adapter_path, BLUEZ ".Adapter1", "Alias",
				g_variant_new_string(e->options->name), NULL);
	}
	register_application(e);
}

static void bluez_vanished(GDBusConnection *connection, const char *name, void *data)
{
	struct tandem_endpoint *const e = data;

	(void)connection, (void)name;
	forget_transport(e);
	g_clear_pointer(&e->owner, g_free);
	if (e->retry_id != 0)
		g_source_remove(e->retry_id);
	e->retry_id = 0;
}

static void reported(GObject *source, GAsyncResult *result, void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);
	struct tandem_endpoint *const e = data;

	if (reply != NULL || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
			g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT))
		return; /* the transport went in between */
	if (!e->complained)
		fprintf(stderr, "This BlueZ takes no delay report: %s\n", error->message);
	e->complained = true;
}

void tandem_endpoint_report(struct tandem_endpoint *e, double delay_ms)
{
	const double tenths = CLAMP(delay_ms * 10.0 + 0.5, 0.0, (double)MAX_DELAY);

	if (e->transport != NULL) {
		set_property(e, e->transport, TRANSPORT, "Delay",
				g_variant_new_uint16((guint16)tenths), reported);
	}
}

void tandem_endpoint_suspend(struct tandem_endpoint *e)
{
	if (!e->started)
		return;
	g_dbus_connection_call(e->connection, e->owner, e->transport, TRANSPORT, "Release",
			NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, ACQUIRE_MS, e->life,
			NULL, NULL);
}

static void export(struct tandem_endpoint *e)
{
	static const GDBusInterfaceVTable manager = { manager_call, NULL, NULL, { 0 } };
	static const GDBusInterfaceVTable endpoint = { endpoint_call, endpoint_get, NULL,
		{ 0 } };

	e->objects[0] = g_dbus_connection_register_object(e->connection, TANDEM_OFFER_ROOT,
			e->described->interfaces[0], &manager, e, NULL, NULL);
	for (int i = 0; i < TANDEM_OFFERS; i++) {
		e->objects[1 + i] = g_dbus_connection_register_object(e->connection,
				tandem_offer_paths[i], e->described->interfaces[1],
				&endpoint, e, NULL, NULL);
		g_assert(e->objects[1 + i] != 0);
	}
}

struct tandem_endpoint *tandem_endpoint_new(GDBusConnection *connection,
		const struct tandem_options *options, const struct tandem_endpoint_ops *ops,
		void *data)
{
	struct tandem_endpoint *const e = g_new0(struct tandem_endpoint, 1);

	e->connection = connection;
	e->ops = ops;
	e->data = data;
	e->options = options;
	e->adapter_path = g_strdup_printf("/org/bluez/%s", options->adapter);
	e->life = g_cancellable_new();
	e->described = tandem_offer_describe();
	export(e);
	e->signal_id = g_dbus_connection_signal_subscribe(connection, BLUEZ, PROPERTIES,
			"PropertiesChanged", NULL, TRANSPORT, G_DBUS_SIGNAL_FLAGS_NONE,
			properties_changed, e, NULL);
	e->watch_id = g_bus_watch_name_on_connection(connection, BLUEZ,
			G_BUS_NAME_WATCHER_FLAGS_NONE, bluez_appeared, bluez_vanished, e,
			NULL);
	return e;
}

void tandem_endpoint_free(struct tandem_endpoint *e)
{
	if (e == NULL)
		return;
	g_cancellable_cancel(e->life);
	g_bus_unwatch_name(e->watch_id);
	g_dbus_connection_signal_unsubscribe(e->connection, e->signal_id);
	for (size_t i = 0; i < G_N_ELEMENTS(e->objects); i++)
		g_dbus_connection_unregister_object(e->connection, e->objects[i]);
	if (e->retry_id != 0)
		g_source_remove(e->retry_id);
	g_dbus_node_info_unref(e->described);
	g_object_unref(e->life);
	g_free(e->adapter_path);
	g_free(e->owner);
	g_free(e->transport);
	g_free(e);
}

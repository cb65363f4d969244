/* SPDX-License-Identifier: MIT
 *
 * Our endpoints' life on each adapter, and the questions that BlueZ asks them. What they
 * are: bus-offer.c.
 */
#include "bus-internal.h"

#include <string.h>

/* BlueZ takes silence for three seconds as a fault of ours and drops every stream. */
#define ANSWER_MS 2500

struct host {
	struct tandem_bus *bus;
	GDBusConnection *connection;
	char *adapter;
	char *root;
	guint ids[1 + TANDEM_MAX_ENDPOINT];
};

/* BlueZ has asked and main has not answered yet. */
struct question {
	struct tandem_bus *bus;
	uint32_t call;
	struct tandem_will_stream stream; /* which there is when the answer is yes */
	GDBusMethodInvocation *invocation;
	GSource *timeout;
};

/* BlueZ has asked before main knows enough to be asked. */
struct held {
	char adapter[TANDEM_PATH_SIZE];
	GDBusMethodInvocation *invocation;
};

static void host_free(void *data)
{
	struct host *h = data;

	for (size_t i = 0; i < G_N_ELEMENTS(h->ids); i++) {
		if (h->ids[i])
			g_dbus_connection_unregister_object(h->connection, h->ids[i]);
	}
	g_object_unref(h->connection);
	g_free(h->adapter);
	g_free(h->root);
	g_free(h);
}

GHashTable *tandem_bus_hosts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, host_free);
}

static void refuse(GDBusMethodInvocation *invocation, const char *why)
{
	g_dbus_method_invocation_return_dbus_error(invocation, "org.bluez.Error.Rejected",
			why);
}

static void question_free(void *data)
{
	struct question *q = data;

	if (q->invocation)
		refuse(q->invocation, "not answered in time");
	g_source_destroy(q->timeout);
	g_source_unref(q->timeout);
	g_free(q);
}

GHashTable *tandem_bus_questions_new(void)
{
	return g_hash_table_new_full(g_int_hash, g_int_equal, NULL, question_free);
}

static gboolean on_answer_overdue(void *data)
{
	struct question *q = data;

	g_hash_table_remove(q->bus->questions, &q->call);
	return G_SOURCE_REMOVE;
}

static uint32_t ask(struct tandem_bus *bus, const struct tandem_event *e,
		GDBusMethodInvocation *invocation)
{
	struct question *q = g_new0(struct question, 1);

	if (e->kind == TANDEM_EVENT_SET) {
		q->stream.endpoint = e->endpoint;
		memcpy(q->stream.adapter, e->parent, sizeof(q->stream.adapter));
		memcpy(q->stream.transport, e->path, sizeof(q->stream.transport));
	}

	q->bus = bus;
	q->call = ++bus->last_question;
	q->invocation = invocation;
	q->timeout = tandem_bus_after(bus, ANSWER_MS, on_answer_overdue, q);
	g_hash_table_insert(bus->questions, &q->call, q);
	return q->call;
}

void tandem_bus_answer(struct tandem_bus *bus, const struct tandem_action *action)
{
	struct question *q = g_hash_table_lookup(bus->questions, &action->call);

	if (!q)
		return; /* overdue: refused already */
	if (action->text[0]) {
		g_dbus_method_invocation_return_dbus_error(q->invocation, action->name,
				action->text);
	} else if (action->config_bytes > 0) {
		GVariant *config = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE,
				action->config, action->config_bytes, 1);

		g_dbus_method_invocation_return_value(q->invocation,
				g_variant_new_tuple(&config, 1));
	} else {
		tandem_will_add_stream(&bus->estate.will, &q->stream);
		tandem_estate_write(&bus->estate);
		g_dbus_method_invocation_return_value(q->invocation, NULL);
	}
	q->invocation = NULL;
	g_hash_table_remove(bus->questions, &action->call);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static GVariant *on_get_property(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *property,
		GError **error, void *data)
{
	(void)connection;
	(void)sender;
	(void)interface;
	(void)error;
	(void)data;
	return tandem_bus_offer_property(tandem_bus_offer_number(path), property);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void on_root_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *invocation, void *data)
{
	const struct host *h = data;

	(void)connection;
	(void)sender;
	(void)path;
	(void)interface;
	(void)method;
	(void)args;
	g_dbus_method_invocation_return_value(invocation,
			tandem_bus_offer_objects(h->bus, h->root));
}

/* For main, which answers; or, when it could not be read, refused at once. */
static void pass_on(struct tandem_bus *bus, struct tandem_event *e, bool fits,
		GDBusMethodInvocation *invocation)
{
	if (!fits) {
		refuse(invocation, "longer than anything Bluetooth has");
		return;
	}
	e->call = ask(bus, e, invocation);
	tandem_bus_emit(bus, e);
}

static void on_clear(struct tandem_bus *bus, struct tandem_event *e, GVariant *args,
		GDBusMethodInvocation *invocation)
{
	if (tandem_read_clear(e, args)) {
		tandem_will_drop_stream(&bus->estate.will, e->path);
		tandem_estate_write(&bus->estate);
		tandem_bus_emit(bus, e);
	}
	g_dbus_method_invocation_return_value(invocation, NULL);
}

/* Takes the invocation. */
static void hear(struct tandem_bus *bus, const char *adapter,
		GDBusMethodInvocation *invocation)
{
	const char *const path = g_dbus_method_invocation_get_object_path(invocation);
	const char *const method = g_dbus_method_invocation_get_method_name(invocation);
	GVariant *const args = g_dbus_method_invocation_get_parameters(invocation);
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_SET);

	if (g_strcmp0(g_dbus_method_invocation_get_sender(invocation), bus->owner) != 0) {
		g_dbus_method_invocation_return_dbus_error(invocation,
				"org.freedesktop.DBus.Error.AccessDenied",
				"only the Bluetooth service may configure streams");
		return;
	}
	g_strlcpy(e.parent, adapter, sizeof(e.parent));
	e.endpoint = tandem_bus_offer_number(path);
	if (g_str_equal(method, "SelectConfiguration")) {
		pass_on(bus, &e, tandem_read_select(&e, args), invocation);
	} else if (g_str_equal(method, "SetConfiguration")) {
		pass_on(bus, &e, tandem_read_set(&e, args), invocation);
	} else if (g_str_equal(method, "ClearConfiguration")) {
		on_clear(bus, &e, args, invocation);
	} else {
		/* Release: bluetoothd is about to go, or the adapter; both are told. */
		g_dbus_method_invocation_return_value(invocation, NULL);
	}
}

void tandem_bus_held_flush(struct tandem_bus *bus, bool is_heard)
{
	struct held *next;

	while ((next = g_queue_pop_head(&bus->held))) {
		if (is_heard) {
			hear(bus, next->adapter, next->invocation);
		} else {
			refuse(next->invocation, "Bluetooth has begun anew");
		}
		g_free(next);
	}
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void on_endpoint_call(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *invocation, void *data)
{
	const struct host *h = data;
	struct held *held;

	(void)connection;
	(void)sender;
	(void)path;
	(void)interface;
	(void)args;
	if (h->bus->is_told) {
		hear(h->bus, h->adapter, invocation);
		return;
	}
	/* The adapter has been away, and knows nothing of us. */
	if (g_str_equal(method, "Release"))
		tandem_will_drop_host(&h->bus->estate.will, h->adapter);
	held = g_new0(struct held, 1);
	held->invocation = invocation;
	g_strlcpy(held->adapter, h->adapter, sizeof(held->adapter));
	g_queue_push_tail(&h->bus->held, held);
}

static struct host *host_new(struct tandem_bus *bus, const char *adapter)
{
	static const GDBusInterfaceVTable root_calls = { .method_call = on_root_call };
	static const GDBusInterfaceVTable endpoint_calls = {
		.method_call = on_endpoint_call, .get_property = on_get_property
	};
	struct host *h = g_new0(struct host, 1);

	h->bus = bus;
	h->connection = g_object_ref(bus->connection);
	h->adapter = g_strdup(adapter);
	h->root = g_strdup_printf("/org/tandem/%s", strrchr(adapter, '/') + 1);
	h->ids[0] = g_dbus_connection_register_object(h->connection, h->root,
			bus->interfaces->interfaces[0], &root_calls, h, NULL, NULL);
	for (uint32_t i = 0; i < TANDEM_MAX_ENDPOINT; i++) {
		g_autofree char *path = NULL;

		if (!tandem_bus_offers(bus, i))
			continue;
		path = tandem_bus_offer_path(h->root, i);
		h->ids[1 + i] = g_dbus_connection_register_object(h->connection, path,
				bus->interfaces->interfaces[1], &endpoint_calls, h, NULL,
				NULL);
	}
	g_hash_table_replace(bus->hosts, h->adapter, h);
	return h;
}

void tandem_bus_hosts_inherit(struct tandem_bus *bus)
{
	for (uint32_t i = 0; i < bus->estate.will.n_hosts; i++)
		host_new(bus, bus->estate.will.hosts[i].adapter);
}

struct registration {
	struct tandem_bus *bus;
	char adapter[TANDEM_PATH_SIZE];
	bool late;
};

static void on_registered(GObject *source, GAsyncResult *result, void *data)
{
	g_autofree struct registration *r = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_REGISTERED);

	r->bus->inflight--;
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	memcpy(e.path, r->adapter, sizeof(e.path));
	tandem_bus_set_error(&e, error);
	if (g_str_equal(e.error, "org.bluez.Error.AlreadyExists"))
		e.error[0] = '\0';
	if (!e.error[0]) {
		tandem_will_add_host(&r->bus->estate.will, r->adapter, r->late);
		tandem_estate_write(&r->bus->estate);
	}
	tandem_bus_emit(r->bus, &e);
}

void tandem_bus_register(struct tandem_bus *bus, const char *adapter)
{
	struct host *h = g_hash_table_lookup(bus->hosts, adapter);
	struct registration *r = g_new0(struct registration, 1);

	if (!h)
		h = host_new(bus, adapter);
	r->bus = bus;
	r->late = tandem_bus_has_sources(bus, adapter);
	g_strlcpy(r->adapter, adapter, sizeof(r->adapter));
	bus->inflight++;
	g_dbus_connection_call(bus->connection, bus->owner, adapter, "org.bluez.Media1",
			"RegisterApplication", g_variant_new("(oa{sv})", h->root, NULL),
			NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, bus->session,
			on_registered, r);
}

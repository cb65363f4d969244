/* SPDX-License-Identifier: MIT */
#include "bus-internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "handover.h"

#define RETRY_MS 5000 /* chosen: a bus that is missing at login comes soon, or not at all */
/* A speaker that is there suspends within 0.1 s; for one that is not, the others are not
 * to wait, and an end less than that. Chosen. */
#define LET_GO_TIMEOUT_MS 2000
#define END_TIMEOUT_MS 500

static void try_to_connect(struct tandem_bus *bus);

void tandem_bus_emit(struct tandem_bus *bus, const struct tandem_event *event)
{
	struct tandem_event *e = g_new(struct tandem_event, 1);

	*e = *event;
	tandem_handover_give(e);
	g_async_queue_push(bus->events, e);
	bus->wake(bus->wake_data);
}

GSource *tandem_bus_after(struct tandem_bus *bus, guint ms, GSourceFunc function,
		void *data)
{
	GSource *source = g_timeout_source_new(ms);

	g_source_set_callback(source, function, data, NULL);
	g_source_attach(source, bus->context);
	return source;
}

static void emit_down(struct tandem_bus *bus, enum tandem_sentence which, const char *why)
{
	struct tandem_event e = tandem_bus_event(TANDEM_EVENT_BUS_DOWN);

	tandem_say(e.detail, which, why);
	tandem_bus_emit(bus, &e);
}

/* bluetoothd has gone, or its bus: nothing of it holds any more. */
static void end_session(struct tandem_bus *bus)
{
	if (!bus->owner)
		return;
	g_clear_pointer(&bus->owner, g_free);
	if (bus->ask_again)
		g_source_destroy(bus->ask_again);
	g_clear_pointer(&bus->ask_again, g_source_unref);
	g_cancellable_cancel(bus->session);
	g_clear_object(&bus->session);
	if (bus->stopping)
		g_main_loop_quit(bus->loop); /* nobody is left to let go of a stream */
	for (size_t i = 0; i < G_N_ELEMENTS(bus->subscriptions); i++) {
		g_dbus_connection_signal_unsubscribe(bus->connection,
				bus->subscriptions[i]);
	}
	bus->is_told = false;
	bus->letting_go = 0;
	tandem_bus_held_flush(bus, false);
	g_hash_table_remove_all(bus->questions);
	g_hash_table_remove_all(bus->loans);
	g_hash_table_remove_all(bus->hosts);
	g_hash_table_remove_all(bus->objects);
	tandem_bus_lenders_forget(bus);
}

static void end_connection(struct tandem_bus *bus)
{
	end_session(bus);
	if (bus->attempt)
		g_cancellable_cancel(bus->attempt);
	g_clear_object(&bus->attempt);
	if (!bus->connection)
		return;
	g_clear_signal_handler(&bus->closed_handler, bus->connection);
	g_dbus_connection_close(bus->connection, NULL, NULL, NULL);
	g_clear_object(&bus->connection);
	tandem_estate_end(&bus->estate);
	bus->is_inherited = false;
}

static void ask_objects(struct tandem_bus *bus);

static gboolean on_ask_again(void *data)
{
	struct tandem_bus *bus = data;

	g_clear_pointer(&bus->ask_again, g_source_unref);
	ask_objects(bus);
	return G_SOURCE_REMOVE;
}

static void on_dump(GObject *source, GAsyncResult *result, void *data)
{
	struct tandem_bus *bus = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) dump = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, &error);
	const struct tandem_event up = tandem_bus_event(TANDEM_EVENT_BUS_UP);

	bus->inflight--;
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return;
	if (!dump) {
		g_dbus_error_strip_remote_error(error);
		emit_down(bus, TANDEM_SAY_BLUEZ_SILENT, error->message);
		bus->ask_again = tandem_bus_after(bus, RETRY_MS, on_ask_again, bus);
		return;
	}
	tandem_bus_objects_dump(bus, dump);
	tandem_bus_objects_inherit(bus);
	tandem_bus_emit(bus, &up);
	bus->is_told = true;
	tandem_bus_held_flush(bus, true);
}

static void ask_objects(struct tandem_bus *bus)
{
	bus->inflight++;
	g_dbus_connection_call(bus->connection, bus->owner, "/",
			"org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
			G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
			-1, bus->session, on_dump, bus);
}

static void subscribe(struct tandem_bus *bus)
{
	static const char *const interfaces[] = { "org.freedesktop.DBus.ObjectManager",
		"org.freedesktop.DBus.Properties" };

	for (size_t i = 0; i < G_N_ELEMENTS(interfaces); i++) {
		bus->subscriptions[i] = g_dbus_connection_signal_subscribe(bus->connection,
				NULL, interfaces[i], NULL, NULL, NULL,
				G_DBUS_SIGNAL_FLAGS_NONE, tandem_bus_objects_signal, bus,
				NULL);
	}
}

/* What the process before had agreed with this bluetoothd holds; with another one it does
 * not. */
void tandem_bus_session_begin(struct tandem_bus *bus, const char *owner)
{
	const bool holds = g_str_equal(bus->estate.will.owner, owner);

	if (g_strcmp0(bus->owner, owner) == 0)
		return;
	if (bus->owner)
		tandem_bus_session_lost(bus);
	if (!holds) {
		g_hash_table_remove_all(bus->hosts);
		tandem_will_begin(&bus->estate.will, owner);
		tandem_estate_write(&bus->estate);
	}
	bus->owner = g_strdup(owner);
	bus->session = g_cancellable_new();
	subscribe(bus);
	tandem_bus_let_go(bus, LET_GO_TIMEOUT_MS, ask_objects);
}

void tandem_bus_session_lost(struct tandem_bus *bus)
{
	end_session(bus);
	g_hash_table_remove_all(bus->hosts);
	tandem_bus_held_flush(bus, false);
	tandem_will_begin(&bus->estate.will, "");
	tandem_estate_write(&bus->estate);
	emit_down(bus, TANDEM_SAY_NO_BLUEZ, NULL);
}

static gboolean on_retry(void *data)
{
	struct tandem_bus *bus = data;

	g_clear_pointer(&bus->retry, g_source_unref);
	try_to_connect(bus);
	return G_SOURCE_REMOVE;
}

static void retry_later(struct tandem_bus *bus, const char *why)
{
	if (bus->stopping || bus->retry)
		return;
	emit_down(bus, TANDEM_SAY_NO_BUS, why);
	bus->retry = tandem_bus_after(bus, RETRY_MS, on_retry, bus);
}

void tandem_bus_link_failed(struct tandem_bus *bus, const char *why)
{
	const bool was_inherited = bus->is_inherited && !bus->owner;

	end_connection(bus);
	if (was_inherited) {
		try_to_connect(bus); /* of no use, and nothing else is known to be wrong */
	} else {
		retry_later(bus, why);
	}
}

static void on_connected(GObject *source, GAsyncResult *result, void *data)
{
	struct tandem_bus *bus = data;
	g_autoptr(GError) error = NULL;
	GDBusConnection *c = g_dbus_connection_new_for_address_finish(result, &error);

	(void)source;
	bus->inflight--;
	if (!c) {
		if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
			retry_later(bus, error->message);
		return;
	}
	tandem_bus_link_connected(bus, c);
}

static void try_to_connect(struct tandem_bus *bus)
{
	g_autoptr(GError) error = NULL;

	g_clear_object(&bus->attempt);
	bus->attempt = g_cancellable_new();
	g_free(bus->address);
	bus->address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
	if (!bus->address) {
		retry_later(bus, error->message);
		return;
	}
	if (tandem_bus_link_inherit(bus))
		return;
	bus->inflight++;
	g_dbus_connection_new_for_address(bus->address,
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, bus->attempt,
			on_connected, bus);
}

static void *run(void *data)
{
	struct tandem_bus *bus = data;

	g_main_context_push_thread_default(bus->context);
	try_to_connect(bus);
	g_main_loop_run(bus->loop);
	end_connection(bus);
	if (bus->retry)
		g_source_destroy(bus->retry);
	g_clear_pointer(&bus->retry, g_source_unref);
	while (bus->inflight > 0 || g_main_context_pending(bus->context))
		g_main_context_iteration(bus->context, TRUE);
	g_main_context_pop_thread_default(bus->context);
	return NULL;
}

static void leave(struct tandem_bus *bus)
{
	g_main_loop_quit(bus->loop);
}

/* BlueZ 5.87 dies when a program leaves that holds two streams of one endpoint, as those of
 * speakers that have connected themselves may be: the end of the first takes the endpoint
 * from under the second (its media_owner_exit(), transport_a2dp_suspend(); seen). So all
 * are let go of before. */
static gboolean on_stop(void *data)
{
	struct tandem_bus *bus = data;

	bus->stopping = true;
	if (bus->owner && bus->letting_go == 0) {
		tandem_bus_let_go(bus, END_TIMEOUT_MS, leave);
	} else {
		leave(bus);
	}
	return G_SOURCE_REMOVE;
}

static void free_event(void *data)
{
	struct tandem_event *e = data;

	if (e->fd >= 0)
		close(e->fd);
	g_free(e);
}

int tandem_bus_new(struct tandem_bus **ret_bus, const struct tandem_bus_parts *parts)
{
	struct tandem_bus *bus = g_new0(struct tandem_bus, 1);

	bus->wake = parts->wake;
	bus->wake_data = parts->data;
	tandem_estate_init(&bus->estate, parts->store, parts->group, parts->n_endpoints,
			parts->codecs);
	g_queue_init(&bus->held);
	bus->context = g_main_context_new();
	bus->loop = g_main_loop_new(bus->context, FALSE);
	bus->interfaces = g_dbus_node_info_new_for_xml(tandem_bus_interfaces_xml, NULL);
	bus->events = g_async_queue_new_full(free_event);
	bus->objects = tandem_bus_objects_new();
	bus->hosts = tandem_bus_hosts_new();
	bus->questions = tandem_bus_questions_new();
	bus->loans = tandem_bus_loans_new();
	bus->lenders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bus->thread = g_thread_try_new("tandem-bus", run, bus, NULL);
	if (!bus->thread) {
		tandem_bus_free(bus);
		return -ENOMEM;
	}
	*ret_bus = bus;
	return 0;
}

void tandem_bus_free(struct tandem_bus *bus)
{
	if (!bus)
		return;
	if (bus->thread) {
		g_main_context_invoke(bus->context, on_stop, bus);
		g_thread_join(bus->thread);
	}
	tandem_estate_finish(&bus->estate);
	g_hash_table_unref(bus->lenders);
	g_hash_table_unref(bus->loans);
	g_hash_table_unref(bus->questions);
	g_hash_table_unref(bus->hosts);
	g_hash_table_unref(bus->objects);
	g_async_queue_unref(bus->events);
	g_dbus_node_info_unref(bus->interfaces);
	g_main_loop_unref(bus->loop);
	g_main_context_unref(bus->context);
	g_free(bus->address);
	g_free(bus);
}

bool tandem_bus_take(struct tandem_bus *bus, struct tandem_event *ret_event)
{
	g_autofree struct tandem_event *e = g_async_queue_try_pop(bus->events);

	if (!e)
		return false;
	tandem_handover_take(e);
	*ret_event = *e;
	return true;
}

struct posted {
	struct tandem_bus *bus;
	struct tandem_action action;
};

static void run_action(struct tandem_bus *bus, const struct tandem_action *a)
{
	if (a->kind == TANDEM_ACTION_REGISTER) {
		tandem_bus_register(bus, a->path);
	} else if (a->kind == TANDEM_ACTION_CONNECT) {
		tandem_bus_connect_device(bus, a->path);
	} else if (a->kind == TANDEM_ACTION_DISCONNECT) {
		tandem_bus_disconnect_device(bus, a->path);
	} else if (a->kind == TANDEM_ACTION_ANSWER) {
		tandem_bus_answer(bus, a);
	} else if (a->kind == TANDEM_ACTION_DROP) {
		tandem_bus_loan_drop(bus, a->call);
	} else if (a->kind == TANDEM_ACTION_ACQUIRE && a->borrowed) {
		tandem_bus_loan_acquire(bus, a->path, a->call);
	} else if (a->kind == TANDEM_ACTION_ACQUIRE) {
		tandem_bus_acquire(bus, bus->connection, bus->session, a->path, a->call);
	} else if (a->kind == TANDEM_ACTION_RELEASE && a->borrowed) {
		tandem_bus_loan_release(bus, a->path, a->call);
	} else if (a->kind == TANDEM_ACTION_RELEASE) {
		tandem_bus_release(bus, bus->connection, a->path, a->call);
	}
}

static gboolean on_posted(void *data)
{
	struct posted *p = data;

	tandem_handover_take(p);
	/* Without bluetoothd there is nobody to ask; BUS_DOWN is on its way to main. */
	if (p->bus->owner && !p->bus->stopping)
		run_action(p->bus, &p->action);
	return G_SOURCE_REMOVE;
}

void tandem_bus_post(struct tandem_bus *bus, const struct tandem_action *action)
{
	struct posted *p = g_new(struct posted, 1);

	p->bus = bus;
	p->action = *action;
	tandem_handover_give(p);
	g_main_context_invoke_full(bus->context, G_PRIORITY_DEFAULT, on_posted, p, g_free);
}

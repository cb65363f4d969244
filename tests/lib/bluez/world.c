/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <string.h>

void tandem_sim_refuse(GDBusMethodInvocation *call, const char *name, const char *why)
{
	g_autofree char *full = g_strdup_printf("org.bluez.Error.%s", name);

	g_dbus_method_invocation_return_dbus_error(call,
			strchr(name, '.') != NULL ? name : full, why);
}

/* A speaker whose last endpoint has left is switched off. */
static void switch_off_silent(struct sim_world *w)
{
	for (guint i = 0; i < w->devices->len; i++) {
		struct sim_device *const d = w->devices->pdata[i];

		if (d->connected && !tandem_sim_adapter_is_host(d->adapter) &&
				!tandem_sim_endpoint_on(d->adapter))
			tandem_sim_device_unlink(d);
	}
}

static void client_left(struct sim_world *w, const char *name)
{
	tandem_sim_applications_forget(w, NULL, name);
	for (guint i = w->endpoints->len; i-- > 0;) {
		struct sim_endpoint *const e = w->endpoints->pdata[i];

		if (g_str_equal(e->owner, name))
			tandem_sim_endpoint_free(e);
	}
	/* What is left of its streams: those it had borrowed. */
	for (guint i = 0; i < w->streams->len; i++) {
		struct sim_stream *const s = w->streams->pdata[i];

		if (g_strcmp0(s->side[SIM_SOURCE].owner, name) == 0 ||
				g_strcmp0(s->side[SIM_SINK].owner, name) == 0)
			tandem_sim_stream_suspend(s);
	}
	switch_off_silent(w);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void name_changed(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *signal, GVariant *args, void *data)
{
	const char *name = NULL;
	const char *owner = NULL;

	(void)connection, (void)sender, (void)path, (void)interface, (void)signal;
	g_variant_get(args, "(&s&s&s)", &name, NULL, &owner);
	if (name[0] == ':' && owner[0] == '\0')
		client_left(data, name);
}

struct sim_world *tandem_sim_world_new(GDBusConnection *connection,
		const struct sim_options *options)
{
	struct sim_world *const w = g_new0(struct sim_world, 1);

	w->options = *options;
	w->store = tandem_sim_store_new(connection);
	w->adapters = g_ptr_array_new();
	w->devices = g_ptr_array_new();
	w->endpoints = g_ptr_array_new();
	w->streams = g_ptr_array_new();
	w->applications = tandem_sim_applications_new();
	for (uint32_t i = 0; i < options->adapters; i++)
		g_ptr_array_add(w->adapters, tandem_sim_adapter_new(w, i));
	for (uint32_t i = options->hosts; i < options->adapters; i++) {
		for (uint32_t k = 0; k < options->hosts; k++) {
			tandem_sim_device_pair(w->adapters->pdata[k],
					w->adapters->pdata[i]);
		}
	}
	w->faults = tandem_sim_faults_new(w);
	w->names_id = g_dbus_connection_signal_subscribe(connection, "org.freedesktop.DBus",
			"org.freedesktop.DBus", "NameOwnerChanged", "/org/freedesktop/DBus",
			NULL, G_DBUS_SIGNAL_FLAGS_NONE, name_changed, w, NULL);
	return w;
}

void tandem_sim_world_free(struct sim_world *w)
{
	g_dbus_connection_signal_unsubscribe(tandem_sim_store_connection(w->store),
			w->names_id);
	tandem_sim_faults_free(w->faults);
	g_ptr_array_unref(w->applications);
	while (w->endpoints->len > 0)
		tandem_sim_endpoint_free(w->endpoints->pdata[0]);
	for (guint i = 0; i < w->devices->len; i++)
		tandem_sim_device_free(w->devices->pdata[i]);
	for (guint i = 0; i < w->adapters->len; i++)
		tandem_sim_adapter_free(w->adapters->pdata[i]);
	g_ptr_array_unref(w->streams);
	g_ptr_array_unref(w->endpoints);
	g_ptr_array_unref(w->devices);
	g_ptr_array_unref(w->adapters);
	tandem_sim_store_free(w->store);
	g_free(w);
}

/* SPDX-License-Identifier: MIT */
#include "parts.h"

#define ENDPOINT "org.bluez.MediaEndpoint1"

/* A RegisterApplication that waits for the objects of its caller. */
struct registration {
	struct sim_adapter *adapter;
	GDBusMethodInvocation *call;
	char *root;
};

static void register_alone(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	g_autoptr(GVariant) props = NULL;
	const char *path = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o@a{sv})", &path,
			&props);
	if (tandem_sim_endpoint_find(a->world, g_dbus_method_invocation_get_sender(call),
			    path) != NULL) {
		tandem_sim_refuse(call, "AlreadyExists", "Already Exists");
		return;
	}
	if (tandem_sim_endpoint_new(a, g_dbus_method_invocation_get_sender(call), path,
			    props) == NULL) {
		tandem_sim_refuse(call, "InvalidArguments",
				"Invalid arguments in method call");
		return;
	}
	g_dbus_method_invocation_return_value(call, NULL);
}

static void unregister_alone(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	const char *path = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o)", &path);

	struct sim_endpoint *const e = tandem_sim_endpoint_find(a->world,
			g_dbus_method_invocation_get_sender(call), path);
	if (e == NULL) {
		tandem_sim_refuse(call, "DoesNotExist", "Does Not Exist");
		return;
	}
	tandem_sim_endpoint_free(e);
	g_dbus_method_invocation_return_value(call, NULL);
}

/* Takes every endpoint among the objects, in the order of the reply as BlueZ does. */
static uint32_t take_endpoints(const struct registration *r, GVariant *objects)
{
	const char *const sender = g_dbus_method_invocation_get_sender(r->call);
	GVariantIter i;
	const char *path = NULL;
	GVariant *faces = NULL;
	uint32_t taken = 0;

	g_variant_iter_init(&i, objects);
	while (g_variant_iter_loop(&i, "{&o@a{sa{sv}}}", &path, &faces)) {
		g_autoptr(GVariant) props = g_variant_lookup_value(faces, ENDPOINT,
				G_VARIANT_TYPE_VARDICT);
		struct sim_endpoint *e = NULL;

		if (props != NULL)
			e = tandem_sim_endpoint_new(r->adapter, sender, path, props);
		if (e == NULL)
			continue;
		e->root = g_strdup(r->root);
		taken++;
	}
	return taken;
}

static void application_seen(GObject *source, GAsyncResult *result, void *data)
{
	struct registration *const r = data;
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, NULL);
	g_autoptr(GVariant) objects = NULL;

	if (reply != NULL)
		objects = g_variant_get_child_value(reply, 0);
	if (objects != NULL && take_endpoints(r, objects) > 0) {
		g_dbus_method_invocation_return_value(r->call, NULL);
	} else {
		tandem_sim_refuse(r->call, "Failed", "No object received");
	}
	g_free(r->root);
	g_free(r);
}

static bool has_application(const struct sim_adapter *a, GDBusMethodInvocation *call)
{
	const char *const sender = g_dbus_method_invocation_get_sender(call);
	const char *root = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&oa{sv})", &root,
			NULL);
	for (guint i = 0; i < a->world->endpoints->len; i++) {
		const struct sim_endpoint *const e = a->world->endpoints->pdata[i];

		if (e->adapter == a && g_str_equal(e->owner, sender) &&
				g_strcmp0(e->root, root) == 0)
			return true;
	}
	return false;
}

static void register_application(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	struct registration *r = NULL;

	if (has_application(a, call)) {
		tandem_sim_refuse(call, "AlreadyExists", "Already Exists");
		return;
	}
	r = g_new0(struct registration, 1);
	r->adapter = a;
	r->call = call;
	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(oa{sv})", &r->root,
			NULL);
	g_dbus_connection_call(tandem_sim_store_connection(a->world->store),
			g_dbus_method_invocation_get_sender(call), r->root,
			"org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL,
			G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE,
			SIM_ENDPOINT_TIMEOUT_MS, NULL, application_seen, r);
}

static void unregister_application(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	const char *const sender = g_dbus_method_invocation_get_sender(call);
	GPtrArray *const all = a->world->endpoints;
	const char *root = NULL;
	bool found = false;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o)", &root);
	for (guint i = all->len; i-- > 0;) {
		struct sim_endpoint *const e = all->pdata[i];

		if (e->adapter != a || !g_str_equal(e->owner, sender) ||
				g_strcmp0(e->root, root) != 0)
			continue;
		tandem_sim_endpoint_free(e);
		found = true;
	}
	if (found) {
		g_dbus_method_invocation_return_value(call, NULL);
	} else {
		tandem_sim_refuse(call, "DoesNotExist", "Does Not Exist");
	}
}

static void media_call(void *data, GDBusMethodInvocation *call)
{
	static const struct {
		const char *method;
		void (*run)(struct sim_adapter *a, GDBusMethodInvocation *call);
	} calls[] = {
		{ "RegisterEndpoint", register_alone },
		{ "UnregisterEndpoint", unregister_alone },
		{ "RegisterApplication", register_application },
		{ "UnregisterApplication", unregister_application },
	};
	const char *const method = g_dbus_method_invocation_get_method_name(call);

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		if (g_str_equal(calls[i].method, method))
			calls[i].run(data, call);
	}
}

struct sim_face *tandem_sim_media_new(struct sim_adapter *a)
{
	static const struct sim_face_ops ops = { "org.bluez.Media1", media_call, NULL };
	static const char *const uuids[] = { SIM_SOURCE_UUID, SIM_SINK_UUID, NULL };
	char **const features = a->world->options.features;
	struct sim_face *const f = tandem_sim_face_new(a->world->store,
			tandem_sim_face_path(a->face), &ops, a);

	tandem_sim_face_set(f, "SupportedUUIDs", g_variant_new_strv(uuids, -1));
	if (features != NULL) {
		tandem_sim_face_set(f, "SupportedFeatures",
				g_variant_new_strv((const char *const *)features, -1));
	}
	tandem_sim_face_publish(f);
	return f;
}

/* SPDX-License-Identifier: MIT
 *
 * Applications: clients that show their endpoints as objects below a root. BlueZ reads them
 * once, and since 5.67 goes on watching what is added and removed.
 */
#include "parts.h"

#define ENDPOINT "org.bluez.MediaEndpoint1"
#define MANAGER "org.freedesktop.DBus.ObjectManager"

struct application {
	struct sim_adapter *adapter;
	char *owner; /* unique bus name */
	char *root;
	GDBusMethodInvocation *call; /* RegisterApplication; NULL: answered */
	guint watch_id;              /* of what is added and removed; 0: not yet */
};

static GDBusConnection *connection_of(const struct application *p)
{
	return tandem_sim_store_connection(p->adapter->world->store);
}

static void application_free(void *data)
{
	struct application *const p = data;

	if (p->watch_id != 0)
		g_dbus_connection_signal_unsubscribe(connection_of(p), p->watch_id);
	g_free(p->owner);
	g_free(p->root);
	g_free(p);
}

GPtrArray *tandem_sim_applications_new(void)
{
	return g_ptr_array_new_with_free_func(application_free);
}

static bool take_endpoint(const struct application *p, const char *path, GVariant *faces)
{
	g_autoptr(GVariant) props =
			g_variant_lookup_value(faces, ENDPOINT, G_VARIANT_TYPE_VARDICT);
	struct sim_endpoint *const e =
			props != NULL ? tandem_sim_endpoint_new(p->adapter, p->owner, path,
							props)
				      : NULL;

	if (e != NULL)
		e->root = g_strdup(p->root);
	return e != NULL;
}

/* Takes every endpoint among the objects, in the order of the reply as BlueZ does. */
static uint32_t take_endpoints(const struct application *p, GVariant *objects)
{
	GVariantIter i;
	const char *path = NULL;
	GVariant *faces = NULL;
	uint32_t taken = 0;

	g_variant_iter_init(&i, objects);
	while (g_variant_iter_loop(&i, "{&o@a{sa{sv}}}", &path, &faces))
		taken += take_endpoint(p, path, faces);
	return taken;
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void objects_changed(GDBusConnection *connection, const char *sender,
		const char *path, const char *interface, const char *signal, GVariant *args,
		void *data)
{
	const struct application *const p = data;
	g_autoptr(GVariant) faces = NULL;
	const char *object = NULL;

	(void)connection, (void)sender, (void)path, (void)interface;
	if (g_str_equal(signal, "InterfacesAdded") &&
			g_variant_is_of_type(args, G_VARIANT_TYPE("(oa{sa{sv}})"))) {
		g_variant_get(args, "(&o@a{sa{sv}})", &object, &faces);
		take_endpoint(p, object, faces);
	} else if (g_str_equal(signal, "InterfacesRemoved") &&
			g_variant_is_of_type(args, G_VARIANT_TYPE("(oas)"))) {
		g_variant_get(args, "(&oas)", &object, NULL);

		struct sim_endpoint *const e = tandem_sim_endpoint_find(p->adapter->world,
				p->owner, object);
		if (e != NULL && e->adapter == p->adapter)
			tandem_sim_endpoint_free(e);
	}
}

static void application_seen(GObject *source, GAsyncResult *result, void *data)
{
	struct application *const p = data;
	GDBusMethodInvocation *const call = g_steal_pointer(&p->call);
	g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source),
			result, NULL);
	g_autoptr(GVariant) objects = NULL;

	if (reply != NULL)
		objects = g_variant_get_child_value(reply, 0);
	if (objects == NULL || take_endpoints(p, objects) == 0) {
		application_free(p);
		tandem_sim_refuse(call, "Failed", "No object received");
		return;
	}
	p->watch_id = g_dbus_connection_signal_subscribe(connection_of(p), p->owner,
			MANAGER, NULL, p->root, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
			objects_changed, p, NULL);
	g_ptr_array_add(p->adapter->world->applications, p);
	g_dbus_method_invocation_return_value(call, NULL);
}

static struct application *find(const struct sim_adapter *a, const char *owner,
		const char *root)
{
	const GPtrArray *const all = a->world->applications;

	for (guint i = 0; i < all->len; i++) {
		struct application *const p = all->pdata[i];

		if (p->adapter == a && g_str_equal(p->owner, owner) &&
				g_str_equal(p->root, root))
			return p;
	}
	return NULL;
}

void tandem_sim_application_register(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	const char *const sender = g_dbus_method_invocation_get_sender(call);
	const char *root = NULL;
	struct application *p = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&oa{sv})", &root,
			NULL);
	if (find(a, sender, root) != NULL) {
		tandem_sim_refuse(call, "AlreadyExists", "Already Exists");
		return;
	}
	p = g_new0(struct application, 1);
	p->adapter = a;
	p->owner = g_strdup(sender);
	p->root = g_strdup(root);
	p->call = call;
	g_dbus_connection_call(connection_of(p), sender, root, MANAGER, "GetManagedObjects",
			NULL, G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NONE,
			SIM_ENDPOINT_TIMEOUT_MS, NULL, application_seen, p);
}

static void remove_endpoints(const struct application *p)
{
	GPtrArray *const all = p->adapter->world->endpoints;

	for (guint i = all->len; i-- > 0;) {
		struct sim_endpoint *const e = all->pdata[i];

		if (e->adapter == p->adapter && g_str_equal(e->owner, p->owner) &&
				g_strcmp0(e->root, p->root) == 0)
			tandem_sim_endpoint_free(e);
	}
}

void tandem_sim_application_unregister(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	const char *root = NULL;
	struct application *p = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o)", &root);
	p = find(a, g_dbus_method_invocation_get_sender(call), root);
	if (p == NULL) {
		tandem_sim_refuse(call, "DoesNotExist", "Does Not Exist");
		return;
	}
	remove_endpoints(p);
	g_ptr_array_remove(a->world->applications, p);
	g_dbus_method_invocation_return_value(call, NULL);
}

void tandem_sim_applications_forget(struct sim_world *w, const struct sim_adapter *a,
		const char *owner)
{
	for (guint i = w->applications->len; i-- > 0;) {
		const struct application *const p = w->applications->pdata[i];

		if (p->adapter == a || g_strcmp0(p->owner, owner) == 0)
			g_ptr_array_remove_index(w->applications, i);
	}
}

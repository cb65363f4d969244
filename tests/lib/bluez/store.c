/* SPDX-License-Identifier: MIT */
#include "store.h"

#include "parts.h"

#define MANAGER "org.freedesktop.DBus.ObjectManager"

struct sim_store {
	GDBusConnection *connection; /* borrowed */
	GPtrArray *faces;            /* struct sim_face *, published ones, oldest first */
	guint manager_id;
};

struct sim_face {
	struct sim_store *store;
	char *path;
	const struct sim_face_ops *ops;
	void *data;
	GHashTable *values; /* char * → GVariant *, both owned */
	guint id;           /* of the registration; 0: not published */
	bool withdrawn;     /* freed, but calls for it may still be queued in GDBus */
};

static void emit(struct sim_store *s, const char *path, const char *interface,
		const char *signal, GVariant *args)
{
	g_dbus_connection_emit_signal(s->connection, NULL, path, interface, signal, args,
			NULL);
}

static GVariant *interfaces_at(const struct sim_store *s, const char *path)
{
	GVariantBuilder b;

	g_variant_builder_init(&b, G_VARIANT_TYPE("a{sa{sv}}"));
	for (guint i = 0; i < s->faces->len; i++) {
		const struct sim_face *const f = s->faces->pdata[i];

		if (g_str_equal(f->path, path)) {
			g_variant_builder_add(&b, "{s@a{sv}}", f->ops->interface,
					tandem_sim_face_properties(f));
		}
	}
	return g_variant_builder_end(&b);
}

static GVariant *managed_objects(const struct sim_store *s)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GVariantBuilder b;

	g_variant_builder_init(&b, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
	for (guint i = 0; i < s->faces->len; i++) {
		struct sim_face *const f = s->faces->pdata[i];

		if (g_hash_table_add(seen, f->path)) {
			g_variant_builder_add(&b, "{o@a{sa{sv}}}", f->path,
					interfaces_at(s, f->path));
		}
	}
	return g_variant_builder_end(&b);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void manager_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	(void)connection, (void)sender, (void)path, (void)interface;
	(void)method, (void)args; /* the interface has one method without arguments */
	g_dbus_method_invocation_return_value(call,
			g_variant_new("(@a{oa{sa{sv}}})", managed_objects(data)));
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void face_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	struct sim_face *const f = data;

	(void)connection, (void)sender, (void)path, (void)interface, (void)method,
			(void)args;
	if (f->withdrawn) {
		tandem_sim_refuse(call, "DoesNotExist", "Does Not Exist");
		return;
	}
	f->ops->call(f->data, call);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static GVariant *face_get(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *name, GError **error, void *data)
{
	GVariant *const value = tandem_sim_face_get(data, name);

	(void)connection, (void)sender, (void)path, (void)interface;
	if (value != NULL)
		return g_variant_ref(value);
	g_set_error(error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, "No such property '%s'",
			name);
	return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static gboolean face_set(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *name, GVariant *value, GError **error,
		void *data)
{
	struct sim_face *const f = data;

	(void)connection, (void)sender, (void)path, (void)interface;
	if (!f->withdrawn && f->ops->set != NULL && f->ops->set(f->data, name, value))
		return TRUE;
	g_set_error(error, G_DBUS_ERROR, G_DBUS_ERROR_FAILED, "'%s' cannot be set", name);
	return FALSE;
}

GVariant *tandem_sim_face_properties(const struct sim_face *f)
{
	GVariantBuilder b;
	GHashTableIter i;
	gpointer name;
	gpointer value;

	g_variant_builder_init(&b, G_VARIANT_TYPE_VARDICT);
	g_hash_table_iter_init(&i, f->values);
	while (g_hash_table_iter_next(&i, &name, &value))
		g_variant_builder_add(&b, "{sv}", (const char *)name, (GVariant *)value);
	return g_variant_builder_end(&b);
}

struct sim_face *tandem_sim_face_new(struct sim_store *s, const char *path,
		const struct sim_face_ops *ops, void *data)
{
	struct sim_face *const f = g_new0(struct sim_face, 1);

	f->store = s;
	f->path = g_strdup(path);
	f->ops = ops;
	f->data = data;
	f->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
			(GDestroyNotify)g_variant_unref);
	return f;
}

/* GDBus calls it when no call that it has queued can come any more. */
static void forget(void *data)
{
	struct sim_face *const f = data;

	g_hash_table_unref(f->values);
	g_free(f->path);
	g_free(f);
}

void tandem_sim_face_publish(struct sim_face *f)
{
	static const GDBusInterfaceVTable table = { face_call, face_get, face_set, { 0 } };

	f->id = g_dbus_connection_register_object(f->store->connection, f->path,
			tandem_sim_interface(f->ops->interface), &table, f, forget, NULL);
	g_assert(f->id != 0);
	g_ptr_array_add(f->store->faces, f);

	GVariantBuilder b;
	g_variant_builder_init(&b, G_VARIANT_TYPE("a{sa{sv}}"));
	g_variant_builder_add(&b, "{s@a{sv}}", f->ops->interface,
			tandem_sim_face_properties(f));
	emit(f->store, "/", MANAGER, "InterfacesAdded",
			g_variant_new("(oa{sa{sv}})", f->path, &b));
}

void tandem_sim_face_free(struct sim_face *f)
{
	const char *gone[] = { NULL, NULL };

	if (f == NULL)
		return;
	if (f->id == 0) {
		forget(f);
		return;
	}
	gone[0] = f->ops->interface;
	f->withdrawn = true;
	g_ptr_array_remove(f->store->faces, f);
	emit(f->store, "/", MANAGER, "InterfacesRemoved",
			g_variant_new("(o^as)", f->path, gone));
	g_dbus_connection_unregister_object(f->store->connection, f->id);
}

const char *tandem_sim_face_path(const struct sim_face *f)
{
	return f->path;
}

static void signal_change(struct sim_face *f, const char *name, GVariant *value)
{
	GVariantBuilder changed;
	GVariantBuilder gone;

	g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_init(&gone, G_VARIANT_TYPE("as"));
	if (value != NULL) {
		g_variant_builder_add(&changed, "{sv}", name, value);
	} else {
		g_variant_builder_add(&gone, "s", name);
	}
	emit(f->store, f->path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
			g_variant_new("(sa{sv}as)", f->ops->interface, &changed, &gone));
}

void tandem_sim_face_set(struct sim_face *f, const char *name, GVariant *value)
{
	GVariant *const old = tandem_sim_face_get(f, name);

	if (value == NULL) {
		if (g_hash_table_remove(f->values, name) && f->id != 0)
			signal_change(f, name, NULL);
		return;
	}
	g_variant_ref_sink(value);
	if (old != NULL && g_variant_equal(old, value)) {
		g_variant_unref(value);
		return;
	}
	g_hash_table_replace(f->values, g_strdup(name), value);
	if (f->id != 0)
		signal_change(f, name, value);
}

GVariant *tandem_sim_face_get(const struct sim_face *f, const char *name)
{
	return g_hash_table_lookup(f->values, name);
}

struct sim_store *tandem_sim_store_new(GDBusConnection *connection)
{
	static const GDBusInterfaceVTable table = { manager_call, NULL, NULL, { 0 } };
	struct sim_store *const s = g_new0(struct sim_store, 1);

	s->connection = connection;
	s->faces = g_ptr_array_new();
	s->manager_id = g_dbus_connection_register_object(connection, "/",
			tandem_sim_interface(MANAGER), &table, s, NULL, NULL);
	g_assert(s->manager_id != 0);
	return s;
}

void tandem_sim_store_free(struct sim_store *s)
{
	if (s == NULL)
		return;
	g_assert(s->faces->len == 0);
	g_dbus_connection_unregister_object(s->connection, s->manager_id);
	g_ptr_array_unref(s->faces);
	g_free(s);
}

GDBusConnection *tandem_sim_store_connection(const struct sim_store *s)
{
	return s->connection;
}

/* SPDX-License-Identifier: MIT */
#include "store.h"

#include "door.h"
#include "parts.h"

#include <string.h>

#define MANAGER "org.freedesktop.DBus.ObjectManager"

struct sim_store {
	GDBusConnection *connection; /* borrowed */
	struct sim_rules *rules;
	GPtrArray *faces; /* struct sim_face *, published ones, oldest first */
	struct sim_doors *doors;
	guint manager_id;
};

struct sim_face {
	struct sim_store *store;
	char *path;
	const struct sim_face_ops *ops;
	void *data;
	GHashTable *values;    /* char * → GVariant *, both owned */
	struct sim_door *door; /* NULL: not published */
};

GVariant *tandem_sim_face_told(const struct sim_face *f, const char *name)
{
	GVariant *const value = tandem_sim_face_get(f, name);
	g_autofree char *subject = tandem_sim_subject(f->ops->interface, name);
	const struct sim_rule *const lie =
			tandem_sim_rules_meet(f->store->rules, SIM_LIE, subject, f->path);

	if (lie != NULL)
		return lie->value != NULL ? g_variant_ref(lie->value) : NULL;
	return value != NULL ? g_variant_ref(value) : NULL;
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
	struct sim_store *const s = data;
	const struct sim_rule *const rule = tandem_sim_rules_meet(s->rules,
			SIM_FAIL | SIM_MUTE, "ObjectManager.GetManagedObjects", path);

	(void)connection, (void)sender, (void)interface;
	(void)method, (void)args; /* the interface has one method without arguments */
	if (rule != NULL && rule->kind == SIM_MUTE) {
		tandem_sim_rules_keep(s->rules, call);
	} else if (rule != NULL) {
		tandem_sim_refuse(call, rule->error, rule->message);
	} else {
		g_dbus_method_invocation_return_value(call,
				g_variant_new("(@a{oa{sa{sv}}})", managed_objects(s)));
	}
}

GVariant *tandem_sim_face_properties(const struct sim_face *f)
{
	GVariantBuilder b;
	GHashTableIter i;
	gpointer name;

	g_variant_builder_init(&b, G_VARIANT_TYPE_VARDICT);
	g_hash_table_iter_init(&i, f->values);
	while (g_hash_table_iter_next(&i, &name, NULL)) {
		g_autoptr(GVariant) value = tandem_sim_face_told(f, name);

		if (value != NULL)
			g_variant_builder_add(&b, "{sv}", (const char *)name, value);
	}
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

void tandem_sim_face_publish(struct sim_face *f)
{
	GVariantBuilder b;

	f->door = tandem_sim_door_open(f->store->doors, f);
	g_ptr_array_add(f->store->faces, f);
	g_variant_builder_init(&b, G_VARIANT_TYPE("a{sa{sv}}"));
	g_variant_builder_add(&b, "{s@a{sv}}", f->ops->interface,
			tandem_sim_face_properties(f));
	tandem_sim_rules_signal(f->store->rules,
			&(struct sim_signal){ f->path, "InterfacesAdded", "/", MANAGER,
					"InterfacesAdded",
					g_variant_new("(oa{sa{sv}})", f->path, &b) });
}

void tandem_sim_face_withdraw(struct sim_face *f)
{
	const char *const gone[] = { f->ops->interface, NULL };

	if (f->door == NULL)
		return;
	tandem_sim_door_close(g_steal_pointer(&f->door));
	g_ptr_array_remove(f->store->faces, f);
	tandem_sim_rules_signal(f->store->rules,
			&(struct sim_signal){ f->path, "InterfacesRemoved", "/", MANAGER,
					"InterfacesRemoved",
					g_variant_new("(o^as)", f->path, gone) });
}

void tandem_sim_face_free(struct sim_face *f)
{
	if (f == NULL)
		return;
	tandem_sim_face_withdraw(f);
	g_hash_table_unref(f->values);
	g_free(f->path);
	g_free(f);
}

bool tandem_sim_face_is_published(const struct sim_face *f)
{
	return f->door != NULL;
}

const char *tandem_sim_face_interface(const struct sim_face *f)
{
	return f->ops->interface;
}

void tandem_sim_face_call(struct sim_face *f, GDBusMethodInvocation *call)
{
	f->ops->call(f->data, call);
}

bool tandem_sim_face_assign(struct sim_face *f, const char *name, GVariant *value)
{
	return f->ops->set != NULL && f->ops->set(f->data, name, value);
}

const char *tandem_sim_face_path(const struct sim_face *f)
{
	return f->path;
}

static void signal_change(struct sim_face *f, const char *name)
{
	g_autofree char *subject = g_strdup_printf("PropertiesChanged.%s", name);
	g_autoptr(GVariant) value = tandem_sim_face_told(f, name);
	GVariantBuilder changed;
	GVariantBuilder gone;

	g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_init(&gone, G_VARIANT_TYPE("as"));
	if (value != NULL) {
		g_variant_builder_add(&changed, "{sv}", name, value);
	} else {
		g_variant_builder_add(&gone, "s", name);
	}
	tandem_sim_rules_signal(f->store->rules,
			&(struct sim_signal){ f->path, subject, f->path,
					"org.freedesktop.DBus.Properties",
					"PropertiesChanged",
					g_variant_new("(sa{sv}as)", f->ops->interface,
							&changed, &gone) });
}

void tandem_sim_face_set(struct sim_face *f, const char *name, GVariant *value)
{
	GVariant *const old = tandem_sim_face_get(f, name);

	if (value == NULL) {
		if (g_hash_table_remove(f->values, name) && f->door != NULL)
			signal_change(f, name);
		return;
	}
	g_variant_ref_sink(value);
	if (old != NULL && g_variant_equal(old, value)) {
		g_variant_unref(value);
		return;
	}
	g_hash_table_replace(f->values, g_strdup(name), value);
	if (f->door != NULL)
		signal_change(f, name);
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
	s->rules = tandem_sim_rules_new(connection);
	s->faces = g_ptr_array_new();
	s->doors = tandem_sim_doors_new(connection, s->rules);
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
	tandem_sim_doors_free(s->doors);
	g_ptr_array_unref(s->faces);
	tandem_sim_rules_free(s->rules);
	g_free(s);
}

GDBusConnection *tandem_sim_store_connection(const struct sim_store *s)
{
	return s->connection;
}

struct sim_rules *tandem_sim_store_rules(const struct sim_store *s)
{
	return s->rules;
}

void tandem_sim_store_tell(struct sim_store *s, const char *property, const char *path)
{
	for (guint i = 0; i < s->faces->len; i++) {
		struct sim_face *const f = s->faces->pdata[i];
		const char *const name = strchr(property, '.') + 1;
		g_autofree char *subject = tandem_sim_subject(f->ops->interface, name);

		if (g_str_equal(subject, property) && g_str_has_prefix(f->path, path) &&
				tandem_sim_face_get(f, name) != NULL)
			signal_change(f, name);
	}
}

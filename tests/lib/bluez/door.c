/* SPDX-License-Identifier: MIT */
#include "door.h"

#include "parts.h"

#define GONE "org.freedesktop.DBus.Error.UnknownObject"

struct sim_doors {
	GDBusConnection *connection; /* borrowed */
	struct sim_rules *rules;     /* borrowed */
	GHashTable *doors;           /* "PATH INTERFACE" → struct sim_door, both owned */
	GPtrArray *queued;           /* struct late *: delayed calls */
};

/* An interface at a path, registered once and for all: a call may be queued in GDBus when
 * the face goes, and GDBus 2.74 carries out a queued Set on what was unregistered. */
struct sim_door {
	struct sim_doors *doors;
	struct sim_face *face; /* NULL: withdrawn */
	guint id;              /* of the registration */
};

struct late {
	struct sim_door *door;
	GDBusMethodInvocation *call;
	guint timer;
};

static void carry_out(const struct sim_door *door, GDBusMethodInvocation *call)
{
	if (door->face == NULL) {
		tandem_sim_refuse(call, GONE, "No such object");
	} else {
		tandem_sim_face_call(door->face, call);
	}
}

static void late_free(void *data)
{
	struct late *const l = data;

	if (l->timer != 0)
		g_source_remove(l->timer);
	g_clear_object(&l->call);
	g_free(l);
}

static gboolean on_late(void *data)
{
	struct late *const l = data;

	l->timer = 0;
	carry_out(l->door, g_steal_pointer(&l->call));
	g_ptr_array_remove(l->door->doors->queued, l);
	return G_SOURCE_REMOVE;
}

static void delay(struct sim_door *door, GDBusMethodInvocation *call, uint32_t ms)
{
	struct late *const l = g_new0(struct late, 1);

	l->door = door;
	l->call = call;
	l->timer = g_timeout_add(ms, on_late, l);
	g_ptr_array_add(door->doors->queued, l);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void face_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	struct sim_door *const door = data;
	g_autofree char *subject = tandem_sim_subject(interface, method);
	const struct sim_rule *const rule = tandem_sim_rules_meet(door->doors->rules,
			SIM_CALL_RULES, subject, path);

	(void)connection, (void)sender, (void)args;
	if (rule == NULL) {
		carry_out(door, call);
	} else if (rule->kind == SIM_FAIL) {
		tandem_sim_refuse(call, rule->error, rule->message);
	} else if (rule->kind == SIM_DELAY) {
		delay(door, call, rule->ms);
	} else {
		tandem_sim_rules_keep(door->doors->rules, call);
	}
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static GVariant *face_get(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *name, GError **error, void *data)
{
	const struct sim_door *const door = data;
	GVariant *const value =
			door->face != NULL ? tandem_sim_face_told(door->face, name) : NULL;

	(void)connection, (void)sender, (void)path, (void)interface;
	if (value != NULL)
		return value;
	g_set_error(error, G_DBUS_ERROR,
			door->face != NULL ? G_DBUS_ERROR_INVALID_ARGS
					   : G_DBUS_ERROR_UNKNOWN_OBJECT,
			"No such property '%s'", name);
	return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static gboolean face_set(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *name, GVariant *value, GError **error,
		void *data)
{
	const struct sim_door *const door = data;

	(void)connection, (void)sender, (void)path, (void)interface;
	if (door->face != NULL && tandem_sim_face_assign(door->face, name, value))
		return TRUE;
	g_set_error(error, G_DBUS_ERROR,
			door->face != NULL ? G_DBUS_ERROR_FAILED
					   : G_DBUS_ERROR_UNKNOWN_OBJECT,
			"'%s' cannot be set", name);
	return FALSE;
}

static void door_free(void *data)
{
	struct sim_door *const d = data;

	g_dbus_connection_unregister_object(d->doors->connection, d->id);
	g_free(d);
}

struct sim_door *tandem_sim_door_open(struct sim_doors *all, struct sim_face *f)
{
	static const GDBusInterfaceVTable table = { face_call, face_get, face_set, { 0 } };
	const char *const path = tandem_sim_face_path(f);
	const char *const interface = tandem_sim_face_interface(f);
	g_autofree char *key = g_strdup_printf("%s %s", path, interface);
	struct sim_door *d = g_hash_table_lookup(all->doors, key);

	if (d == NULL) {
		d = g_new0(struct sim_door, 1);
		d->doors = all;
		d->id = g_dbus_connection_register_object(all->connection, path,
				tandem_sim_interface(interface), &table, d, NULL, NULL);
		g_assert(d->id != 0);
		g_hash_table_insert(all->doors, g_steal_pointer(&key), d);
	}
	g_assert(d->face == NULL);
	d->face = f;
	return d;
}

void tandem_sim_door_close(struct sim_door *d)
{
	d->face = NULL;
}

struct sim_doors *tandem_sim_doors_new(GDBusConnection *connection, struct sim_rules *rules)
{
	struct sim_doors *const all = g_new0(struct sim_doors, 1);

	all->connection = connection;
	all->rules = rules;
	all->doors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, door_free);
	all->queued = g_ptr_array_new_with_free_func(late_free);
	return all;
}

void tandem_sim_doors_free(struct sim_doors *all)
{
	g_ptr_array_unref(all->queued);
	g_hash_table_unref(all->doors);
	g_free(all);
}

/* SPDX-License-Identifier: MIT */
#include "fault-client.h"

#include <stdbool.h>
#include <string.h>

#include "faults.h"

struct answer {
	GVariant *reply;
	GError *error;
	bool there;
};

static void answered(GObject *source, GAsyncResult *result, void *data)
{
	struct answer *const a = data;

	a->reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result,
			&a->error);
	a->there = true;
}

static void call(struct answer *a, GDBusConnection *connection, const char *interface,
		const char *method, GVariant *args)
{
	g_dbus_connection_call(connection, SIM_FAULTS_NAME, SIM_FAULTS_PATH, interface,
			method, args, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, answered, a);
}

static void wait_for_context(void *data)
{
	(void)data;
	g_main_context_iteration(NULL, TRUE);
}

/* The reply, to be unrefed. */
static GVariant *get_answer(const struct answer *a, void (*turn)(void *data), void *data)
{
	while (!a->there) {
		while (g_main_context_iteration(NULL, FALSE))
			;
		if (!a->there)
			turn(data);
	}
	if (a->reply == NULL)
		g_error("the simulation: %s", a->error->message);
	return a->reply;
}

GDBusNodeInfo *tandem_fault_table(GDBusConnection *connection)
{
	struct answer a = { 0 };
	g_autoptr(GVariant) reply = NULL;
	const char *xml = NULL;

	call(&a, connection, "org.freedesktop.DBus.Introspectable", "Introspect", NULL);
	reply = get_answer(&a, wait_for_context, NULL);
	g_variant_get(reply, "(&s)", &xml);
	return g_dbus_node_info_new_for_xml(xml, NULL);
}

/* The text between the brackets as a tuple of the method's types. */
static GVariant *parse(const GDBusMethodInfo *method, const char *args)
{
	GString *const type = g_string_new("(");
	g_autofree char *inner = g_strndup(args + 1, strlen(args) - 2);
	g_autofree char *tuple = NULL;
	g_autoptr(GError) error = NULL;
	GVariant *value = NULL;
	guint n = 0;

	for (; method->in_args != NULL && method->in_args[n] != NULL; n++)
		g_string_append(type, method->in_args[n]->signature);
	g_string_append_c(type, ')');
	tuple = g_strdup_printf("(%s%s)", inner, n == 1 ? "," : "");
	value = g_variant_parse(G_VARIANT_TYPE(type->str), tuple, NULL, NULL, &error);
	if (value == NULL)
		g_error("%s%s: %s", method->name, args, error->message);
	g_string_free(type, TRUE);
	return value;
}

void tandem_fault(GDBusConnection *connection, const char *text)
{
	tandem_fault_with(connection, text, wait_for_context, NULL);
}

void tandem_fault_with(GDBusConnection *connection, const char *text,
		void (*turn)(void *data), void *data)
{
	struct answer a = { 0 };
	const char *const args = strchr(text, '(');
	g_autoptr(GDBusNodeInfo) table = tandem_fault_table(connection);
	const GDBusInterfaceInfo *const faults =
			g_dbus_node_info_lookup_interface(table, SIM_FAULTS_INTERFACE);
	g_autofree char *name = g_strndup(text, (gsize)(args - text));
	g_autoptr(GVariant) value = NULL;

	for (size_t i = 0; faults->methods[i] != NULL; i++) {
		if (g_str_equal(faults->methods[i]->name, name))
			value = parse(faults->methods[i], args);
	}
	if (value == NULL)
		g_error("%s: no such fault", text);
	call(&a, connection, SIM_FAULTS_INTERFACE, name, value);
	g_variant_unref(get_answer(&a, turn, data));
}

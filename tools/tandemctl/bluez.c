/* SPDX-License-Identifier: MIT */
#include "bluez.h"

GDBusConnection *tandem_bluez_connect(void)
{
	g_autofree char *address =
			g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);

	if (!address)
		return NULL;
	return g_dbus_connection_new_for_address_sync(address,
			G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
					G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
			NULL, NULL, NULL);
}

GVariant *tandem_bluez_objects(GDBusConnection *connection, int ms)
{
	g_autoptr(GVariant) reply = g_dbus_connection_call_sync(connection, TANDEM_BLUEZ,
			"/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
			NULL, G_VARIANT_TYPE("(a{oa{sa{sv}}})"),
			G_DBUS_CALL_FLAGS_NO_AUTO_START, ms, NULL, NULL);

	return reply ? g_variant_get_child_value(reply, 0) : NULL;
}

void tandem_bluez_each(GVariant *objects, const char *interface, tandem_bluez_read read,
		void *data)
{
	GVariantIter it;
	const char *path;
	GVariant *interfaces;

	g_variant_iter_init(&it, objects);
	while (g_variant_iter_loop(&it, "{&o@a{sa{sv}}}", &path, &interfaces)) {
		g_autoptr(GVariant) properties = g_variant_lookup_value(interfaces,
				interface, G_VARIANT_TYPE_VARDICT);

		if (properties)
			read(data, path, properties);
	}
}

bool tandem_bluez_bool(GVariant *properties, const char *name)
{
	gboolean value = FALSE;

	return g_variant_lookup(properties, name, "b", &value) && value;
}

const char *tandem_bluez_text(GVariant *properties, const char *name)
{
	const char *text = "";

	if (!g_variant_lookup(properties, name, "&s", &text))
		g_variant_lookup(properties, name, "&o", &text);
	return text;
}

bool tandem_bluez_has_word(GVariant *properties, const char *name, const char *word)
{
	g_autofree const char **words = NULL;

	g_variant_lookup(properties, name, "^a&s", &words);
	for (size_t i = 0; words && words[i]; i++) {
		if (g_ascii_strcasecmp(words[i], word) == 0)
			return true;
	}
	return false;
}

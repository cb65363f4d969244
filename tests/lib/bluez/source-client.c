/* SPDX-License-Identifier: MIT */
#include "source-client.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#define BLUEZ "org.bluez"
#define ROOT "/test/source"
#define SOURCE_UUID "0000110a-0000-1000-8000-00805f9b34fb"

static const char description[] =
		"<node><interface name='org.freedesktop.DBus.ObjectManager'>"
		" <method name='GetManagedObjects'>"
		"  <arg type='a{oa{sa{sv}}}' direction='out'/></method>"
		"</interface><interface name='org.bluez.MediaEndpoint1'>"
		" <method name='SelectConfiguration'><arg type='ay'/>"
		"  <arg type='ay' direction='out'/></method>"
		" <method name='SetConfiguration'><arg type='o'/><arg "
		"type='a{sv}'/></method>"
		" <method name='ClearConfiguration'><arg type='o'/></method>"
		" <method name='Release'/>"
		"</interface></node>";

struct answer {
	GVariant *reply;
	GUnixFDList *fds;
	GError *error;
	bool there;
};

static GVariant *bytes_of(const uint8_t bytes[4])
{
	return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, bytes, 4, 1);
}

static struct tandem_source_slot *slot_at(struct tandem_source *s, const char *path)
{
	for (size_t i = 0; i < TANDEM_SOURCE_SLOTS; i++) {
		if (g_str_equal(s->slots[i].path, path))
			return &s->slots[i];
	}
	return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void endpoint_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	struct tandem_source *const s = data;
	struct tandem_source_slot *const slot = slot_at(s, path);

	(void)connection, (void)sender, (void)interface;
	if (g_str_equal(method, "SelectConfiguration")) {
		slot->selected++;
		if (slot->refuse) {
			g_dbus_method_invocation_return_dbus_error(call,
					BLUEZ ".Error.Rejected", "not now");
		} else {
			g_dbus_method_invocation_return_value(call,
					g_variant_new("(@ay)", bytes_of(s->config)));
		}
		return;
	}
	g_clear_pointer(&slot->transport, g_free);
	if (g_str_equal(method, "SetConfiguration")) {
		g_variant_get(args, "(oa{sv})", &slot->transport, NULL);
	} else {
		slot->cleared++;
	}
	g_dbus_method_invocation_return_value(call, NULL);
}

/* NOLINTNEXTLINE(readability-function-size): GDBus has them so */
static void manager_call(GDBusConnection *connection, const char *sender, const char *path,
		const char *interface, const char *method, GVariant *args,
		GDBusMethodInvocation *call, void *data)
{
	/* all capabilities: 44.1 and 48 kHz, every mode, bitpool 2 to 53 */
	static const uint8_t caps[4] = { 0x3f, 0xff, 2, 53 };
	const struct tandem_source *const s = data;
	GVariantBuilder objects;

	(void)connection, (void)sender, (void)path, (void)interface;
	(void)method, (void)args;
	g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
	for (size_t i = 0; i < TANDEM_SOURCE_SLOTS; i++) {
		GVariantBuilder props;
		GVariantBuilder faces;

		g_variant_builder_init(&props, G_VARIANT_TYPE_VARDICT);
		g_variant_builder_add(&props, "{sv}", "UUID",
				g_variant_new_string(SOURCE_UUID));
		g_variant_builder_add(&props, "{sv}", "Codec", g_variant_new_byte(0));
		g_variant_builder_add(&props, "{sv}", "Capabilities", bytes_of(caps));
		g_variant_builder_add(&props, "{sv}", "DelayReporting",
				g_variant_new_boolean(TRUE));
		g_variant_builder_init(&faces, G_VARIANT_TYPE("a{sa{sv}}"));
		g_variant_builder_add(&faces, "{sa{sv}}", BLUEZ ".MediaEndpoint1", &props);
		g_variant_builder_add(&objects, "{oa{sa{sv}}}", s->slots[i].path, &faces);
	}
	g_dbus_method_invocation_return_value(call,
			g_variant_new("(a{oa{sa{sv}}})", &objects));
}

static void answered(GObject *source, GAsyncResult *result, void *data)
{
	struct answer *const a = data;

	a->reply = g_dbus_connection_call_with_unix_fd_list_finish(
			G_DBUS_CONNECTION(source), &a->fds, result, &a->error);
	a->there = true;
}

static struct answer ask(struct tandem_source *s, const char *path, const char *interface,
		const char *method, GVariant *args)
{
	struct answer a = { 0 };

	g_dbus_connection_call_with_unix_fd_list(s->connection, BLUEZ, path, interface,
			method, args, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
			answered, &a);
	while (!a.there)
		g_main_context_iteration(NULL, TRUE);
	return a;
}

GVariant *tandem_source_call(struct tandem_source *s, const char *path,
		const char *interface, const char *method, GVariant *args,
		GError **ret_error)
{
	struct answer a = ask(s, path, interface, method, args);

	if (a.fds != NULL)
		g_object_unref(a.fds);
	if (a.error != NULL)
		g_propagate_error(ret_error, a.error);
	return a.reply;
}

int tandem_source_acquire(struct tandem_source *s, uint32_t slot, uint16_t *ret_mtu_bytes)
{
	struct answer a = ask(s, s->slots[slot].transport, BLUEZ ".MediaTransport1",
			"Acquire", NULL);
	gint32 handle = -1;
	int fd = -1;

	if (a.reply != NULL) {
		g_variant_get(a.reply, "(hqq)", &handle, NULL, ret_mtu_bytes);
		fd = g_unix_fd_list_get(a.fds, handle, NULL);
		g_variant_unref(a.reply);
	}
	if (a.fds != NULL)
		g_object_unref(a.fds);
	g_clear_error(&a.error);
	return fd;
}

char *tandem_source_try(struct tandem_source *s, const char *path, const char *interface,
		const char *method, GVariant *args)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply =
			tandem_source_call(s, path, interface, method, args, &error);

	return reply != NULL ? g_strdup("") : g_dbus_error_get_remote_error(error);
}

GVariant *tandem_source_get(struct tandem_source *s, const char *path,
		const char *interface, const char *name)
{
	g_autoptr(GVariant) reply = tandem_source_call(s, path,
			"org.freedesktop.DBus.Properties", "Get",
			g_variant_new("(ss)", interface, name), NULL);
	GVariant *value = NULL;

	if (reply != NULL)
		g_variant_get(reply, "(v)", &value);
	return value;
}

GVariant *tandem_source_property(struct tandem_source *s, uint32_t slot, const char *name)
{
	return tandem_source_get(s, s->slots[slot].transport, BLUEZ ".MediaTransport1",
			name);
}

void tandem_source_init(struct tandem_source *s, GDBusConnection *connection,
		const uint8_t config[4])
{
	static const GDBusInterfaceVTable manager = { manager_call, NULL, NULL, { 0 } };
	static const GDBusInterfaceVTable endpoint = { endpoint_call, NULL, NULL, { 0 } };
	g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(description, NULL);
	g_autoptr(GVariant) reply = NULL;

	*s = (struct tandem_source){ .connection = connection };
	memcpy(s->config, config, sizeof(s->config));
	s->manager_id = g_dbus_connection_register_object(connection, ROOT,
			node->interfaces[0], &manager, s, NULL, NULL);
	for (uint32_t i = 0; i < TANDEM_SOURCE_SLOTS; i++) {
		s->slots[i].path = g_strdup_printf(ROOT "/sbc%u", i);
		s->slots[i].object_id = g_dbus_connection_register_object(connection,
				s->slots[i].path, node->interfaces[1], &endpoint, s, NULL,
				NULL);
	}
	reply = tandem_source_call(s, "/org/bluez/hci0", BLUEZ ".Media1",
			"RegisterApplication", g_variant_new("(oa{sv})", ROOT, NULL), NULL);
	g_assert(reply != NULL);
}

void tandem_source_finish(struct tandem_source *s)
{
	g_dbus_connection_unregister_object(s->connection, s->manager_id);
	for (uint32_t i = 0; i < TANDEM_SOURCE_SLOTS; i++) {
		g_dbus_connection_unregister_object(s->connection, s->slots[i].object_id);
		g_free(s->slots[i].path);
		g_free(s->slots[i].transport);
	}
}

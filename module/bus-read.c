/* SPDX-License-Identifier: MIT */
#include "bus-read.h"

#include <string.h>

#include "base/text.h"

struct tandem_event tandem_bus_event(enum tandem_event_kind kind)
{
	return (struct tandem_event){ .kind = kind, .fd = -1 };
}

void tandem_bus_set_error(struct tandem_event *event, const GError *error)
{
	g_autofree char *name = NULL;
	g_autoptr(GError) plain = NULL;

	if (!error)
		return;
	name = g_dbus_error_get_remote_error(error);
	if (!name && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
		name = g_strdup("org.freedesktop.DBus.Error.NoReply"); /* our patience */
	if (!name)
		name = g_dbus_error_encode_gerror(error);
	plain = g_error_copy(error);
	g_dbus_error_strip_remote_error(plain);
	g_strlcpy(event->error, name, sizeof(event->error)); /* ASCII, says D-Bus */
	g_snprintf(event->detail, sizeof(event->detail), "%.*s",
			tandem_text_fit(plain->message, sizeof(event->detail) - 1),
			plain->message);
}

static bool copy_path(char to[TANDEM_PATH_SIZE], const char *from)
{
	return g_strlcpy(to, from, TANDEM_PATH_SIZE) < TANDEM_PATH_SIZE;
}

static bool copy_bytes(struct tandem_event *e, GVariant *bytes)
{
	gsize n = 0;
	const void *data = g_variant_get_fixed_array(bytes, &n, 1);

	if (n > sizeof(e->config))
		return false;
	if (n > 0)
		memcpy(e->config, data, n);
	e->config_bytes = (uint32_t)n;
	return true;
}

bool tandem_read_select(struct tandem_event *e, GVariant *args)
{
	g_autoptr(GVariant) caps = g_variant_get_child_value(args, 0);

	e->kind = TANDEM_EVENT_SELECT;
	return copy_bytes(e, caps);
}

/* A configuration that is missing or too long stays empty, which main refuses by name. */
bool tandem_read_set(struct tandem_event *e, GVariant *args)
{
	g_autoptr(GVariant) properties = g_variant_get_child_value(args, 1);
	g_autoptr(GVariant) config = g_variant_lookup_value(properties, "Configuration",
			G_VARIANT_TYPE("ay"));
	const char *path, *device = "", *state = "";
	guint16 delay = 0;

	e->kind = TANDEM_EVENT_SET;
	g_variant_get_child(args, 0, "&o", &path);
	g_variant_lookup(properties, "Device", "&o", &device);
	if (config && !copy_bytes(e, config))
		e->config_bytes = 0;
	e->codec = 0xff;
	g_variant_lookup(properties, "Codec", "y", &e->codec);
	g_variant_lookup(properties, "Delay", "q", &delay);
	e->delay_100us = delay;
	g_variant_lookup(properties, "State", "&s", &state);
	if (g_str_equal(state, "active"))
		e->state = TANDEM_TRANSPORT_ACTIVE;
	return copy_path(e->path, path) && copy_path(e->name, device);
}

bool tandem_read_clear(struct tandem_event *e, GVariant *args)
{
	const char *transport;

	e->kind = TANDEM_EVENT_CLEAR;
	g_variant_get(args, "(&o)", &transport);
	return copy_path(e->path, transport);
}

int tandem_read_acquired(struct tandem_event *e, GVariant *reply)
{
	guint16 read_mtu, write_mtu;
	gint32 handle;

	g_variant_get(reply, "(hqq)", &handle, &read_mtu, &write_mtu);
	e->mtu_bytes = write_mtu;
	return handle;
}

/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <string.h>

/* Classes of device that BlueZ shows as these icons. */
static uint32_t class_of(const char *icon)
{
	static const struct {
		const char *icon;
		uint32_t class;
	} classes[] = {
		{ "audio-headset", 0x240404 },
		{ "audio-headphones", 0x240418 },
		{ "computer", 0x6c010c },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
		if (g_str_equal(classes[i].icon, icon))
			return classes[i].class;
	}
	return 0x240414; /* loudspeaker */
}

static void sep_free(void *data)
{
	struct sim_sep *const sep = data;

	tandem_sim_face_free(sep->face);
	g_free(sep);
}

static void sep_call(void *data, GDBusMethodInvocation *call)
{
	tandem_sim_connect_choose(data, call);
}

static void show_sep(struct sim_device *d, struct sim_endpoint *e)
{
	static const struct sim_face_ops ops = { "org.bluez.MediaEndpoint1", sep_call,
		NULL };
	struct sim_sep *const sep = g_new0(struct sim_sep, 1);
	const char *const device_path = tandem_sim_face_path(d->face);
	g_autofree char *path = g_strdup_printf("%s/sep%u", device_path, e->seid);

	sep->device = d;
	sep->endpoint = e;
	sep->face = tandem_sim_face_new(d->adapter->world->store, path, &ops, sep);
	tandem_sim_face_set(sep->face, "UUID",
			g_variant_new_string(tandem_sim_uuid(e->role)));
	tandem_sim_face_set(sep->face, "Codec", g_variant_new_byte(e->codec));
	tandem_sim_face_set(sep->face, "Capabilities", e->capabilities);
	tandem_sim_face_set(sep->face, "Device", g_variant_new_object_path(device_path));
	tandem_sim_face_set(sep->face, "DelayReporting",
			g_variant_new_boolean(e->delay_reporting));
	tandem_sim_face_publish(sep->face);
	g_ptr_array_add(d->seps, sep);
}

const char *tandem_sim_device_sep(const struct sim_device *d, const struct sim_endpoint *e)
{
	for (guint i = 0; i < d->seps->len; i++) {
		const struct sim_sep *const sep = d->seps->pdata[i];

		if (sep->endpoint == e)
			return tandem_sim_face_path(sep->face);
	}
	return NULL;
}

/* What AVDTP DISCOVER finds: known ones keep their objects. */
static void discover(struct sim_device *d)
{
	const GPtrArray *const all = d->adapter->world->endpoints;

	for (guint i = 0; i < all->len; i++) {
		struct sim_endpoint *const e = all->pdata[i];

		if (e->adapter == d->peer->adapter && tandem_sim_device_sep(d, e) == NULL)
			show_sep(d, e);
	}
}

void tandem_sim_device_forget(struct sim_device *d, const struct sim_endpoint *e)
{
	for (guint i = d->seps->len; i-- > 0;) {
		const struct sim_sep *const sep = d->seps->pdata[i];

		if (sep->endpoint == e)
			g_ptr_array_remove_index(d->seps, i);
	}
}

void tandem_sim_device_show_caps(struct sim_device *d, const struct sim_endpoint *e)
{
	for (guint i = 0; i < d->seps->len; i++) {
		const struct sim_sep *const sep = d->seps->pdata[i];

		if (sep->endpoint != e)
			continue;
		tandem_sim_face_set(sep->face, "Codec", g_variant_new_byte(e->codec));
		tandem_sim_face_set(sep->face, "Capabilities", e->capabilities);
	}
}

static void set_connected(struct sim_device *d, bool connected)
{
	d->connected = connected;
	tandem_sim_face_set(d->face, "Connected", g_variant_new_boolean(connected));
	tandem_sim_face_set(d->face, "ServicesResolved", g_variant_new_boolean(connected));
}

void tandem_sim_device_link(struct sim_device *d)
{
	set_connected(d, true);
	set_connected(d->peer, true);
	discover(d);
	discover(d->peer);
}

void tandem_sim_device_unlink(struct sim_device *d)
{
	struct sim_stream *s = NULL;

	for (int role = SIM_SOURCE; role <= SIM_SINK; role++) {
		while ((s = tandem_sim_stream_between(d, (enum sim_role)role)) != NULL)
			tandem_sim_stream_free(s);
	}
	g_ptr_array_set_size(d->seps, 0);
	g_ptr_array_set_size(d->peer->seps, 0);
	set_connected(d, false);
	set_connected(d->peer, false);
}

/* Which role this end plays for the profile that is asked for at the other end. */
static bool role_for(const char *remote_uuid, enum sim_role *ret_local)
{
	if (g_ascii_strcasecmp(remote_uuid, SIM_SINK_UUID) == 0) {
		*ret_local = SIM_SOURCE;
	} else if (g_ascii_strcasecmp(remote_uuid, SIM_SOURCE_UUID) == 0) {
		*ret_local = SIM_SINK;
	} else {
		return false;
	}
	return true;
}

static void call_connect(struct sim_device *d, GDBusMethodInvocation *call)
{
	tandem_sim_connect(d,
			tandem_sim_adapter_is_host(d->adapter) ? SIM_SOURCE : SIM_SINK,
			call);
}

static void call_disconnect(struct sim_device *d, GDBusMethodInvocation *call)
{
	if (!d->connected) {
		tandem_sim_refuse(call, "NotConnected", "Not Connected");
		return;
	}
	tandem_sim_device_unlink(d);
	g_dbus_method_invocation_return_value(call, NULL);
}

static void call_profile(struct sim_device *d, GDBusMethodInvocation *call)
{
	const bool connect = g_str_equal(g_dbus_method_invocation_get_method_name(call),
			"ConnectProfile");
	const char *uuid = NULL;
	enum sim_role local = SIM_SOURCE;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&s)", &uuid);
	if (!role_for(uuid, &local)) {
		tandem_sim_refuse(call, "NotAvailable",
				"br-connection-profile-unavailable");
		return;
	}
	if (connect) {
		tandem_sim_connect(d, local, call);
		return;
	}

	struct sim_stream *const s = tandem_sim_stream_between(d, local);
	if (s == NULL) {
		tandem_sim_refuse(call, "NotConnected", "Not Connected");
		return;
	}
	tandem_sim_stream_free(s);
	g_dbus_method_invocation_return_value(call, NULL);
}

static void device_call(void *data, GDBusMethodInvocation *call)
{
	const char *const method = g_dbus_method_invocation_get_method_name(call);

	if (g_str_equal(method, "Connect")) {
		call_connect(data, call);
	} else if (g_str_equal(method, "Disconnect")) {
		call_disconnect(data, call);
	} else {
		call_profile(data, call);
	}
}

static bool device_set(void *data, const char *name, GVariant *value)
{
	const struct sim_device *const d = data;

	tandem_sim_face_set(d->face, name, value);
	return true;
}

void tandem_sim_device_rename(struct sim_device *d, const char *name)
{
	tandem_sim_face_set(d->face, "Name", g_variant_new_string(name));
	tandem_sim_face_set(d->face, "Alias", g_variant_new_string(name));
}

static struct sim_device *device_new(struct sim_adapter *a,
		const struct sim_adapter *remote)
{
	static const struct sim_face_ops ops = { "org.bluez.Device1", device_call,
		device_set };
	struct sim_device *const d = g_new0(struct sim_device, 1);
	const char *const icon = tandem_sim_adapter_icon(a->world, remote->index);
	const char *const adapter_path = tandem_sim_face_path(a->face);
	g_autofree char *name = tandem_sim_adapter_name(a->world, remote->index);
	g_autofree char *address = tandem_sim_adapter_address(remote->index);
	g_autofree char *path = g_strdup_printf("%s/dev_%s", adapter_path, address);
	const char *const uuids[] = { tandem_sim_adapter_is_host(remote) ? SIM_SOURCE_UUID
									 : SIM_SINK_UUID };

	d->adapter = a;
	d->seps = g_ptr_array_new_with_free_func(sep_free);
	d->face = tandem_sim_face_new(a->world->store, g_strdelimit(path, ":", '_'), &ops,
			d);
	tandem_sim_face_set(d->face, "Address", g_variant_new_string(address));
	tandem_sim_face_set(d->face, "AddressType", g_variant_new_string("public"));
	tandem_sim_device_rename(d, name);
	tandem_sim_face_set(d->face, "Class", g_variant_new_uint32(class_of(icon)));
	tandem_sim_face_set(d->face, "Icon", g_variant_new_string(icon));
	tandem_sim_face_set(d->face, "Paired", g_variant_new_boolean(TRUE));
	tandem_sim_face_set(d->face, "Bonded", g_variant_new_boolean(TRUE));
	tandem_sim_face_set(d->face, "Trusted", g_variant_new_boolean(TRUE));
	tandem_sim_face_set(d->face, "Blocked", g_variant_new_boolean(FALSE));
	tandem_sim_face_set(d->face, "UUIDs", g_variant_new_strv(uuids, 1));
	tandem_sim_face_set(d->face, "Adapter", g_variant_new_object_path(adapter_path));
	set_connected(d, false);
	tandem_sim_face_publish(d->face);
	g_ptr_array_add(a->world->devices, d);
	return d;
}

void tandem_sim_device_pair(struct sim_adapter *a, struct sim_adapter *b)
{
	struct sim_device *const here = device_new(a, b);
	struct sim_device *const there = device_new(b, a);

	here->peer = there;
	there->peer = here;
}

void tandem_sim_device_free(struct sim_device *d)
{
	g_ptr_array_unref(d->seps);
	tandem_sim_face_free(d->face);
	g_free(d);
}

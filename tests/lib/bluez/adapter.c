/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <string.h>

#define CLASS_COMPUTER 0x6c010cU

/* The value of "hciI=VALUE" for this adapter, NULL when there is none. */
static const char *option_for(char **list, uint32_t index)
{
	g_autofree char *key = g_strdup_printf("hci%u=", index);

	for (char **s = list; s != NULL && *s != NULL; s++) {
		if (g_str_has_prefix(*s, key))
			return *s + strlen(key);
	}
	return NULL;
}

char *tandem_sim_adapter_address(uint32_t index)
{
	return g_strdup_printf("00:AA:01:%02X:00:%02X", index, index);
}

char *tandem_sim_adapter_name(const struct sim_world *w, uint32_t index)
{
	const char *const given = option_for(w->options.names, index);

	if (given != NULL)
		return g_strdup(given);
	if (index == 0)
		return g_strdup("Computer");
	return g_strdup_printf(index < w->options.hosts ? "Computer %u" : "Speaker %u",
			index);
}

const char *tandem_sim_adapter_icon(const struct sim_world *w, uint32_t index)
{
	const char *const given = option_for(w->options.icons, index);

	if (given != NULL)
		return given;
	return index < w->options.hosts ? "computer" : "audio-card";
}

void tandem_sim_adapter_refresh(struct sim_adapter *a)
{
	const char *uuids[3] = { NULL };
	size_t n = 0;

	for (int role = SIM_SOURCE; role <= SIM_SINK; role++) {
		for (guint i = 0; i < a->world->endpoints->len; i++) {
			const struct sim_endpoint *const e = a->world->endpoints->pdata[i];

			if (e->adapter == a && (int)e->role == role) {
				uuids[n++] = tandem_sim_uuid(e->role);
				break;
			}
		}
	}
	tandem_sim_face_set(a->face, "UUIDs", g_variant_new_strv(uuids, (gssize)n));
}

bool tandem_sim_adapter_is_host(const struct sim_adapter *a)
{
	return a->index < a->world->options.hosts;
}

bool tandem_sim_adapter_is_powered(const struct sim_adapter *a)
{
	return tandem_sim_face_is_published(a->face) &&
	       g_variant_get_boolean(tandem_sim_face_get(a->face, "Powered"));
}

bool tandem_sim_adapter_answers(const struct sim_adapter *a)
{
	return tandem_sim_adapter_is_powered(a) &&
	       (tandem_sim_adapter_is_host(a) || tandem_sim_endpoint_on(a));
}

static void hang_up(struct sim_adapter *a)
{
	for (guint i = 0; i < a->world->devices->len; i++) {
		struct sim_device *const d = a->world->devices->pdata[i];

		if (d->adapter == a && d->connected)
			tandem_sim_device_unlink(d);
	}
}

void tandem_sim_adapter_power(struct sim_adapter *a, bool on)
{
	if (!on) {
		hang_up(a);
		tandem_sim_face_set(a->face, "Discovering", g_variant_new_boolean(FALSE));
	}
	tandem_sim_face_set(a->face, "Powered", g_variant_new_boolean(on));
}

static void show_devices(struct sim_adapter *a, bool there)
{
	for (guint i = 0; i < a->world->devices->len; i++) {
		const struct sim_device *const d = a->world->devices->pdata[i];

		if (d->adapter != a)
			continue;
		if (there) {
			tandem_sim_face_publish(d->face);
		} else {
			tandem_sim_face_withdraw(d->face);
		}
	}
}

static void release_endpoints(struct sim_adapter *a)
{
	tandem_sim_applications_forget(a->world, a, NULL);
	for (guint i = a->world->endpoints->len; i-- > 0;) {
		struct sim_endpoint *const e = a->world->endpoints->pdata[i];

		if (e->adapter != a)
			continue;
		tandem_sim_endpoint_ask(e, "Release", NULL, NULL, NULL);
		tandem_sim_endpoint_free(e);
	}
}

void tandem_sim_adapter_plug(struct sim_adapter *a, bool in)
{
	if (in == tandem_sim_face_is_published(a->face))
		return;
	if (in) {
		tandem_sim_face_publish(a->face);
		tandem_sim_face_publish(a->media);
		show_devices(a, true);
	} else {
		hang_up(a);
		release_endpoints(a);
		show_devices(a, false);
		tandem_sim_face_withdraw(a->media);
		tandem_sim_face_withdraw(a->face);
	}
}

/* Others see the new name too, as if they had asked again. */
static void rename_adapter(struct sim_adapter *a, GVariant *name)
{
	tandem_sim_face_set(a->face, "Alias", name);
	for (guint i = 0; i < a->world->devices->len; i++) {
		struct sim_device *const d = a->world->devices->pdata[i];

		if (d->peer->adapter == a)
			tandem_sim_device_rename(d, g_variant_get_string(name, NULL));
	}
}

static bool adapter_set(void *data, const char *name, GVariant *value)
{
	struct sim_adapter *const a = data;

	if (g_str_equal(name, "Alias")) {
		rename_adapter(a, value);
	} else if (g_str_equal(name, "Powered")) {
		tandem_sim_adapter_power(a, g_variant_get_boolean(value));
	} else {
		tandem_sim_face_set(a->face, name, value);
	}
	return true;
}

static void adapter_call(void *data, GDBusMethodInvocation *call)
{
	struct sim_adapter *const a = data;
	const bool start = g_str_equal(g_dbus_method_invocation_get_method_name(call),
			"StartDiscovery");

	tandem_sim_face_set(a->face, "Discovering", g_variant_new_boolean(start));
	g_dbus_method_invocation_return_value(call, NULL);
}

struct sim_adapter *tandem_sim_adapter_new(struct sim_world *w, uint32_t index)
{
	static const struct sim_face_ops ops = { "org.bluez.Adapter1", adapter_call,
		adapter_set };
	struct sim_adapter *const a = g_new0(struct sim_adapter, 1);
	g_autofree char *path = g_strdup_printf("/org/bluez/hci%u", index);
	g_autofree char *name = tandem_sim_adapter_name(w, index);

	a->world = w;
	a->index = index;
	a->face = tandem_sim_face_new(w->store, path, &ops, a);
	tandem_sim_face_set(a->face, "Address",
			g_variant_new_take_string(tandem_sim_adapter_address(index)));
	tandem_sim_face_set(a->face, "AddressType", g_variant_new_string("public"));
	tandem_sim_face_set(a->face, "Name", g_variant_new_string(name));
	tandem_sim_face_set(a->face, "Alias", g_variant_new_string(name));
	tandem_sim_face_set(a->face, "Class", g_variant_new_uint32(CLASS_COMPUTER));
	tandem_sim_face_set(a->face, "Powered", g_variant_new_boolean(TRUE));
	tandem_sim_face_set(a->face, "Discoverable", g_variant_new_boolean(FALSE));
	tandem_sim_face_set(a->face, "Pairable", g_variant_new_boolean(TRUE));
	tandem_sim_face_set(a->face, "Discovering", g_variant_new_boolean(FALSE));
	tandem_sim_adapter_refresh(a);
	tandem_sim_face_publish(a->face);
	a->media = tandem_sim_media_new(a);
	return a;
}

void tandem_sim_adapter_free(struct sim_adapter *a)
{
	tandem_sim_face_free(a->media);
	tandem_sim_face_free(a->face);
	g_free(a);
}

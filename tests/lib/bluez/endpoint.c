/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <string.h>

#define VENDOR_CODEC 0xff
#define VENDOR_ID_BYTES 6 /* vendor (4) and codec (2) head the capabilities */

const char *tandem_sim_uuid(enum sim_role role)
{
	return role == SIM_SOURCE ? SIM_SOURCE_UUID : SIM_SINK_UUID;
}

/* Lowest SEID no endpoint of the adapter has. */
static uint32_t free_seid(const struct sim_adapter *a)
{
	uint32_t seid = 1;

	for (guint i = 0; i < a->world->endpoints->len; i++) {
		const struct sim_endpoint *const e = a->world->endpoints->pdata[i];

		if (e->adapter != a || e->seid != seid)
			continue;
		seid++;
		i = (guint)-1; /* once more from the start */
	}
	return seid;
}

static bool parse(struct sim_endpoint *e, GVariant *props)
{
	const char *uuid = NULL;
	gboolean delay = FALSE;

	if (!g_variant_lookup(props, "UUID", "&s", &uuid) ||
			!g_variant_lookup(props, "Codec", "y", &e->codec))
		return false;
	e->capabilities = g_variant_lookup_value(props, "Capabilities",
			G_VARIANT_TYPE_BYTESTRING);
	g_variant_lookup(props, "DelayReporting", "b", &delay);
	e->delay_reporting = delay;
	e->role = g_ascii_strcasecmp(uuid, SIM_SINK_UUID) == 0 ? SIM_SINK : SIM_SOURCE;
	return e->capabilities != NULL &&
	       g_ascii_strcasecmp(uuid, tandem_sim_uuid(e->role)) == 0;
}

static void discard(struct sim_endpoint *e)
{
	if (e->capabilities != NULL) {
		g_variant_unref(e->capabilities);
	}
	g_free(e->owner);
	g_free(e->path);
	g_free(e->root);
	g_free(e);
}

struct sim_endpoint *tandem_sim_endpoint_new(struct sim_adapter *a, const char *owner,
		const char *path, GVariant *props)
{
	if (tandem_sim_endpoint_find(a->world, owner, path) != NULL)
		return NULL;

	struct sim_endpoint *const e = g_new0(struct sim_endpoint, 1);
	e->adapter = a;
	e->owner = g_strdup(owner);
	e->path = g_strdup(path);
	if (!parse(e, props)) {
		discard(e);
		return NULL;
	}
	e->seid = free_seid(a);
	g_ptr_array_add(a->world->endpoints, e);
	tandem_sim_adapter_refresh(a);
	return e;
}

void tandem_sim_endpoint_free(struct sim_endpoint *e)
{
	struct sim_adapter *const a = e->adapter;
	struct sim_world *const w = a->world;

	g_ptr_array_remove(w->endpoints, e);
	tandem_sim_connect_lost_endpoint(w, e);
	if (e->stream != NULL)
		tandem_sim_stream_free(e->stream);
	for (guint i = 0; i < w->devices->len; i++)
		tandem_sim_device_forget(w->devices->pdata[i], e);
	tandem_sim_adapter_refresh(a);
	discard(e);
}

struct sim_endpoint *tandem_sim_endpoint_find(const struct sim_world *w, const char *owner,
		const char *path)
{
	for (guint i = 0; i < w->endpoints->len; i++) {
		struct sim_endpoint *const e = w->endpoints->pdata[i];

		if (g_str_equal(e->owner, owner) && g_str_equal(e->path, path))
			return e;
	}
	return NULL;
}

bool tandem_sim_endpoint_on(const struct sim_adapter *a)
{
	for (guint i = 0; i < a->world->endpoints->len; i++) {
		const struct sim_endpoint *const e = a->world->endpoints->pdata[i];

		if (e->adapter == a)
			return true;
	}
	return false;
}

bool tandem_sim_endpoint_matches(const struct sim_endpoint *a, const struct sim_endpoint *b)
{
	size_t a_bytes = 0;
	size_t b_bytes = 0;
	const void *const a_caps = g_variant_get_fixed_array(a->capabilities, &a_bytes, 1);
	const void *const b_caps = g_variant_get_fixed_array(b->capabilities, &b_bytes, 1);

	if (a->role == b->role || a->codec != b->codec)
		return false;
	if (a->codec != VENDOR_CODEC)
		return true;
	return a_bytes >= VENDOR_ID_BYTES && b_bytes >= VENDOR_ID_BYTES &&
	       memcmp(a_caps, b_caps, VENDOR_ID_BYTES) == 0;
}

void tandem_sim_endpoint_ask(const struct sim_endpoint *e, const char *method,
		GVariant *args, GAsyncReadyCallback done, void *data)
{
	g_dbus_connection_call(tandem_sim_store_connection(e->adapter->world->store),
			e->owner, e->path, "org.bluez.MediaEndpoint1", method, args, NULL,
			G_DBUS_CALL_FLAGS_NO_AUTO_START, SIM_ENDPOINT_TIMEOUT_MS, NULL,
			done, data);
}

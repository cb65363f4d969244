/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <gio/gunixfdlist.h>

#define FULL_VOLUME 127 /* AVRCP absolute volume */

static struct sim_transport *other(struct sim_transport *t)
{
	return &t->stream->side[t == &t->stream->side[SIM_SOURCE] ? SIM_SINK : SIM_SOURCE];
}

void tandem_sim_transport_set_state(struct sim_transport *t, const char *state)
{
	tandem_sim_face_set(t->face, "State", g_variant_new_string(state));
}

bool tandem_sim_transport_is(const struct sim_transport *t, const char *state)
{
	return g_str_equal(g_variant_get_string(tandem_sim_face_get(t->face, "State"),
					   NULL),
			state);
}

/* As BlueZ: first the reply, then the state. */
void tandem_sim_transport_grant(struct sim_transport *t)
{
	const guint16 mtu = t->stream->world->options.mtu_bytes;
	GDBusMethodInvocation *const call = t->acquire;
	g_autoptr(GUnixFDList) fds = g_unix_fd_list_new();
	const int handle = g_unix_fd_list_append(fds, t->fd, NULL);

	t->acquire = NULL;
	if (handle < 0) {
		g_clear_pointer(&t->owner, g_free);
		tandem_sim_refuse(call, "Failed", "No more file descriptors");
		return;
	}
	g_dbus_method_invocation_return_value_with_unix_fd_list(call,
			g_variant_new("(hqq)", handle, mtu, mtu), fds);
	tandem_sim_transport_set_state(t, "active");
}

/* The other side started: take our end, which lets a waiting starter have its own. */
static void join(struct sim_transport *t)
{
	tandem_sim_transport_grant(t);
	if (other(t)->acquire != NULL)
		tandem_sim_transport_grant(other(t));
}

static void acquire(struct sim_transport *t, GDBusMethodInvocation *call)
{
	const bool pending = tandem_sim_transport_is(t, "pending");
	const bool try = g_str_equal(g_dbus_method_invocation_get_method_name(call),
			"TryAcquire");
	const struct sim_rule *refusal = NULL;

	if (t->owner != NULL || !t->configured) {
		tandem_sim_refuse(call, "NotAuthorized", "Operation Not Authorized");
		return;
	}
	if (try && !pending) {
		tandem_sim_refuse(call, "NotAvailable",
				"Operation currently not available");
		return;
	}
	if (t == &t->stream->side[SIM_SOURCE])
		refusal = tandem_sim_air_refusal(t->device, "AVDTP.Start");
	if (refusal != NULL) {
		tandem_sim_refuse(call, refusal->error, refusal->message);
		return;
	}
	t->owner = g_strdup(g_dbus_method_invocation_get_sender(call));
	t->acquire = call;
	if (pending) {
		join(t);
	} else if (tandem_sim_stream_start(t->stream, t == &t->stream->side[SIM_SOURCE]
								      ? SIM_SOURCE
								      : SIM_SINK) < 0) {
		t->acquire = NULL;
		g_clear_pointer(&t->owner, g_free);
		tandem_sim_refuse(call, "Failed", "Cannot start");
	}
}

static void release(struct sim_transport *t, GDBusMethodInvocation *call)
{
	if (g_strcmp0(t->owner, g_dbus_method_invocation_get_sender(call)) != 0) {
		tandem_sim_refuse(call, "NotAuthorized", "Operation Not Authorized");
		return;
	}
	tandem_sim_stream_suspend(t->stream);
	g_dbus_method_invocation_return_value(call, NULL);
}

static void transport_call(void *data, GDBusMethodInvocation *call)
{
	if (g_str_equal(g_dbus_method_invocation_get_method_name(call), "Release")) {
		release(data, call);
	} else {
		acquire(data, call);
	}
}

/* The sink's word on its delay, and either side's on the volume, cross the air. */
static bool transport_set(void *data, const char *name, GVariant *value)
{
	struct sim_transport *const t = data;
	const bool delay = g_str_equal(name, "Delay");

	if (delay && (t != &t->stream->side[SIM_SINK] || !t->endpoint->delay_reporting ||
				     !other(t)->endpoint->delay_reporting))
		return false;
	tandem_sim_face_set(t->face, name, value);
	tandem_sim_face_set(other(t)->face, name, value);
	return true;
}

void tandem_sim_transport_show(struct sim_transport *t, const char *path, GVariant *config)
{
	static const struct sim_face_ops ops = { "org.bluez.MediaTransport1",
		transport_call, transport_set };
	const struct sim_endpoint *const e = t->endpoint;
	const char *const device = tandem_sim_face_path(t->device->face);
	const char *const sep = tandem_sim_device_sep(t->device, other(t)->endpoint);

	t->face = tandem_sim_face_new(t->stream->world->store, path, &ops, t);
	tandem_sim_face_set(t->face, "Device", g_variant_new_object_path(device));
	tandem_sim_face_set(t->face, "UUID",
			g_variant_new_string(tandem_sim_uuid(e->role)));
	tandem_sim_face_set(t->face, "Codec", g_variant_new_byte(e->codec));
	tandem_sim_face_set(t->face, "Configuration", config);
	tandem_sim_face_set(t->face, "State", g_variant_new_string("idle"));
	tandem_sim_face_set(t->face, "Volume", g_variant_new_uint16(FULL_VOLUME));
	if (e->delay_reporting && other(t)->endpoint->delay_reporting)
		tandem_sim_face_set(t->face, "Delay", g_variant_new_uint16(0));
	if (sep != NULL)
		tandem_sim_face_set(t->face, "Endpoint", g_variant_new_object_path(sep));
	tandem_sim_face_publish(t->face);
}

/* SPDX-License-Identifier: MIT */
#include "parts.h"

static void register_alone(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	g_autoptr(GVariant) props = NULL;
	const char *path = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o@a{sv})", &path,
			&props);
	if (tandem_sim_endpoint_find(a->world, g_dbus_method_invocation_get_sender(call),
			    path) != NULL) {
		tandem_sim_refuse(call, "AlreadyExists", "Already Exists");
		return;
	}
	if (tandem_sim_endpoint_new(a, g_dbus_method_invocation_get_sender(call), path,
			    props) == NULL) {
		tandem_sim_refuse(call, "InvalidArguments",
				"Invalid arguments in method call");
		return;
	}
	g_dbus_method_invocation_return_value(call, NULL);
}

static void unregister_alone(struct sim_adapter *a, GDBusMethodInvocation *call)
{
	const char *path = NULL;

	g_variant_get(g_dbus_method_invocation_get_parameters(call), "(&o)", &path);

	struct sim_endpoint *const e = tandem_sim_endpoint_find(a->world,
			g_dbus_method_invocation_get_sender(call), path);
	if (e == NULL) {
		tandem_sim_refuse(call, "DoesNotExist", "Does Not Exist");
		return;
	}
	tandem_sim_endpoint_free(e);
	g_dbus_method_invocation_return_value(call, NULL);
}

static void media_call(void *data, GDBusMethodInvocation *call)
{
	static const struct {
		const char *method;
		void (*run)(struct sim_adapter *a, GDBusMethodInvocation *call);
	} calls[] = {
		{ "RegisterEndpoint", register_alone },
		{ "UnregisterEndpoint", unregister_alone },
		{ "RegisterApplication", tandem_sim_application_register },
		{ "UnregisterApplication", tandem_sim_application_unregister },
	};
	const char *const method = g_dbus_method_invocation_get_method_name(call);

	for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
		if (g_str_equal(calls[i].method, method))
			calls[i].run(data, call);
	}
}

struct sim_face *tandem_sim_media_new(struct sim_adapter *a)
{
	static const struct sim_face_ops ops = { "org.bluez.Media1", media_call, NULL };
	static const char *const uuids[] = { SIM_SOURCE_UUID, SIM_SINK_UUID, NULL };
	char **const features = a->world->options.features;
	struct sim_face *const f = tandem_sim_face_new(a->world->store,
			tandem_sim_face_path(a->face), &ops, a);

	tandem_sim_face_set(f, "SupportedUUIDs", g_variant_new_strv(uuids, -1));
	if (features != NULL) {
		tandem_sim_face_set(f, "SupportedFeatures",
				g_variant_new_strv((const char *const *)features, -1));
	}
	tandem_sim_face_publish(f);
	return f;
}

/* SPDX-License-Identifier: MIT */
#include "wire.h"

void tandem_wire_cut(struct tandem_wire *w)
{
	if (!w->proxy)
		return;
	spa_hook_remove(&w->listener);
	pw_proxy_destroy(w->proxy);
	w->proxy = NULL;
}

static void on_removed(void *data)
{
	tandem_wire_cut(data);
}

static void on_error(void *data, int seq, int res, const char *message)
{
	struct tandem_wire *const w = data;

	(void)seq;
	(void)res;
	(void)message;
	w->is_refused = true;
}

static const struct pw_proxy_events link_events = {
	PW_VERSION_PROXY_EVENTS,
	.removed = on_removed,
	.error = on_error,
};

void tandem_wire_join(struct tandem_wire *w, struct pw_core *core,
		const struct tandem_port *from, const struct tandem_port *to)
{
	struct pw_properties *props;

	if (tandem_wire_is_joined(w) && w->from == from->id && w->to == to->id)
		return;
	tandem_wire_cut(w);
	props = pw_properties_new(PW_KEY_LINK_PASSIVE, "true", PW_KEY_OBJECT_LINGER,
			"false", NULL);
	if (!props)
		return;
	pw_properties_setf(props, PW_KEY_LINK_OUTPUT_NODE, "%u", from->node_id);
	pw_properties_setf(props, PW_KEY_LINK_OUTPUT_PORT, "%u", from->id);
	pw_properties_setf(props, PW_KEY_LINK_INPUT_NODE, "%u", to->node_id);
	pw_properties_setf(props, PW_KEY_LINK_INPUT_PORT, "%u", to->id);
	w->proxy = pw_core_create_object(core, "link-factory", PW_TYPE_INTERFACE_Link,
			PW_VERSION_LINK, &props->dict, 0);
	pw_properties_free(props);
	if (!w->proxy)
		return;
	w->from = from->id;
	w->to = to->id;
	w->is_refused = false;
	pw_proxy_add_listener(w->proxy, &w->listener, &link_events, w);
}

bool tandem_wire_is_joined(const struct tandem_wire *w)
{
	return w->proxy && !w->is_refused;
}

/* SPDX-License-Identifier: MIT */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>

#include <spa/node/node.h>
#include <spa/utils/names.h>

struct tandem_sink {
	/* constant */
	struct pw_context *context;
	struct tandem_settings settings;
	struct spa_handle *handle;
	struct spa_node *node;
	void *group;

	/* while exported */
	struct pw_impl_node *adapter;
	struct spa_hook adapter_listener;
	struct pw_proxy *proxy;
	struct spa_hook proxy_listener;
};

int tandem_sink_new(struct tandem_sink **ret_sink, struct pw_context *context,
		const struct tandem_settings *settings, const char *mistakes)
{
	const struct spa_dict_item items[] = { SPA_DICT_ITEM_INIT(SPA_KEY_LIBRARY_NAME,
			TANDEM_LIBRARY) };
	const struct spa_dict info = SPA_DICT_INIT_ARRAY(items);
	struct tandem_sink *s = calloc(1, sizeof(*s));
	void *interface;
	int res;

	if (!s)
		return -ENOMEM;
	s->context = context;
	s->settings = *settings;
	s->handle = pw_context_load_spa_handle(context, TANDEM_FACTORY_SINK, &info);
	if (!s->handle) {
		free(s);
		return -ENOENT;
	}
	res = spa_handle_get_interface(s->handle, SPA_TYPE_INTERFACE_Node, &interface);
	s->node = interface;
	if (res == 0) {
		res = spa_handle_get_interface(s->handle, TANDEM_TYPE_INTERFACE_Group,
				&s->group);
	}
	if (res < 0) {
		res = -ENOTSUP;
	} else {
		res = tandem_group_call(s->group, setup, settings, mistakes);
	}
	if (res < 0) {
		tandem_sink_free(s);
		return res;
	}
	*ret_sink = s;
	return 0;
}

void tandem_sink_free(struct tandem_sink *s)
{
	if (!s)
		return;
	tandem_sink_unexport(s);
	pw_unload_spa_handle(s->handle);
	free(s);
}

void *tandem_sink_group(struct tandem_sink *s)
{
	return s->group;
}

static struct pw_properties *make_properties(const struct tandem_sink *s)
{
	struct pw_properties *p = pw_properties_new(PW_KEY_MEDIA_CLASS, "Audio/Sink",
			PW_KEY_MEDIA_TYPE, "Audio", PW_KEY_MEDIA_CATEGORY, "Playback",
			PW_KEY_DEVICE_ICON_NAME, "audio-speakers-bluetooth",
			PW_KEY_DEVICE_FORM_FACTOR, "speaker",
			/* Real speakers hang on it: not one of those that mixers hide. */
			PW_KEY_NODE_VIRTUAL, "false",
			/* Just above one Bluetooth sink (1010 in WirePlumber), whose place
			 * it takes; it exists only while a speaker is connected. */
			PW_KEY_PRIORITY_SESSION, "1015",
			/* As a Bluetooth sink: a sound card in the same graph leads. */
			PW_KEY_PRIORITY_DRIVER, "1010", PW_KEY_NODE_DRIVER, "true",
			/* Gives the volume its channels before the first format is set:
			 * without, pactl shows 0 % until something plays. */
			"audio.position", "FL,FR",
			/* A speaker's latency freezes at each start of a stream: streams
			 * are kept open between songs, for ten minutes. */
			PW_KEY_NODE_PAUSE_ON_IDLE, "false",
			"session.suspend-timeout-seconds", "600",
			/* The adapter is ours to export, not this context's to register. */
			PW_KEY_OBJECT_REGISTER, "false", NULL);

	if (!p)
		return NULL;
	pw_properties_set(p, PW_KEY_NODE_NAME, s->settings.name);
	pw_properties_set(p, PW_KEY_NODE_DESCRIPTION, s->settings.description);
	pw_properties_set(p, PW_KEY_NODE_NICK, s->settings.description);
	pw_properties_setf(p, "adapt.follower.spa-node", "pointer:%p", (void *)s->node);
	return p;
}

static void on_adapter_destroy(void *data)
{
	struct tandem_sink *s = data;

	spa_hook_remove(&s->adapter_listener);
	s->adapter = NULL;
}

static const struct pw_impl_node_events adapter_events = {
	PW_VERSION_IMPL_NODE_EVENTS,
	.destroy = on_adapter_destroy,
};

static void on_proxy_destroy(void *data)
{
	struct tandem_sink *s = data;

	spa_hook_remove(&s->proxy_listener);
	s->proxy = NULL;
}

/* The daemon no longer knows the node: it has gone, or has had enough of it. */
static void on_proxy_removed(void *data)
{
	struct tandem_sink *s = data;

	pw_proxy_destroy(s->proxy);
}

static const struct pw_proxy_events proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.destroy = on_proxy_destroy,
	.removed = on_proxy_removed,
};

int tandem_sink_export(struct tandem_sink *s, struct pw_core *core)
{
	struct pw_impl_factory *factory;
	struct pw_properties *properties;

	if (s->adapter && s->proxy)
		return 0;
	tandem_sink_unexport(s);
	factory = pw_context_find_factory(s->context, "adapter");
	if (!factory)
		return -ENOENT;
	properties = make_properties(s);
	if (!properties)
		return -ENOMEM;
	s->adapter = pw_impl_factory_create_object(factory, NULL, PW_TYPE_INTERFACE_Node,
			PW_VERSION_NODE, properties, 0);
	if (!s->adapter)
		return errno ? -errno : -EIO;
	pw_impl_node_add_listener(s->adapter, &s->adapter_listener, &adapter_events, s);
	pw_impl_node_set_active(s->adapter, true);
	s->proxy = pw_core_export(core, PW_TYPE_INTERFACE_Node, NULL, s->adapter, 0);
	if (!s->proxy) {
		const int res = errno ? -errno : -EIO;

		tandem_sink_unexport(s);
		return res;
	}
	pw_proxy_add_listener(s->proxy, &s->proxy_listener, &proxy_events, s);
	return 0;
}

void tandem_sink_unexport(struct tandem_sink *s)
{
	if (s->proxy)
		pw_proxy_destroy(s->proxy);
	if (s->adapter)
		pw_impl_node_destroy(s->adapter);
}

/* SPDX-License-Identifier: MIT */
#include "sink.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spa/node/node.h>
#include <spa/param/props.h>
#include <spa/pod/builder.h>
#include <spa/pod/iter.h>
#include <spa/utils/names.h>
#include <spa/utils/result.h>
#include <spa/utils/string.h>

#include "topic.h"

/* A speaker's latency freezes at each start of a stream: streams are kept open between
 * songs. */
#define KEEP_ALIVE_KEY "session.suspend-timeout-seconds"

/* Just above one Bluetooth sink (1010 in WirePlumber), whose place it takes. */
#define PRIORITY "1015"
/* Below every sound card: WirePlumber gives even a second device of one 744, less 16 for
 * each further one. */
#define PRIORITY_EMPTY "1"

struct tandem_sink {
	/* constant */
	struct pw_context *context;
	struct spa_handle *handle;
	struct spa_node *node;
	void *group;

	/* the next export's properties */
	char name[64];
	char description[64];
	double keep_alive_s;
	bool empty;
	struct {
		uint32_t n; /* 0: nothing was set yet */
		float channels[TANDEM_MAX_CHANNELS];
		bool mute;
	} volume; /* of the last export */

	/* while exported */
	struct pw_core *core;
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
	snprintf(s->name, sizeof(s->name), "%s", settings->name);
	snprintf(s->description, sizeof(s->description), "%s", settings->description);
	s->keep_alive_s = settings->keep_alive_s;
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

/* What changes while it is exported. */
static void set_variable(const struct tandem_sink *s, struct pw_properties *p)
{
	char seconds[32];

	pw_properties_set(p, PW_KEY_NODE_DESCRIPTION, s->description);
	pw_properties_set(p, PW_KEY_NODE_NICK, s->description);
	/* Not by printf: the user's language may write 2,5. */
	pw_properties_set(p, KEEP_ALIVE_KEY,
			spa_dtoa(seconds, sizeof(seconds), s->keep_alive_s));
}

/* Left out, because they would say what is not so:
 * device.bus, api.bluez5.*: GNOME hides a Bluetooth sink that is not a port of a card;
 * node.link-group: is for the two sides of a filter, which this is not;
 * node.group: of whatever group a player is, the sink may join it;
 * node.latency, node.max-latency: any quantum will do, players choose. */
static struct pw_properties *make_properties(const struct tandem_sink *s)
{
	struct pw_properties *p = pw_properties_new(PW_KEY_MEDIA_CLASS, "Audio/Sink",
			PW_KEY_MEDIA_TYPE, "Audio", PW_KEY_MEDIA_CATEGORY, "Playback",
			/* Icon themes without it fall back to audio-speakers. */
			PW_KEY_DEVICE_ICON_NAME, "audio-speakers-bluetooth",
			PW_KEY_DEVICE_FORM_FACTOR, "speaker",
			/* Real speakers hang on it: not one of those that KDE hides. Until
			 * 0.3.75 pipewire-pulse goes by whether there is any device.api;
			 * only "bluez5" and "alsa" mean something to session managers. */
			PW_KEY_NODE_VIRTUAL, "false", PW_KEY_DEVICE_API, "tandem",
			/* As WirePlumber's Bluetooth sinks: a sound card's sink (1009 at
			 * most on Debian 12) follows when one player feeds both, a
			 * microphone (above 2000) leads. */
			PW_KEY_PRIORITY_DRIVER, "1010", PW_KEY_NODE_DRIVER, "true",
			/* Gives the volume its channels before the first format is set:
			 * without, pactl shows 0 % until something plays. */
			"audio.position", "FL,FR",
			/* No stop and start of the stream between two songs. */
			PW_KEY_NODE_PAUSE_ON_IDLE, "false",
			/* The adapter is ours to export, not this context's to register. */
			PW_KEY_OBJECT_REGISTER, "false", NULL);

	if (!p)
		return NULL;
	pw_properties_set(p, PW_KEY_NODE_NAME, s->name);
	/* Without it, WirePlumber 0.5 would take priority.driver for it. */
	pw_properties_set(p, PW_KEY_PRIORITY_SESSION, s->empty ? PRIORITY_EMPTY : PRIORITY);
	pw_properties_setf(p, "adapt.follower.spa-node", "pointer:%p", (void *)s->node);
	set_variable(s, p);
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

/* The first Props are the converter's. */
static int on_props(void *data, int seq, uint32_t id, uint32_t index, uint32_t next,
		struct spa_pod *param)
{
	struct tandem_sink *s = data;
	float channels[TANDEM_MAX_CHANNELS];
	const struct spa_pod_prop *const volumes =
			spa_pod_find_prop(param, NULL, SPA_PROP_channelVolumes);
	const struct spa_pod_prop *const mute =
			spa_pod_find_prop(param, NULL, SPA_PROP_mute);
	uint32_t n;

	(void)seq;
	(void)id;
	(void)next;
	if (index > 0 || !volumes)
		return 0;
	n = spa_pod_copy_array(&volumes->value, SPA_TYPE_Float, channels,
			TANDEM_MAX_CHANNELS);
	if (n == 0)
		return 0;
	memcpy(s->volume.channels, channels, n * sizeof(*channels));
	s->volume.n = n;
	s->volume.mute = false;
	if (mute)
		spa_pod_get_bool(&mute->value, &s->volume.mute);
	return 0;
}

/* Measured: WirePlumber 0.4.13 puts a sink's volume back only some 10 ms after it is there,
 * at full volume until then, and 0.5.8 forgets it when the sink goes twice without having
 * played. Nobody should be deafened by a speaker that comes back. */
static void set_volume(struct tandem_sink *s)
{
	struct spa_pod_builder b;
	uint8_t buffer[512];

	if (s->volume.n == 0)
		return;
	spa_pod_builder_init(&b, buffer, sizeof(buffer));
	pw_impl_node_set_param(s->adapter, SPA_PARAM_Props, 0,
			spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_Props,
					SPA_PARAM_Props, SPA_PROP_channelVolumes,
					SPA_POD_Array(sizeof(float), SPA_TYPE_Float,
							s->volume.n, s->volume.channels),
					SPA_PROP_mute, SPA_POD_Bool(s->volume.mute)));
}

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
	s->core = core;
	properties = make_properties(s);
	if (!properties)
		return -ENOMEM;
	s->adapter = pw_impl_factory_create_object(factory, NULL, PW_TYPE_INTERFACE_Node,
			PW_VERSION_NODE, properties, 0);
	if (!s->adapter)
		return errno ? -errno : -EIO;
	pw_impl_node_add_listener(s->adapter, &s->adapter_listener, &adapter_events, s);
	set_volume(s);
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
	if (s->adapter) {
		pw_impl_node_for_each_param(s->adapter, 0, SPA_PARAM_Props, 0, 1, NULL,
				on_props, s);
		pw_impl_node_destroy(s->adapter);
	}
}

/* Measured with WirePlumber 0.4.13 and 0.5.8: a changed priority.session reaches them, but
 * the default stays for as long as no sink comes or goes; with the sink exported anew it
 * has changed after 12 and 18 ms. */
void tandem_sink_renew(struct tandem_sink *s)
{
	char why[TANDEM_SENTENCE_SIZE];
	int res;

	if (!s->adapter || !s->proxy)
		return;
	tandem_sink_unexport(s);
	res = tandem_sink_export(s, s->core);
	if (res < 0) {
		tandem_say(why, TANDEM_SAY_NO_EXPORT, spa_strerror(res));
		pw_log_error("%s: %s", s->name, why);
	}
}

void tandem_sink_set_empty(struct tandem_sink *s, bool empty)
{
	if (s->empty == empty)
		return;
	s->empty = empty;
	tandem_sink_renew(s);
}

int tandem_sink_update(struct tandem_sink *s, const char *description, double keep_alive_s)
{
	const size_t length = strlen(description);
	struct pw_properties *p;

	if (length == 0 || length >= sizeof(s->description) || !isfinite(keep_alive_s) ||
			keep_alive_s < 0.0)
		return -EINVAL;
	memcpy(s->description, description, length + 1);
	s->keep_alive_s = keep_alive_s;
	if (!s->adapter)
		return 0;
	p = pw_properties_new(NULL, NULL);
	if (!p)
		return -ENOMEM;
	set_variable(s, p);
	pw_impl_node_update_properties(s->adapter, &p->dict);
	pw_properties_free(p);
	return 0;
}

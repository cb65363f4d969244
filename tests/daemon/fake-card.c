/* SPDX-License-Identifier: MIT
 *
 * A session manager's device of one speaker, for test-aside.py:
 *
 *     fake-card ADDRESS [PROFILE]
 *
 * Shows an object as WirePlumber's BlueZ monitor does, PROFILE (a2dp-sink) active. Says
 * each profile that is set on it, "set NAME save 0|1", and does what its input says:
 *
 *     profile NAME     somebody chooses it
 *     reconnect NAME   the device goes, and comes back with it
 *     refuse 0|1       set_param fails
 *     node FACTORY     a node of its shows up, and stays whatever the profile
 *     drop NAME        the device has no such profile any more
 *
 * Answers each line with "done". Ends with its input.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/pipewire.h>
#include <pipewire/extensions/client-node.h>
#include <spa/monitor/device.h>
#include <spa/monitor/utils.h>
#include <spa/node/node.h>
#include <spa/param/profile.h>
#include <spa/pod/builder.h>
#include <spa/pod/parser.h>
#include <spa/utils/names.h>
#include <spa/utils/result.h>

#include "base/units.h"

static struct {
	const char *name;
	int32_t index;
	int32_t priority;
	bool dropped;
} profiles[] = {
	{ "off", 0, 0, false },
	{ "a2dp-sink", 131073, 16, false },
	{ "a2dp-sink-sbc", 131074, 18, false },
	{ "a2dp-sink-ldac", 131076, 19, false },
	{ "headset-head-unit", 196608, 1, false },
};

struct node {
	struct pw_proxy *proxy;
	struct spa_hook listener;
	char factory[64];
};

struct card {
	struct pw_main_loop *loop;
	struct pw_core *core;
	struct pw_proxy *proxy;
	struct spa_device device;
	struct spa_hook_list hooks;
	struct spa_param_info params[2];
	const char *address;
	size_t active;
	bool refuses;
	struct node nodes[4];
	size_t n_nodes;
};

static size_t find_profile(const char *name)
{
	size_t i = 0;

	while (i + 1 < TANDEM_ARRAY_LEN(profiles) && strcmp(profiles[i].name, name) != 0)
		i++;
	return i;
}

static void emit(struct card *c, bool full)
{
	char name[64];
	const struct spa_dict_item items[] = {
		{ PW_KEY_DEVICE_API, "bluez5" },
		{ PW_KEY_MEDIA_CLASS, "Audio/Device" },
		{ PW_KEY_DEVICE_NAME, name },
		{ "api.bluez5.address", c->address },
	};
	const struct spa_dict props = SPA_DICT_INIT_ARRAY(items);
	struct spa_device_info info = SPA_DEVICE_INFO_INIT();

	snprintf(name, sizeof(name), "bluez_card.%s", c->address);
	for (char *p = name; *p; p++)
		*p = *p == ':' ? '_' : *p;
	if (full) {
		info.change_mask |= SPA_DEVICE_CHANGE_MASK_PROPS;
		info.props = &props;
	}
	info.change_mask |= SPA_DEVICE_CHANGE_MASK_PARAMS;
	info.params = c->params;
	info.n_params = SPA_N_ELEMENTS(c->params);
	spa_device_emit_info(&c->hooks, &info);
}

static void choose(struct card *c, size_t profile)
{
	c->active = profile;
	for (size_t i = 0; i < SPA_N_ELEMENTS(c->params); i++)
		c->params[i].flags ^= SPA_PARAM_INFO_SERIAL;
	emit(c, false);
}

static int add_listener(void *object, struct spa_hook *listener,
		const struct spa_device_events *events, void *data)
{
	struct card *c = object;
	struct spa_hook_list save;

	spa_hook_list_isolate(&c->hooks, &save, listener, events, data);
	emit(c, true);
	spa_hook_list_join(&c->hooks, &save);
	return 0;
}

static int sync_device(void *object, int seq)
{
	struct card *c = object;

	spa_device_emit_result(&c->hooks, seq, 0, 0, NULL);
	return 0;
}

static void emit_profile(struct card *c, int seq, uint32_t id, size_t i)
{
	uint8_t buffer[512];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(buffer, sizeof(buffer));
	struct spa_result_device_params result = { .id = id };

	result.index = id == SPA_PARAM_EnumProfile ? (uint32_t)i : 0;
	result.next = result.index + 1;
	result.param = spa_pod_builder_add_object(&b, SPA_TYPE_OBJECT_ParamProfile, id,
			SPA_PARAM_PROFILE_index, SPA_POD_Int(profiles[i].index),
			SPA_PARAM_PROFILE_name, SPA_POD_String(profiles[i].name),
			SPA_PARAM_PROFILE_priority, SPA_POD_Int(profiles[i].priority),
			SPA_PARAM_PROFILE_available,
			SPA_POD_Id(SPA_PARAM_AVAILABILITY_yes));
	spa_device_emit_result(&c->hooks, seq, 0, SPA_RESULT_TYPE_DEVICE_PARAMS, &result);
}

/* NOLINTNEXTLINE(readability-function-size): PipeWire has them so */
static int enum_params(void *object, int seq, uint32_t id, uint32_t index, uint32_t max,
		const struct spa_pod *filter)
{
	struct card *c = object;

	(void)filter;
	if (id == SPA_PARAM_Profile) {
		if (index == 0)
			emit_profile(c, seq, id, c->active);
		return 0;
	}
	if (id != SPA_PARAM_EnumProfile)
		return -ENOENT;
	for (size_t i = index; i < TANDEM_ARRAY_LEN(profiles) && i - index < max; i++) {
		if (!profiles[i].dropped)
			emit_profile(c, seq, id, i);
	}
	return 0;
}

static int set_param(void *object, uint32_t id, uint32_t flags, const struct spa_pod *param)
{
	struct card *c = object;
	int32_t index = -1;
	bool save = false;

	(void)flags;
	if (id != SPA_PARAM_Profile || !param ||
			spa_pod_parse_object(param, SPA_TYPE_OBJECT_ParamProfile, NULL,
					SPA_PARAM_PROFILE_index, SPA_POD_Int(&index),
					SPA_PARAM_PROFILE_save,
					SPA_POD_OPT_Bool(&save)) < 0)
		return -EINVAL;
	for (size_t i = 0; i < TANDEM_ARRAY_LEN(profiles); i++) {
		if (profiles[i].index != index || profiles[i].dropped)
			continue;
		printf("set %s save %d\n", profiles[i].name, save);
		if (c->refuses)
			return -EBUSY;
		choose(c, i);
		return 0;
	}
	return -EINVAL;
}

static const struct spa_device_methods methods = {
	SPA_VERSION_DEVICE_METHODS,
	.add_listener = add_listener,
	.sync = sync_device,
	.enum_params = enum_params,
	.set_param = set_param,
};

static int show(struct card *c, size_t profile)
{
	c->active = profile;
	c->proxy = pw_core_export(c->core, SPA_TYPE_INTERFACE_Device, NULL, &c->device, 0);
	return c->proxy ? 0 : -errno;
}

/* Somebody has ended it. */
static void on_node_removed(void *data)
{
	struct node *node = data;

	printf("ended %s\n", node->factory);
	pw_proxy_destroy(node->proxy);
}

static void on_node_destroy(void *data)
{
	struct node *node = data;

	spa_hook_remove(&node->listener);
}

static const struct pw_proxy_events node_events = {
	PW_VERSION_PROXY_EVENTS,
	.destroy = on_node_destroy,
	.removed = on_node_removed,
};

/* It is not there for sound, and has no ports. */
static void show_node(struct card *c, const char *factory)
{
	struct node *node = &c->nodes[c->n_nodes];
	struct spa_node_info info = SPA_NODE_INFO_INIT();
	char device[16];
	const struct spa_dict_item items[] = {
		{ PW_KEY_NODE_NAME, factory },
		{ PW_KEY_MEDIA_CLASS, "Audio/Sink" },
		{ PW_KEY_DEVICE_ID, device },
		{ SPA_KEY_FACTORY_NAME, factory },
	};
	const struct spa_dict props = SPA_DICT_INIT_ARRAY(items);

	if (c->n_nodes == SPA_N_ELEMENTS(c->nodes))
		return;
	snprintf(device, sizeof(device), "%u", pw_proxy_get_bound_id(c->proxy));
	snprintf(node->factory, sizeof(node->factory), "%s", factory);
	node->proxy = pw_core_create_object(c->core, "client-node",
			PW_TYPE_INTERFACE_ClientNode, PW_VERSION_CLIENT_NODE, &props, 0);
	if (!node->proxy)
		return;
	c->n_nodes++;
	pw_proxy_add_listener(node->proxy, &node->listener, &node_events, node);
	info.change_mask = SPA_NODE_CHANGE_MASK_FLAGS;
	pw_client_node_update((struct pw_client_node *)node->proxy,
			PW_CLIENT_NODE_UPDATE_INFO, 0, NULL, &info);
}

static void obey(struct card *c, const char *line)
{
	char word[16] = "", name[64] = "";

	if (sscanf(line, "%15s %63s", word, name) < 2)
		return;
	if (strcmp(word, "profile") == 0) {
		choose(c, find_profile(name));
	} else if (strcmp(word, "refuse") == 0) {
		c->refuses = name[0] == '1';
	} else if (strcmp(word, "node") == 0) {
		show_node(c, name);
	} else if (strcmp(word, "drop") == 0) {
		profiles[find_profile(name)].dropped = true;
		choose(c, c->active);
	} else if (strcmp(word, "reconnect") == 0) {
		pw_proxy_destroy(c->proxy);
		show(c, find_profile(name));
	}
	printf("done\n");
}

static void on_input(void *data, int fd, uint32_t mask)
{
	struct card *c = data;
	char line[256];

	(void)fd;
	(void)mask;
	if (fgets(line, sizeof(line), stdin)) {
		obey(c, line);
	} else {
		pw_main_loop_quit(c->loop);
	}
}

static int start(struct card *c, const char *profile)
{
	struct pw_context *context =
			pw_context_new(pw_main_loop_get_loop(c->loop), NULL, 0);

	c->core = context ? pw_context_connect(context, NULL, 0) : NULL;
	if (!c->core)
		return -errno;
	spa_hook_list_init(&c->hooks);
	c->params[0] = SPA_PARAM_INFO(SPA_PARAM_EnumProfile, SPA_PARAM_INFO_READ);
	c->params[1] = SPA_PARAM_INFO(SPA_PARAM_Profile, SPA_PARAM_INFO_READWRITE);
	c->device.iface = SPA_INTERFACE_INIT(SPA_TYPE_INTERFACE_Device, SPA_VERSION_DEVICE,
			&methods, c);
	return show(c, find_profile(profile));
}

int main(int argc, char *argv[])
{
	struct card c = { .address = argc > 1 ? argv[1] : "" };
	int res;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0); /* a line read ahead would not wake the loop */
	pw_init(&argc, &argv);
	c.loop = pw_main_loop_new(NULL);
	res = c.loop ? start(&c, argc > 2 ? argv[2] : "a2dp-sink") : -errno;
	if (res < 0) {
		fprintf(stderr, "fake-card: %s\n", spa_strerror(res));
		return EXIT_FAILURE;
	}
	pw_loop_add_io(pw_main_loop_get_loop(c.loop), 0, SPA_IO_IN | SPA_IO_HUP, false,
			on_input, &c);
	printf("ready\n");
	pw_main_loop_run(c.loop);
	return EXIT_SUCCESS; /* its end is the session manager's: all at once */
}

/* SPDX-License-Identifier: MIT
 *
 * The handle: the node's birth and death, and the factory.
 */
#include "door.h"
#include "params.h"

#include <errno.h>

#include <spa/utils/keys.h>
#include <spa/utils/names.h>

#include "plugin.h"

#define DEFAULT_LATENCY_NS (TANDEM_MARGIN_NS + TANDEM_DEFAULT_DELAY_NS)

static const struct spa_dict_item info_items[] = {
	{ SPA_KEY_MEDIA_CLASS, "Audio/Sink" },
	{ SPA_KEY_NODE_DRIVER, "true" },
};
static const struct spa_dict info_dict = SPA_DICT_INIT_ARRAY(info_items);

static int handle_get_interface(struct spa_handle *handle, const char *type,
		void **interface)
{
	struct tandem_node *n = (struct tandem_node *)handle;

	if (spa_streq(type, SPA_TYPE_INTERFACE_Node)) {
		*interface = &n->node;
	} else if (spa_streq(type, TANDEM_TYPE_INTERFACE_Group)) {
		*interface = &n->door;
	} else {
		return -ENOENT;
	}
	return 0;
}

static int handle_clear(struct spa_handle *handle)
{
	struct tandem_node *n = (struct tandem_node *)handle;

	tandem_door_finish(n);
	tandem_driver_finish(n);
	tandem_group_finish(&n->group);
	if (n->report_event != NULL)
		spa_loop_utils_destroy_source(n->loop_utils, n->report_event);
	return 0;
}

static void on_report(void *data, uint64_t count SPA_UNUSED)
{
	tandem_door_drain(data);
}

static void init_infos(struct tandem_node *n)
{
	n->params[TANDEM_NODE_PROP_INFO] =
			SPA_PARAM_INFO(SPA_PARAM_PropInfo, SPA_PARAM_INFO_READ);
	n->params[TANDEM_NODE_PROPS] =
			SPA_PARAM_INFO(SPA_PARAM_Props, SPA_PARAM_INFO_READWRITE);
	n->params[TANDEM_NODE_IO] = SPA_PARAM_INFO(SPA_PARAM_IO, SPA_PARAM_INFO_READ);
	n->info = SPA_NODE_INFO_INIT();
	n->info.max_input_ports = 1;
	n->info.flags = SPA_NODE_FLAG_RT;
	n->info.props = (struct spa_dict *)&info_dict;
	n->info.params = n->params;
	n->info.n_params = TANDEM_NODE_N_PARAMS;

	for (uint32_t i = 0; i < TANDEM_PORT_N_PARAMS; i++) {
		n->port_params[i] = SPA_PARAM_INFO(tandem_port_param_ids[i],
				SPA_PARAM_INFO_READ);
	}
	n->port_params[TANDEM_PORT_FORMAT].flags = SPA_PARAM_INFO_WRITE;
	n->port_params[TANDEM_PORT_BUFFERS].flags = 0;
	n->port_params[TANDEM_PORT_LATENCY].flags = SPA_PARAM_INFO_READWRITE;
	n->port_info = SPA_PORT_INFO_INIT();
	n->port_info.flags = SPA_PORT_FLAG_LIVE | SPA_PORT_FLAG_PHYSICAL |
			     SPA_PORT_FLAG_TERMINAL;
	n->port_info.rate = SPA_FRACTION(1, 48000);
	n->port_info.params = n->port_params;
	n->port_info.n_params = TANDEM_PORT_N_PARAMS;
}

static int find_support(struct tandem_node *n, const struct spa_support *support,
		uint32_t n_support)
{
	n->log = spa_support_find(support, n_support, SPA_TYPE_INTERFACE_Log);
	n->data_loop = spa_support_find(support, n_support, SPA_TYPE_INTERFACE_DataLoop);
	n->data_system =
			spa_support_find(support, n_support, SPA_TYPE_INTERFACE_DataSystem);
	n->loop_utils = spa_support_find(support, n_support, SPA_TYPE_INTERFACE_LoopUtils);
	if (n->data_loop == NULL || n->data_system == NULL) {
		n->data_loop = NULL;
		n->data_system = NULL;
	}
	if (n->loop_utils != NULL) {
		n->report_event = spa_loop_utils_add_event(n->loop_utils, on_report, n);
		if (n->report_event == NULL)
			return -ENOMEM;
	}
	return 0;
}

static size_t handle_size(const struct spa_handle_factory *factory SPA_UNUSED,
		const struct spa_dict *params SPA_UNUSED)
{
	return sizeof(struct tandem_node);
}

static int handle_init(const struct spa_handle_factory *factory SPA_UNUSED,
		struct spa_handle *handle, const struct spa_dict *info SPA_UNUSED,
		const struct spa_support *support, uint32_t n_support)
{
	struct tandem_node *n = (struct tandem_node *)handle;
	int res;

	*n = (struct tandem_node){ 0 };
	tandem_settings_init(&n->settings);
	n->graph_timer.fd = -1;
	n->send_timer.fd = -1;
	n->send_ns = TANDEM_NEVER_NS;
	n->handle.get_interface = handle_get_interface;
	n->handle.clear = handle_clear;
	n->told_latency_s = DEFAULT_LATENCY_NS / (double)TANDEM_NS_PER_S;
	n->status.latency_ms = n->told_latency_s * 1e3;
	n->status.air_percent = 100;
	spa_hook_list_init(&n->hooks);
	n->node.iface = SPA_INTERFACE_INIT(SPA_TYPE_INTERFACE_Node, SPA_VERSION_NODE,
			&tandem_node_methods, n);
	tandem_door_init(n);
	init_infos(n);
	res = tandem_group_init(&n->group, TANDEM_SINK_CHANNELS, 48000);
	if (res == 0)
		res = find_support(n, support, n_support);
	if (res == 0)
		res = tandem_driver_init(n);
	if (res < 0)
		handle_clear(handle);
	return res;
}

static const struct spa_interface_info interfaces[] = {
	{ SPA_TYPE_INTERFACE_Node },
	{ TANDEM_TYPE_INTERFACE_Group },
};

static int enum_interface_info(const struct spa_handle_factory *factory SPA_UNUSED,
		const struct spa_interface_info **info, uint32_t *index)
{
	if (*index >= SPA_N_ELEMENTS(interfaces))
		return 0;
	*info = &interfaces[(*index)++];
	return 1;
}

static const struct spa_dict_item factory_items[] = {
	{ SPA_KEY_FACTORY_DESCRIPTION, "Several Bluetooth speakers as one sink, in time" },
};
static const struct spa_dict factory_dict = SPA_DICT_INIT_ARRAY(factory_items);

const struct spa_handle_factory tandem_sink_factory = {
	SPA_VERSION_HANDLE_FACTORY,
	TANDEM_FACTORY_SINK,
	&factory_dict,
	handle_size,
	handle_init,
	enum_interface_info,
};

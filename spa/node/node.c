/* SPDX-License-Identifier: MIT */
#include "door.h"
#include "params.h"

#include <errno.h>

#include <spa/param/props.h>
#include <spa/pod/dynamic.h>
#include <spa/pod/filter.h>

static bool is_port(enum spa_direction direction, uint32_t port_id)
{
	return direction == SPA_DIRECTION_INPUT && port_id == 0;
}

static void emit_node_info(struct tandem_node *n, bool full)
{
	const uint64_t old = full ? n->info.change_mask : 0;

	if (full) {
		n->info.change_mask = SPA_NODE_CHANGE_MASK_FLAGS |
				      SPA_NODE_CHANGE_MASK_PROPS |
				      SPA_NODE_CHANGE_MASK_PARAMS;
	}
	if (n->info.change_mask != 0) {
		spa_node_emit_info(&n->hooks, &n->info);
		n->info.change_mask = old;
	}
}

static void emit_port_info(struct tandem_node *n, bool full)
{
	const uint64_t old = full ? n->port_info.change_mask : 0;

	if (full) {
		n->port_info.change_mask = SPA_PORT_CHANGE_MASK_FLAGS |
					   SPA_PORT_CHANGE_MASK_RATE |
					   SPA_PORT_CHANGE_MASK_PARAMS;
	}
	if (n->port_info.change_mask != 0) {
		spa_node_emit_port_info(&n->hooks, SPA_DIRECTION_INPUT, 0, &n->port_info);
		n->port_info.change_mask = old;
	}
}

void tandem_node_emit_info(struct tandem_node *n, bool full)
{
	emit_node_info(n, full);
	emit_port_info(n, full);
}

void tandem_node_touch_param(struct tandem_node *n, enum tandem_node_param which)
{
	n->params[which].flags ^= SPA_PARAM_INFO_SERIAL;
	n->info.change_mask |= SPA_NODE_CHANGE_MASK_PARAMS;
	emit_node_info(n, false);
}

void tandem_node_touch_port_param(struct tandem_node *n, enum tandem_port_param which)
{
	n->port_params[which].flags ^= SPA_PARAM_INFO_SERIAL;
	n->port_info.change_mask |= SPA_PORT_CHANGE_MASK_PARAMS;
	emit_port_info(n, false);
}

/* Whether there was an index-th param; the filter may have swallowed it (*count stays). */
static bool enum_one(struct tandem_node *n, const struct tandem_enum_call *call,
		tandem_make_param make, uint32_t index, uint32_t *count)
{
	struct spa_pod_dynamic_builder made;
	struct spa_pod_dynamic_builder filtered;
	struct spa_result_node_params result = {
		.id = call->id, .index = index, .next = index + 1
	};
	struct spa_pod *param;
	int res = 0;

	spa_pod_dynamic_builder_init(&made, NULL, 0, 4096);
	spa_pod_dynamic_builder_init(&filtered, NULL, 0, 4096);
	param = make(n, call->id, index, &made.b);
	if (param != NULL) {
		result.param = param;
		if (call->filter != NULL) {
			res = spa_pod_filter(&filtered.b, &result.param, param,
					call->filter);
		}
		if (res >= 0) {
			spa_node_emit_result(&n->hooks, call->seq, 0,
					SPA_RESULT_TYPE_NODE_PARAMS, &result);
			(*count)++;
		}
	}
	spa_pod_dynamic_builder_clean(&filtered);
	spa_pod_dynamic_builder_clean(&made);
	return param != NULL;
}

int tandem_node_enum(struct tandem_node *n, const struct tandem_enum_call *call,
		tandem_make_param make)
{
	uint32_t index = call->start;
	uint32_t count = 0;

	while (count < call->num && enum_one(n, call, make, index, &count))
		index++;
	return 0;
}

/* ---- methods of the spa_node ---- */

static int node_add_listener(void *object, struct spa_hook *listener,
		const struct spa_node_events *events, void *data)
{
	struct tandem_node *n = object;
	struct spa_hook_list save;

	spa_hook_list_isolate(&n->hooks, &save, listener, events, data);
	tandem_node_emit_info(n, true);
	spa_hook_list_join(&n->hooks, &save);
	return 0;
}

static void change_callbacks(struct tandem_node *n, void *arg)
{
	n->callbacks = *(const struct spa_callbacks *)arg;
}

static int node_set_callbacks(void *object, const struct spa_node_callbacks *callbacks,
		void *data)
{
	struct spa_callbacks c = SPA_CALLBACKS_INIT(callbacks, data);

	tandem_driver_invoke(object, change_callbacks, &c);
	return 0;
}

static int node_sync(void *object, int seq)
{
	struct tandem_node *n = object;

	spa_node_emit_result(&n->hooks, seq, 0, 0, NULL);
	return 0;
}

static int node_enum_params(void *object, int seq, uint32_t id, uint32_t start,
		uint32_t num, const struct spa_pod *filter)
{
	const struct tandem_enum_call call = { seq, id, start, num, filter };

	if (num == 0)
		return -EINVAL;
	if (id != SPA_PARAM_Props && id != SPA_PARAM_PropInfo && id != SPA_PARAM_IO)
		return -ENOENT;
	return tandem_node_enum(object, &call, tandem_props_make);
}

/* The adapter shows every Props to us first: volume and the like are its job. */
static int node_set_param(void *object, uint32_t id, uint32_t flags SPA_UNUSED,
		const struct spa_pod *param)
{
	const struct spa_pod_prop *params;

	if (id != SPA_PARAM_Props)
		return -ENOENT;
	if (param == NULL || !spa_pod_is_object(param))
		return 0;
	params = spa_pod_find_prop(param, NULL, SPA_PROP_params);
	if (params != NULL)
		tandem_settings_set_props(object, &params->value);
	return 0;
}

static int node_set_io(void *object, uint32_t id, void *data, size_t size)
{
	const size_t least = id == SPA_IO_Clock ? sizeof(struct spa_io_clock)
						: sizeof(struct spa_io_position);

	if (id != SPA_IO_Clock && id != SPA_IO_Position)
		return -ENOENT;
	if (data != NULL && size < least)
		return -EINVAL;
	return tandem_driver_set_io(object, id, data);
}

static int node_send_command(void *object, const struct spa_command *command)
{
	struct tandem_node *n = object;
	int res = 0;

	switch (SPA_NODE_COMMAND_ID(command)) {
	case SPA_NODE_COMMAND_Start:
		if (n->format.rate == 0)
			return -EIO;
		res = tandem_driver_start(n, true);
		if (res == 0)
			tandem_door_want(n, true);
		return res;
	case SPA_NODE_COMMAND_Pause:
		return tandem_driver_start(n, false);
	case SPA_NODE_COMMAND_Suspend:
		res = tandem_driver_start(n, false);
		tandem_door_want(n, false);
		return res;
	default:
		return -ENOTSUP;
	}
}

static int node_add_port(void *object SPA_UNUSED, enum spa_direction direction SPA_UNUSED,
		uint32_t port_id SPA_UNUSED, const struct spa_dict *props SPA_UNUSED)
{
	return -ENOTSUP;
}

static int node_remove_port(void *object SPA_UNUSED,
		enum spa_direction direction SPA_UNUSED, uint32_t port_id SPA_UNUSED)
{
	return -ENOTSUP;
}

/* NOLINTNEXTLINE(readability-function-size): SPA's signature */
static int node_port_enum_params(void *object, int seq, enum spa_direction direction,
		uint32_t port_id, uint32_t id, uint32_t start, uint32_t num,
		const struct spa_pod *filter)
{
	struct tandem_node *n = object;
	const struct tandem_enum_call call = { seq, id, start, num, filter };
	bool known = false;

	if (!is_port(direction, port_id) || num == 0)
		return -EINVAL;
	for (uint32_t i = 0; i < TANDEM_PORT_N_PARAMS; i++)
		known = known || tandem_port_param_ids[i] == id;
	if (!known)
		return -ENOENT;
	if (n->format.rate == 0 && (id == SPA_PARAM_Format || id == SPA_PARAM_Buffers))
		return -EIO;
	return tandem_node_enum(n, &call, tandem_port_make_param);
}

static int node_port_set_param(void *object, enum spa_direction direction, uint32_t port_id,
		uint32_t id, uint32_t flags SPA_UNUSED, const struct spa_pod *param)
{
	return is_port(direction, port_id) ? tandem_port_set_param(object, id, param)
					   : -EINVAL;
}

static int node_port_use_buffers(void *object, enum spa_direction direction,
		uint32_t port_id, uint32_t flags SPA_UNUSED, struct spa_buffer **buffers,
		uint32_t n_buffers)
{
	if (!is_port(direction, port_id))
		return -EINVAL;
	return tandem_port_use_buffers(object, buffers, n_buffers);
}

static int node_port_set_io(void *object, enum spa_direction direction, uint32_t port_id,
		uint32_t id, void *data, size_t size SPA_UNUSED)
{
	if (!is_port(direction, port_id))
		return -EINVAL;
	return id == SPA_IO_Buffers ? tandem_driver_set_io(object, id, data) : -ENOENT;
}

static int node_port_reuse_buffer(void *object SPA_UNUSED, uint32_t port_id SPA_UNUSED,
		uint32_t buffer_id SPA_UNUSED)
{
	return -ENOTSUP;
}

static int node_process(void *object)
{
	return tandem_driver_process(object);
}

const struct spa_node_methods tandem_node_methods = {
	SPA_VERSION_NODE_METHODS,
	.add_listener = node_add_listener,
	.set_callbacks = node_set_callbacks,
	.sync = node_sync,
	.enum_params = node_enum_params,
	.set_param = node_set_param,
	.set_io = node_set_io,
	.send_command = node_send_command,
	.add_port = node_add_port,
	.remove_port = node_remove_port,
	.port_enum_params = node_port_enum_params,
	.port_set_param = node_port_set_param,
	.port_use_buffers = node_port_use_buffers,
	.port_set_io = node_port_set_io,
	.port_reuse_buffer = node_port_reuse_buffer,
	.process = node_process,
};

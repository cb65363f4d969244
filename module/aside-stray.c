/* SPDX-License-Identifier: MIT
 *
 * Nodes that outlive the profile of their device. WirePlumber makes a node in steps since
 * 0.5.15, and keeps it at the last of them (its commit cb92ef98):
 *
 *     device:    profile on ....... off
 *     WirePlumber:  "create" noted ... "removed": nothing is kept yet ... made, and kept
 *
 * Set off within the first milliseconds, the device leaves a sink behind that nothing
 * ends before it is on again or gone, and that the desktop may take for its default. So
 * it is taken out of the graph here. Its maker lets go of the stream then, as with any node
 * that PipeWire removes, and makes another one for the next profile (seen with 0.5.18).
 */
#include <stdio.h>

#include <spa/utils/names.h>

#include "aside-internal.h"

struct tandem_aside_node {
	struct tandem_aside *aside;
	struct spa_list link;
	struct pw_proxy *proxy;
	struct spa_hook node_listener, proxy_listener;
	uint32_t id;
	uint32_t device; /* of whose stream it is made; SPA_ID_INVALID: of none */
	int64_t seen_ns;
	bool is_ended; /* has been asked for */
};

static struct tandem_aside_box *box_of(const struct tandem_aside_node *node)
{
	struct tandem_aside_box *box;

	spa_list_for_each (box, &node->aside->boxes, link) {
		if (box->id == node->device)
			return box;
	}
	return NULL;
}

static void settle(struct tandem_aside_node *node, int64_t now_ns)
{
	struct tandem_aside *a = node->aside;
	const struct tandem_aside_box *box = box_of(node);
	char text[TANDEM_SENTENCE_SIZE];
	int64_t due_ns;

	if (!box || node->is_ended || !a->registry)
		return;
	due_ns = tandem_aside_stray_ns(&box->profiles, box->goal, box->off_ns,
			node->seen_ns);
	if (now_ns < due_ns) {
		tandem_aside_wake_at(a, due_ns);
		return;
	}
	snprintf(text, sizeof(text), "%s is off, and has left node %u behind: ends it",
			box->device, node->id);
	a->events->said(a->data, false, text);
	node->is_ended = true;
	pw_registry_destroy(a->registry, node->id);
}

void tandem_aside_nodes_settle(struct tandem_aside *a, int64_t now_ns)
{
	struct tandem_aside_node *node;

	spa_list_for_each (node, &a->nodes, link)
		settle(node, now_ns);
}

static void on_info(void *data, const struct pw_node_info *info)
{
	struct tandem_aside_node *node = data;
	const struct spa_dict *props = info->props;

	if (!(info->change_mask & PW_NODE_CHANGE_MASK_PROPS) || !props ||
			!tandem_aside_is_stream(spa_dict_lookup(props,
					SPA_KEY_FACTORY_NAME)))
		return;
	if (spa_atou32(spa_dict_lookup(props, PW_KEY_DEVICE_ID), &node->device, 10))
		tandem_aside_settle(node->aside);
}

static const struct pw_node_events node_events = {
	PW_VERSION_NODE_EVENTS,
	.info = on_info,
};

static void on_removed(void *data)
{
	struct tandem_aside_node *node = data;

	pw_proxy_destroy(node->proxy);
}

static void on_destroy(void *data)
{
	struct tandem_aside_node *node = data;

	spa_hook_remove(&node->node_listener);
	spa_hook_remove(&node->proxy_listener);
	spa_list_remove(&node->link);
}

static const struct pw_proxy_events proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.destroy = on_destroy,
	.removed = on_removed,
};

void tandem_aside_node_bind(struct tandem_aside *a, uint32_t id)
{
	struct pw_proxy *proxy = pw_registry_bind(a->registry, id, PW_TYPE_INTERFACE_Node,
			PW_VERSION_NODE, sizeof(struct tandem_aside_node));
	struct tandem_aside_node *node = proxy ? pw_proxy_get_user_data(proxy) : NULL;

	if (!node)
		return;
	*node = (struct tandem_aside_node){ .aside = a,
		.proxy = proxy,
		.id = id,
		.device = SPA_ID_INVALID,
		.seen_ns = tandem_aside_now_ns() };
	spa_list_append(&a->nodes, &node->link);
	pw_proxy_add_listener(proxy, &node->proxy_listener, &proxy_events, node);
	pw_node_add_listener((struct pw_node *)proxy, &node->node_listener, &node_events,
			node);
}

void tandem_aside_nodes_free(struct tandem_aside *a)
{
	struct tandem_aside_node *node;

	spa_list_consume (node, &a->nodes, link)
		pw_proxy_destroy(node->proxy);
}

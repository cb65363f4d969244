/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include <spa/utils/string.h>

#include "client-rows.h"

/* PipeWire answers within ms, on a desktop that is starting up within seconds. Chosen. */
#define CONNECT_MS 5000

struct node {
	struct tandem_client_node seen; /* name NULL: not known yet, and not shown */
	struct tandem_client *client;
	struct pw_proxy *proxy;
	struct spa_hook proxy_listener, node_listener;
};

struct tandem_client {
	struct pw_main_loop *loop;
	struct pw_context *context;
	struct pw_core *core;
	struct pw_registry *registry;
	struct spa_hook core_listener, registry_listener;
	GPtrArray *nodes; /* struct node */
	GArray *tandems;  /* uint32_t: ids of clients that are Tandem: module/module.c */
	int pending;      /* of the latest sync */
	bool is_synced, is_gone;
};

static void free_node(void *data)
{
	struct node *n = data;

	if (n->proxy) {
		spa_hook_remove(&n->proxy_listener);
		spa_hook_remove(&n->node_listener);
		pw_proxy_destroy(n->proxy);
	}
	tandem_client_free_rows(&n->seen);
	pw_properties_free(n->seen.properties);
	g_free(n->seen.name);
	g_free(n->seen.description);
	g_free(n);
}

static enum tandem_client_kind kind_of(const struct spa_dict *props)
{
	const char *class = spa_dict_lookup(props, PW_KEY_MEDIA_CLASS);

	if (class && spa_strstartswith(class, "Audio/Source"))
		return TANDEM_CLIENT_SOURCE;
	return spa_streq(spa_dict_lookup(props, PW_KEY_DEVICE_API), "tandem")
			       ? TANDEM_CLIENT_TANDEM
			       : TANDEM_CLIENT_SINK;
}

static void set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_strdup(value);
}

/* What a Tandem sink knows of itself comes from now on whenever it changes. */
static void on_info(void *data, const struct pw_node_info *info)
{
	struct node *n = data;
	struct tandem_client_node *seen = &n->seen;
	const bool is_first = seen->name == NULL;
	uint32_t ids[] = { SPA_PARAM_Props };
	const char *name, *description;

	if (!(info->change_mask & PW_NODE_CHANGE_MASK_PROPS) || !info->props)
		return;
	name = spa_dict_lookup(info->props, PW_KEY_NODE_NAME);
	description = spa_dict_lookup(info->props, PW_KEY_NODE_DESCRIPTION);
	if (!name)
		return;
	set_text(&seen->name, name);
	set_text(&seen->description, description ? description : name);
	pw_properties_update(seen->properties, info->props);
	seen->kind = kind_of(info->props);
	if (is_first && seen->kind == TANDEM_CLIENT_TANDEM) {
		pw_node_subscribe_params((struct pw_node *)n->proxy, ids,
				G_N_ELEMENTS(ids));
	}
}

static void on_param(void *data, int seq, uint32_t id, uint32_t index, uint32_t next,
		const struct spa_pod *param)
{
	struct node *n = data;

	(void)seq;
	(void)index;
	(void)next;
	if (id == SPA_PARAM_Props && param && tandem_client_take_rows(&n->seen, param))
		n->seen.updates++;
}

static const struct pw_node_events node_events = {
	PW_VERSION_NODE_EVENTS,
	.info = on_info,
	.param = on_param,
};

static void on_removed(void *data)
{
	struct node *n = data;

	g_ptr_array_remove(n->client->nodes, n);
}

static const struct pw_proxy_events proxy_events = {
	PW_VERSION_PROXY_EVENTS,
	.removed = on_removed,
};

static void add_node(struct tandem_client *c, uint32_t id)
{
	struct node *n = g_new0(struct node, 1);

	n->client = c;
	n->seen.id = id;
	n->seen.properties = pw_properties_new(NULL, NULL);
	n->proxy = pw_registry_bind(c->registry, id, PW_TYPE_INTERFACE_Node,
			PW_VERSION_NODE, 0);
	if (!n->proxy || !n->seen.properties) {
		free_node(n);
		return;
	}
	pw_proxy_add_listener(n->proxy, &n->proxy_listener, &proxy_events, n);
	pw_proxy_add_object_listener(n->proxy, &n->node_listener, &node_events, n);
	g_ptr_array_add(c->nodes, n);
}

static bool is_sound(const struct spa_dict *props)
{
	const char *class = spa_dict_lookup(props, PW_KEY_MEDIA_CLASS);

	return class && (spa_strstartswith(class, "Audio/Sink") ||
					spa_strstartswith(class, "Audio/Source"));
}

static void on_global(void *data, uint32_t id, uint32_t permissions, const char *type,
		uint32_t version, const struct spa_dict *props)
{
	struct tandem_client *c = data;

	(void)permissions;
	(void)version;
	if (!props)
		return;
	if (spa_streq(type, PW_TYPE_INTERFACE_Node) && is_sound(props))
		add_node(c, id);
	if (spa_streq(type, PW_TYPE_INTERFACE_Client) &&
			spa_streq(spa_dict_lookup(props, PW_KEY_APP_NAME), "Tandem"))
		g_array_append_val(c->tandems, id);
}

static void on_global_remove(void *data, uint32_t id)
{
	struct tandem_client *c = data;

	for (guint i = c->tandems->len; i-- > 0;) {
		if (g_array_index(c->tandems, uint32_t, i) == id)
			g_array_remove_index(c->tandems, i);
	}
}

static const struct pw_registry_events registry_events = {
	PW_VERSION_REGISTRY_EVENTS,
	.global = on_global,
	.global_remove = on_global_remove,
};

static void on_done(void *data, uint32_t id, int seq)
{
	struct tandem_client *c = data;

	c->is_synced |= id == PW_ID_CORE && seq == c->pending;
}

static void on_error(void *data, uint32_t id, int seq, int res, const char *message)
{
	struct tandem_client *c = data;

	(void)seq;
	(void)message;
	c->is_gone |= id == PW_ID_CORE && res == -EPIPE;
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.done = on_done,
	.error = on_error,
};

static bool is_synced(struct tandem_client *c, void *data)
{
	(void)data;
	return c->is_synced;
}

/* All that was asked for until now has been answered. */
static int sync_up(struct tandem_client *c)
{
	c->is_synced = false;
	c->pending = pw_core_sync(c->core, PW_ID_CORE, 0);
	if (tandem_client_wait(c, is_synced, NULL, CONNECT_MS))
		return 0;
	return c->is_gone ? -EPIPE : -ETIMEDOUT;
}

static int connect_core(struct tandem_client *c)
{
	c->loop = pw_main_loop_new(NULL);
	c->context = c->loop ? pw_context_new(pw_main_loop_get_loop(c->loop), NULL, 0)
			     : NULL;
	if (!c->context)
		return -ENOMEM;
	errno = 0;
	c->core = pw_context_connect(c->context,
			pw_properties_new(PW_KEY_APP_NAME, "tandemctl", NULL), 0);
	if (!c->core)
		return errno ? -errno : -EIO;
	pw_core_add_listener(c->core, &c->core_listener, &core_events, c);
	c->registry = pw_core_get_registry(c->core, PW_VERSION_REGISTRY, 0);
	if (!c->registry)
		return -ENOMEM;
	pw_registry_add_listener(c->registry, &c->registry_listener, &registry_events, c);
	return 0;
}

int tandem_client_new(struct tandem_client **ret_client)
{
	struct tandem_client *c = g_new0(struct tandem_client, 1);
	int res;

	c->nodes = g_ptr_array_new_with_free_func(free_node);
	c->tandems = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	res = connect_core(c);
	/* First the nodes, then who they are, then what Tandem's know. */
	for (int i = 0; i < 3 && res == 0; i++)
		res = sync_up(c);
	if (res < 0) {
		tandem_client_free(c);
		return res;
	}
	*ret_client = c;
	return 0;
}

void tandem_client_free(struct tandem_client *c)
{
	if (!c)
		return;
	g_ptr_array_free(c->nodes, TRUE);
	g_array_free(c->tandems, TRUE);
	if (c->registry) {
		spa_hook_remove(&c->registry_listener);
		pw_proxy_destroy((struct pw_proxy *)c->registry);
	}
	if (c->core) {
		spa_hook_remove(&c->core_listener);
		pw_core_disconnect(c->core);
	}
	if (c->context)
		pw_context_destroy(c->context);
	if (c->loop)
		pw_main_loop_destroy(c->loop);
	g_free(c);
}

struct pw_core *tandem_client_core(struct tandem_client *c)
{
	return c->core;
}

struct pw_loop *tandem_client_loop(struct tandem_client *c)
{
	return pw_main_loop_get_loop(c->loop);
}

bool tandem_client_has_tandem(const struct tandem_client *c)
{
	return c->tandems->len > 0;
}

bool tandem_client_is_gone(const struct tandem_client *c)
{
	return c->is_gone;
}

bool tandem_client_wait(struct tandem_client *c,
		bool (*check)(struct tandem_client *c, void *data), void *data, int ms)
{
	struct pw_loop *loop = pw_main_loop_get_loop(c->loop);
	const int64_t end_us = g_get_monotonic_time() + (int64_t)ms * 1000;
	bool is_true;

	pw_loop_enter(loop);
	while (!(is_true = check(c, data)) && !c->is_gone) {
		const int64_t left_us = end_us - g_get_monotonic_time();

		if (ms >= 0 && left_us <= 0)
			break;
		pw_loop_iterate(loop, ms < 0 ? -1 : (int)(left_us / 1000 + 1));
	}
	pw_loop_leave(loop);
	return is_true;
}

static struct node *node_at(const struct tandem_client *c, uint32_t id)
{
	for (uint32_t i = 0; i < c->nodes->len; i++) {
		struct node *n = c->nodes->pdata[i];

		if (n->seen.id == id)
			return n;
	}
	return NULL;
}

const struct tandem_client_node *tandem_client_at(const struct tandem_client *c,
		uint32_t id)
{
	const struct node *n = node_at(c, id);

	return n ? &n->seen : NULL;
}

const struct tandem_client_node *tandem_client_node(const struct tandem_client *c,
		enum tandem_client_kind kind, uint32_t i)
{
	for (uint32_t k = 0; k < c->nodes->len; k++) {
		const struct node *n = c->nodes->pdata[k];

		if (n->seen.name && n->seen.kind == kind && i-- == 0)
			return &n->seen;
	}
	return NULL;
}

static bool is_called(const struct tandem_client_node *node, const char *name)
{
	char id[16];

	snprintf(id, sizeof(id), "%u", node->id);
	return strcmp(node->name, name) == 0 || strcmp(node->description, name) == 0 ||
	       strcmp(id, name) == 0;
}

const struct tandem_client_node *tandem_client_find(const struct tandem_client *c,
		enum tandem_client_kind kind, const char *name)
{
	const struct tandem_client_node *node;

	for (uint32_t i = 0; (node = tandem_client_node(c, kind, i)); i++) {
		if (is_called(node, name))
			return node;
	}
	return NULL;
}

int tandem_client_set_all(struct tandem_client *c, uint32_t id,
		const struct tandem_client_pair pairs[], uint32_t n_pairs)
{
	const struct node *n = node_at(c, id);
	uint8_t buffer[4096];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(buffer, sizeof(buffer));
	const struct spa_pod *props;

	if (!n)
		return -ENOENT;
	props = tandem_client_make_props(&b, pairs, n_pairs);
	if (!props || b.state.offset > sizeof(buffer))
		return -ENOSPC;
	pw_node_set_param((struct pw_node *)n->proxy, SPA_PARAM_Props, 0, props);
	return 0;
}

int tandem_client_set(struct tandem_client *c, uint32_t id, const char *key,
		const char *value)
{
	const struct tandem_client_pair pair = { key, value };

	return tandem_client_set_all(c, id, &pair, 1);
}

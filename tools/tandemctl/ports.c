/* SPDX-License-Identifier: MIT */
#include "ports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pipewire/extensions/metadata.h>
#include <spa/utils/json.h>
#include <spa/utils/string.h>

static void ask(struct tandem_ports *p)
{
	p->asked = pw_core_sync(p->core, PW_ID_CORE, 0);
}

static uint32_t number(const struct spa_dict *props, const char *key)
{
	const char *text = spa_dict_lookup(props, key);
	uint32_t value = 0;

	return text && spa_atou32(text, &value, 10) ? value : 0;
}

static void add_port(struct tandem_ports *p, uint32_t id, const struct spa_dict *props)
{
	struct tandem_port *port = calloc(1, sizeof(*port));
	const char *name = spa_dict_lookup(props, PW_KEY_PORT_NAME);

	if (!port)
		return;
	port->id = id;
	port->node_id = number(props, PW_KEY_NODE_ID);
	port->number = number(props, PW_KEY_PORT_ID);
	port->is_output = spa_streq(spa_dict_lookup(props, PW_KEY_PORT_DIRECTION), "out");
	snprintf(port->name, sizeof(port->name), "%s", name ? name : "");
	spa_list_append(&p->all, &port->link);
	ask(p);
}

/* value: {"name":"alsa_input..."} */
static int on_property(void *data, uint32_t subject, const char *key, const char *type,
		const char *value)
{
	struct tandem_ports *const p = data;
	struct spa_json outer, inner;
	char word[32];

	(void)subject;
	(void)type;
	if (key && !spa_streq(key, "default.audio.source"))
		return 0;
	p->default_source[0] = '\0';
	if (key && value) {
		spa_json_init(&outer, value, strlen(value));
		if (spa_json_enter_object(&outer, &inner) > 0 &&
				spa_json_get_string(&inner, word, sizeof(word)) > 0 &&
				spa_streq(word, "name")) {
			spa_json_get_string(&inner, p->default_source,
					sizeof(p->default_source));
		}
	}
	ask(p);
	return 0;
}

static const struct pw_metadata_events metadata_events = {
	PW_VERSION_METADATA_EVENTS,
	.property = on_property,
};

static void add_metadata(struct tandem_ports *p, uint32_t id)
{
	p->metadata = pw_registry_bind(p->registry, id, PW_TYPE_INTERFACE_Metadata,
			PW_VERSION_METADATA, 0);
	p->metadata_id = id;
	if (p->metadata) {
		pw_metadata_add_listener((struct pw_metadata *)p->metadata,
				&p->metadata_listener, &metadata_events, p);
	}
	ask(p);
}

static void on_global(void *data, uint32_t id, uint32_t permissions, const char *type,
		uint32_t version, const struct spa_dict *props)
{
	struct tandem_ports *const p = data;

	(void)permissions;
	(void)version;
	if (!props)
		return;
	if (spa_streq(type, PW_TYPE_INTERFACE_Node)) {
		ask(p);
	} else if (spa_streq(type, PW_TYPE_INTERFACE_Port)) {
		add_port(p, id, props);
	} else if (spa_streq(type, PW_TYPE_INTERFACE_Metadata) && !p->metadata &&
			spa_streq(spa_dict_lookup(props, PW_KEY_METADATA_NAME),
					"default")) {
		add_metadata(p, id);
	}
}

static void forget_metadata(struct tandem_ports *p)
{
	if (!p->metadata)
		return;
	spa_hook_remove(&p->metadata_listener);
	pw_proxy_destroy(p->metadata);
	p->metadata = NULL;
	p->default_source[0] = '\0';
}

static void on_global_remove(void *data, uint32_t id)
{
	struct tandem_ports *const p = data;
	struct tandem_port *port, *next;

	spa_list_for_each_safe (port, next, &p->all, link) {
		if (port->id == id) {
			spa_list_remove(&port->link);
			free(port);
		}
	}
	if (p->metadata_id == id)
		forget_metadata(p);
	ask(p);
}

static const struct pw_registry_events registry_events = {
	PW_VERSION_REGISTRY_EVENTS,
	.global = on_global,
	.global_remove = on_global_remove,
};

static void on_done(void *data, uint32_t id, int seq)
{
	struct tandem_ports *const p = data;

	if (id == PW_ID_CORE && seq == p->asked)
		p->changed(p->data);
}

static const struct pw_core_events core_events = {
	PW_VERSION_CORE_EVENTS,
	.done = on_done,
};

int tandem_ports_init(struct tandem_ports *p, struct pw_core *core,
		void (*changed)(void *data), void *data)
{
	*p = (struct tandem_ports){ .core = core, .changed = changed, .data = data };
	spa_list_init(&p->all);
	p->registry = pw_core_get_registry(core, PW_VERSION_REGISTRY, 0);
	if (!p->registry)
		return -errno;
	pw_registry_add_listener(p->registry, &p->registry_listener, &registry_events, p);
	pw_core_add_listener(core, &p->core_listener, &core_events, p);
	ask(p);
	return 0;
}

void tandem_ports_finish(struct tandem_ports *p)
{
	struct tandem_port *port, *next;

	if (!p->registry)
		return;
	spa_list_for_each_safe (port, next, &p->all, link)
		free(port);
	forget_metadata(p);
	spa_hook_remove(&p->core_listener);
	spa_hook_remove(&p->registry_listener);
	pw_proxy_destroy((struct pw_proxy *)p->registry);
	p->registry = NULL;
}

const struct tandem_port *tandem_ports_at(const struct tandem_ports *p, uint32_t node_id,
		bool is_output, uint32_t at)
{
	const struct tandem_port *port;

	spa_list_for_each (port, &p->all, link) {
		if (port->node_id == node_id && port->is_output == is_output &&
				port->number == at)
			return port;
	}
	return NULL;
}

const struct tandem_port *tandem_ports_named(const struct tandem_ports *p, uint32_t node_id,
		bool is_output, const char *name)
{
	const struct tandem_port *port;

	spa_list_for_each (port, &p->all, link) {
		if (port->node_id == node_id && port->is_output == is_output &&
				strcmp(port->name, name) == 0)
			return port;
	}
	return NULL;
}

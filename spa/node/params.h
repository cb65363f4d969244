/* SPDX-License-Identifier: MIT
 *
 * The params of node and port. Thread: main.
 */
#ifndef TANDEM_NODE_PARAMS_H
#define TANDEM_NODE_PARAMS_H

#include "node.h"

/* Answers an enum_params call: make() builds the index-th param into b, NULL: no more. */
typedef struct spa_pod *(*tandem_make_param)(struct tandem_node *n, uint32_t id,
		uint32_t index, struct spa_pod_builder *b);
struct tandem_enum_call {
	int seq;
	uint32_t id;
	uint32_t start;
	uint32_t num;
	const struct spa_pod *filter;
};
int tandem_node_enum(struct tandem_node *n, const struct tandem_enum_call *call,
		tandem_make_param make);

/* ---- node.c ---- */
extern const struct spa_node_methods tandem_node_methods;
void tandem_node_emit_info(struct tandem_node *n, bool full);
/* Announces that a param has a new value. */
void tandem_node_touch_param(struct tandem_node *n, enum tandem_node_param which);
void tandem_node_touch_port_param(struct tandem_node *n, enum tandem_port_param which);

/* ---- port.c ---- */
extern const enum spa_param_type tandem_port_param_ids[TANDEM_PORT_N_PARAMS];
struct spa_pod *tandem_port_make_param(struct tandem_node *n, uint32_t id, uint32_t index,
		struct spa_pod_builder *b);
int tandem_port_set_param(struct tandem_node *n, uint32_t id, const struct spa_pod *param);
int tandem_port_use_buffers(struct tandem_node *n, struct spa_buffer **buffers,
		uint32_t count);

/* ---- settings.c, pod-text.c, apply.c ---- */
/* -ENOENT, -EPERM, -EINVAL, -ERANGE as set() in tandem.h. */
int tandem_settings_set(struct tandem_node *n, int32_t slot, const char *key,
		const char *value);
/* All settings to the data loop and into the status. */
void tandem_apply_settings(struct tandem_node *n);
/* The sentences of the status: of the configuration, contradictions, refusals. */
void tandem_apply_mistakes(struct tandem_node *n);
/* Adds key, value, key, value ... of all live settings. */
void tandem_settings_add_props(struct tandem_node *n, struct spa_pod_builder *b);
uint32_t tandem_settings_count(const struct tandem_node *n); /* of the live ones */
struct spa_pod *tandem_settings_make_info(struct tandem_node *n, uint32_t index,
		struct spa_pod_builder *b);
/* params: a struct of key, value, key, value ...; keys of others are passed over. */
void tandem_settings_set_props(struct tandem_node *n, const struct spa_pod *params);
/* What is no value of a setting becomes "?". */
void tandem_pod_to_text(const struct spa_pod *pod, char text[TANDEM_VALUE_SIZE]);

/* ---- props.c ---- */
/* One report from the data loop into the status. */
void tandem_props_take(struct tandem_node *n, const struct tandem_report *report);
/* What all speakers send of what was planned, at host_ns. */
void tandem_props_take_air(struct tandem_node *n, double share, int64_t host_ns);
/* The message of a speaker, from what the module has told and what we know. */
void tandem_props_say(struct tandem_node *n, uint32_t index);
/* Likewise, of the group. */
void tandem_props_say_group(struct tandem_node *n);
struct spa_pod *tandem_props_make(struct tandem_node *n, uint32_t id, uint32_t index,
		struct spa_pod_builder *b);

#endif

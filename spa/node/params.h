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

/* ---- port.c ---- */
extern const enum spa_param_type tandem_port_param_ids[TANDEM_PORT_N_PARAMS];
struct spa_pod *tandem_port_make_param(struct tandem_node *n, uint32_t id, uint32_t index,
		struct spa_pod_builder *b);
int tandem_port_set_param(struct tandem_node *n, uint32_t id, const struct spa_pod *param);
int tandem_port_use_buffers(struct tandem_node *n, struct spa_buffer **buffers,
		uint32_t count);

/* ---- settings.c, pod-text.c ---- */
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
struct spa_pod *tandem_props_make(struct tandem_node *n, uint32_t id, uint32_t index,
		struct spa_pod_builder *b);

#endif

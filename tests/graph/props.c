/* SPDX-License-Identifier: MIT */
#include "props.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <spa/param/props.h>
#include <spa/pod/builder.h>
#include <spa/pod/iter.h>

struct wanted {
	const char *key;
	char text[2048];
	uint32_t n;
};

static void copy_text(struct wanted *w, const struct spa_pod *pod)
{
	const char *text;
	double number;
	int32_t whole;
	int64_t large;
	bool yes;

	if (spa_pod_get_string(pod, &text) == 0) {
		snprintf(w->text, sizeof(w->text), "%s", text);
	} else if (spa_pod_get_double(pod, &number) == 0) {
		snprintf(w->text, sizeof(w->text), "%.6f", number);
	} else if (spa_pod_get_bool(pod, &yes) == 0) {
		snprintf(w->text, sizeof(w->text), "%s", yes ? "true" : "false");
	} else if (spa_pod_get_int(pod, &whole) == 0) {
		snprintf(w->text, sizeof(w->text), "%d", whole);
	} else if (spa_pod_get_long(pod, &large) == 0) {
		snprintf(w->text, sizeof(w->text), "%lld", (long long)large);
	}
}

static void on_props(void *data, int seq, int res, uint32_t type, const void *result)
{
	const struct spa_result_node_params *const p = result;
	const struct spa_pod_prop *prop;
	struct wanted *w = data;
	const char *key = NULL;
	struct spa_pod *pod;

	(void)seq, (void)res, (void)type;
	w->n++;
	/* volume is the adapter's job */
	ck_assert_ptr_null(spa_pod_find_prop(p->param, NULL, SPA_PROP_volume));
	prop = spa_pod_find_prop(p->param, NULL, SPA_PROP_params);
	ck_assert_ptr_nonnull(prop);
	SPA_POD_STRUCT_FOREACH(&prop->value, pod)
	{
		if (key == NULL) {
			ck_assert_int_eq(spa_pod_get_string(pod, &key), 0);
			continue;
		}
		if (strcmp(key, w->key) == 0)
			copy_text(w, pod);
		key = NULL;
	}
}

static struct wanted enumerate(struct rig *r, uint32_t id, const char *key,
		void (*on_result)(void *, int, int, uint32_t, const void *))
{
	const struct spa_node_events events = { SPA_VERSION_NODE_EVENTS,
		.result = on_result };
	struct wanted w = { .key = key };
	struct spa_hook hook = { 0 };

	spa_node_add_listener(r->node, &hook, &events, &w);
	ck_assert_int_eq(spa_node_enum_params(r->node, 1, id, 0, UINT32_MAX, NULL), 0);
	spa_hook_remove(&hook);
	return w;
}

static void on_info(void *data, int seq, int res, uint32_t type, const void *result)
{
	const struct spa_result_node_params *const p = result;
	const struct spa_pod_prop *prop;
	const char *name, *help;
	struct wanted *w = data;

	(void)seq, (void)res, (void)type;
	w->n++;
	prop = spa_pod_find_prop(p->param, NULL, SPA_PROP_INFO_name);
	ck_assert_int_eq(spa_pod_get_string(&prop->value, &name), 0);
	prop = spa_pod_find_prop(p->param, NULL, SPA_PROP_INFO_description);
	ck_assert_int_eq(spa_pod_get_string(&prop->value, &help), 0);
	prop = spa_pod_find_prop(p->param, NULL, SPA_PROP_INFO_type);
	ck_assert_ptr_nonnull(prop);
	if (strcmp(name, w->key) == 0)
		snprintf(w->text, sizeof(w->text), "%s", help);
}

const char *tandem_props_value(struct rig *r, const char *key)
{
	static struct wanted w;

	w = enumerate(r, SPA_PARAM_Props, key, on_props);
	ck_assert_uint_eq(w.n, 1);
	return w.text;
}

const char *tandem_props_help(struct rig *r, const char *key)
{
	static struct wanted w;

	w = enumerate(r, SPA_PARAM_PropInfo, key, on_info);
	return w.text;
}

void tandem_props_set(struct rig *r, const char *key, const struct spa_pod *value)
{
	uint8_t buffer[4096];
	struct spa_pod_builder b = SPA_POD_BUILDER_INIT(buffer, sizeof(buffer));
	struct spa_pod_frame object, rows;

	spa_pod_builder_push_object(&b, &object, SPA_TYPE_OBJECT_Props, SPA_PARAM_Props);
	spa_pod_builder_prop(&b, SPA_PROP_params, 0);
	spa_pod_builder_push_struct(&b, &rows);
	spa_pod_builder_string(&b, key);
	spa_pod_builder_primitive(&b, value);
	spa_pod_builder_pop(&b, &rows);
	ck_assert_int_eq(spa_node_set_param(r->node, SPA_PARAM_Props, 0,
					 spa_pod_builder_pop(&b, &object)),
			0);
}

/* SPDX-License-Identifier: MIT */
#include "client-rows.h"

#include <glib.h>
#include <string.h>

#include <spa/param/props.h>
#include <spa/pod/iter.h>
#include <spa/utils/string.h>

#define GROUP_PREFIX "tandem."
#define SPEAKER_PREFIX "speaker."

static char *number_text(double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];

	/* A float's own digits, and all that anybody reads of a double. */
	return g_strdup(g_ascii_formatd(text, sizeof(text), "%.12g", value));
}

static void read_value(struct tandem_client_row *row, const struct spa_pod *pod)
{
	const char *text;
	bool yes;
	int32_t whole;
	int64_t large;
	float small;
	double value;

	row->type = TANDEM_CLIENT_NUMBER;
	if (spa_pod_get_int(pod, &whole) == 0) {
		row->text = g_strdup_printf("%d", whole);
	} else if (spa_pod_get_long(pod, &large) == 0) {
		row->text = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)large);
	} else if (spa_pod_get_double(pod, &value) == 0) {
		row->text = number_text(value);
	} else if (spa_pod_get_float(pod, &small) == 0) {
		row->text = number_text((double)small);
	} else if (spa_pod_get_bool(pod, &yes) == 0) {
		row->type = TANDEM_CLIENT_BOOL;
		row->text = g_strdup(yes ? "true" : "false");
	} else {
		row->type = TANDEM_CLIENT_TEXT;
		row->text = g_strdup(spa_pod_get_string(pod, &text) == 0 ? text : "");
	}
}

void tandem_client_free_rows(struct tandem_client_node *node)
{
	for (uint32_t i = 0; i < node->n_rows; i++) {
		g_free(node->rows[i].key);
		g_free(node->rows[i].text);
	}
	g_free(node->rows);
	node->rows = NULL;
	node->n_rows = 0;
}

static bool is_ours(const char *key)
{
	return spa_strstartswith(key, GROUP_PREFIX) ||
	       spa_strstartswith(key, SPEAKER_PREFIX);
}

bool tandem_client_take_rows(struct tandem_client_node *node, const struct spa_pod *props)
{
	const struct spa_pod_prop *params = spa_pod_find_prop(props, NULL, SPA_PROP_params);
	struct spa_pod *pod;
	const char *key = NULL;
	GArray *rows;

	if (!params || !spa_pod_is_struct(&params->value))
		return false;
	rows = g_array_new(FALSE, FALSE, sizeof(struct tandem_client_row));
	SPA_POD_STRUCT_FOREACH(&params->value, pod)
	{
		struct tandem_client_row row;

		if (!key) {
			if (spa_pod_get_string(pod, &key) < 0)
				break;
			continue;
		}
		if (is_ours(key)) {
			row.key = g_strdup(key);
			read_value(&row, pod);
			g_array_append_val(rows, row);
		}
		key = NULL;
	}
	if (rows->len == 0) {
		g_array_free(rows, TRUE);
		return false;
	}
	tandem_client_free_rows(node);
	node->n_rows = rows->len;
	node->rows = (struct tandem_client_row *)(void *)g_array_free(rows, FALSE);
	return true;
}

struct spa_pod *tandem_client_make_props(struct spa_pod_builder *b,
		const struct tandem_client_pair pairs[], uint32_t n)
{
	struct spa_pod_frame object, rows;

	spa_pod_builder_push_object(b, &object, SPA_TYPE_OBJECT_Props, SPA_PARAM_Props);
	spa_pod_builder_prop(b, SPA_PROP_params, 0);
	spa_pod_builder_push_struct(b, &rows);
	for (uint32_t i = 0; i < n; i++) {
		spa_pod_builder_string(b, pairs[i].key);
		if (pairs[i].value) {
			spa_pod_builder_string(b, pairs[i].value);
		} else {
			spa_pod_builder_none(b);
		}
	}
	spa_pod_builder_pop(b, &rows);
	return spa_pod_builder_pop(b, &object);
}

const char *tandem_client_row(const struct tandem_client_node *node, const char *key)
{
	for (uint32_t i = 0; i < node->n_rows; i++) {
		if (strcmp(node->rows[i].key, key) == 0)
			return node->rows[i].text;
	}
	return NULL;
}

const char *tandem_client_speaker_row(const struct tandem_client_node *node,
		const char *label, const char *key)
{
	g_autofree char *full = g_strdup_printf(SPEAKER_PREFIX "%s.%s", label, key);

	return tandem_client_row(node, full);
}

bool tandem_client_number(const char *text, double *ret_value)
{
	char *end = NULL;
	const double value = text ? g_ascii_strtod(text, &end) : 0.0;

	if (!text || end == text || *end)
		return false;
	*ret_value = value;
	return true;
}

/* Every speaker has a state. */
bool tandem_client_label(const struct tandem_client_node *node, uint32_t i,
		char label[TANDEM_CLIENT_LABEL_SIZE])
{
	for (uint32_t k = 0; k < node->n_rows; k++) {
		const char *key = node->rows[k].key;

		if (!spa_strstartswith(key, SPEAKER_PREFIX) ||
				!g_str_has_suffix(key, ".state") || i-- > 0)
			continue;
		key += strlen(SPEAKER_PREFIX);
		g_strlcpy(label, key,
				MIN(TANDEM_CLIENT_LABEL_SIZE,
						strlen(key) - strlen(".state") + 1));
		return true;
	}
	return false;
}

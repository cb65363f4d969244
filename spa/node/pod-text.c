/* SPDX-License-Identifier: MIT
 *
 * A pod's value as text, whatever type a client has chosen for it.
 */
#include "params.h"

#include <spa/pod/iter.h>

#define MAX_DEPTH 3 /* a matrix has two */

static void append(char text[TANDEM_VALUE_SIZE], const char *word)
{
	const size_t used = strlen(text);

	spa_scnprintf(text + used, TANDEM_VALUE_SIZE - used, "%s%s", used > 0 ? " " : "",
			word);
}

/* Always with a point; the locale may want a comma. */
static void append_double(char text[TANDEM_VALUE_SIZE], double value, int digits)
{
	char word[40];

	spa_scnprintf(word, sizeof(word), "%.*g", digits, value);
	for (char *c = word; *c != '\0'; c++)
		*c = *c == ',' ? '.' : *c;
	append(text, word);
}

static void append_number(char text[TANDEM_VALUE_SIZE], uint32_t type, const void *body)
{
	char word[40];

	switch (type) {
	case SPA_TYPE_Bool:
		append(text, *(const int32_t *)body != 0 ? "true" : "false");
		return;
	case SPA_TYPE_Id:
	case SPA_TYPE_Int:
		spa_scnprintf(word, sizeof(word), "%d", *(const int32_t *)body);
		append(text, word);
		return;
	case SPA_TYPE_Long:
		spa_scnprintf(word, sizeof(word), "%lld",
				(long long)*(const int64_t *)body);
		append(text, word);
		return;
	case SPA_TYPE_Float: /* 6 digits are a float's own; more would show 12.3000002 */
		append_double(text, (double)*(const float *)body, 6);
		return;
	case SPA_TYPE_Double:
		append_double(text, *(const double *)body, 15);
		return;
	default:
		append(text, "?");
	}
}

static size_t size_of(uint32_t type)
{
	switch (type) {
	case SPA_TYPE_Bool:
	case SPA_TYPE_Id:
	case SPA_TYPE_Int:
	case SPA_TYPE_Float:
		return sizeof(int32_t);
	default:
		return sizeof(int64_t);
	}
}

static void append_pod(char text[TANDEM_VALUE_SIZE], const struct spa_pod *pod, int depth);

static void append_struct(char text[TANDEM_VALUE_SIZE], const struct spa_pod *pod,
		int depth)
{
	struct spa_pod *child;

	append(text, "[");
	SPA_POD_STRUCT_FOREACH(pod, child)
	{
		append_pod(text, child, depth + 1);
	}
	append(text, "]");
}

static void append_array(char text[TANDEM_VALUE_SIZE], const struct spa_pod *pod)
{
	uint32_t n = 0;
	const char *const values = spa_pod_get_array(pod, &n);
	const uint32_t type = SPA_POD_ARRAY_VALUE_TYPE(pod);
	const uint32_t step = SPA_POD_ARRAY_VALUE_SIZE(pod);

	append(text, "[");
	for (uint32_t i = 0; values != NULL && step >= size_of(type) && i < n; i++)
		append_number(text, type, values + (size_t)i * step);
	append(text, "]");
}

static void append_pod(char text[TANDEM_VALUE_SIZE], const struct spa_pod *pod, int depth)
{
	const char *word;

	if (spa_pod_get_string(pod, &word) == 0) {
		append(text, word);
	} else if (spa_pod_is_struct(pod) && depth < MAX_DEPTH) {
		append_struct(text, pod, depth);
	} else if (spa_pod_is_array(pod)) {
		append_array(text, pod);
	} else if (!spa_pod_is_struct(pod) &&
			SPA_POD_BODY_SIZE(pod) >= size_of(SPA_POD_TYPE(pod))) {
		append_number(text, SPA_POD_TYPE(pod), SPA_POD_BODY_CONST(pod));
	} else {
		append(text, "?");
	}
}

void tandem_pod_to_text(const struct spa_pod *pod, char text[TANDEM_VALUE_SIZE])
{
	text[0] = '\0';
	append_pod(text, pod, 0);
}

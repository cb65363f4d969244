/* SPDX-License-Identifier: MIT */
#include "conf.h"

#include <stdio.h>
#include <string.h>

#include <pipewire/conf.h>
#include <spa/utils/json.h>

#include "where.h"

#define COMMON "module.tandem.args"

struct reading {
	struct tandem_settings *settings;
	struct tandem_mistakes *mistakes;
	const char *args;              /* of the module */
	char where[TANDEM_WHERE_SIZE]; /* of these */
	uint32_t n_groups;             /* entries of the module in context.modules */
	bool keeps_name;               /* the text being read is for several groups */
};

/* One entry of context.modules: is it ours, and are these the arguments? */
static void look_at_entry(struct reading *r, const char *location, struct spa_json *entry)
{
	char key[64], name[64] = "";
	const char *value, *args = NULL;
	int bytes, args_bytes = 0;

	while (spa_json_get_string(entry, key, sizeof(key)) > 0 &&
			(bytes = spa_json_next(entry, &value)) > 0) {
		if (spa_json_is_container(value, bytes))
			bytes = spa_json_container_len(entry, value, bytes);
		if (strcmp(key, "name") == 0) {
			spa_json_parse_stringn(value, bytes, name, sizeof(name));
		} else if (strcmp(key, "args") == 0) {
			args = value;
			args_bytes = bytes;
		}
	}
	if (strcmp(name, TANDEM_MODULE_NAME) != 0)
		return;
	r->n_groups++;
	if (args && r->args && location && strlen(r->args) == (size_t)args_bytes &&
			memcmp(args, r->args, (size_t)args_bytes) == 0)
		tandem_where_show(r->where, location);
}

static int on_modules(void *data, const char *location, const char *section,
		const char *text, size_t bytes)
{
	struct spa_json top, list, entry;

	(void)section;
	spa_json_init(&top, text, bytes);
	if (spa_json_enter_array(&top, &list) <= 0)
		return 0;
	while (spa_json_enter_object(&list, &entry) > 0)
		look_at_entry(data, location, &entry);
	return 0;
}

static void ignore_name(struct reading *r, const char *where, const char *name)
{
	char *to = tandem_mistakes_next(r->mistakes, where);
	char groups[16];

	snprintf(groups, sizeof(groups), "%u", r->n_groups);
	if (to) {
		tandem_say(to, TANDEM_SAY_NAME_FOR_ALL, where, r->settings->name, groups);
	}
	memcpy(r->settings->name, name, sizeof(r->settings->name));
}

static int on_settings(void *data, const char *location, const char *section,
		const char *text, size_t bytes)
{
	struct reading *r = data;
	char where[TANDEM_WHERE_SIZE], name[sizeof(r->settings->name)];

	tandem_where_show(where, location ? location : section);
	memcpy(name, r->settings->name, sizeof(name));
	tandem_settings_read(r->settings, r->mistakes, where, text, bytes);
	if (r->keeps_name && strcmp(name, r->settings->name) != 0)
		ignore_name(r, where, name);
	return 0;
}

void tandem_conf_read(struct pw_context *context, const char *args,
		struct tandem_settings *s, struct tandem_mistakes *m)
{
	struct reading r = {
		.settings = s, .mistakes = m, .args = args, .where = "arguments"
	};
	char own[sizeof(COMMON) + sizeof(s->name)];

	pw_context_conf_section_for_each(context, "context.modules", on_modules, &r);
	if (args && args[0])
		tandem_settings_read(s, m, r.where, args, strlen(args));
	r.keeps_name = r.n_groups > 1;
	pw_context_conf_section_for_each(context, COMMON, on_settings, &r);
	r.keeps_name = false;
	snprintf(own, sizeof(own), "module.tandem.%s.args", s->name);
	pw_context_conf_section_for_each(context, own, on_settings, &r);
}

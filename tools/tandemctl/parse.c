/* SPDX-License-Identifier: MIT
 *
 * Words of the command line, and how each command is used.
 */
#include <string.h>

#include "base/settings.h"
#include "json.h"
#include "tandemctl.h"

#define MAX_OPTIONS 16 /* of one command; chosen: twice as many as any has */

/* The rows with the addresses of this call's options. */
static void place(const struct tandem_ctl_command *c, void *options,
		GOptionEntry entries[MAX_OPTIONS + 1])
{
	for (size_t i = 0; c->options && c->options[i].long_name; i++) {
		g_assert(i < MAX_OPTIONS);
		entries[i] = c->options[i];
		entries[i].arg_data =
				(char *)options + GPOINTER_TO_SIZE(c->options[i].arg_data);
	}
}

static bool is_negative(const char *word)
{
	return word[0] == '-' && (g_ascii_isdigit(word[1]) || word[1] == '.');
}

/* What follows "--" is no option. */
static char **guard_numbers(int argc, char *argv[])
{
	GPtrArray *words = g_ptr_array_new();
	bool is_over = false;

	for (int i = 0; i < argc; i++) {
		is_over |= strcmp(argv[i], "--") == 0;
		if (!is_over && is_negative(argv[i])) {
			g_ptr_array_add(words, (void *)"--");
			is_over = true;
		}
		g_ptr_array_add(words, argv[i]);
	}
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

/* Without the command's name and "--"; there are no more than there were. */
static void take_arguments(int *argc, char *argv[], char **words)
{
	bool is_over = false;

	*argc = 0;
	for (int i = 1; words[i]; i++) {
		if (!is_over && strcmp(words[i], "--") == 0) {
			is_over = true;
		} else {
			argv[(*argc)++] = words[i];
		}
	}
}

bool tandem_ctl_parse(const struct tandem_ctl_command *c, void *options, int *argc,
		char **argv[])
{
	GOptionEntry entries[MAX_OPTIONS + 1] = { 0 };
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char **words = guard_numbers(*argc, *argv);
	int n = (int)g_strv_length(words);
	char **parsed = words;

	place(c, options, entries);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &n, &parsed, &error)) {
		tandem_ctl_say_use(c, "%s: %s", c->name, error->message);
		return false;
	}
	take_arguments(argc, *argv, words);
	if (*argc < c->least) {
		tandem_ctl_say_use(c, "%s: something is missing", c->name);
	} else if (*argc > c->most) {
		tandem_ctl_say_use(c, "%s: what is \"%s\" for?", c->name, (*argv)[c->most]);
	}
	return *argc >= c->least && *argc <= c->most;
}

void tandem_ctl_options_finish(const struct tandem_ctl_command *c, void *options)
{
	for (size_t i = 0; c->options && c->options[i].long_name; i++) {
		const GOptionEntry *o = &c->options[i];

		if (o->arg == G_OPTION_ARG_FILENAME) {
			g_clear_pointer((char **)((char *)options +
							GPOINTER_TO_SIZE(o->arg_data)),
					g_free);
		}
	}
}

bool tandem_ctl_parse_switch(const struct tandem_ctl_command *c, const char *word,
		bool *ret_on)
{
	const struct tandem_setting *row = tandem_setting_find(&tandem_group_table, "swap");
	struct tandem_settings settings;

	if (tandem_setting_read(row, &settings, word) < 0) {
		tandem_ctl_say_use(c, "%s: on or off, not \"%s\"", c->name, word);
		return false;
	}
	*ret_on = settings.swap;
	return true;
}

static void help_option(const GOptionEntry *o, FILE *to)
{
	fprintf(to, "  ");
	if (o->short_name)
		fprintf(to, "-%c, ", o->short_name);
	fprintf(to, "--%s%s%s\n        %s\n", o->long_name, o->arg_description ? " " : "",
			o->arg_description ? o->arg_description : "", o->description);
}

void tandem_ctl_help(const struct tandem_ctl_command *c, FILE *to)
{
	fprintf(to, "usage: tandemctl %s%s%s%s\n\n%s.\n", c->name,
			c->options ? " [options]" : "", c->arguments[0] ? " " : "",
			c->arguments, c->help);
	if (c->more)
		fprintf(to, "\n%s\n", c->more);
	if (c->options)
		fprintf(to, "\nOptions:\n");
	for (const GOptionEntry *o = c->options; o && o->long_name; o++)
		help_option(o, to);
}

static void put_options(struct tandem_json *j, const GOptionEntry *options)
{
	tandem_json_open(j, "options", '[');
	for (const GOptionEntry *o = options; o && o->long_name; o++) {
		const char letter[] = { o->short_name, '\0' };

		tandem_json_open(j, NULL, '{');
		tandem_json_text(j, "name", o->long_name);
		tandem_json_text(j, "short", letter[0] ? letter : NULL);
		tandem_json_text(j, "argument", o->arg_description);
		tandem_json_text(j, "help", o->description);
		tandem_json_close(j);
	}
	tandem_json_close(j);
}

void tandem_ctl_help_json(void)
{
	struct tandem_json j = { 0 };

	tandem_json_open(&j, NULL, '[');
	for (size_t i = 0; i < tandem_ctl_n_commands; i++) {
		const struct tandem_ctl_command *c = &tandem_ctl_commands[i];

		tandem_json_open(&j, NULL, '{');
		tandem_json_text(&j, "name", c->name);
		tandem_json_text(&j, "arguments", c->arguments);
		tandem_json_text(&j, "help", c->help);
		tandem_json_text(&j, "more", c->more);
		put_options(&j, c->options);
		tandem_json_close(&j);
	}
	tandem_json_close(&j);
}

/* SPDX-License-Identifier: MIT
 *
 * Which words may come next, for the completions of shells (conf/completions), which so
 * never differ from the table: a word, a tab and its meaning on each line.
 */
#include <string.h>

#include "base/settings.h"
#include "boxes.h"
#include "tandemctl.h"

static void put(const char *word, const char *meaning)
{
	printf("%s\t%s\n", word, meaning);
}

static void put_speakers(void)
{
	g_autoptr(GPtrArray) boxes = tandem_boxes_look(NULL);

	put("left", "its label");
	put("right", "its label");
	for (uint32_t i = 0; boxes && i < boxes->len; i++) {
		const struct tandem_box *b = boxes->pdata[i];

		if (b->is_paired)
			put(b->name, b->address);
	}
}

static void put_layouts(void)
{
	const struct tandem_setting *row =
			tandem_setting_find(&tandem_group_table, "layout");

	for (const char *const *choice = row->choices; *choice; choice++)
		put(*choice, "a layout");
}

/* Of "SPEAKER [on|off]": what each may be. */
static void put_arguments(const struct tandem_ctl_command *c)
{
	g_auto(GStrv) words = g_strsplit_set(c->arguments, " []|", -1);

	if (strstr(c->arguments, "SPEAKER"))
		put_speakers();
	if (strstr(c->arguments, "LAYOUT"))
		put_layouts();
	for (char **word = words; *word; word++) {
		if (g_ascii_islower((*word)[0]))
			put(*word, "");
	}
}

static void put_options(const struct tandem_ctl_command *c)
{
	for (const GOptionEntry *o = c->options; o && o->long_name; o++) {
		g_autofree char *word = g_strdup_printf("--%s", o->long_name);

		put(word, o->description);
	}
	put("--help", "More about this command");
}

void tandem_ctl_help_words(const char *command)
{
	const struct tandem_ctl_command *c = command ? tandem_ctl_find(command) : NULL;

	if (c) {
		put_arguments(c);
		put_options(c);
	}
	if (!command || strcmp(command, "help") == 0) {
		for (size_t i = 0; i < tandem_ctl_n_commands; i++)
			put(tandem_ctl_commands[i].name, tandem_ctl_commands[i].help);
	}
	if (!command) {
		put("help", "More about a command");
		put("--help", "All commands");
		put("--version", "The version of Tandem");
	}
}

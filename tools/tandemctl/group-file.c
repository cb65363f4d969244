/* SPDX-License-Identifier: MIT */
#include "group-file.h"

#include <errno.h>
#include <string.h>

#include "memory.h"

#define FIRST_GROUP "tandem" /* which the installed tandem.conf makes */

/* In quotes, as SPA JSON has it. */
static char *quote(const char *text)
{
	GString *quoted = g_string_new("\"");

	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_c(quoted, '\\');
		g_string_append_c(quoted, *c);
	}
	g_string_append_c(quoted, '"');
	return g_string_free(quoted, FALSE);
}

/* A name comes from a speaker: it must not end the comment that it stands in. */
static char *harmless(const char *text)
{
	char *copy = g_strdup(text);

	for (char *c = copy; *c; c++)
		*c = g_ascii_iscntrl(*c) ? ' ' : *c;
	return copy;
}

char *tandem_group_file_text(const struct tandem_group_file *g)
{
	g_autofree char *description = quote(g->description);
	GString *text = g_string_new("# Made by tandemctl group, and yours to change: see "
				     "tandem.conf(5).\n");

	if (strcmp(g->name, FIRST_GROUP) != 0) {
		g_string_append_printf(text,
				"context.modules = [\n"
				"    {   name = libpipewire-module-tandem\n"
				"        args = { name = %s }\n"
				"    }\n"
				"]\n",
				g->name);
	}
	g_string_append_printf(text,
			"module.tandem.%s.args = {\n"
			"    description = %s\n"
			"    layout      = %s\n"
			"    # left, then right\n"
			"    speakers = [\n",
			g->name, description, g->layout);
	for (size_t i = 0; i < G_N_ELEMENTS(g->speakers); i++) {
		g_autofree char *name = harmless(g->speakers[i].name);

		g_string_append_printf(text, "        { address = \"%s\" } # %s\n",
				g->speakers[i].address, name);
	}
	g_string_append(text, "    ]\n}\n");
	return g_string_free(text, FALSE);
}

char *tandem_group_file_path(const char *name)
{
	const char *moved = g_getenv("PIPEWIRE_CONFIG_DIR");
	const char *config = g_getenv("XDG_CONFIG_HOME");
	const char *home = g_getenv("HOME");

	if (moved && moved[0])
		return g_strdup_printf("%s/tandem.conf.d/50-%s.conf", moved, name);
	if (config && config[0] == '/') {
		return g_strdup_printf("%s/pipewire/tandem.conf.d/50-%s.conf", config,
				name);
	}
	if (!home || home[0] != '/')
		return NULL;
	return g_strdup_printf("%s/.config/pipewire/tandem.conf.d/50-%s.conf", home, name);
}

int tandem_group_file_write(const char *path, const char *text)
{
	g_autofree char *folder = g_path_get_dirname(path);

	if (g_mkdir_with_parents(folder, 0755) < 0)
		return -errno;
	return tandem_memory_write_at(path, text, strlen(text));
}

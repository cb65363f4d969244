/* SPDX-License-Identifier: MIT
 *
 * tandemctl group: two paired speakers become a group, by a drop-in file:
 *
 *     A, B --BlueZ--> addresses --> text --not there yet, or allowed--> file --> restart
 */
#include <string.h>

#include <spa/utils/result.h>

#include "base/settings.h"
#include "boxes.h"
#include "group-file.h"
#include "service.h"
#include "tandemctl.h"
#include "where.h"

struct options {
	char *left, *name, *description, *layout;
	gboolean dry_run, yes, no_restart;
};

const GOptionEntry tandem_ctl_group_options[] = {
	{ "left", 'l', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, left),
			"Which of the two plays left; else the first", "SPEAKER" },
	{ "name", 'n', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, name),
			"Name of the group, for a second one; else tandem", "NAME" },
	{ "description", 'd', 0, G_OPTION_ARG_FILENAME,
			TANDEM_CTL_AT(struct options, description),
			"As the sound settings show it", "TEXT" },
	{ "layout", 0, 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, layout),
			"Who plays what: stereo, party or mono; else stereo", "LAYOUT" },
	{ "dry-run", 0, 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, dry_run),
			"Print the file, and do nothing", NULL },
	{ "yes", 'y', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, yes),
			"Replace a file that says something else without asking", NULL },
	{ "no-restart", 0, 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, no_restart),
			"Write the file only: it counts at the next start of Tandem",
			NULL },
	{ NULL },
};

/* Whether the setting takes it; else its range is said. */
static bool is_value(const struct tandem_ctl_command *c, const char *key, const char *value)
{
	const struct tandem_setting *row = tandem_setting_find(&tandem_group_table, key);
	struct tandem_settings settings = { 0 };
	char range[TANDEM_VALUE_SIZE];
	bool is_plain = true;

	for (const char *ch = value; *ch; ch++)
		is_plain = is_plain && !g_ascii_iscntrl(*ch);
	if (is_plain && tandem_setting_read(row, &settings, value) == 0)
		return true;
	tandem_setting_range(row, range);
	tandem_ctl_say_use(c, "%s: --%s is %s, not \"%s\"", c->name, key, range, value);
	return false;
}

/* Fills in the names; false: wrong use. */
static bool read_names(const struct tandem_ctl_command *c, const struct options *o,
		struct tandem_group_file *g)
{
	g->name = o->name ? o->name : "tandem";
	g->description = o->description ? o->description : o->name ? o->name : "Tandem";
	g->layout = o->layout ? o->layout : "stereo";
	if (!is_value(c, "name", g->name) || !is_value(c, "description", g->description) ||
			!is_value(c, "layout", g->layout))
		return false;
	if (strcmp(g->layout, "custom") == 0) {
		tandem_ctl_say_use(c,
				"%s: --layout custom needs a matrix: write it into the "
				"file, see tandem.conf(5)",
				c->name);
		return false;
	}
	return true;
}

/* Fills in who plays left and right; returns the status. */
static int read_speakers(const struct tandem_ctl_command *c, const struct options *o,
		const GPtrArray *boxes, char *who[2], struct tandem_group_file *g)
{
	const struct tandem_box *a = tandem_boxes_find(boxes, who[0]);
	const struct tandem_box *b = a ? tandem_boxes_find(boxes, who[1]) : NULL;
	const struct tandem_box *left =
			b && o->left ? tandem_boxes_find(boxes, o->left) : a;

	if (!a || !b || !left)
		return TANDEM_CTL_FAILED;
	if (a == b) {
		return tandem_ctl_say_use(c, "%s: %s and %s are the same speaker", c->name,
				who[0], who[1]);
	}
	if (left != a && left != b) {
		return tandem_ctl_say_use(c, "%s: --left is one of the two: %s or %s",
				c->name, who[0], who[1]);
	}
	g->speakers[0].address = left->address;
	g->speakers[0].name = left->name;
	g->speakers[1].address = left == a ? b->address : a->address;
	g->speakers[1].name = left == a ? b->name : a->name;
	return TANDEM_CTL_DONE;
}

/* Whether it may be written: nothing is lost, or the user does not mind. */
static bool may_write(const char *path, const char *shown, const char *text, bool yes,
		bool *ret_is_same)
{
	g_autofree char *old = NULL;
	g_autofree char *question = NULL;
	g_autoptr(GError) error = NULL;

	*ret_is_same = false;
	if (!g_file_get_contents(path, &old, NULL, &error)) {
		if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return true;
		tandem_ctl_say("%s cannot be read: %s", shown, error->message);
		return false;
	}
	*ret_is_same = strcmp(old, text) == 0;
	if (*ret_is_same || yes)
		return true;
	question = g_strdup_printf("%s says something else:\n%s\nReplace it?", shown, old);
	if (tandem_ctl_ask(question))
		return true;
	tandem_ctl_say("%s is left as it was: --yes replaces it, and --name NAME makes "
		       "another group",
			shown);
	return false;
}

static void restart(void)
{
	g_autofree char *why = NULL;

	switch (tandem_service_restart(TANDEM_SERVICE, &why)) {
	case TANDEM_SERVICE_DONE:
		printf("Tandem starts with it now: tandemctl status\n");
		break;
	case TANDEM_SERVICE_NO_SYSTEMD:
		printf("Start Tandem again, and it counts: pipewire -c tandem.conf\n");
		break;
	case TANDEM_SERVICE_REFUSED:
		printf("Start Tandem again, and it counts; systemd did not: %s\n", why);
		break;
	}
}

static int write_group(const struct tandem_group_file *g, const struct options *o)
{
	g_autofree char *text = tandem_group_file_text(g);
	g_autofree char *path = tandem_group_file_path(g->name);
	char shown[TANDEM_WHERE_SIZE];
	bool is_same;
	int res;

	if (o->dry_run) {
		printf("%s", text);
		return TANDEM_CTL_DONE;
	}
	if (!path) {
		tandem_ctl_say("there is no place for the file: neither "
			       "XDG_CONFIG_HOME nor HOME is set");
		return TANDEM_CTL_FAILED;
	}
	tandem_where_show(shown, path);
	if (!may_write(path, shown, text, o->yes, &is_same))
		return TANDEM_CTL_FAILED;
	res = is_same ? 0 : tandem_group_file_write(path, text);
	if (res < 0) {
		tandem_ctl_say("%s cannot be written: %s", shown, spa_strerror(res));
		return TANDEM_CTL_FAILED;
	}
	printf("%s: %s plays left, %s right%s\n", shown, g->speakers[0].name,
			g->speakers[1].name, is_same ? ", as it was" : "");
	if (!o->no_restart)
		restart();
	return TANDEM_CTL_DONE;
}

static int group(const struct tandem_ctl_command *c, const struct options *o, char *who[2])
{
	struct tandem_group_file g;
	g_autoptr(GPtrArray) boxes = NULL;
	int status;

	if (!read_names(c, o, &g))
		return TANDEM_CTL_WRONG_USE;
	boxes = tandem_boxes_look(NULL);
	if (!boxes)
		return TANDEM_CTL_ABSENT;
	status = read_speakers(c, o, boxes, who, &g);
	return status == TANDEM_CTL_DONE ? write_group(&g, o) : status;
}

int tandem_ctl_group(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv))
		status = group(c, &o, argv);
	tandem_ctl_options_finish(c, &o);
	return status;
}

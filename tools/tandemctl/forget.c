/* SPDX-License-Identifier: MIT
 *
 * tandemctl forget: what Tandem remembers of a speaker, or of all, is taken out of its
 * files (module/memory.h), while no Tandem runs that would write it again.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include <spa/utils/result.h>

#include "boxes.h"
#include "kept.h"
#include "learnt.h"
#include "memory.h"
#include "reach.h"
#include "tandemctl.h"

struct options {
	gboolean all;
};

const GOptionEntry tandem_ctl_forget_options[] = {
	{ "all", 'a', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, all),
			"All speakers, and what was set of the groups", NULL },
	{ NULL },
};

/* Each has an address at the beginning of its lines. */
static bool is_memory(const char *name)
{
	static const char *const kinds[] = { ".speakers", "." TANDEM_KEPT_KIND,
		"." TANDEM_LEARNT_KIND };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_str_has_suffix(name, kinds[i]))
			return true;
	}
	return false;
}

static bool is_about(const char *line, const char *address)
{
	const size_t length = strlen(address);

	return g_ascii_strncasecmp(line, address, length) == 0 &&
	       (line[length] == ' ' || line[length] == '\n' || line[length] == '\0');
}

/* The lines that are about others; the caller frees them. */
static char *keep_others(const char *text, const char *address)
{
	GString *kept = g_string_new(NULL);

	while (*text) {
		const char *end = strchr(text, '\n');
		const size_t length = end ? (size_t)(end - text) + 1 : strlen(text);

		if (!is_about(text, address))
			g_string_append_len(kept, text, (gssize)length);
		text += length;
	}
	return g_string_free(kept, FALSE);
}

/* address NULL: the whole file. 0: it says nothing of it; 1: it did; or a negative
 * errno. */
static int forget_in(const char *path, const char *address)
{
	g_autofree char *text = NULL;
	g_autofree char *kept = NULL;
	int res;

	if (!address)
		return g_unlink(path) < 0 ? -errno : 1;
	errno = EIO; /* where GLib fails without one */
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -errno;
	kept = keep_others(text, address);
	if (strcmp(kept, text) == 0)
		return 0;
	if (kept[0]) {
		res = tandem_memory_write_at(path, kept, strlen(kept));
	} else {
		res = g_unlink(path) < 0 ? -errno : 0;
	}
	return res < 0 ? res : 1;
}

/* who: for people. */
static int forget(const char *address, const char *who)
{
	char any[PATH_MAX];
	const bool is_place = tandem_memory_path(any, "any", "any") == 0;
	g_autofree char *folder = is_place ? g_path_get_dirname(any) : NULL;
	g_autoptr(GDir) dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
	const char *name;
	int status = TANDEM_CTL_DONE, n = 0;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		const int res = is_memory(name) ? forget_in(path, address) : 0;

		if (res < 0) {
			tandem_ctl_say("%s cannot be changed: %s", path, spa_strerror(res));
			status = TANDEM_CTL_FAILED;
		} else if (res > 0) {
			printf("%s: %s is forgotten\n", name, who);
			n++;
		}
	}
	if (n == 0 && status == TANDEM_CTL_DONE)
		printf("nothing is remembered of %s\n", who);
	return status;
}

static bool is_running(void)
{
	struct tandem_client *c = NULL;
	bool is_there;

	/* Without PipeWire there is no Tandem. */
	if (tandem_reach_try(&c) < 0)
		return false;
	is_there = tandem_client_has_tandem(c);
	tandem_reach_close(c);
	return is_there;
}

/* A name is one that BlueZ knows; an address may be of a speaker that has gone for ever. */
static int forget_speaker(const char *who)
{
	g_autoptr(GPtrArray) boxes = NULL;
	const struct tandem_box *box;

	if (tandem_memory_is_address(who))
		return forget(who, who);
	boxes = tandem_boxes_look(NULL);
	if (!boxes)
		return TANDEM_CTL_ABSENT;
	box = tandem_boxes_find(boxes, who);
	return box ? forget(box->address, box->name) : TANDEM_CTL_FAILED;
}

int tandem_ctl_forget(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };

	if (!tandem_ctl_parse(c, &o, &argc, &argv))
		return TANDEM_CTL_WRONG_USE;
	if (o.all == (argc == 1)) {
		return tandem_ctl_say_use(c, "%s: either a speaker or --all", c->name);
	}
	if (is_running()) {
		tandem_ctl_say("Tandem runs, and would write again what it knows: stop it "
			       "first: systemctl --user stop pipewire-tandem");
		return TANDEM_CTL_FAILED;
	}
	return o.all ? forget(NULL, "all") : forget_speaker(argv[0]);
}

/* SPDX-License-Identifier: MIT */
#include "reach.h"

#include <glib.h>
#include <string.h>

#include <spa/utils/result.h>

#include "tandemctl.h"

int tandem_reach_try(struct tandem_client **ret_client)
{
	int res;

	pw_init(NULL, NULL);
	res = tandem_client_new(ret_client);
	if (res < 0)
		pw_deinit();
	return res;
}

int tandem_reach_open(struct tandem_client **ret_client)
{
	const int res = tandem_reach_try(ret_client);

	if (res == 0)
		return TANDEM_CTL_DONE;
	tandem_ctl_say("PipeWire cannot be reached (%s): is it running? systemctl --user "
		       "start pipewire",
			spa_strerror(res));
	return TANDEM_CTL_ABSENT;
}

void tandem_reach_close(struct tandem_client *c)
{
	if (!c)
		return;
	tandem_client_free(c);
	pw_deinit();
}

int tandem_reach_tandem(struct tandem_client **ret_client)
{
	struct tandem_client *c;
	const int status = tandem_reach_open(&c);

	if (status != TANDEM_CTL_DONE)
		return status;
	if (tandem_client_node(c, TANDEM_CLIENT_TANDEM, 0)) {
		*ret_client = c;
		return TANDEM_CTL_DONE;
	}
	if (tandem_client_has_tandem(c)) {
		tandem_ctl_say("Tandem runs, and has no sink while no speaker is there: "
			       "switch one on");
	} else {
		tandem_ctl_say("Tandem is not running: start it: systemctl --user start "
			       "pipewire-tandem");
	}
	tandem_reach_close(c);
	return TANDEM_CTL_ABSENT;
}

/* "tandem, upstairs" */
static char *all_groups(const struct tandem_client *c)
{
	const struct tandem_client_node *node;
	GString *names = g_string_new(NULL);

	for (uint32_t i = 0; (node = tandem_client_node(c, TANDEM_CLIENT_TANDEM, i)); i++)
		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", node->name);
	return g_string_free(names, FALSE);
}

const struct tandem_client_node *tandem_reach_group(const struct tandem_client *c,
		const char *group)
{
	g_autofree char *names = all_groups(c);
	const struct tandem_client_node *node = NULL;

	if (group) {
		node = tandem_client_find(c, TANDEM_CLIENT_TANDEM, group);
		if (!node)
			tandem_ctl_say("there is no group %s: there is %s", group, names);
	} else if (tandem_client_node(c, TANDEM_CLIENT_TANDEM, 1)) {
		tandem_ctl_say("there are several groups (%s): say which by --group NAME",
				names);
	} else {
		node = tandem_client_node(c, TANDEM_CLIENT_TANDEM, 0);
	}
	return node;
}

static bool is_called(const struct tandem_client_node *sink, const char *label,
		const char *who)
{
	const char *address = tandem_client_speaker_row(sink, label, "address");
	const char *name = tandem_client_speaker_row(sink, label, "name");

	return strcmp(label, who) == 0 ||
	       (address && g_ascii_strcasecmp(address, who) == 0) ||
	       g_strcmp0(name, who) == 0;
}

/* The number of those who are meant; the last of them. With `names`, all are added. */
static uint32_t look_for(const struct tandem_client *c, const char *group, const char *who,
		struct tandem_reach_speaker *found, GString *names)
{
	struct tandem_reach_speaker at;
	uint32_t n = 0;

	for (uint32_t i = 0; (at.sink = tandem_client_node(c, TANDEM_CLIENT_TANDEM, i));
			i++) {
		if (group && tandem_client_find(c, TANDEM_CLIENT_TANDEM, group) != at.sink)
			continue;
		for (uint32_t k = 0; tandem_client_label(at.sink, k, at.label); k++) {
			char text[TANDEM_REACH_NAME_SIZE];

			tandem_reach_describe(at.sink, at.label, text);
			g_string_append_printf(names, "%s%s", names->len ? "; " : "", text);
			if (!is_called(at.sink, at.label, who))
				continue;
			*found = at;
			n++;
		}
	}
	return n;
}

bool tandem_reach_speaker(const struct tandem_client *c, const char *group, const char *who,
		struct tandem_reach_speaker *ret)
{
	g_autoptr(GString) names = g_string_new(NULL);
	struct tandem_reach_speaker found;
	uint32_t n;

	if (group && !tandem_reach_group(c, group))
		return false;
	n = look_for(c, group, who, &found, names);
	if (n == 0)
		tandem_ctl_say("there is no speaker %s: there is %s", who, names->str);
	if (n > 1) {
		tandem_ctl_say("more than one speaker is called %s (%s): say which by its "
			       "address, or by --group NAME",
				who, names->str);
	}
	if (n == 1)
		*ret = found;
	return n == 1;
}

/* Of that speaker; NULL: it has none, or the sink has gone. */
static const char *row(const struct tandem_client_node *sink, const char *label,
		const char *key)
{
	return sink ? tandem_client_speaker_row(sink, label, key) : NULL;
}

void tandem_reach_describe(const struct tandem_client_node *sink, const char *label,
		char text[TANDEM_REACH_NAME_SIZE])
{
	const char *name = row(sink, label, "name");
	const char *address = row(sink, label, "address");
	const char *who = name && name[0] ? name : address ? address : "";

	snprintf(text, TANDEM_REACH_NAME_SIZE, "%s%s%s", label, who[0] ? ", " : "", who);
}

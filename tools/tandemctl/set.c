/* SPDX-License-Identifier: MIT
 *
 * tandemctl layout, swap, delay, gain, mute: one live setting each.
 */
#include <string.h>

#include "change.h"
#include "reach.h"
#include "set.h"
#include "tandemctl.h"

const GOptionEntry tandem_ctl_set_options[] = {
	{ "group", 'g', 0, G_OPTION_ARG_FILENAME,
			TANDEM_CTL_AT(struct tandem_ctl_set, group),
			TANDEM_REACH_GROUP_HELP, "NAME" },
	{ NULL },
};

static int make(struct tandem_client *c, const struct tandem_client_node *sink,
		const char *key, const char *value, const char *unit)
{
	/* The sink may have gone when it is done. */
	g_autofree char *name = g_strdup(sink->name);
	const int status = tandem_change_make(c, sink, key, value);

	if (status == TANDEM_CTL_DONE) {
		printf("%s: %s is now %s%s%s\n", name, key, value, unit[0] ? " " : "",
				unit);
	}
	return status;
}

/* value NULL: the other of true and false than now. */
static int set_group(const char *group, const char *key, const char *value)
{
	const struct tandem_client_node *sink;
	struct tandem_client *c;
	int status = tandem_reach_tandem(&c);

	if (status != TANDEM_CTL_DONE)
		return status;
	sink = tandem_reach_group(c, group);
	if (sink && !value) {
		value = g_strcmp0(tandem_client_row(sink, key), "true") == 0 ? "false"
									     : "true";
	}
	status = sink ? make(c, sink, key, value, "") : TANDEM_CTL_FAILED;
	tandem_reach_close(c);
	return status;
}

static int set_speaker(const char *group, const char *who, const char *setting,
		const char *value, const char *unit)
{
	struct tandem_reach_speaker speaker;
	struct tandem_client *c;
	int status = tandem_reach_tandem(&c);

	if (status != TANDEM_CTL_DONE)
		return status;
	status = TANDEM_CTL_FAILED;
	if (tandem_reach_speaker(c, group, who, &speaker)) {
		g_autofree char *key =
				g_strdup_printf("speaker.%s.%s", speaker.label, setting);

		status = make(c, speaker.sink, key, value, unit);
	}
	tandem_reach_close(c);
	return status;
}

int tandem_ctl_layout(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct tandem_ctl_set o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv))
		status = set_group(o.group, "tandem.layout", argv[0]);
	tandem_ctl_options_finish(c, &o);
	return status;
}

int tandem_ctl_swap(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct tandem_ctl_set o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;
	bool on = false;

	if (tandem_ctl_parse(c, &o, &argc, &argv) &&
			(argc == 0 || tandem_ctl_parse_switch(c, argv[0], &on))) {
		status = set_group(o.group, "tandem.swap",
				argc == 0 ? NULL
				: on      ? "true"
					  : "false");
	}
	tandem_ctl_options_finish(c, &o);
	return status;
}

static int set_number(const struct tandem_ctl_command *c, int argc, char *argv[],
		const char *setting, const char *unit)
{
	struct tandem_ctl_set o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;
	double value;

	if (tandem_ctl_parse(c, &o, &argc, &argv)) {
		if (tandem_client_number(argv[1], &value)) {
			status = set_speaker(o.group, argv[0], setting, argv[1], unit);
		} else {
			tandem_ctl_say_use(c, "%s: a number of %s, like 12.5, not \"%s\"",
					c->name, unit, argv[1]);
		}
	}
	tandem_ctl_options_finish(c, &o);
	return status;
}

int tandem_ctl_delay(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	return set_number(c, argc, argv, "delay-ms", "ms");
}

int tandem_ctl_gain(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	return set_number(c, argc, argv, "gain-db", "dB");
}

int tandem_ctl_mute(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct tandem_ctl_set o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;
	bool on = true;

	if (tandem_ctl_parse(c, &o, &argc, &argv) &&
			(argc == 1 || tandem_ctl_parse_switch(c, argv[1], &on)))
		status = set_speaker(o.group, argv[0], "mute", on ? "true" : "false", "");
	tandem_ctl_options_finish(c, &o);
	return status;
}

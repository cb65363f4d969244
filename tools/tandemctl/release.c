/* SPDX-License-Identifier: MIT
 *
 * tandemctl release: a speaker becomes the desktop's own while Tandem goes on, and is taken
 * back. Tandem does it (module/roster-away.c); here it is waited for.
 */
#include <string.h>

#include "change.h"
#include "reach.h"
#include "set.h"
#include "tandemctl.h"

/* Its stream ends, and its link 2 s later; BlueZ gives up after 10 s. */
#define LEAVE_MS 12000

struct waiting {
	uint32_t id;
	const char *label;
};

/* In these Tandem has no stream of it. */
static bool has_left(struct tandem_client *c, void *data)
{
	const struct waiting *w = data;
	const struct tandem_client_node *sink = tandem_client_at(c, w->id);
	const char *state =
			sink ? tandem_client_speaker_row(sink, w->label, "state") : NULL;

	/* The last one of a group takes the sink with it. */
	return !sink || g_strcmp0(state, "known") == 0 || g_strcmp0(state, "absent") == 0;
}

static int release(struct tandem_client *c, const struct tandem_reach_speaker *s, bool on)
{
	g_autofree char *key = g_strdup_printf("speaker.%s.release", s->label);
	struct waiting w = { s->sink->id, s->label };
	char who[TANDEM_REACH_NAME_SIZE];
	int status;

	tandem_reach_describe(s->sink, s->label, who);
	status = tandem_change_make(c, s->sink, key, on ? "true" : "false");
	if (status != TANDEM_CTL_DONE)
		return status;
	if (!on) {
		printf("%s: Tandem takes it back\n", who);
		return TANDEM_CTL_DONE;
	}
	if (!tandem_client_wait(c, has_left, &w, LEAVE_MS)) {
		tandem_ctl_say("%s: its stream has not ended within %d s", who,
				LEAVE_MS / 1000);
		return TANDEM_CTL_FAILED;
	}
	printf("%s: is left to the desktop; tandemctl release %s off takes it back\n", who,
			s->label);
	return TANDEM_CTL_DONE;
}

int tandem_ctl_release(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct tandem_ctl_set o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;
	struct tandem_reach_speaker speaker;
	struct tandem_client *client;
	bool on = true;

	if (tandem_ctl_parse(c, &o, &argc, &argv) &&
			(argc == 1 || tandem_ctl_parse_switch(c, argv[1], &on)))
		status = tandem_reach_tandem(&client);
	if (status == TANDEM_CTL_DONE) {
		status = tandem_reach_speaker(client, o.group, argv[0], &speaker)
					 ? release(client, &speaker, on)
					 : TANDEM_CTL_FAILED;
		tandem_reach_close(client);
	}
	tandem_ctl_options_finish(c, &o);
	return status;
}

/* SPDX-License-Identifier: MIT
 *
 * tandemctl identify: which box is which. Each beeps while all others are mute, and the
 * terminal says who it should be:
 *
 *     left, Kitchen: plays FL; beeps once
 *     right, Bath: plays FR; beeps twice
 */
#include <glib.h>
#include <string.h>

#include "reach.h"
#include "sounding.h"
#include "tandemctl.h"

#define EVERY_S 0.35 /* from beep to beep; chosen: easily counted */

struct options {
	char *group;
};

const GOptionEntry tandem_ctl_identify_options[] = {
	{ "group", 'g', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, group),
			TANDEM_REACH_GROUP_HELP, "NAME" },
	{ NULL },
};

/* What is heard tells the channel: one for left, two for right, or the place. */
static uint32_t beeps_of(const struct tandem_reach_speaker *speaker, uint32_t index)
{
	const char *plays =
			tandem_client_speaker_row(speaker->sink, speaker->label, "plays");

	if (g_strcmp0(plays, "FL") == 0)
		return 1;
	return g_strcmp0(plays, "FR") == 0 ? 2 : index + 1;
}

static void tell(const struct tandem_reach_speaker *speaker, uint32_t beeps)
{
	const char *plays =
			tandem_client_speaker_row(speaker->sink, speaker->label, "plays");
	char name[TANDEM_REACH_NAME_SIZE];

	tandem_reach_describe(speaker->sink, speaker->label, name);
	printf("%s: plays %s; beeps ", name, plays ? plays : "nothing");
	if (beeps > 2) {
		printf("%u times\n", beeps);
	} else {
		printf("%s\n", beeps == 2 ? "twice" : "once");
	}
	fflush(stdout);
}

static int beep(struct tandem_sounding *s, const char *label, uint32_t index)
{
	struct tandem_reach_speaker speaker;
	struct tandem_piece *piece;
	uint32_t beeps;
	int status;

	if (!tandem_sounding_has(s, label))
		return TANDEM_CTL_FAILED;
	status = tandem_sounding_mute_all_but(s, label, label);
	speaker.sink = tandem_sounding_sink(s);
	if (status != TANDEM_CTL_DONE || !speaker.sink)
		return TANDEM_CTL_FAILED;
	g_strlcpy(speaker.label, label, sizeof(speaker.label));
	beeps = beeps_of(&speaker, index);
	tell(&speaker, beeps);
	piece = tandem_piece_new(EVERY_S * beeps);
	for (uint32_t k = 0; k < beeps; k++)
		tandem_piece_beep(piece, EVERY_S * k);
	status = tandem_sounding_play(s, piece);
	tandem_piece_free(piece);
	return status;
}

/* One after the other; only: this one alone, "": all of them. */
static int identify(struct tandem_sounding *s, const char *only)
{
	char label[TANDEM_CLIENT_LABEL_SIZE];
	int status = TANDEM_CTL_DONE;

	for (uint32_t i = 0; !tandem_sounding_is_over(s); i++) {
		if (!tandem_client_label(tandem_sounding_sink(s), i, label))
			break;
		if (only[0] && strcmp(only, label) != 0)
			continue;
		if (beep(s, label, i) != TANDEM_CTL_DONE)
			status = TANDEM_CTL_FAILED;
	}
	return status;
}

static int run(const struct options *o, const char *who)
{
	char label[TANDEM_CLIENT_LABEL_SIZE];
	struct tandem_sounding *s;
	int status = tandem_sounding_open(&s, o->group, who, label);

	if (status != TANDEM_CTL_DONE)
		return status;
	status = tandem_sounding_start(s);
	if (status == TANDEM_CTL_DONE)
		status = identify(s, label);
	return tandem_sounding_close(s, status);
}

int tandem_ctl_identify(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv))
		status = run(&o, argc > 0 ? argv[0] : NULL);
	tandem_ctl_options_finish(c, &o);
	return status;
}

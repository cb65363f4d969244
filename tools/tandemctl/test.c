/* SPDX-License-Identifier: MIT
 *
 * tandemctl test: two sounds that tell a listener whether the pair is one.
 *
 *     ticks   left  |    |    |      the same instant on both: one tick, or two
 *             right |    |    |
 *     sweep   pink noise, left ---> right ---> left, as evenly as the pair is alike
 */
#include <glib.h>
#include <string.h>

#include "reach.h"
#include "sounding.h"
#include "tandemctl.h"

#define TICKS 8
#define TICK_S 1.0 /* longer than any pair is apart, so that no two ticks can be mixed up */
#define SWEEP_S 12.0

struct options {
	char *group;
	gboolean ticks, sweep;
};

const GOptionEntry tandem_ctl_test_options[] = {
	{ "group", 'g', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, group),
			TANDEM_REACH_GROUP_HELP, "NAME" },
	{ "ticks", 't', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, ticks),
			"Only the ticks", NULL },
	{ "sweep", 's', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, sweep),
			"Only the sweep", NULL },
	{ NULL },
};

static int play(struct tandem_sounding *s, struct tandem_piece *piece, const char *heard)
{
	int status;

	puts(heard);
	fflush(stdout);
	status = tandem_sounding_play(s, piece);
	tandem_piece_free(piece);
	return status;
}

static const char ticks_text[] =
		"ticks: eight, each at the same instant on all speakers\n"
		"  One tick from the middle between them: they are in time.\n"
		"  Two, or one from the side: tandemctl calibrate";
static const char sweep_text[] =
		"sweep: noise from left to right and back\n"
		"  Evenly through the middle, equally loud, of one colour: a pair.\n"
		"  It starts at the right: tandemctl swap\n"
		"  It leaps across the middle, or is hollow there: tandemctl calibrate\n"
		"  It stays at one side: tandemctl gain";

static int play_ticks(struct tandem_sounding *s)
{
	struct tandem_piece *piece = tandem_piece_new(TICKS * TICK_S);

	for (uint32_t channel = 0; channel < 2; channel++) {
		for (int k = 0; k < TICKS; k++)
			tandem_piece_click(piece, channel, (k + 0.5) * TICK_S);
	}
	return play(s, piece, ticks_text);
}

static int play_sweep(struct tandem_sounding *s)
{
	const char *layout = tandem_client_row(tandem_sounding_sink(s), "tandem.layout");
	struct tandem_piece *piece;

	if (g_strcmp0(layout, "party") == 0 || g_strcmp0(layout, "mono") == 0) {
		tandem_ctl_say("no sweep: in the layout %s all speakers play the same; "
			       "try it after tandemctl layout stereo",
				layout);
		return TANDEM_CTL_FAILED;
	}
	piece = tandem_piece_new(SWEEP_S);
	tandem_piece_sweep(piece);
	return play(s, piece, sweep_text);
}

static int run(const struct options *o)
{
	const bool both = !o->ticks && !o->sweep;
	char label[TANDEM_CLIENT_LABEL_SIZE];
	struct tandem_sounding *s;
	int status = tandem_sounding_open(&s, o->group, NULL, label);

	if (status != TANDEM_CTL_DONE)
		return status;
	status = tandem_sounding_start(s);
	for (uint32_t i = 0; status == TANDEM_CTL_DONE &&
			     tandem_client_label(tandem_sounding_sink(s), i, label);
			i++) {
		if (!tandem_sounding_has(s, label))
			status = TANDEM_CTL_FAILED;
	}
	if (status == TANDEM_CTL_DONE && (o->ticks || both))
		status = play_ticks(s);
	if (status == TANDEM_CTL_DONE && (o->sweep || both))
		status = play_sweep(s);
	return tandem_sounding_close(s, status);
}

int tandem_ctl_test(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv))
		status = run(&o);
	tandem_ctl_options_finish(c, &o);
	return status;
}

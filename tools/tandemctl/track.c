/* SPDX-License-Identifier: MIT
 *
 * tandemctl track: keeps listening to the music itself.
 *
 *   finding --> HEARD: told to Tandem --> state of the speaker, said when it changes
 *           '-> else: nothing is told; Tandem holds what it has learnt
 */
#include <string.h>

#include "hear-say.h"
#include "hear.h"
#include "interrupt.h"
#include "json.h"
#include "prelude.h"
#include "reach.h"
#include "tandemctl.h"
#include "turns.h"

/* Music has pauses: a verdict is said when it has lasted. Chosen. */
#define LASTS 5
#define QUIET 1e-4 /* -80 dBFS, below which the ear finds nothing */
#define CLOSE_S 20 /* longer than between two songs; chosen */
#define MOST_SECONDS 1e9

struct options {
	char *group, *source;
	double seconds;
	gboolean json, wait;
};

const GOptionEntry tandem_ctl_track_options[] = {
	{ "source", 's', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, source),
			"Which microphone listens; without it, the desktop's own", "NAME" },
	{ "group", 'g', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, group),
			TANDEM_REACH_GROUP_HELP, "NAME" },
	{ "seconds", 0, 0, G_OPTION_ARG_DOUBLE, TANDEM_CTL_AT(struct options, seconds),
			"End after so long; without it, by Ctrl-C", "N" },
	{ "wait", 'w', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, wait),
			"Wait for a Tandem sink, where there is none yet", NULL },
	{ "json", 0, 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, json),
			"Each finding as one line, for programs", NULL },
	{ NULL },
};

struct state {
	bool is_said;
	enum tandem_ear_verdict said, last;
	uint32_t lasts; /* findings with the last verdict */
};

struct track {
	const struct options *options;
	struct tandem_client *client;
	struct tandem_hear *hear;
	bool is_over;
	struct tandem_prelude prelude;
	bool is_open; /* the microphone */
	bool wants_change;
	int64_t sounded_us; /* CLOCK_MONOTONIC: when something was played last */
	enum tandem_listen_state state;
	struct state of[TANDEM_MAX_SPEAKERS];
};

static const char *describe(const struct track *t, uint32_t i)
{
	const struct tandem_hear_speaker *of;

	return i < tandem_hear_speakers(t->hear, &of) ? of[i].label : "";
}

static void say_state(struct track *t, uint32_t i)
{
	struct state *const s = &t->of[i];

	s->is_said = true;
	s->said = s->last;
	switch (s->said) {
	case TANDEM_EAR_HEARD:
		tandem_ctl_say("%s: heard%s", describe(t, i),
				t->prelude.is_over ? ", and told to Tandem"
						   : "; told when all that play are");
		break;
	case TANDEM_EAR_QUIET:
		tandem_ctl_say("%s: plays nothing; Tandem holds what it has learnt",
				describe(t, i));
		break;
	case TANDEM_EAR_ALIKE:
		tandem_ctl_say("%s: plays the same as another one, so nobody can tell them "
			       "apart: layout stereo can be tracked, party and mono cannot",
				describe(t, i));
		break;
	case TANDEM_EAR_NOISY:
	case TANDEM_EAR_ECHO:
		tandem_ctl_say("%s %s; Tandem holds what it has learnt", describe(t, i),
				tandem_hear_say_verdict(s->said));
		break;
	}
}

static void note(struct track *t, uint32_t i, enum tandem_ear_verdict verdict)
{
	struct state *const s = &t->of[i];

	s->lasts = s->last == verdict && s->lasts > 0 ? s->lasts + 1 : 1;
	s->last = verdict;
	if (s->is_said && s->said == verdict)
		return;
	if (verdict == TANDEM_EAR_HEARD || s->lasts >= LASTS)
		say_state(t, i);
}

static void put(const struct track *t, const struct tandem_hear_finding *f, uint32_t n)
{
	struct tandem_json j = { .is_inline = true };

	tandem_json_open(&j, NULL, '{');
	tandem_json_double(&j, "at-s", (double)f->at_ns / 1e9, 4);
	tandem_json_open(&j, "speakers", '[');
	for (uint32_t i = 0; i < n; i++) {
		tandem_json_open(&j, NULL, '{');
		tandem_json_text(&j, "label", describe(t, i));
		tandem_json_text(&j, "verdict",
				tandem_ear_verdict_name(f->ear.of[i].verdict));
		if (f->ear.of[i].verdict == TANDEM_EAR_HEARD) {
			tandem_json_double(&j, "late-ms", tandem_hear_late_ms(f, i), 4);
			tandem_json_double(&j, "sigma-ms", tandem_hear_sigma_ms(f, i), 4);
		}
		tandem_json_close(&j);
	}
	tandem_json_close(&j);
	tandem_json_close(&j);
	fflush(stdout);
}

static void on_finding(void *data, const struct tandem_hear_finding *f)
{
	struct track *const t = data;
	const struct tandem_hear_speaker *of;
	const uint32_t n = tandem_hear_speakers(t->hear, &of);
	const bool was_over = t->prelude.is_over;

	tandem_prelude_take(&t->prelude, t->hear, f);
	if (t->prelude.is_over != was_over) /* say so */
		memset(t->of, 0, sizeof(t->of));
	for (uint32_t i = 0; i < n; i++)
		note(t, i, f->ear.of[i].verdict);
	if (t->options->json)
		put(t, f, n);
}

static void on_news(void *data, const struct tandem_listen_news *news)
{
	struct track *const t = data;
	const bool lost = t->state == TANDEM_LISTEN_HEARS;

	t->state = news->state;
	tandem_hear_say_news(news, t->options->source);
	if (lost && news->state == TANDEM_LISTEN_NO_SOURCE) {
		tandem_ctl_say("the microphone is gone: Tandem holds what it has learnt, "
			       "and this waits for it to come back");
	}
	if (news->state == TANDEM_LISTEN_CLOSED)
		tandem_ctl_say("the microphone is closed until music plays again");
	t->is_over |= news->state == TANDEM_LISTEN_BROKEN;
	memset(t->of, 0, sizeof(t->of));
	memset(&t->prelude, 0, sizeof(t->prelude));
}

static void set_open(struct track *t, bool is_open)
{
	t->wants_change |= t->is_open != is_open;
	t->is_open = is_open;
}

/* The microphone is open only while there is something to be heard. */
static void on_levels(void *data, const struct tandem_hear_levels *l)
{
	struct track *const t = data;

	if (l->given <= QUIET)
		return;
	t->sounded_us = g_get_monotonic_time();
	set_open(t, true);
}

/* While the sink is idle, not even silence comes. */
static void on_tick(void *data, uint64_t expirations)
{
	struct track *const t = data;

	(void)expirations;
	if (g_get_monotonic_time() - t->sounded_us > CLOSE_S * G_USEC_PER_SEC)
		set_open(t, false);
}

static const struct tandem_hear_events hear_events = {
	.finding = on_finding,
	.levels = on_levels,
	.news = on_news,
};

static void on_interrupt(void *data, int number)
{
	struct track *const t = data;

	(void)number;
	t->is_over = true;
}

/* What may not be done from within the events of what it changes. */
static bool is_over(struct tandem_client *c, void *data)
{
	struct track *const t = data;

	(void)c;
	if (t->wants_change) {
		t->wants_change = false;
		tandem_hear_open(t->hear, t->is_open);
	}
	return t->is_over;
}

static int listen(struct track *t, const char *sink)
{
	struct pw_loop *const loop = tandem_client_loop(t->client);
	struct tandem_interrupt interrupt = { 0 };
	const double s = t->options->seconds;
	struct timespec second = { .tv_sec = 1 };
	struct spa_source *const timer = pw_loop_add_timer(loop, on_tick, t);
	int res;

	pw_loop_update_timer(loop, timer, &second, &second, false);
	tandem_interrupt_watch(&interrupt, loop, on_interrupt, t);
	res = tandem_hear_new(&t->hear, t->client, sink, t->options->source, &hear_events,
			t);

	if (res == 0) {
		tandem_hear_begin(t->hear, TANDEM_EAR_MUSIC_HOP_S,
				TANDEM_EAR_MUSIC_WINDOW_S);
		tandem_client_wait(t->client, is_over, t, s > 0.0 ? (int)(s * 1e3) : -1);
		tandem_hear_free(t->hear);
	}
	tandem_interrupt_unwatch(&interrupt);
	pw_loop_destroy_source(loop, timer);
	return res;
}

static int track(struct tandem_client *client, const struct options *o)
{
	const struct tandem_client_node *const sink = tandem_reach_group(client, o->group);
	struct track t = { .options = o,
		.client = client,
		.is_open = true,
		.sounded_us = g_get_monotonic_time() };
	g_autofree char *name = NULL;

	if (!sink)
		return TANDEM_CTL_FAILED;
	name = g_strdup(sink->name);
	if (listen(&t, name) < 0 || t.state == TANDEM_LISTEN_BROKEN)
		return TANDEM_CTL_FAILED;
	if (!tandem_client_is_gone(client))
		return TANDEM_CTL_DONE;
	tandem_ctl_say("PipeWire has ended");
	return TANDEM_CTL_FAILED;
}

static bool has_group(struct tandem_client *c, void *data)
{
	const struct options *const o = data;

	return o->group ? tandem_client_find(c, TANDEM_CLIENT_TANDEM, o->group) != NULL
			: tandem_client_node(c, TANDEM_CLIENT_TANDEM, 0) != NULL;
}

/* Signals end it as they end any program meanwhile: nothing has been changed yet. */
static int reach(struct tandem_client **ret_client, struct options *o)
{
	int status;

	if (!o->wait) {
		tandem_interrupt_block();
		return tandem_reach_tandem(ret_client);
	}
	status = tandem_reach_open(ret_client);
	if (status == TANDEM_CTL_DONE)
		tandem_client_wait(*ret_client, has_group, o, -1);
	return status;
}

int tandem_ctl_track(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { 0 };
	struct tandem_client *client;
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv)) {
		if (o.seconds < 0.0 || o.seconds > MOST_SECONDS) {
			tandem_ctl_say_use(c, "%s: --seconds: above 0", c->name);
		} else {
			status = reach(&client, &o);
		}
	}
	if (status == TANDEM_CTL_DONE) {
		status = track(client, &o);
		tandem_reach_close(client);
	}
	tandem_ctl_options_finish(c, &o);
	return status;
}

/* SPDX-License-Identifier: MIT
 *
 * tandemctl calibrate: listens once with a microphone.
 */
#include "calibrate.h"

#include <math.h>
#include <string.h>

#include "borrowed.h"
#include "by-ear.h"
#include "change.h"
#include "interrupt.h"
#include "reach.h"
#include "tandemctl.h"

#define SECONDS 15.0 /* of listening; the first figures come after 2 */
#define LEAST_SECONDS 5.0
#define MOST_SECONDS 120.0

struct options {
	char *group, *source;
	double seconds;
	gboolean by_ear, level, polarity, yes, json, dry_run;
};

const GOptionEntry tandem_ctl_calibrate_options[] = {
	{ "source", 's', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, source),
			"Which microphone listens; without it, the desktop's own", "NAME" },
	{ "by-ear", 'e', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, by_ear),
			"Without a microphone, by answers to clicks", NULL },
	{ "group", 'g', 0, G_OPTION_ARG_FILENAME, TANDEM_CTL_AT(struct options, group),
			TANDEM_REACH_GROUP_HELP, "NAME" },
	{ "seconds", 0, 0, G_OPTION_ARG_DOUBLE, TANDEM_CTL_AT(struct options, seconds),
			"The most to listen for, 5 to 120; 15 without it", "N" },
	{ "level", 0, 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, level),
			"Turn the louder speaker down to match, by 6 dB at most", NULL },
	{ "polarity", 0, 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, polarity),
			"Turn a speaker round that pulls where the other pushes", NULL },
	{ "yes", 'y', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, yes),
			"Both of these, without asking", NULL },
	{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, dry_run),
			"Listen and tell, but change nothing", NULL },
	{ "json", 0, 0, G_OPTION_ARG_NONE, TANDEM_CTL_AT(struct options, json),
			"The result for programs", NULL },
	{ NULL },
};

struct calibration {
	const struct options *options;
	struct tandem_client *client;
	char *sink; /* its node name */
	struct tandem_take_result result;
	struct tandem_remedy remedies[TANDEM_MAX_SPEAKERS];
};

static bool needs(const struct calibration *k, bool level)
{
	for (uint32_t i = 0; i < k->result.n; i++) {
		if (level ? !isnan(k->remedies[i].gain_db) : k->remedies[i].turns_round)
			return true;
	}
	return false;
}

static bool is_wished(const struct calibration *k, bool level, const char *question)
{
	const struct options *const o = k->options;

	if (o->dry_run || !needs(k, level))
		return false;
	return o->yes || (level ? o->level : o->polarity) ||
	       (!o->json && tandem_ctl_ask(question));
}

static int change(struct calibration *k, uint32_t i, const char *setting, const char *value)
{
	const struct tandem_client_node *const sink =
			tandem_client_find(k->client, TANDEM_CLIENT_TANDEM, k->sink);
	g_autofree char *key =
			g_strdup_printf("speaker.%s.%s", k->result.of[i].label, setting);

	int status;

	if (!sink) {
		tandem_ctl_say("%s: the sink has gone meanwhile", key);
		return TANDEM_CTL_FAILED;
	}
	status = tandem_change_make(k->client, sink, key, value);
	if (status == TANDEM_CTL_DONE && !k->options->json)
		printf("%s is now %s\n", key, value);
	return status;
}

static int match_level(struct calibration *k)
{
	int status = TANDEM_CTL_DONE;

	for (uint32_t i = 0; i < k->result.n && status == TANDEM_CTL_DONE; i++) {
		char value[G_ASCII_DTOSTR_BUF_SIZE];

		if (isnan(k->remedies[i].gain_db))
			continue;
		g_ascii_formatd(value, sizeof(value), "%.1f", k->remedies[i].gain_db);
		status = change(k, i, "gain-db", value);
	}
	return status;
}

static int match_polarity(struct calibration *k)
{
	int status = TANDEM_CTL_DONE;

	for (uint32_t i = 0; i < k->result.n && status == TANDEM_CTL_DONE; i++) {
		const struct tandem_client_node *const sink = tandem_client_find(k->client,
				TANDEM_CLIENT_TANDEM, k->sink);
		const char *now = sink ? tandem_client_speaker_row(sink,
							 k->result.of[i].label, "invert")
				       : NULL;

		if (k->remedies[i].turns_round) {
			status = change(k, i, "invert",
					g_strcmp0(now, "true") == 0 ? "false" : "true");
		}
	}
	return status;
}

/* What was told counts until its stream ends, and is too little for Tandem to keep. */
static bool say_forgotten(const struct calibration *k,
		const struct tandem_client_node *sink)
{
	char name[TANDEM_REACH_NAME_SIZE];
	bool any = false;

	for (uint32_t i = 0; i < k->result.n; i++) {
		if (!k->result.of[i].is_forgotten)
			continue;
		any = true;
		tandem_reach_describe(sink, k->result.of[i].label, name);
		tandem_ctl_say("%s is in time now, but was not heard often enough for "
			       "Tandem to remember it: calibrate again, in a quieter room "
			       "or with more --seconds",
				name);
	}
	return any;
}

static int finish(struct calibration *k)
{
	const struct tandem_client_node *sink =
			tandem_client_find(k->client, TANDEM_CLIENT_TANDEM, k->sink);
	bool forgets, level, polarity;
	int status = TANDEM_CTL_DONE;

	if (!sink) {
		tandem_ctl_say("the Tandem sink has gone");
		return TANDEM_CTL_FAILED;
	}
	tandem_remedies_find(&k->result, sink, k->remedies);
	if (!k->options->json)
		tandem_calibrate_tell(&k->result, sink, k->remedies);
	fflush(stdout);
	forgets = !k->options->dry_run && say_forgotten(k, sink);
	level = is_wished(k, true, "match the levels?");
	polarity = is_wished(k, false, "match the polarity?");
	if (level)
		status = match_level(k);
	if (polarity && status == TANDEM_CTL_DONE)
		status = match_polarity(k);
	sink = tandem_client_find(k->client, TANDEM_CLIENT_TANDEM, k->sink);
	if (k->options->json && sink)
		tandem_calibrate_tell_json(&k->result, sink, k->remedies, level, polarity);
	return status == TANDEM_CTL_DONE && forgets ? TANDEM_CTL_FAILED : status;
}

/* What a hand or an ear has set makes up for what was not known: it is now. */
static int end_delays(struct tandem_borrowed *delays)
{
	const struct tandem_client_node *sink =
			tandem_client_at(delays->client, delays->id);
	char label[TANDEM_CLIENT_LABEL_SIZE];
	int status = TANDEM_CTL_DONE;

	for (uint32_t i = 0; status == TANDEM_CTL_DONE && sink &&
			     tandem_client_label(sink, i, label);
			i++) {
		g_autofree char *key = g_strdup_printf("speaker.%s.delay-ms", label);
		const char *row = tandem_client_row(sink, key);
		double ms;

		if (!row || !tandem_client_number(row, &ms) || ms == 0.0)
			continue;
		tandem_ctl_say("%s has a delay of %g ms by hand, which ends: what is heard "
			       "takes its place",
				label, ms);
		status = tandem_borrowed_set(delays, key, "0");
		sink = tandem_client_at(delays->client, delays->id);
	}
	return status;
}

static int calibrate(struct tandem_client *client, const struct options *o)
{
	const struct tandem_client_node *const sink = tandem_reach_group(client, o->group);
	struct calibration k = { .options = o, .client = client };
	struct tandem_take_config config = {
		.client = client,
		.source = o->source,
		.seconds = o->seconds,
		.is_dry = o->dry_run,
	};
	struct tandem_borrowed delays = { .client = client };
	int status = TANDEM_CTL_DONE;

	if (!sink)
		return TANDEM_CTL_FAILED;
	delays.id = sink->id;
	config.sink = k.sink = g_strdup(sink->name);
	if (!o->dry_run)
		status = end_delays(&delays);
	if (status == TANDEM_CTL_DONE)
		status = tandem_take_run(&config, &k.result);
	if (status == TANDEM_CTL_DONE) {
		tandem_borrowed_keep(&delays);
		status = finish(&k);
	}
	tandem_borrowed_put_back(&delays);
	g_free(k.sink);
	return status;
}

static int listen(const struct tandem_ctl_command *c, const struct options *o, int argc)
{
	struct tandem_client *client;
	int status;

	if (argc > 0)
		return tandem_ctl_say_use(c, "%s: SPEAKER is for --by-ear", c->name);
	if (!(o->seconds >= LEAST_SECONDS && o->seconds <= MOST_SECONDS))
		return tandem_ctl_say_use(c, "%s: --seconds: 5 to 120", c->name);
	tandem_interrupt_block();
	status = tandem_reach_tandem(&client);
	if (status == TANDEM_CTL_DONE) {
		status = calibrate(client, o);
		tandem_reach_close(client);
	}
	return status;
}

int tandem_ctl_calibrate(const struct tandem_ctl_command *c, int argc, char *argv[])
{
	struct options o = { .seconds = SECONDS };
	int status = TANDEM_CTL_WRONG_USE;

	if (tandem_ctl_parse(c, &o, &argc, &argv)) {
		const struct tandem_by_ear_options by_ear = {
			.group = o.group,
			.who = argc > 0 ? argv[0] : NULL,
			.json = o.json,
		};

		status = o.by_ear ? tandem_by_ear(&by_ear) : listen(c, &o, argc);
	}
	tandem_ctl_options_finish(c, &o);
	return status;
}

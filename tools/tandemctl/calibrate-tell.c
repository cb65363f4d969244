/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "calibrate.h"
#include "ear.h"
#include "json.h"
#include "reach.h"

/* What people notice of loudness in a comparison; chosen: less is not worth a word. */
#define LEVEL_DB 1.0
#define MOST_DB 6.0 /* attenuated: more says that something else is wrong */
#define SURE 0.5    /* of the votes about a polarity; chosen */

static double setting(const struct tandem_client_node *sink, const char *label,
		const char *key)
{
	double value = 0.0;

	return tandem_client_number(tandem_client_speaker_row(sink, label, key), &value)
			       ? value
			       : 0.0;
}

/* One that all share is the microphone's, or nobody hears it. */
static bool is_odd(const struct tandem_take_result *r, uint32_t i)
{
	bool others_differ = false;

	for (uint32_t k = 0; k < r->n; k++)
		others_differ |= r->of[k].sum.votes_inverted < -SURE;
	return others_differ && r->of[i].sum.votes_inverted > SURE;
}

void tandem_remedies_find(const struct tandem_take_result *r,
		const struct tandem_client_node *sink, struct tandem_remedy remedies[])
{
	double softest_db = INFINITY;

	for (uint32_t i = 0; i < r->n; i++)
		softest_db = fmin(softest_db, r->of[i].sum.level_db);
	for (uint32_t i = 0; i < r->n; i++) {
		const double over_db = r->of[i].sum.level_db - softest_db;
		const double now_db = setting(sink, r->of[i].label, "gain-db");

		remedies[i].turns_round = is_odd(r, i);
		remedies[i].gain_db =
				over_db > LEVEL_DB ? now_db - fmin(MOST_DB, over_db) : NAN;
	}
}

static void tell_speaker(const struct tandem_take_speaker *s,
		const struct tandem_client_node *sink)
{
	char name[TANDEM_REACH_NAME_SIZE];

	tandem_reach_describe(sink, s->label, name);
	printf("%s: heard %.2f ms after it was played, +- %.2f ms; level %+.1f dB; tone",
			name, s->sum.late_ms, s->sum.sigma_ms, s->sum.level_db);
	for (int band = 0; band < TANDEM_EAR_BANDS; band++)
		printf(" %+.0f", s->sum.tone_db[band]);
	printf(" dB; polarity %s\n", fabs(s->sum.votes_inverted) < SURE ? "not clear"
				     : s->sum.votes_inverted > 0.0      ? "turned round"
									: "as sent");
}

static void tell_remedies(const struct tandem_take_result *r,
		const struct tandem_remedy remedies[])
{
	for (uint32_t i = 0; i < r->n; i++) {
		const char *const label = r->of[i].label;

		if (!isnan(remedies[i].gain_db)) {
			printf("%s is louder than the other: gain-db %.1f would match it\n",
					label, remedies[i].gain_db);
		}
		if (remedies[i].turns_round) {
			printf("%s pushes where the other pulls: invert would right "
			       "it\n",
					label);
		}
	}
}

void tandem_calibrate_tell(const struct tandem_take_result *r,
		const struct tandem_client_node *sink,
		const struct tandem_remedy remedies[])
{
	for (uint32_t i = 0; i < r->n; i++)
		tell_speaker(&r->of[i], sink);
	if (r->n > 1) {
		printf("at the microphone they were %.2f ms apart, and are %.2f ms now, "
		       "+- %.2f ms\n",
				r->skew_before_ms, r->skew_ms, r->skew_sigma_ms);
	}
	tell_remedies(r, remedies);
}

static void put_speaker(struct tandem_json *j, const struct tandem_take_speaker *s,
		const struct tandem_client_node *sink)
{
	tandem_json_open(j, NULL, '{');
	tandem_json_text(j, "label", s->label);
	tandem_json_text(j, "name", tandem_client_speaker_row(sink, s->label, "name"));
	tandem_json_text(j, "address",
			tandem_client_speaker_row(sink, s->label, "address"));
	tandem_json_double(j, "before-ms", s->before.late_ms, 4);
	tandem_json_double(j, "late-ms", s->sum.late_ms, 4);
	tandem_json_double(j, "sigma-ms", s->sum.sigma_ms, 4);
	tandem_json_bool(j, "remembered", !s->is_forgotten);
	tandem_json_double(j, "level-db", s->sum.level_db, 2);
	tandem_json_double(j, "snr-db", s->sum.snr_db, 1);
	tandem_json_double(j, "coherence", s->sum.coherence, 3);
	tandem_json_bool(j, "inverted", s->sum.votes_inverted > 0.0);
	tandem_json_double(j, "polarity-quality", fabs(s->sum.votes_inverted), 2);
	tandem_json_open(j, "tone-db", '[');
	for (int band = 0; band < TANDEM_EAR_BANDS; band++)
		tandem_json_double(j, NULL, s->sum.tone_db[band], 1);
	tandem_json_close(j);
	tandem_json_close(j);
}

static void put_remedies(struct tandem_json *j, const struct tandem_take_result *r,
		const struct tandem_remedy remedies[])
{
	tandem_json_open(j, "advice", '[');
	for (uint32_t i = 0; i < r->n; i++) {
		if (isnan(remedies[i].gain_db) && !remedies[i].turns_round)
			continue;
		tandem_json_open(j, NULL, '{');
		tandem_json_text(j, "label", r->of[i].label);
		if (!isnan(remedies[i].gain_db))
			tandem_json_double(j, "gain-db", remedies[i].gain_db, 1);
		tandem_json_bool(j, "turn-round", remedies[i].turns_round);
		tandem_json_close(j);
	}
	tandem_json_close(j);
}

void tandem_calibrate_tell_json(const struct tandem_take_result *r,
		const struct tandem_client_node *sink,
		const struct tandem_remedy remedies[], bool level_applied,
		bool polarity_applied)
{
	struct tandem_json j = { 0 };

	tandem_json_open(&j, NULL, '{');
	tandem_json_text(&j, "group", sink->name);
	tandem_json_text(&j, "microphone", r->source.name);
	tandem_json_double(&j, "microphone-ms", r->mic_ms > 0.0 ? r->mic_ms : NAN, 2);
	tandem_json_double(&j, "listened-s", r->listened_s, 1);
	tandem_json_double(&j, "noise-db", r->noise_db, 1);
	tandem_json_double(&j, "skew-before-ms", r->skew_before_ms, 4);
	tandem_json_double(&j, "skew-ms", r->skew_ms, 4);
	tandem_json_double(&j, "skew-sigma-ms", r->skew_sigma_ms, 4);
	tandem_json_open(&j, "speakers", '[');
	for (uint32_t i = 0; i < r->n; i++)
		put_speaker(&j, &r->of[i], sink);
	tandem_json_close(&j);
	put_remedies(&j, r, remedies);
	tandem_json_bool(&j, "level-matched", level_applied);
	tandem_json_bool(&j, "polarity-matched", polarity_applied);
	tandem_json_close(&j);
}

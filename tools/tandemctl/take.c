/* SPDX-License-Identifier: MIT */
#include "take-internal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <spa/utils/result.h>

#include "change.h"
#include "hear-say.h"
#include "reach.h"
#include "tandemctl.h"
#include "turns.h"

/* A speaker that sleeps is connected and plays within 8 s (facts on Bluetooth, 5). Chosen:
 * twice that. */
#define WAKE_MS 16000
#define OPEN_MS 3000 /* for the first block of a microphone; chosen */
#define NOISE_S 1.0  /* of listening before the probes; chosen */
#define GOOD_MS 0.03 /* half of what nine of ten listeners notice; facts on peers, 2.4 */
#define SET_S 2.5    /* that ten findings of a probe take, and some more */
#define LEAST_VERIFY_S 4.0 /* for the last figures, however long the first ones took */
/* Beyond that, for Tandem: of those that are told it wants 20 since the box last stepped
 * (clock/model), which take 4 s. Chosen: twice that. */
#define REMEMBER_S 8.0

static const char *row(const struct take *t, uint32_t i, const char *key)
{
	const struct tandem_client_node *const node =
			tandem_client_at(t->client, t->node_id);

	return node ? tandem_client_speaker_row(node, t->speakers[i].label, key) : NULL;
}

/* Once in the middle of a take, who plays what stays as it was at its beginning. */
static void look_at_speakers(struct take *t)
{
	const struct tandem_hear_speaker *of;

	t->n = tandem_hear_speakers(t->hear, &of);
	memcpy(t->speakers, of, t->n * sizeof(*of));
}

static bool all_play(struct take *t)
{
	look_at_speakers(t);
	for (uint32_t i = 0; i < t->n; i++) {
		if (!t->speakers[i].is_playing)
			return false;
	}
	return t->n > 0;
}

static bool hears(struct take *t)
{
	return t->news.state == TANDEM_LISTEN_HEARS;
}

static bool has_noise(struct take *t)
{
	return (double)t->noise_frames >= NOISE_S * TANDEM_TAKE_RATE_HZ;
}

/* Tandem has begun to believe the microphone, as its rows say. */
static bool is_found(struct take *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		const char *const source = row(t, i, "latency-source");

		if (tandem_take_counts(t, i) && !t->config->is_dry &&
				(!source || strcmp(source, "microphone") != 0))
			return false;
	}
	return tandem_take_heard(t, TANDEM_TALLY_LAST);
}

static bool is_full(struct take *t)
{
	return tandem_take_heard(t, TANDEM_TALLY_LAST);
}

/* An older Tandem has no such row. */
static bool is_forgotten(const struct take *t, uint32_t i)
{
	const char *const remembered = row(t, i, "remembered");

	return remembered && strcmp(remembered, "true") != 0;
}

static bool is_remembered(struct take *t)
{
	for (uint32_t i = 0; i < t->n; i++) {
		if (tandem_take_counts(t, i) && is_forgotten(t, i))
			return false;
	}
	return true;
}

/* ---- the steps; false: it is over, and why was said ---- */

static void describe(const struct take *t, uint32_t i, char name[TANDEM_REACH_NAME_SIZE])
{
	tandem_reach_describe(tandem_client_at(t->client, t->node_id), t->speakers[i].label,
			name);
}

/* Whether any has gone, or never came. */
static bool say_away(struct take *t)
{
	char name[TANDEM_REACH_NAME_SIZE];
	bool any = false;

	look_at_speakers(t);
	for (uint32_t i = 0; i < t->n && !tandem_take_is_over(t); i++) {
		const char *const message = row(t, i, "message");

		if (t->speakers[i].is_playing)
			continue;
		any = true;
		describe(t, i, name);
		tandem_ctl_say("%s does not play: switch it on, then calibrate again",
				name);
		if (message && message[0])
			tandem_ctl_say("it %s", message);
	}
	return any;
}

static bool wake(struct take *t)
{
	char name[TANDEM_REACH_NAME_SIZE];

	if (!tandem_take_wait(t, all_play, WAKE_MS / 1e3)) {
		say_away(t);
		return false;
	}
	for (uint32_t i = 0; i < t->n; i++) {
		if (t->speakers[i].gains[0] != 0.0f || t->speakers[i].gains[1] != 0.0f)
			continue;
		describe(t, i, name);
		tandem_ctl_say("%s is given nothing to play: tandemctl mute %s off", name,
				t->speakers[i].label);
		return false;
	}
	return true;
}

static bool hear_noise(struct take *t)
{
	if (!tandem_take_wait(t, hears, OPEN_MS / 1e3)) {
		if (!tandem_take_is_over(t)) {
			tandem_ctl_say("nothing comes from the microphone %s: is it in use "
				       "by another program?",
					t->news.source.description);
		}
		return false;
	}
	t->listened_s = 0.0; /* until now it was waited for the speakers */
	t->is_hearing_noise = true;
	if (!tandem_take_wait(t, has_noise, NOISE_S + OPEN_MS / 1e3)) {
		if (!tandem_take_is_over(t))
			tandem_ctl_say("the computer cannot keep up with the microphone");
		return false;
	}
	t->is_hearing_noise = false;
	return true;
}

/* When it cannot be set, why has been said. */
static bool mute(struct take *t, uint32_t i, bool muted)
{
	char key[64];

	snprintf(key, sizeof(key), "speaker.%s.mute", t->speakers[i].label);
	return tandem_borrowed_set(&t->mutes, key, muted ? "true" : "false") ==
	       TANDEM_CTL_DONE;
}

static bool begin_turn(struct take *t, uint32_t turn)
{
	t->turn = turn;
	for (uint32_t i = 0; i < t->n; i++) {
		if (!mute(t, i, !tandem_take_counts(t, i)))
			return false;
	}
	memset(t->tallies, 0, sizeof(t->tallies));
	tandem_hear_begin(t->hear, TANDEM_EAR_PROBE_HOP_S, TANDEM_EAR_PROBE_WINDOW_S);
	return !tandem_take_is_over(t);
}

static void say_not_heard(struct take *t)
{
	char name[TANDEM_REACH_NAME_SIZE];

	if (say_away(t))
		return;
	if (!t->has_heard) {
		tandem_ctl_say("the microphone %s is silent: it is muted, or switched off",
				t->news.source.description);
		return;
	}
	for (uint32_t i = 0; i < t->n; i++) {
		if (!tandem_take_counts(t, i) || tandem_tally_is_full(&t->tallies[i]))
			continue;
		describe(t, i, name);
		tandem_ctl_say("%s %s", name,
				tandem_hear_say_verdict(tandem_tally_trouble(&t
								->tallies[i])));
	}
}

static void say_not_believed(const struct take *t)
{
	const struct tandem_client_node *const node =
			tandem_client_at(t->client, t->node_id);
	const char *const mistakes =
			node ? tandem_client_row(node, "tandem.mistakes") : NULL;

	tandem_ctl_say("Tandem does not believe what was heard");
	tandem_ctl_say_lines(mistakes ? mistakes : "");
}

static bool find(struct take *t, uint32_t turn)
{
	t->is_telling = false;
	if (!begin_turn(t, turn))
		return false;
	if (tandem_take_wait(t, is_found, t->config->seconds - NOISE_S))
		return true;
	tandem_take_end_progress();
	if (tandem_take_is_over(t))
		return false;
	if (tandem_take_heard(t, TANDEM_TALLY_LAST)) {
		say_not_believed(t);
	} else {
		say_not_heard(t);
	}
	return false;
}

static bool is_good(const struct tandem_take_result *r)
{
	double sigma_ms;
	const double skew_ms = tandem_take_spread_ms(r, false, &sigma_ms);

	return skew_ms < fmax(GOOD_MS, 2.0 * sigma_ms);
}

/* A new set of findings of each. */
static bool hear_again(struct take *t, struct tandem_take_result *r, double seconds)
{
	memset(t->tallies, 0, sizeof(t->tallies));
	if (!tandem_take_wait(t, is_full, seconds))
		return false;
	tandem_take_sum_up(t, r);
	return true;
}

/* Until they have come together, in two sets running, so that it was no accident; or as
 * long as there is time. Tandem moves the last tenths of a millisecond slowly. */
static void settle(struct take *t, struct tandem_take_result *r)
{
	double left_s = fmax(t->config->seconds - t->listened_s, LEAST_VERIFY_S);
	bool was_good, is_near = false;

	do {
		if (!hear_again(t, r, left_s))
			return;
		was_good = is_near;
		is_near = is_good(r);
		left_s = t->config->seconds - t->listened_s;
	} while (!(is_near && was_good) && left_s > SET_S);
}

/* Tandem goes on being told. Whatever made it count anew was 20 findings ago in the end, so
 * the last ten are of one piece. */
static void be_remembered(struct take *t, struct tandem_take_result *r)
{
	if (!t->config->is_dry && tandem_take_wait(t, is_remembered, REMEMBER_S) &&
			is_full(t))
		tandem_take_sum_up(t, r);
	for (uint32_t i = 0; i < t->n; i++) {
		if (tandem_take_counts(t, i))
			r->of[i].is_forgotten = is_forgotten(t, i);
	}
}

static bool verify(struct take *t, struct tandem_take_result *r)
{
	for (uint32_t turn = 0; turn < t->n_turns; turn++) {
		if (t->n_turns > 1 && !begin_turn(t, turn))
			return false;
		if (t->n_turns > 1) {
			hear_again(t, r, t->config->seconds);
		} else if (!t->config->is_dry) {
			settle(t, r);
		}
		be_remembered(t, r);
	}
	return !tandem_take_is_over(t);
}

static bool listen(struct take *t, struct tandem_take_result *r)
{
	float gains[TANDEM_MAX_SPEAKERS][TANDEM_SINK_CHANNELS];
	double sigma_ms;

	if (!wake(t) || !hear_noise(t))
		return false;
	r->n = t->n;
	for (uint32_t i = 0; i < t->n; i++)
		memcpy(gains[i], t->speakers[i].gains, sizeof(gains[i]));
	t->n_turns = tandem_turns_plan(gains, t->n, t->turn_of);
	tandem_chirp_set(t->chirp, true);
	for (uint32_t turn = 0; turn < t->n_turns; turn++) {
		if (!find(t, turn))
			return false;
		tandem_take_sum_up(t, r);
	}
	r->skew_before_ms = tandem_take_spread_ms(r, true, &sigma_ms);
	if (!verify(t, r))
		return false;
	r->skew_ms = tandem_take_spread_ms(r, false, &r->skew_sigma_ms);
	r->listened_s = t->listened_s;
	r->noise_db = 10.0 * log10(t->noise_power / (double)t->noise_frames);
	r->mic_ms = t->mic_ms;
	r->source = t->news.source;
	return true;
}

int tandem_take_run(const struct tandem_take_config *config,
		struct tandem_take_result *ret_result)
{
	const struct tandem_client_node *const node = tandem_client_find(config->client,
			TANDEM_CLIENT_TANDEM, config->sink);
	struct take *t = calloc(1, sizeof(*t));
	struct tandem_take_result result = { 0 };
	bool is_done = false;
	int res = t ? 0 : -ENOMEM;

	if (t) {
		t->config = config;
		t->client = config->client;
		t->node_id = node ? node->id : SPA_ID_INVALID;
		t->mutes = (struct tandem_borrowed){ .client = t->client,
			.id = t->node_id };
		res = tandem_take_open(t);
	}
	if (res == 0) {
		is_done = listen(t, &result);
		tandem_take_end_progress();
		tandem_borrowed_put_back(&t->mutes);
		if (tandem_client_is_gone(t->client))
			tandem_ctl_say("PipeWire has ended");
		if (t->is_stopped)
			tandem_ctl_say("stopped: nothing is left changed");
		if (tandem_chirp_trouble(t->chirp)[0]) {
			tandem_ctl_say("the sink has ended the probes: %s",
					tandem_chirp_trouble(t->chirp));
		}
	} else {
		tandem_ctl_say("PipeWire has refused: %s", spa_strerror(res));
	}
	if (t)
		tandem_take_close(t);
	free(t);
	if (!is_done)
		return TANDEM_CTL_FAILED;
	*ret_result = result;
	return TANDEM_CTL_DONE;
}

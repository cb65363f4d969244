/* SPDX-License-Identifier: MIT */
#include "sounding.h"

#include <glib.h>
#include <string.h>

#include <spa/utils/result.h>

#include "borrowed.h"
#include "interrupt.h"
#include "jukebox.h"
#include "reach.h"
#include "tandemctl.h"

#define STARTS_MS 15000 /* a box that sleeps takes some seconds; chosen */
#define SETTLES_MS 1500 /* silence of a start, and what boxes swallow after it; chosen */
#define TAIL_MS 200     /* what a box holds besides, chosen; and a breath */
#define HOLDS_MS 1000   /* of a stream that ought to run; chosen */

struct tandem_sounding {
	struct tandem_client *client;
	uint32_t id; /* of the sink */
	struct tandem_jukebox *jukebox;
	struct tandem_interrupt interrupt;
	struct tandem_borrowed borrowed;
	bool is_stopped; /* by a person */
	bool is_broken;  /* why was said */
};

static void on_signal(void *data, int number)
{
	struct tandem_sounding *s = data;

	(void)number;
	s->is_stopped = true;
}

static const struct tandem_client_node *find(const struct tandem_client *c,
		const char *group, const char *who, char label[TANDEM_CLIENT_LABEL_SIZE])
{
	struct tandem_reach_speaker speaker;

	label[0] = '\0';
	if (!who)
		return tandem_reach_group(c, group);
	if (!tandem_reach_speaker(c, group, who, &speaker))
		return NULL;
	g_strlcpy(label, speaker.label, TANDEM_CLIENT_LABEL_SIZE);
	return speaker.sink;
}

int tandem_sounding_open(struct tandem_sounding **ret_sounding, const char *group,
		const char *who, char label[TANDEM_CLIENT_LABEL_SIZE])
{
	struct tandem_sounding *s;
	const struct tandem_client_node *sink;
	struct tandem_client *client;
	int status;

	tandem_interrupt_block();
	status = tandem_reach_tandem(&client);
	if (status != TANDEM_CTL_DONE)
		return status;
	sink = find(client, group, who, label);
	if (!sink) {
		tandem_reach_close(client);
		return TANDEM_CTL_FAILED;
	}
	s = g_new0(struct tandem_sounding, 1);
	s->client = client;
	s->id = sink->id;
	s->borrowed = (struct tandem_borrowed){ .client = client, .id = sink->id };
	tandem_interrupt_watch(&s->interrupt, tandem_client_loop(client), on_signal, s);
	*ret_sounding = s;
	return TANDEM_CTL_DONE;
}

int tandem_sounding_close(struct tandem_sounding *s, int status)
{
	if (!s)
		return status;
	tandem_jukebox_free(s->jukebox);
	if (tandem_borrowed_put_back(&s->borrowed) != TANDEM_CTL_DONE)
		status = TANDEM_CTL_FAILED;
	if (s->is_stopped) {
		tandem_ctl_say("stopped: all is as it was before");
		status = TANDEM_CTL_FAILED;
	}
	tandem_interrupt_unwatch(&s->interrupt);
	tandem_reach_close(s->client);
	g_free(s);
	return status;
}

struct tandem_client *tandem_sounding_client(struct tandem_sounding *s)
{
	return s->client;
}

const struct tandem_client_node *tandem_sounding_sink(const struct tandem_sounding *s)
{
	return tandem_client_at(s->client, s->id);
}

static bool is_cut_off(const struct tandem_sounding *s)
{
	return s->jukebox && tandem_jukebox_news(s->jukebox)->state == TANDEM_PLAY_ENDED;
}

bool tandem_sounding_is_over(const struct tandem_sounding *s)
{
	return s->is_stopped || s->is_broken || tandem_client_is_gone(s->client) ||
	       !tandem_sounding_sink(s) || is_cut_off(s);
}

/* DONE as long as it goes on. */
static int tell_end(struct tandem_sounding *s)
{
	if (!tandem_sounding_is_over(s))
		return TANDEM_CTL_DONE;
	if (s->is_stopped || s->is_broken)
		return TANDEM_CTL_FAILED;
	if (tandem_client_is_gone(s->client)) {
		tandem_ctl_say("PipeWire has ended the connection");
	} else if (!tandem_sounding_sink(s)) {
		tandem_ctl_say("the Tandem sink has gone: its speakers were switched "
			       "off, or Tandem has ended");
	} else {
		tandem_ctl_say("the sound was cut off: %s",
				tandem_jukebox_news(s->jukebox)->why);
	}
	s->is_broken = true;
	return TANDEM_CTL_FAILED;
}

struct wait {
	struct tandem_sounding *s;
	bool (*check)(struct tandem_client *c, void *data);
	void *data;
	bool is_true;
};

static bool check_or_over(struct tandem_client *c, void *data)
{
	struct wait *w = data;

	w->is_true = w->check(c, w->data);
	return w->is_true || tandem_sounding_is_over(w->s);
}

bool tandem_sounding_wait(struct tandem_sounding *s,
		bool (*check)(struct tandem_client *c, void *data), void *data, int ms)
{
	struct wait w = { s, check, data, false };

	tandem_client_wait(s->client, check_or_over, &w, ms);
	return w.is_true && !tandem_sounding_is_over(s);
}

static bool never(struct tandem_client *c, void *data)
{
	(void)c, (void)data;
	return false;
}

int tandem_sounding_set(struct tandem_sounding *s, const char *key, const char *value)
{
	if (tell_end(s) != TANDEM_CTL_DONE)
		return TANDEM_CTL_FAILED;
	return tandem_borrowed_set(&s->borrowed, key, value);
}

int tandem_sounding_mute_all_but(struct tandem_sounding *s, const char *a, const char *b)
{
	char label[TANDEM_CLIENT_LABEL_SIZE];
	int status = TANDEM_CTL_DONE;

	for (uint32_t i = 0; status == TANDEM_CTL_DONE; i++) {
		const struct tandem_client_node *sink = tandem_sounding_sink(s);
		g_autofree char *key = NULL;
		bool sounds;

		if (!sink || !tandem_client_label(sink, i, label))
			break;
		key = g_strdup_printf("speaker.%s.mute", label);
		sounds = strcmp(label, a) == 0 || strcmp(label, b) == 0;
		status = tandem_sounding_set(s, key, sounds ? "false" : "true");
	}
	return status;
}

static bool is_streaming(const struct tandem_client_node *sink, const char *label)
{
	const char *state = tandem_client_speaker_row(sink, label, "state");
	const char *packets = tandem_client_speaker_row(sink, label, "stream.packets");

	return g_strcmp0(state, "streaming") == 0 && packets && strcmp(packets, "0") != 0;
}

static bool all_stream(struct tandem_client *c, void *data)
{
	struct tandem_sounding *s = data;
	const struct tandem_client_node *sink = tandem_sounding_sink(s);
	char label[TANDEM_CLIENT_LABEL_SIZE];

	(void)c;
	for (uint32_t i = 0; sink && tandem_client_label(sink, i, label); i++) {
		const char *state = tandem_client_speaker_row(sink, label, "state");

		if (g_strcmp0(state, "absent") != 0 && !is_streaming(sink, label))
			return false;
	}
	return true;
}

int tandem_sounding_start(struct tandem_sounding *s)
{
	const struct tandem_client_node *sink = tandem_sounding_sink(s);
	int res;

	if (tell_end(s) != TANDEM_CTL_DONE)
		return TANDEM_CTL_FAILED;
	res = tandem_jukebox_new(&s->jukebox, tandem_client_core(s->client), sink->name);
	if (res < 0) {
		tandem_ctl_say("no stream to %s: %s", sink->description, spa_strerror(res));
		return TANDEM_CTL_FAILED;
	}
	tandem_sounding_wait(s, all_stream, s, STARTS_MS);
	tandem_sounding_wait(s, never, NULL, SETTLES_MS);
	if (tell_end(s) != TANDEM_CTL_DONE)
		return TANDEM_CTL_FAILED;
	if (tandem_jukebox_news(s->jukebox)->state != TANDEM_PLAY_RUNS) {
		tandem_ctl_say("nobody lets a stream play on %s: is the session manager "
			       "running? systemctl --user start wireplumber",
				tandem_sounding_sink(s)->description);
		return TANDEM_CTL_FAILED;
	}
	return TANDEM_CTL_DONE;
}

bool tandem_sounding_has(struct tandem_sounding *s, const char *label)
{
	const struct tandem_client_node *sink = tandem_sounding_sink(s);
	char name[TANDEM_REACH_NAME_SIZE];
	const char *message, *state;

	if (!sink)
		return false;
	if (is_streaming(sink, label))
		return true;
	tandem_reach_describe(sink, label, name);
	state = tandem_client_speaker_row(sink, label, "state");
	message = tandem_client_speaker_row(sink, label, "message");
	tandem_ctl_say("%s: has no sound (%s)%s%s", name, state ? state : "unknown",
			message && message[0] ? ": " : "", message ? message : "");
	return false;
}

static bool is_played(struct tandem_client *c, void *data)
{
	(void)c;
	return tandem_jukebox_is_idle(data);
}

/* From the graph's cycle to the air. */
static int latency_ms(const struct tandem_sounding *s)
{
	const struct tandem_client_node *sink = tandem_sounding_sink(s);
	const char *row = sink ? tandem_client_row(sink, "tandem.latency-ms") : NULL;
	double ms = 0.0;

	return row && tandem_client_number(row, &ms) ? (int)ms : 0;
}

int tandem_sounding_play(struct tandem_sounding *s, const struct tandem_piece *piece)
{
	const int length_ms = (int)(piece->frames * 1000ULL / TANDEM_PIECE_HZ);

	if (tell_end(s) != TANDEM_CTL_DONE)
		return TANDEM_CTL_FAILED;
	tandem_jukebox_put(s->jukebox, piece);
	if (tandem_sounding_wait(s, is_played, s->jukebox, length_ms + HOLDS_MS)) {
		tandem_sounding_wait(s, never, NULL, latency_ms(s) + TAIL_MS);
	} else if (!tandem_sounding_is_over(s)) {
		tandem_ctl_say("the sound stands still: nothing takes it any more");
		s->is_broken = true;
	}
	return tell_end(s);
}

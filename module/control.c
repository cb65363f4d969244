/* SPDX-License-Identifier: MIT */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <spa/utils/result.h>

#include "bus.h"
#include "memory.h"
#include "roster.h"
#include "topic.h"

struct tandem_control {
	/* constant */
	struct pw_loop *loop;
	struct pw_core *core;
	struct tandem_sink *sink;
	struct tandem_live *live;
	struct tandem_neighbour *neighbour;

	/* main */
	struct tandem_settings *settings;
	struct tandem_roster *roster;
	struct tandem_bus *bus;
	struct spa_source *bus_event; /* signalled by the bus thread */
	struct spa_source *timer;
	bool listening;
	struct spa_hook group_listener;
	struct pw_array queue; /* struct tandem_event, not yet handled */
	bool busy;             /* handling: what comes now waits in the queue */
	bool trouble;          /* the group's sentence is one of trouble */
	char warned[TANDEM_MAX_SPEAKERS][TANDEM_SENTENCE_SIZE]; /* last in the journal */
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return SPA_TIMESPEC_TO_NSEC(&ts);
}

static const char *label(const struct tandem_control *c, uint32_t slot)
{
	return c->settings->speakers[slot].label;
}

static void queue_event(struct tandem_control *c, const struct tandem_event *e)
{
	struct tandem_event *q = pw_array_add(&c->queue, sizeof(*q));

	if (q) {
		*q = *e;
	} else if (e->fd >= 0) {
		close(e->fd);
	}
}

static void attach(struct tandem_control *c, const struct tandem_action *a)
{
	struct tandem_link link = { .fd = a->fd,
		.mtu_bytes = a->mtu_bytes,
		.codec = a->codec,
		.config_bytes = a->config_bytes };
	struct tandem_event lost = { .kind = TANDEM_EVENT_LOST, .slot = a->slot, .fd = -1 };
	int res;

	memcpy(link.config, a->config, sizeof(link.config));
	res = tandem_group_call(tandem_sink_group(c->sink), attach, a->slot, &link);
	if (res >= 0)
		return;
	lost.err = res;
	snprintf(lost.detail, sizeof(lost.detail), "%s", spa_strerror(res));
	queue_event(c, &lost);
}

static void observe(struct tandem_control *c, const struct tandem_action *a)
{
	const struct tandem_observation o = {
		.kind = TANDEM_OBSERVED_DELAY, .value = a->value_s, .host_ns = now_ns()
	};

	pw_log_debug("%s: reports a delay of %.1f ms", label(c, a->slot), a->value_s * 1e3);
	tandem_group_call(tandem_sink_group(c->sink), observe, a->slot, &o);
}

static void tell(struct tandem_control *c, const struct tandem_action *a)
{
	char *const warned = c->warned[a->slot];
	const bool warn = a->on && strcmp(warned, a->text) != 0;

	pw_log(warn ? SPA_LOG_LEVEL_WARN : SPA_LOG_LEVEL_INFO, "%s: %s speaker%s%s: %s%s%s",
			c->settings->name, label(c, a->slot), a->name[0] ? " " : "",
			a->name, tandem_speaker_state_name(a->state),
			a->text[0] ? ": " : "", a->text);
	/* The same trouble is told once, until the speaker has been well in between. */
	if (warn || a->state == TANDEM_SPEAKER_STREAMING)
		memcpy(warned, a->on ? a->text : "", a->on ? sizeof(a->text) : 1);
	tandem_neighbour_hold(c->neighbour, a->slot, a->address);
	tandem_live_seated(c->live, tandem_sink_group(c->sink), a->slot, a->address);
	tandem_group_call(tandem_sink_group(c->sink), tell, a->slot, a->state, a->address,
			a->name, a->text);
}

static void tell_group(struct tandem_control *c, const struct tandem_action *a)
{
	if (a->on) {
		pw_log_warn("%s: %s", c->settings->name, a->text);
	} else if (a->text[0]) {
		pw_log_info("%s: %s", c->settings->name, a->text);
	} else if (c->trouble) {
		pw_log_info("%s: %s", c->settings->name,
				tandem_sentences[TANDEM_SAY_WELL_AGAIN].text);
	}
	c->trouble = a->on;
	tandem_group_call(tandem_sink_group(c->sink), tell_group, a->text);
}

static void export(struct tandem_control *c, bool on)
{
	char why[TANDEM_SENTENCE_SIZE];
	int res;

	if (!on) {
		pw_log_info("%s: no speaker for 30 s: the sink goes", c->settings->name);
		tandem_sink_unexport(c->sink);
		return;
	}
	res = tandem_sink_export(c->sink, c->core);
	if (res == -ENOENT) {
		pw_log_error("%s: %s", c->settings->name,
				tandem_sentences[TANDEM_SAY_NO_ADAPTER_MODULE].text);
	} else if (res < 0) {
		tandem_say(why, TANDEM_SAY_NO_EXPORT, spa_strerror(res));
		pw_log_error("%s: %s", c->settings->name, why);
	} else {
		pw_log_info("%s: the sink \"%s\" is there", c->settings->name,
				c->settings->description);
	}
}

static void remember(struct tandem_control *c)
{
	char addresses[TANDEM_MAX_SPEAKERS][18], why[TANDEM_SENTENCE_SIZE];
	int res;

	for (uint32_t i = 0; i < c->settings->n_speakers; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "%s",
				tandem_roster_assignment(c->roster, i));
		pw_log_info("%s: %s is now the %s speaker", c->settings->name, addresses[i],
				label(c, i));
	}
	res = tandem_memory_save(c->settings->name, addresses, c->settings->n_speakers);
	if (res < 0) {
		tandem_say(why, TANDEM_SAY_SIDES_UNSAVED, spa_strerror(res));
		pw_log_warn("%s: %s", c->settings->name, why);
	}
}

static void set_timer(struct tandem_control *c, int64_t at_ns)
{
	struct timespec at = { .tv_sec = at_ns / SPA_NSEC_PER_SEC,
		.tv_nsec = at_ns % SPA_NSEC_PER_SEC };

	pw_loop_update_timer(c->loop, c->timer, &at, NULL, true);
}

static void run_action(struct tandem_control *c, const struct tandem_action *a)
{
	void *group = tandem_sink_group(c->sink);

	switch (a->kind) {
	case TANDEM_ACTION_REGISTER:
	case TANDEM_ACTION_CONNECT:
	case TANDEM_ACTION_DISCONNECT:
	case TANDEM_ACTION_ACQUIRE:
	case TANDEM_ACTION_RELEASE:
	case TANDEM_ACTION_DROP:
	case TANDEM_ACTION_ANSWER:
		tandem_bus_post(c->bus, a);
		break;
	case TANDEM_ACTION_EXPECT:
		tandem_group_call(group, expect, a->slots);
		break;
	case TANDEM_ACTION_ATTACH:
		attach(c, a);
		break;
	case TANDEM_ACTION_DETACH:
		tandem_group_call(group, detach, a->slot);
		break;
	case TANDEM_ACTION_OBSERVE:
		observe(c, a);
		break;
	case TANDEM_ACTION_TELL:
		tell(c, a);
		break;
	case TANDEM_ACTION_TELL_GROUP:
		tell_group(c, a);
		break;
	case TANDEM_ACTION_EMPTY:
		pw_log_info("%s: %s", c->settings->name,
				a->on ? "nobody is there: the sink stays, silent"
				      : "somebody is there again");
		break;
	case TANDEM_ACTION_EXPORT:
		export(c, a->on);
		break;
	case TANDEM_ACTION_REMEMBER:
		remember(c);
		break;
	case TANDEM_ACTION_TIMER:
		set_timer(c, a->at_ns);
		break;
	}
}

static void handle_event(struct tandem_control *c, const struct tandem_event *e)
{
	const struct tandem_actions *actions = tandem_roster_event(c->roster, now_ns(), e);
	int fd = e->fd;

	for (uint32_t i = 0; i < actions->n; i++) {
		if (actions->items[i].kind == TANDEM_ACTION_ATTACH)
			fd = -1; /* the plugin's now */
		run_action(c, &actions->items[i]);
	}
	if (fd >= 0)
		close(fd);
}

/* An action may bring the next event about: that one waits for its turn. */
static void feed(struct tandem_control *c, const struct tandem_event *e)
{
	queue_event(c, e);
	if (c->busy)
		return;
	c->busy = true;
	for (size_t i = 0; i < pw_array_get_len(&c->queue, struct tandem_event); i++) {
		const struct tandem_event next =
				*(struct tandem_event *)pw_array_get_unchecked(&c->queue, i,
						struct tandem_event);

		handle_event(c, &next);
	}
	pw_array_reset(&c->queue);
	c->busy = false;
}

static void on_wanted(void *data, bool wanted)
{
	const struct tandem_event e = {
		.kind = TANDEM_EVENT_WANTED, .wanted = wanted, .fd = -1
	};

	feed(data, &e);
}

static void on_lost(void *data, uint32_t slot, int err)
{
	struct tandem_event e = {
		.kind = TANDEM_EVENT_LOST, .slot = slot, .err = err, .fd = -1
	};

	snprintf(e.detail, sizeof(e.detail), "%s", spa_strerror(err));
	feed(data, &e);
}

static void on_changed(void *data, int32_t slot, const struct tandem_setting *row,
		const struct tandem_settings *settings)
{
	struct tandem_control *c = data;
	const void *base = slot < 0 ? (const void *)settings : &settings->speakers[slot];
	const struct tandem_event e = { .kind = TANDEM_EVENT_SETTINGS, .fd = -1 };
	char value[TANDEM_VALUE_SIZE];

	*c->settings = *settings;
	tandem_roster_set_settings(c->roster, settings);
	tandem_setting_write(row, base, value);
	pw_log_info("%s: %s%s%s is now %s", c->settings->name,
			slot < 0 ? "" : label(c, (uint32_t)slot), slot < 0 ? "" : ": ",
			row->key, value);
	feed(c, &e);
	tandem_live_changed(c->live, slot, row->key);
}

static const struct tandem_group_events group_events = {
	.version = TANDEM_VERSION_GROUP_EVENTS,
	.wanted = on_wanted,
	.lost = on_lost,
	.changed = on_changed,
};

static void on_timer(void *data, uint64_t expirations)
{
	const struct tandem_event e = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };

	(void)expirations;
	feed(data, &e);
}

static void on_bus_event(void *data, uint64_t count)
{
	struct tandem_control *c = data;
	struct tandem_event e;

	(void)count;
	while (tandem_bus_take(c->bus, &e))
		feed(c, &e);
}

/* Thread: bus. */
static void wake(void *data)
{
	struct tandem_control *c = data;

	pw_loop_signal_event(c->loop, c->bus_event);
}

static int make_roster(struct tandem_control *c)
{
	const struct tandem_settings *s = c->settings;
	struct tandem_roster_config config = { .seed = (uint32_t)now_ns() };
	char why[TANDEM_SENTENCE_SIZE];
	int known;

	c->roster = malloc(sizeof(*c->roster));
	if (!c->roster)
		return -ENOMEM;
	tandem_roster_config_read(&config, s);
	config.is_taken = tandem_neighbour_has;
	config.is_taken_data = c->neighbour;
	known = s->automatic ? tandem_memory_load(s->name, config.remembered, s->n_speakers)
			     : 0;
	if (known < 0) {
		tandem_say(why, TANDEM_SAY_SIDES_DAMAGED, spa_strerror(known));
		pw_log_warn("%s: %s", s->name, why);
	}
	for (uint32_t i = 0; i < s->n_speakers; i++)
		tandem_neighbour_hold(c->neighbour, i, config.remembered[i]);
	tandem_roster_init(c->roster, &config);
	return 0;
}

int tandem_control_new(struct tandem_control **ret_control,
		const struct tandem_control_parts *parts)
{
	struct tandem_control *c = calloc(1, sizeof(*c));
	int res = -ENOMEM;

	if (!c)
		return res;
	c->loop = parts->loop;
	c->core = parts->core;
	c->sink = parts->sink;
	c->settings = parts->settings;
	c->live = parts->live;
	c->neighbour = parts->neighbour;
	pw_array_init(&c->queue, 16 * sizeof(struct tandem_event));
	c->bus_event = pw_loop_add_event(c->loop, on_bus_event, c);
	c->timer = pw_loop_add_timer(c->loop, on_timer, c);
	if (!c->bus_event || !c->timer || (res = make_roster(c)) < 0 ||
			(res = tandem_bus_new(&c->bus, c->settings->n_speakers, wake, c)) <
					0) {
		tandem_control_free(c);
		return res;
	}
	tandem_group_call(tandem_sink_group(c->sink), add_listener, &c->group_listener,
			&group_events, c);
	c->listening = true;
	*ret_control = c;
	return 0;
}

void tandem_control_free(struct tandem_control *c)
{
	if (!c)
		return;
	if (c->listening)
		spa_hook_remove(&c->group_listener);
	tandem_bus_free(c->bus);
	if (c->bus_event)
		pw_loop_destroy_source(c->loop, c->bus_event);
	if (c->timer)
		pw_loop_destroy_source(c->loop, c->timer);
	pw_array_clear(&c->queue);
	free(c->roster);
	free(c);
}

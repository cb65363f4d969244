/* SPDX-License-Identifier: MIT */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <spa/utils/result.h>

#include "control-internal.h"
#include "layout.h"
#include "members.h"
#include "memory.h"
#include "topic.h"
#include "where.h"

/* A profile is back within 0.1 s (measured), or half a second later when it has to be
 * replaced by another. */
#define BACK_MS 1000

const char *tandem_control_label(const struct tandem_control *c, uint32_t slot)
{
	return c->settings->speakers[slot].label;
}

void tandem_control_queue(struct tandem_control *c, const struct tandem_event *e)
{
	struct tandem_event *q = pw_array_add(&c->queue, sizeof(*q));

	if (q) {
		*q = *e;
	} else if (e->fd >= 0) {
		close(e->fd);
	}
}

/* They are given back after the end, however it comes. The first time even an empty list
 * is written: there may be one of before. */
static void note_members(struct tandem_control *c, const char (*addresses)[18], uint32_t n)
{
	char path[PATH_MAX], where[TANDEM_WHERE_SIZE], why[TANDEM_SENTENCE_SIZE];
	int res;

	if (c->is_noted && n == c->n_noted &&
			memcmp(c->noted, addresses, n * sizeof(addresses[0])) == 0)
		return;
	c->is_noted = true;
	c->n_noted = n;
	memcpy(c->noted, addresses, n * sizeof(addresses[0]));
	res = tandem_members_save(c->settings->name, addresses, n);
	if (res < 0 && res != c->unnoted) {
		if (tandem_members_path(path, c->settings->name) < 0)
			snprintf(path, sizeof(path), "$XDG_RUNTIME_DIR");
		tandem_where_show(where, path);
		tandem_say(why, TANDEM_SAY_MEMBERS_UNSAVED, where, spa_strerror(res));
		pw_log_warn("%s: %s", c->settings->name, why);
	}
	c->unnoted = res;
}

static void set_members(struct tandem_control *c)
{
	char addresses[TANDEM_MAX_SPEAKERS][18] = { 0 };
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->settings->n_speakers; i++) {
		const struct tandem_life *l = &c->roster->slots[i].life;
		/* The desktop's own device is put back once our stream has gone. */
		const bool has_left = c->roster->config.wishes[i].away && !l->transport;

		if (l->address[0] && !has_left)
			snprintf(addresses[n++], sizeof(addresses[0]), "%s", l->address);
	}
	note_members(c, addresses, n);
	if (c->aside)
		tandem_aside_set_members(c->aside, addresses, n);
}

static void handle_event(struct tandem_control *c, const struct tandem_event *e)
{
	const struct tandem_actions *actions =
			tandem_roster_event(c->roster, tandem_control_now_ns(), e);
	int fd = e->fd;

	set_members(c);
	for (uint32_t i = 0; i < actions->n; i++) {
		if (actions->items[i].kind == TANDEM_ACTION_ATTACH)
			fd = -1; /* the plugin's now */
		tandem_control_act(c, &actions->items[i]);
	}
	if (fd >= 0)
		close(fd);
}

/* An action may bring the next event about: that one waits for its turn. */
static void drain(struct tandem_control *c)
{
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

static void feed(struct tandem_control *c, const struct tandem_event *e)
{
	tandem_control_queue(c, e);
	drain(c);
}

/* The plugin tells this from within a call of the graph's: whatever follows, the node's
 * going even, comes after it. */
static void later(struct tandem_control *c, const struct tandem_event *e)
{
	tandem_control_queue(c, e);
	pw_loop_signal_event(c->loop, c->woken);
}

static void on_wanted(void *data, bool wanted)
{
	const struct tandem_event e = {
		.kind = TANDEM_EVENT_WANTED, .wanted = wanted, .fd = -1
	};

	later(data, &e);
}

static void on_lost(void *data, uint32_t slot, int err)
{
	struct tandem_event e = {
		.kind = TANDEM_EVENT_LOST, .slot = slot, .err = err, .fd = -1
	};

	snprintf(e.detail, sizeof(e.detail), "%s", spa_strerror(err));
	later(data, &e);
}

static void on_changed(void *data, int32_t slot, const struct tandem_setting *row,
		const struct tandem_settings *settings)
{
	struct tandem_control *c = data;
	const void *base = slot < 0 ? (const void *)settings : &settings->speakers[slot];
	char value[TANDEM_VALUE_SIZE];

	*c->settings = *settings;
	tandem_setting_write(row, base, value);
	pw_log_info("%s: %s%s%s is now %s", c->settings->name,
			slot < 0 ? "" : tandem_control_label(c, (uint32_t)slot),
			slot < 0 ? "" : ": ", row->key, value);
	tandem_live_changed(c->live, slot, row->key);
	c->changed = true;
	pw_loop_signal_event(c->loop, c->woken);
}

static void on_aside_told(void *data, const char *address, enum tandem_aside_state state)
{
	static const char *const states[] = {
		[TANDEM_ASIDE_ABSENT] = "not there",
		[TANDEM_ASIDE_OFF] = "aside",
		[TANDEM_ASIDE_ON] = "there",
		[TANDEM_ASIDE_REFUSED] = "there to stay",
	};
	struct tandem_control *c = data;
	struct tandem_event e = {
		.kind = TANDEM_EVENT_ASIDE, .on = state == TANDEM_ASIDE_OFF, .fd = -1
	};

	pw_log_debug("%s: the desktop's own device of %s is %s", c->settings->name, address,
			states[state]);
	snprintf(e.address, sizeof(e.address), "%s", address);
	if (c->bus)
		later(c, &e);
}

static void on_aside_said(void *data, bool is_trouble, const char *sentence)
{
	const struct tandem_control *c = data;

	if (is_trouble) {
		pw_log_warn("%s: %s", c->settings->name, sentence);
	} else {
		pw_log_info("%s: %s", c->settings->name, sentence);
	}
}

/* Told from within a call of the graph's: acted upon after it. */
static void on_manager_came(void *data)
{
	struct tandem_control *c = data;

	pw_log_info("%s: the session manager has been restarted: exports the sink anew",
			c->settings->name);
	c->renew = true;
	pw_loop_signal_event(c->loop, c->woken);
}

static bool is_kept_aside(void *data, const char *address)
{
	const struct tandem_control *c = data;

	return tandem_neighbour_has(c->neighbour, address, "");
}

static const struct tandem_aside_events aside_events = {
	.told = on_aside_told,
	.said = on_aside_said,
	.manager_came = on_manager_came,
	.is_kept = is_kept_aside,
};

/* Without it, Tandem plays all the same. */
static void make_aside(struct tandem_control *c)
{
	char why[TANDEM_SENTENCE_SIZE];
	const int res = tandem_aside_new(&c->aside, c->core, &aside_events, c);

	if (res < 0) {
		tandem_say(why, TANDEM_SAY_NO_ASIDE, spa_strerror(res));
		pw_log_warn("%s: %s", c->settings->name, why);
	}
	set_members(c);
}

static void settings_changed(struct tandem_control *c)
{
	const struct tandem_event e = { .kind = TANDEM_EVENT_SETTINGS, .fd = -1 };
	const int res = tandem_sink_update(c->sink, c->settings->description,
			c->settings->keep_alive_s);
	char why[TANDEM_SENTENCE_SIZE];

	if (res < 0) {
		tandem_say(why, TANDEM_SAY_SAME_PROPERTIES, spa_strerror(res));
		pw_log_warn("%s: %s", c->settings->name, why);
	}
	tandem_roster_set_settings(c->roster, c->settings);
	feed(c, &e);
}

static const struct tandem_group_events group_events = {
	.version = TANDEM_VERSION_GROUP_EVENTS,
	.wanted = on_wanted,
	.lost = on_lost,
	.changed = on_changed,
	.learnt = tandem_control_learnt,
	.observed = tandem_control_observed,
};

static void on_timer(void *data, uint64_t expirations)
{
	const struct tandem_event e = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };

	(void)expirations;
	feed(data, &e);
}

static void on_woken(void *data, uint64_t count)
{
	struct tandem_control *c = data;
	struct tandem_event e;

	(void)count;
	if (c->changed) {
		c->changed = false;
		settings_changed(c);
	}
	if (c->renew) {
		c->renew = false;
		tandem_sink_renew(c->sink);
	}
	drain(c);
	while (tandem_bus_take(c->bus, &e))
		feed(c, &e);
}

/* Thread: bus. */
static void wake(void *data)
{
	struct tandem_control *c = data;

	pw_loop_signal_event(c->loop, c->woken);
}

static int make_roster(struct tandem_control *c)
{
	const struct tandem_settings *s = c->settings;
	struct tandem_roster_config config = { .seed = (uint32_t)tandem_control_now_ns() };
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
	const struct tandem_event begin = { .kind = TANDEM_EVENT_TIMER, .fd = -1 };
	const struct tandem_bus_parts bus = { .n_endpoints = parts->settings->n_speakers,
		.codecs = tandem_layout_codecs(parts->settings),
		.group = parts->settings->name,
		.store = parts->ready->store,
		.wake = wake,
		.data = c };
	int res = -ENOMEM;

	if (!c)
		return res;
	c->loop = parts->loop;
	c->core = parts->core;
	c->sink = parts->sink;
	c->settings = parts->settings;
	c->live = parts->live;
	c->neighbour = parts->neighbour;
	c->ready = parts->ready;
	pw_array_init(&c->queue, 16 * sizeof(struct tandem_event));
	c->woken = pw_loop_add_event(c->loop, on_woken, c);
	c->timer = pw_loop_add_timer(c->loop, on_timer, c);
	if (!c->woken || !c->timer || (res = make_roster(c)) < 0 ||
			(res = tandem_bus_new(&c->bus, &bus)) < 0) {
		tandem_control_free(c);
		return res;
	}
	tandem_group_call(tandem_sink_group(c->sink), add_listener, &c->group_listener,
			&group_events, c);
	c->listening = true;
	tandem_control_load_clocks(c);
	make_aside(c);
	later(c, &begin); /* the roster's time begins, whatever the bus does */
	*ret_control = c;
	return 0;
}

/* What has been taken from others goes back: streams first, then who played on them. */
static void give_back(struct tandem_control *c)
{
	tandem_control_end_streams(c);
	tandem_bus_free(c->bus);
	c->bus = NULL;
	if (c->woken)
		pw_loop_destroy_source(c->loop, c->woken);
	if (c->timer)
		pw_loop_destroy_source(c->loop, c->timer);
	c->woken = NULL;
	c->timer = NULL;
	if (c->aside)
		tandem_aside_restore_all(c->aside);
}

void tandem_control_end(struct tandem_control *c)
{
	if (!c)
		return;
	give_back(c);
	if (c->aside && !tandem_aside_finish(c->aside, BACK_MS))
		pw_log_info("%s: leaves its notes to tandemctl restore", c->settings->name);
	tandem_aside_free(c->aside);
	c->aside = NULL;
}

void tandem_control_free(struct tandem_control *c)
{
	if (!c)
		return;
	give_back(c);
	tandem_aside_free(c->aside);
	pw_array_clear(&c->queue);
	free(c->learnt);
	free(c->roster);
	free(c);
}

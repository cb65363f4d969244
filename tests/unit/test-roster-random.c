/* SPDX-License-Identifier: MIT
 *
 * The roster with everything at random: what must hold, holds.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "roster-world.h"
#include "suite.h"

#define TAKEN "00:00:00:00:00:03" /* device 3 is a neighbour's */

/* What must hold whatever happens; fed with each action in order. */
struct invariants {
	const struct world *world;
	bool attached[2];
	bool exported, empty, ready;
	char group[TANDEM_SENTENCE_SIZE];
	uint32_t questions_open;
	uint32_t leaving;   /* speakers that have been asked to leave */
	uint32_t changes;   /* of settings, times the speakers they may send away */
	int64_t seen_ns[2]; /* devices 3 and 13, never ours: when last there */
	uint32_t guests;    /* calls of them */
	const char *broken;
};

static void check(struct invariants *v, bool holds, const char *broken)
{
	if (!holds)
		v->broken = broken;
}

static bool adapter_is_on(const struct world *w, const char *device)
{
	struct tandem_book *b = &w->roster->book;
	const struct tandem_device *d = tandem_book_device(b, device);
	const struct tandem_adapter *a = d ? tandem_book_adapter(b, d->adapter) : NULL;

	return a && a->powered && a->registered;
}

/* A device that is no speaker may be called when it has been refused, and not for long. */
static void check_call(struct invariants *v, const char *path)
{
	const struct world *w = v->world;
	const struct tandem_device *d = tandem_book_device(&w->roster->book, path);
	uint32_t radio_calls = 0;

	check(v, adapter_is_on(w, path), "called by an adapter that is off");
	for (size_t i = 0; d && i < TANDEM_MAX_DEVICES; i++) {
		radio_calls += w->roster->book.devices[i].connecting &&
			       strcmp(w->roster->book.devices[i].adapter, d->adapter) == 0;
	}
	check(v, radio_calls == 1, "two calls on one radio");
	if (d && strcmp(d->address, TAKEN) == 0) {
		const int64_t seen_ns = v->seen_ns[strstr(path, "dev_13") != NULL];

		check(v, d->connected || w->now_ns < seen_ns + 10 * TANDEM_NS_PER_S,
				"called a stranger that has left");
		v->guests++;
	}
}

/* Who borrows has waited for the session manager's device to be off, 3 s at most. */
static bool may_borrow(const struct world *w, const char *path)
{
	const struct tandem_roster *r = w->roster;
	const struct tandem_transport *t = r->book.transports;

	while (strcmp(t->path, path) != 0)
		t++;
	for (uint32_t i = 0; i < 2; i++) {
		for (uint32_t k = 0; k < TANDEM_MAX_SPEAKERS; k++) {
			if (r->slots[i].life.transport == t->generation &&
					strcmp(r->aside[k], r->slots[i].life.address) == 0)
				return true;
		}
	}
	return w->now_ns >= t->seen_ns + 3 * TANDEM_NS_PER_S;
}

static bool check_action(void *data, const struct tandem_action *a)
{
	struct invariants *v = data;

	if (a->kind == TANDEM_ACTION_ATTACH) {
		check(v, !v->attached[a->slot], "attached twice");
		v->attached[a->slot] = true;
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		check(v, v->attached[a->slot], "detached without an attach");
		v->attached[a->slot] = false;
	} else if (a->kind == TANDEM_ACTION_ANSWER) {
		v->questions_open--;
	} else if (a->kind == TANDEM_ACTION_CONNECT) {
		check_call(v, a->path);
	} else if (a->kind == TANDEM_ACTION_ACQUIRE) {
		check(v, !a->borrowed || may_borrow(v->world, a->path),
				"borrowed too early");
		check(v, !v->world->roster->config.wishes[a->slot].away,
				"acquired what is left to the desktop");
	} else if (a->kind == TANDEM_ACTION_EXPORT) {
		check(v, a->on != v->exported, "exported twice");
		v->exported = a->on;
	} else if (a->kind == TANDEM_ACTION_EMPTY) {
		check(v, a->on != v->empty, "told twice that it is empty");
		v->empty = a->on;
	} else if (a->kind == TANDEM_ACTION_READY) {
		check(v, !v->ready, "ready twice");
		v->ready = true;
	} else if (a->kind == TANDEM_ACTION_TELL_GROUP) {
		check(v, strcmp(a->text, v->group) != 0, "the group repeats itself");
		check(v, a->text[0] || !a->on, "trouble without a word");
		memcpy(v->group, a->text, sizeof(v->group));
	}
	return true;
}

static uint32_t random_below(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u; /* Numerical Recipes */
	return (*seed >> 8) % n;
}

static void random_settings(struct world *w, struct invariants *v, uint32_t *seed)
{
	static const uint32_t bitpools[] = { 0, 35, 60 };
	static const char *const adapters[] = { "", "00:00:00:00:01:00",
		"00:00:00:00:01:01" };
	struct tandem_settings s;
	struct tandem_speaker_settings *p;

	tandem_world_settings(w, &s);
	p = &s.speakers[random_below(seed, 2)];
	p->sbc_mode = random_below(seed, 5);
	p->bitpool = bitpools[random_below(seed, 3)];
	p->release = random_below(seed, 4) == 0;
	/* Seldom: a named adapter keeps everybody else away. */
	snprintf(p->adapter, sizeof(p->adapter), "%s",
			random_below(seed, 4) ? "" : adapters[random_below(seed, 3)]);
	s.when_empty = random_below(seed, 2);
	v->changes += 2;
	tandem_world_set_settings(w, &s);
}

/* Adapters, settings, links and lenders; the rest is in random_step(). */
static void random_trouble(struct world *w, struct invariants *v, uint32_t *seed)
{
	const struct tandem_event gone = { .kind = TANDEM_EVENT_LENDER_GONE, .fd = -1 };
	const uint32_t what = random_below(seed, 9), other = random_below(seed, 3);
	const int hci = (int)random_below(seed, 2);

	if (what == 0) {
		tandem_world_adapter(w, hci, other ? TANDEM_POWERED : 0);
	} else if (what == 1 && other == 0) {
		tandem_world_adapter_gone(w, hci);
	} else if (what == 2) {
		tandem_world_registered(w, hci, other ? "" : "org.bluez.Error.NotSupported",
				"");
	} else if (what == 8) {
		w->codec = random_below(seed, 8) ? TANDEM_MEDIA_TYPE_SBC : 0xff;
		tandem_world_aside(w, 1 + hci, other > 1);
	} else if (what == 3 || what > 5) {
		random_settings(w, v, seed);
	} else if (what == 4) {
		/* Whoever streams may lose its link, and then has no socket any more. */
		v->attached[other % 2] = false;
		tandem_world_lost(w, other % 2);
	} else if (other == 0) {
		tandem_world_event(w, &gone);
	}
}

/* Before the device changes: it is there until now, or shows that it is. */
static void note_seen(struct invariants *v, int n, bool asks)
{
	const struct world *w = v->world;
	char path[TANDEM_PATH_SIZE];
	const struct tandem_device *d;

	snprintf(path, sizeof(path), "/org/bluez/hci%d/dev_%d", n / 10, n);
	d = tandem_book_device(&w->roster->book, path);
	if (n % 10 == 3 && (asks || (d && d->connected)))
		v->seen_ns[n / 10] = w->now_ns;
}

static void random_step(struct world *w, struct invariants *v, uint32_t *seed)
{
	const int n = 1 + (int)random_below(seed, 3) + (random_below(seed, 4) ? 0 : 10);
	const uint32_t what = random_below(seed, 17), other = random_below(seed, 3);
	const uint32_t call = 1 + random_below(seed, w->roster->calls + 1);

	note_seen(v, n, what == 7);
	if (what == 0) {
		tandem_world_up(w);
	} else if (what == 1 && other == 0) {
		tandem_world_down(w);
	} else if (what == 2) {
		tandem_world_device(w, n, other ? TANDEM_CONNECTED : 0, "audio-card");
	} else if (what == 3) {
		tandem_world_sep(w, n, 53);
	} else if (what == 4) {
		tandem_world_transport(w, n, n, (enum tandem_transport_state)other,
				other * 1000);
	} else if (what == 5) {
		tandem_world_transport_gone(w, n, n);
	} else if (what == 6 && ++v->questions_open) {
		tandem_world_select(w, 1, other % 2, 53);
	} else if (what == 7 && ++v->questions_open) {
		tandem_world_set(w, 2, other % 2, n, n);
	} else if (what == 8) {
		tandem_world_clear(w, n, n);
	} else if (what == 9) {
		tandem_world_connected(w, n, other ? "" : "org.bluez.Error.Failed");
	} else if (what == 10) {
		tandem_world_acquired(w, call,
				other ? "" : "org.freedesktop.DBus.Error.NoReply");
	} else if (what == 11) {
		tandem_world_released(w, call);
	} else if (what == 12) {
		tandem_world_wanted(w, other > 0);
	} else if (what == 13) {
		tandem_world_pass_ms(w, 100 * (int64_t)random_below(seed, 100));
	} else {
		random_trouble(w, v, seed);
	}
}

/* A new setting sends each speaker away once, and nothing else does. */
static void check_leaving(const struct world *w, struct invariants *v, uint32_t first)
{
	uint32_t leaving = 0;

	for (uint32_t i = 0; i < 2; i++)
		leaving += w->roster->slots[i].life.renewal == TANDEM_RENEWAL_LEAVING;
	if (leaving > v->leaving) {
		ck_assert_msg(v->changes >= leaving - v->leaving,
				"seed %u: sent away without a new setting", first);
		v->changes -= leaving - v->leaving;
	}
	v->leaving = leaving;
}

static void check_state(const struct world *w, const struct invariants *v, uint32_t first)
{
	for (uint32_t i = 0; i < 2; i++) {
		const struct tandem_life *l = &w->roster->slots[i].life;

		ck_assert_msg(l->attached == v->attached[i], "seed %u: attached", first);
		ck_assert_msg(l->attached == (l->state == TANDEM_SPEAKER_STREAMING),
				"seed %u: state and socket disagree", first);
		ck_assert_msg(l->call == 0 || l->transport != 0,
				"seed %u: a call for no transport", first);
		ck_assert_msg(v->exported || l->transport == 0,
				"seed %u: a connected speaker without a sink", first);
		ck_assert_msg(!v->empty || l->transport == 0,
				"seed %u: empty with a connected speaker", first);
		ck_assert_msg(strcmp(l->address, TAKEN) != 0, "seed %u: a neighbour's",
				first);
	}
	ck_assert_msg(v->exported || !w->roster->config.keep, "seed %u: not kept", first);
	ck_assert_msg(w->roster->actions.n < TANDEM_MAX_ACTIONS - 1, "seed %u: too many",
			first);
	ck_assert_msg(v->questions_open == 0, "seed %u: BlueZ left without an answer",
			first);
	ck_assert_msg(!v->broken, "seed %u: %s", first, v->broken);
}

static bool is_taken(void *data, const char *address, const char *name)
{
	(void)data;
	(void)name;
	return strcmp(address, TAKEN) == 0;
}

START_TEST(whatever_happens)
{
	struct tandem_roster_config config =
			_i % 2 ? tandem_world_automatic : tandem_world_pair;
	const uint32_t first = (uint32_t)_i + 1;
	uint32_t seed = first, left = 0;
	struct invariants v = { 0 };
	struct world w;

	config.is_taken = is_taken;
	tandem_world_start(&w, &config);
	v.world = &w;
	w.hook = check_action;
	w.hook_data = &v;
	for (int step = 0; step < 5000; step++) {
		random_step(&w, &v, &seed);
		check_leaving(&w, &v, first);
		left += v.leaving;
		check_state(&w, &v, first);
	}
	ck_assert_msg(left > 0, "seed %u: nobody was ever sent away", first);
	ck_assert_msg(v.ready, "seed %u: never ready", first);
	ck_assert_msg(v.guests > 0, "seed %u: nobody was ever handed over", first);
	tandem_world_finish(&w);
}
END_TEST

int main(void)
{
	Suite *const suite = suite_create("roster at random");
	TCase *const c = tcase_create("roster");

	tcase_add_loop_test(c, whatever_happens, 0, 40);
	suite_add_tcase(suite, c);
	return tandem_suite_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "roster-check.h"

#include <glib.h>
#include <string.h>

#include "bytes.h"
#include "roster-internal.h"

/* Ends within its array, and is whole UTF-8: it goes into the node's properties. */
#define MUST_BE_TEXT(array)                                                                \
	MUST(is_text(array, sizeof(array)), "'%.*s'", (int)sizeof(array), array)

static bool is_text(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	return end && g_utf8_validate(text, end - text, NULL);
}

static void check_event(const struct tandem_event *e)
{
	MUST(e->kind <= TANDEM_EVENT_TIMER, "kind %d", (int)e->kind);
	MUST_BE_TEXT(e->path);
	MUST_BE_TEXT(e->parent);
	MUST_BE_TEXT(e->name);
	MUST_BE_TEXT(e->address);
	MUST_BE_TEXT(e->icon);
	MUST_BE_TEXT(e->error);
	MUST_BE_TEXT(e->detail);
	MUST(e->config_bytes <= sizeof(e->config), "%u bytes", e->config_bytes);
	MUST(e->state <= TANDEM_TRANSPORT_ACTIVE, "state %d", (int)e->state);
}

/* Of every action: each field is in range, whether the kind has a use for it or not. */
static void check_fields(const struct roster_check *c, const struct tandem_action *a)
{
	MUST(a->kind <= TANDEM_ACTION_TIMER, "kind %d", (int)a->kind);
	MUST_BE_TEXT(a->path);
	MUST_BE_TEXT(a->address);
	MUST_BE_TEXT(a->name);
	MUST_BE_TEXT(a->text);
	MUST(a->slot < c->roster->config.n_speakers, "slot %u", a->slot);
	MUST(a->slots >> c->roster->config.n_speakers == 0, "slots %x", a->slots);
	MUST(a->state <= TANDEM_SPEAKER_BACKING_OFF, "state %d", (int)a->state);
	MUST(a->config_bytes <= sizeof(a->config), "%u bytes", a->config_bytes);
	MUST(a->at_ns >= 0, "%lld", (long long)a->at_ns);
}

static bool can_encode(const struct tandem_action *a)
{
	const struct tandem_codec *const codec =
			tandem_codec_find(a->codec, a->config, a->config_bytes);

	return codec && codec->encoder && !codec->fault(a->config, a->config_bytes) &&
	       a->mtu_bytes >= codec->least_mtu_bytes;
}

static void check_answer(const struct tandem_action *a, const struct tandem_event *e)
{
	MUST(e->kind == TANDEM_EVENT_SELECT || e->kind == TANDEM_EVENT_SET,
			"answered what nobody asked");
	MUST(a->call == e->call, "another question is answered: %u", a->call);
	if (e->kind == TANDEM_EVENT_SELECT && !a->text[0]) {
		MUST(!tandem_roster_endpoint_codec(e->endpoint)
						->fault(a->config, a->config_bytes),
				"%u bytes", a->config_bytes);
	}
}

static void check_action(struct roster_check *c, const struct tandem_action *a,
		const struct tandem_event *e)
{
	check_fields(c, a);
	if (a->kind == TANDEM_ACTION_ATTACH) {
		MUST(!c->attached[a->slot], "attached twice");
		MUST(a->fd == e->fd && a->fd >= 0, "socket %d", a->fd);
		MUST(can_encode(a), "%u bytes", a->config_bytes);
		c->attached[a->slot] = true;
	} else if (a->kind == TANDEM_ACTION_DETACH) {
		MUST(c->attached[a->slot], "detached without an attach");
		c->attached[a->slot] = false;
	} else if (a->kind == TANDEM_ACTION_ACQUIRE) {
		MUST(a->call > c->last_acquire && a->path[0], "call %u", a->call);
		c->last_acquire = a->call;
	} else if (a->kind == TANDEM_ACTION_RELEASE || a->kind == TANDEM_ACTION_DROP) {
		MUST(a->call > 0 && a->call <= c->last_acquire, "call %u", a->call);
	} else if (a->kind == TANDEM_ACTION_CONNECT ||
			a->kind == TANDEM_ACTION_DISCONNECT ||
			a->kind == TANDEM_ACTION_REGISTER) {
		MUST(a->path[0] == '/', "no path");
	} else if (a->kind == TANDEM_ACTION_ANSWER) {
		check_answer(a, e);
	} else if (a->kind == TANDEM_ACTION_TIMER) {
		c->timer_ns = a->at_ns;
	}
}

static void check_life(const struct roster_check *c, uint32_t slot)
{
	const struct tandem_life *l = &c->roster->slots[slot].life;

	MUST(l->state <= TANDEM_SPEAKER_BACKING_OFF, "state %d", (int)l->state);
	MUST_BE_TEXT(l->address);
	MUST_BE_TEXT(l->message);
	MUST_BE_TEXT(l->path);
	MUST(l->attached == c->attached[slot], "slot %u", slot);
	MUST(l->attached == (l->state == TANDEM_SPEAKER_STREAMING), "slot %u: %s", slot,
			tandem_speaker_state_name(l->state));
	MUST(l->call == 0 || l->transport != 0, "slot %u: a call for no transport", slot);
	MUST(c->roster->exported || l->transport == 0, "slot %u: connected without a sink",
			slot);
}

/* Two slots never hold the same speaker, nor the same stream. */
static void check_pairs(const struct roster_check *c)
{
	const uint32_t n = c->roster->config.n_speakers;

	for (uint32_t i = 0; i < n; i++) {
		const struct tandem_life *a = &c->roster->slots[i].life;

		for (uint32_t k = i + 1; k < n; k++) {
			const struct tandem_life *b = &c->roster->slots[k].life;

			MUST(!a->address[0] || g_ascii_strcasecmp(a->address, b->address),
					"slots %u and %u: %s", i, k, a->address);
			MUST(!a->transport || a->transport != b->transport,
					"slots %u and %u: one stream", i, k);
		}
	}
}

void tandem_roster_check_init(struct roster_check *c, struct tandem_roster *roster,
		const struct tandem_roster_config *config)
{
	*c = (struct roster_check){ .roster = roster, .now_ns = TANDEM_NS_PER_S };
	tandem_roster_init(roster, config);
}

void tandem_roster_check_event(struct roster_check *c, const struct tandem_event *e)
{
	const bool asks = e->kind == TANDEM_EVENT_SELECT || e->kind == TANDEM_EVENT_SET;
	const struct tandem_actions *all;
	uint32_t answers = 0;

	check_event(e);
	if (e->kind == TANDEM_EVENT_LOST)
		c->attached[e->slot] = false; /* the plugin has let go of it */
	all = tandem_roster_event(c->roster, c->now_ns, e);
	MUST(all->n < TANDEM_MAX_ACTIONS - 1, "%u actions", all->n);
	for (uint32_t i = 0; i < all->n; i++) {
		check_action(c, &all->items[i], e);
		answers += all->items[i].kind == TANDEM_ACTION_ANSWER;
	}
	MUST(answers == asks, "%u answers", answers);
	for (uint32_t i = 0; i < c->roster->config.n_speakers; i++)
		check_life(c, i);
	check_pairs(c);
}

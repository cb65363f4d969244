/* SPDX-License-Identifier: MIT */
#include "roster.h"

#include <stdio.h>
#include <string.h>

#include "layout.h"
#include "roster-internal.h"

#define BACKOFF_MAX_S 60

struct tandem_action *tandem_roster_act(struct tandem_roster *r,
		enum tandem_action_kind kind, uint32_t slot)
{
	struct tandem_actions *all = &r->actions;
	struct tandem_action *a = &all->items[all->n];

	if (all->n < TANDEM_MAX_ACTIONS - 1)
		all->n++;
	*a = (struct tandem_action){ .kind = kind, .slot = slot, .fd = -1 };
	return a;
}

/* xorshift32, Marsaglia 2003. */
static uint32_t next_random(struct tandem_roster *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 17;
	r->random ^= r->random << 5;
	return r->random;
}

int64_t tandem_roster_backoff_ns(struct tandem_roster *r, uint32_t failures)
{
	const int64_t s = failures > 5 ? BACKOFF_MAX_S : 1LL << failures;
	const int64_t jitter_ns =
			s * (TANDEM_NS_PER_S / 4) / 1024 * (next_random(r) % 1024);

	return s * TANDEM_NS_PER_S + jitter_ns;
}

static void read_wish(struct tandem_wish *w, const struct tandem_settings *settings,
		uint32_t slot)
{
	const struct tandem_speaker_settings *const s = &settings->speakers[slot];

	memcpy(w->address, s->address, sizeof(w->address));
	memcpy(w->name, s->name, sizeof(w->name));
	memcpy(w->adapter, s->adapter, sizeof(w->adapter));
	w->codec = tandem_layout_wish(settings, slot);
	w->away = s->release;
}

void tandem_roster_config_read(struct tandem_roster_config *config,
		const struct tandem_settings *settings)
{
	config->automatic = settings->automatic;
	config->keep = settings->when_empty == TANDEM_WHEN_EMPTY_KEEP;
	config->n_speakers = settings->n_speakers;
	config->codecs = tandem_layout_codecs(settings);
	for (uint32_t i = 0; i < settings->n_speakers; i++)
		read_wish(&config->wishes[i], settings, i);
}

void tandem_roster_set_settings(struct tandem_roster *r,
		const struct tandem_settings *settings)
{
	r->config.keep = settings->when_empty == TANDEM_WHEN_EMPTY_KEEP;
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		struct tandem_wish *w = &r->config.wishes[i];
		const struct tandem_wish before = *w;

		read_wish(w, settings, i);
		r->slots[i].reset |= !tandem_codec_wishes_equal(&w->codec, &before.codec) ||
				     strcasecmp(w->adapter, before.adapter) != 0 ||
				     w->away != before.away;
	}
}

/* What tandem_roster_set_settings() has noted. */
static void review_settings(struct tandem_roster *r)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (r->slots[i].reset)
			tandem_life_review(r, i);
		r->slots[i].reset = false;
	}
}

void tandem_roster_init(struct tandem_roster *r, const struct tandem_roster_config *config)
{
	memset(r, 0, sizeof(*r));
	r->config = *config;
	r->random = config->seed ? config->seed : 1;
	r->empty_ns = 1;
	tandem_say(r->down, TANDEM_SAY_STARTS);
	for (uint32_t i = 0; !config->automatic && i < config->n_speakers; i++) {
		memcpy(r->slots[i].life.address, config->wishes[i].address,
				sizeof(r->slots[i].life.address));
	}
}

const char *tandem_roster_assignment(const struct tandem_roster *r, uint32_t slot)
{
	return slot < r->config.n_speakers ? r->config.remembered[slot] : "";
}

static void registered(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	struct tandem_adapter *a = tandem_book_adapter(&r->book, e->path);

	if (!a)
		return;
	a->registering = false;
	a->registered = !e->error[0];
	a->attempts = a->registered ? 0 : a->attempts + 1;
	a->refusal[0] = '\0';
	if (!a->registered) {
		a->register_ns = now_ns + tandem_roster_backoff_ns(r, a->attempts);
		tandem_roster_why_not_registered(e, a->refusal);
	}
}

static void bus_down(struct tandem_roster *r, const struct tandem_event *e)
{
	r->up = false;
	r->failed = true;
	memcpy(r->down, e->detail, sizeof(r->down));
	tandem_book_clear(&r->book);
	memset(r->promises, 0, sizeof(r->promises));
	memset(r->guests, 0, sizeof(r->guests));
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		r->slots[i].life.renewal = TANDEM_RENEWAL_NONE;
		tandem_life_forget(r, i);
	}
}

/* The record as it is, then what the change itself means. */
static void object_changed(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	enum tandem_transport_state before[TANDEM_MAX_TRANSPORTS];

	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++)
		before[i] = r->book.transports[i].state;
	tandem_book_apply(&r->book, now_ns, e);
	for (size_t i = 0; i < TANDEM_MAX_TRANSPORTS; i++) {
		const struct tandem_transport *t = &r->book.transports[i];

		if (t->path[0] && before[i] != TANDEM_TRANSPORT_IDLE &&
				t->state == TANDEM_TRANSPORT_IDLE)
			tandem_life_suspended(r, now_ns, t->generation);
		if (t->path[0] && before[i] != TANDEM_TRANSPORT_PENDING &&
				t->state == TANDEM_TRANSPORT_PENDING)
			tandem_life_started(r, t->generation);
	}
}

static void handle(struct tandem_roster *r, int64_t now_ns, const struct tandem_event *e)
{
	switch (e->kind) {
	case TANDEM_EVENT_BUS_UP:
		r->up = true;
		break;
	case TANDEM_EVENT_BUS_DOWN:
		bus_down(r, e);
		break;
	case TANDEM_EVENT_ADAPTER:
	case TANDEM_EVENT_DEVICE:
	case TANDEM_EVENT_ENDPOINT:
	case TANDEM_EVENT_TRANSPORT:
	case TANDEM_EVENT_GONE:
		object_changed(r, now_ns, e);
		break;
	case TANDEM_EVENT_SELECT:
		tandem_roster_answer_select(r, now_ns, e);
		break;
	case TANDEM_EVENT_SET:
		tandem_roster_answer_set(r, now_ns, e);
		break;
	case TANDEM_EVENT_CLEAR:
		tandem_book_cleared(&r->book, e->path);
		break;
	case TANDEM_EVENT_REGISTERED:
		registered(r, now_ns, e);
		break;
	case TANDEM_EVENT_CONNECTED:
		tandem_life_connected(r, now_ns, e);
		tandem_guest_connected(r, e);
		break;
	case TANDEM_EVENT_ACQUIRED:
		tandem_life_acquired(r, now_ns, e);
		break;
	case TANDEM_EVENT_RELEASED:
		tandem_life_released(r, e);
		break;
	case TANDEM_EVENT_KEPT_HOST:
	case TANDEM_EVENT_KEPT:
		tandem_book_keep(&r->book, e);
		break;
	case TANDEM_EVENT_LENDER_GONE:
		tandem_life_lender_gone(r, now_ns);
		break;
	case TANDEM_EVENT_ASIDE:
		tandem_life_aside(r, e);
		break;
	case TANDEM_EVENT_WANTED:
		r->wanted = e->wanted;
		break;
	case TANDEM_EVENT_LOST:
		tandem_life_lost(r, now_ns, e);
		break;
	case TANDEM_EVENT_SETTINGS:
		review_settings(r);
		break;
	case TANDEM_EVENT_TIMER:
		r->timer_ns = 0;
		break;
	}
}

static void register_adapters(struct tandem_roster *r, int64_t now_ns)
{
	for (size_t i = 0; r->up && i < TANDEM_MAX_ADAPTERS; i++) {
		struct tandem_adapter *a = &r->book.adapters[i];

		if (!a->path[0] || a->registered || a->registering ||
				now_ns < a->register_ns)
			continue;
		a->registering = true;
		a->late = a->sources;
		snprintf(tandem_roster_act(r, TANDEM_ACTION_REGISTER, 0)->path,
				TANDEM_PATH_SIZE, "%s", a->path);
	}
}

static void set_timer(struct tandem_roster *r)
{
	int64_t at_ns = INT64_MAX;

	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (r->slots[i].life.due_ns < at_ns)
			at_ns = r->slots[i].life.due_ns;
	}
	for (size_t i = 0; i < TANDEM_MAX_GUESTS; i++) {
		if (r->guests[i].device[0] && r->guests[i].due_ns < at_ns)
			at_ns = r->guests[i].due_ns;
	}
	for (size_t i = 0; r->up && i < TANDEM_MAX_ADAPTERS; i++) {
		const struct tandem_adapter *a = &r->book.adapters[i];

		if (a->path[0] && !a->registered && !a->registering &&
				a->register_ns < at_ns)
			at_ns = a->register_ns;
	}
	if (r->occupied && r->empty_ns && r->empty_ns + TANDEM_LINGER_NS < at_ns)
		at_ns = r->empty_ns + TANDEM_LINGER_NS;
	if (!r->ready && r->start_ns + TANDEM_READY_NS < at_ns)
		at_ns = r->start_ns + TANDEM_READY_NS;
	if (r->group.trouble_ns && r->group.trouble_ns < at_ns)
		at_ns = r->group.trouble_ns;
	if (at_ns == INT64_MAX)
		at_ns = 0;
	if (at_ns != r->timer_ns)
		tandem_roster_act(r, TANDEM_ACTION_TIMER, 0)->at_ns = at_ns;
	r->timer_ns = at_ns;
}

const struct tandem_actions *tandem_roster_event(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *event)
{
	r->actions.n = 0;
	if (!r->start_ns)
		r->start_ns = now_ns;
	handle(r, now_ns, event);
	tandem_book_find_shared(&r->book, now_ns);
	register_adapters(r, now_ns);
	tandem_roster_assign(r);
	for (uint32_t i = 0; i < r->config.n_speakers; i++)
		tandem_life_settle(r, now_ns, i);
	tandem_guests_settle(r, now_ns);
	tandem_roster_tell_expected(r);
	tandem_roster_export(r, now_ns);
	for (uint32_t i = 0; i < r->config.n_speakers; i++)
		tandem_roster_tell(r, i);
	tandem_roster_tell_group(r, now_ns);
	tandem_roster_tell_ready(r, now_ns);
	set_timer(r);
	return &r->actions;
}

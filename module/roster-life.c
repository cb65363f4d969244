/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "roster-internal.h"

/* A device that connected by itself brings its own stream; calling it would collide. One
 * that has left by itself may be switching off: a link made meanwhile is dead, and nobody
 * sees it for 20 s. */
#define COLLISION_NS (2 * TANDEM_NS_PER_S)
/* A stream's end may begin a Disconnect, which ends the link 2 to 3 s later: when a stream
 * is being configured again then, BlueZ 5.66 may die. Chosen: 1 s for a busy host. */
#define PARTING_NS (4 * TANDEM_NS_PER_S)
#define QUICK_NS (30 * TANDEM_NS_PER_MS)
/* Paging costs the speaker that plays up to 5 s of disturbed air. */
#define PAGE_WHILE_STREAMING_NS (30 * TANDEM_NS_PER_S)
/* How soon it is seen that a guest has its place. Chosen. */
#define GUEST_NS (250 * TANDEM_NS_PER_MS)
/* Who was taken automatically, and does not come back, is not called for ever. Chosen. */
#define RETURN_ATTEMPTS 3

void tandem_life_enter(struct tandem_life *l, enum tandem_speaker_state state,
		const char *why)
{
	l->state = state;
	snprintf(l->message, sizeof(l->message), "%s", why ? why : "");
}

void tandem_life_wake_at(struct tandem_life *l, int64_t at_ns)
{
	if (at_ns < l->due_ns)
		l->due_ns = at_ns;
}

static void enter_idle(struct tandem_life *l, const char *why)
{
	l->retry_ns = 0;
	l->attempts = 0;
	tandem_life_enter(l,
			l->borrowed ? TANDEM_SPEAKER_BORROWED : TANDEM_SPEAKER_CONFIGURED,
			why);
}

void tandem_life_fail(struct tandem_roster *r, int64_t now_ns, struct tandem_life *l,
		const char *why)
{
	l->attempts++;
	if (l->attempts <= TANDEM_QUICK_ATTEMPTS) {
		l->retry_ns = now_ns + (QUICK_NS << (l->attempts - 1));
		tandem_life_enter(l, TANDEM_SPEAKER_ACQUIRING, why);
	} else {
		l->retry_ns = now_ns + tandem_roster_backoff_ns(r,
						       l->attempts - TANDEM_QUICK_ATTEMPTS);
		tandem_life_enter(l, TANDEM_SPEAKER_BACKING_OFF, why);
	}
}

static void detach(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;

	if (l->attached)
		tandem_roster_act(r, TANDEM_ACTION_DETACH, slot);
	l->attached = false;
	l->delay_100us = 0;
}

void tandem_life_drop(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;

	detach(r, slot);
	if (l->call && l->borrowed)
		tandem_roster_act(r, TANDEM_ACTION_DROP, slot)->call = l->call;
	l->call = 0;
}

void tandem_life_forget(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;

	tandem_life_drop(r, slot);
	l->transport = 0;
	l->attempts = 0;
	l->retry_ns = 0;
	tandem_life_enter(l, TANDEM_SPEAKER_KNOWN, NULL);
}

void tandem_life_release(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_RELEASE, slot);

	a->call = l->call;
	a->borrowed = l->borrowed;
	snprintf(a->path, sizeof(a->path), "%s", l->path);
	l->state = TANDEM_SPEAKER_RELEASING;
}

void tandem_life_let_go(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;

	detach(r, slot);
	l->retry_ns = 0;
	l->message[0] = '\0';
	tandem_life_release(r, slot);
}

static void acquire(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *l = &r->slots[slot].life;
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_ACQUIRE, slot);

	if (l->state != TANDEM_SPEAKER_ACQUIRING && l->state != TANDEM_SPEAKER_BACKING_OFF)
		l->message[0] = '\0'; /* what stood in the way is gone */
	l->call = ++r->calls;
	snprintf(l->path, sizeof(l->path), "%s", t->path);
	a->call = l->call;
	a->borrowed = l->borrowed;
	snprintf(a->path, sizeof(a->path), "%s", t->path);
	l->state = TANDEM_SPEAKER_ACQUIRING;
}

/* A Delay of 0 is "not yet reported"; with two streams on one endpoint it is anybody's. */
static void observe(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *l = &r->slots[slot].life;

	if (t->shared || t->doubtful || t->delay_100us == 0 ||
			t->delay_100us == l->delay_100us)
		return;
	l->delay_100us = t->delay_100us;
	tandem_roster_act(r, TANDEM_ACTION_OBSERVE, slot)->value_s = t->delay_100us / 1e4;
}

/* What keeps an idle transport from being acquired; NULL: nothing. */
static const char *obstacle(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t)
{
	const struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);

	if (!tandem_roster_can_play(l, t))
		return PLAIN(TANDEM_SAY_OTHER_CODEC);
	if (t->state == TANDEM_TRANSPORT_ACTIVE) {
		return PLAIN(l->borrowed ? TANDEM_SAY_USED_BY_OTHER
					 : TANDEM_SAY_STILL_BUSY);
	}
	if (!d || !d->connected)
		return PLAIN(TANDEM_SAY_GOING_DOWN);
	if (l->borrowed && tandem_life_is_lent_already(r, slot, t))
		return PLAIN(TANDEM_SAY_LENT_ALREADY);
	return NULL;
}

static void run_with(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *l = &r->slots[slot].life;
	const char *why;

	if (l->state == TANDEM_SPEAKER_RELEASING ||
			(l->state == TANDEM_SPEAKER_ACQUIRING && l->call))
		return;
	if (l->state == TANDEM_SPEAKER_STREAMING) {
		if (r->wanted) {
			observe(r, slot, t);
		} else {
			tandem_life_let_go(r, slot);
		}
		return;
	}
	if (!r->wanted) {
		enter_idle(l, NULL);
		return;
	}
	if (now_ns < l->retry_ns) {
		tandem_life_wake_at(l, l->retry_ns);
		return;
	}
	why = obstacle(r, slot, t);
	if (why) {
		enter_idle(l, why);
	} else if ((why = tandem_life_waits_aside(r, now_ns, slot, t))) {
		tandem_life_enter(l, TANDEM_SPEAKER_ACQUIRING, why);
	} else {
		acquire(r, slot, t);
	}
}

bool tandem_roster_radio_is_busy(const struct tandem_roster *r,
		const struct tandem_device *d)
{
	for (size_t i = 0; i < TANDEM_MAX_DEVICES; i++) {
		if (r->book.devices[i].connecting &&
				strcmp(r->book.devices[i].adapter, d->adapter) == 0)
			return true;
	}
	return false;
}

static bool somebody_streams(const struct tandem_roster *r)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (r->slots[i].life.state == TANDEM_SPEAKER_STREAMING)
			return true;
	}
	return false;
}

void tandem_life_back_off(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const char *why)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);
	int64_t wait_ns = tandem_roster_backoff_ns(r, ++l->attempts);

	if (!(d && d->connected) && somebody_streams(r) &&
			wait_ns < PAGE_WHILE_STREAMING_NS)
		wait_ns = PAGE_WHILE_STREAMING_NS;
	l->retry_ns = now_ns + wait_ns;
	tandem_life_wake_at(l, l->retry_ns);
	tandem_life_enter(l, TANDEM_SPEAKER_BACKING_OFF, why);
	if (r->config.automatic && l->attempts >= RETURN_ATTEMPTS)
		l->renewal = TANDEM_RENEWAL_NONE;
}

/* Connected, yet no stream: BlueZ >= 5.82 after a borrowed transport's owner has left.
 * Only a full disconnect cures it; once, for it may be the device's own wish. */
static void stream_is_missing(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_device *d)
{
	struct tandem_life *l = &r->slots[slot].life;
	char why[TANDEM_SENTENCE_SIZE];

	if (!tandem_roster_why_no_sbc(d, why))
		tandem_say(why, TANDEM_SAY_NO_STREAM);
	tandem_life_back_off(r, now_ns, slot, why);
	if (!d->connected || l->cured)
		return;
	l->cured = true;
	l->parting_ns = now_ns;
	tandem_life_disconnect(r, now_ns, slot, d->path);
}

static bool may_connect(struct tandem_roster *r, int64_t now_ns, struct tandem_life *l,
		const struct tandem_device *d)
{
	const struct tandem_adapter *a = tandem_book_adapter(&r->book, d->adapter);

	if (!r->up || !a || !a->powered || !a->registered ||
			tandem_roster_radio_is_busy(r, d) ||
			tandem_life_changes_codec_on(r, now_ns, d->adapter))
		return false;
	if (r->config.automatic && !d->connected && l->renewal != TANDEM_RENEWAL_BACK)
		return false; /* nobody asked for this speaker: it comes when it comes */
	if (l->renewal == TANDEM_RENEWAL_BACK && tandem_guest_goes_first(r, d->adapter)) {
		tandem_life_wake_at(l, now_ns + GUEST_NS);
		return false;
	}
	if (d->link_ns && now_ns < d->link_ns + COLLISION_NS) {
		tandem_life_wake_at(l, d->link_ns + COLLISION_NS);
		return false;
	}
	return true;
}

/* Nothing is tried meanwhile, and everything at once when it is there again. */
static void start_afresh(struct tandem_roster *r, struct tandem_life *l,
		enum tandem_speaker_state state, const char *why)
{
	l->attempts = 0;
	l->retry_ns = 0;
	if (r->config.automatic)
		l->renewal = TANDEM_RENEWAL_NONE;
	tandem_life_enter(l, state, why);
}

/* Why a paired device is not connected; true: its adapter is off. */
static bool adapter_is_off(struct tandem_roster *r, const struct tandem_device *d,
		char why[TANDEM_SENTENCE_SIZE])
{
	const struct tandem_adapter *a = tandem_book_adapter(&r->book, d->adapter);

	why[0] = '\0';
	if (a && !a->powered) {
		tandem_roster_say_off(a, why);
	} else if (a) {
		memcpy(why, a->refusal, sizeof(a->refusal));
	}
	return a && !a->powered;
}

/* Until its time has come; until it has left, too, when it may be on its way out. */
static bool waits(struct tandem_life *l, int64_t now_ns, const struct tandem_device *d)
{
	int64_t until_ns = l->retry_ns;

	if (!d->connected)
		l->parting_ns = 0;
	if (l->parting_ns && until_ns < l->parting_ns + PARTING_NS)
		until_ns = l->parting_ns + PARTING_NS;
	if (now_ns < until_ns)
		tandem_life_wake_at(l, until_ns);
	return now_ns < until_ns;
}

static void run_without(struct tandem_roster *r, int64_t now_ns, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	struct tandem_device *d = tandem_roster_device(r, slot);
	char why[TANDEM_SENTENCE_SIZE];

	if (!d) {
		tandem_roster_why_absent(r, slot, why);
		start_afresh(r, l, TANDEM_SPEAKER_ABSENT, why);
		return;
	}
	if (l->state == TANDEM_SPEAKER_CONNECTING && d->connecting)
		return;
	if (adapter_is_off(r, d, why)) {
		start_afresh(r, l, TANDEM_SPEAKER_KNOWN, why);
		return;
	}
	if (waits(l, now_ns, d))
		return;
	if (l->state == TANDEM_SPEAKER_CONNECTING) {
		stream_is_missing(r, now_ns, slot, d);
	} else if (may_connect(r, now_ns, l, d)) {
		d->connecting = true;
		snprintf(tandem_roster_act(r, TANDEM_ACTION_CONNECT, slot)->path,
				TANDEM_PATH_SIZE, "%s", d->path);
		tandem_life_enter(l, TANDEM_SPEAKER_CONNECTING,
				l->renewal ? l->again : NULL);
	} else {
		tandem_life_enter(l, TANDEM_SPEAKER_KNOWN, l->renewal ? l->again : why);
	}
}

static void adopt(struct tandem_roster *r, int64_t now_ns, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);
	const struct tandem_transport *t =
			d ? tandem_book_transport_of(&r->book, d->path) : NULL;

	if (!t)
		return;
	if (!t->ours && now_ns < t->seen_ns + TANDEM_FOREIGN_NS) {
		tandem_life_wake_at(l, t->seen_ns + TANDEM_FOREIGN_NS);
		return;
	}
	l->transport = t->generation;
	l->borrowed = !t->ours;
	l->parting_ns = 0;
	l->cured = false;
	l->renewal = TANDEM_RENEWAL_NONE;
	enter_idle(l, NULL);
}

/* Its transport is still there, and still this speaker's: two slots never share one. */
static bool keeps_transport(struct tandem_roster *r, const struct tandem_life *l)
{
	const struct tandem_transport *t = tandem_book_transport(&r->book, l->transport);
	const struct tandem_device *d = t ? tandem_book_device(&r->book, t->device) : NULL;

	return t && (!d || strcasecmp(d->address, l->address) == 0);
}

void tandem_life_settle(struct tandem_roster *r, int64_t now_ns, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_transport *t;

	l->due_ns = INT64_MAX;
	if (l->transport && !keeps_transport(r, l)) {
		tandem_life_forget(r, slot);
		l->parting_ns = now_ns;
	}
	if (tandem_life_stays_away(r, now_ns, slot) || tandem_life_renew(r, now_ns, slot))
		return;
	if (!l->transport)
		adopt(r, now_ns, slot);
	t = tandem_book_transport(&r->book, l->transport);
	if (!l->call && tandem_life_waits_sbc(r, now_ns, slot, t))
		return;
	if (t) {
		run_with(r, now_ns, slot, t);
	} else {
		run_without(r, now_ns, slot);
	}
}

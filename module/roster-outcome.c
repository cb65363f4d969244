/* SPDX-License-Identifier: MIT
 *
 * What became of our calls, and of streams that ended without us.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "roster-internal.h"

/* A connect answered "done" whose stream is missing: it comes within 0.6 s, or not at all.
 * */
#define STREAM_WAIT_NS (1 * TANDEM_NS_PER_S)
/* A stream this old was a success; its end begins a new count. Chosen. */
#define STREAMED_WELL_NS (10 * TANDEM_NS_PER_S)

/* Soon: who is restarted calls all devices at once, 2.0 s later (WirePlumber 0.4), and a
 * Disconnect that comes now ends the link in 2 s, after the new stream is there and not
 * under its making. But not before BlueZ has heard of it, too. Chosen. */
#define LENDER_GONE_NS (300 * TANDEM_NS_PER_MS)

static int slot_of_call(const struct tandem_roster *r, uint32_t call)
{
	for (uint32_t i = 0; call && i < r->config.n_speakers; i++) {
		if (r->slots[i].life.call == call)
			return (int)i;
	}
	return -1;
}

void tandem_life_connected(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	struct tandem_device *d = tandem_book_device(&r->book, e->path);
	const int slot = d ? tandem_roster_slot_of(r, d) : -1;
	struct tandem_life *l = slot < 0 ? NULL : &r->slots[slot].life;
	char why[TANDEM_SENTENCE_SIZE];

	if (d)
		d->connecting = false;
	if (!l || l->state != TANDEM_SPEAKER_CONNECTING)
		return;
	if (!e->error[0] || strcmp(e->error, "org.bluez.Error.AlreadyConnected") == 0) {
		l->retry_ns = now_ns + STREAM_WAIT_NS;
		return;
	}
	tandem_roster_why_not_connected(r, now_ns, e, why);
	tandem_life_back_off(r, now_ns, (uint32_t)slot, why);
}

static void attach(struct tandem_roster *r, uint32_t slot, const struct tandem_transport *t,
		const struct tandem_event *e)
{
	const struct tandem_device *d = tandem_book_device(&r->book, t->device);
	const struct tandem_adapter *radio =
			d ? tandem_book_adapter(&r->book, d->adapter) : NULL;
	struct tandem_life *l = &r->slots[slot].life;
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_ATTACH, slot);

	a->stamps = radio && radio->stamps;
	a->fd = e->fd;
	a->mtu_bytes = e->mtu_bytes;
	a->codec = t->codec;
	memcpy(a->config, t->config, sizeof(a->config));
	a->config_bytes = t->config_bytes;
	l->attached = true;
	l->sbc_ns = 0;
	tandem_life_enter(l, TANDEM_SPEAKER_STREAMING, NULL);
}

void tandem_life_acquired(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_event *e)
{
	const int slot = slot_of_call(r, e->call);
	struct tandem_life *l = slot < 0 ? NULL : &r->slots[slot].life;
	const struct tandem_transport *t =
			l ? tandem_book_transport(&r->book, l->transport) : NULL;
	char why[TANDEM_SENTENCE_SIZE];

	if (!t || l->state != TANDEM_SPEAKER_ACQUIRING)
		return;
	if (!e->error[0]) {
		l->since_ns = now_ns;
		/* Its configuration may have changed since it was asked for. */
		if (r->wanted && !l->renewal && tandem_roster_can_play(l, t) &&
				tandem_roster_is_wide(r, (uint32_t)slot, t, e->mtu_bytes)) {
			attach(r, (uint32_t)slot, t, e);
		} else {
			tandem_life_let_go(r, (uint32_t)slot);
		}
		return;
	}
	tandem_roster_why_not_started(e, why);
	tandem_life_fail(r, now_ns, l, why);
	if (strstr(e->error, "NoReply") || strstr(e->error, "Timeout")) {
		tandem_life_release(r,
				(uint32_t)slot); /* BlueZ may yet start it, for nobody */
	} else {
		l->call = 0;
	}
}

void tandem_life_released(struct tandem_roster *r, const struct tandem_event *e)
{
	const int slot = slot_of_call(r, e->call);
	struct tandem_life *l = slot < 0 ? NULL : &r->slots[slot].life;

	if (!l || l->state != TANDEM_SPEAKER_RELEASING)
		return;
	l->call = 0;
	/* Whether it is wanted again, the settling that follows decides. */
	if (l->retry_ns) {
		l->state = TANDEM_SPEAKER_BACKING_OFF;
	} else {
		l->state = l->borrowed ? TANDEM_SPEAKER_BORROWED
				       : TANDEM_SPEAKER_CONFIGURED;
	}
}

void tandem_life_lost(struct tandem_roster *r, int64_t now_ns, const struct tandem_event *e)
{
	struct tandem_life *l =
			e->slot < r->config.n_speakers ? &r->slots[e->slot].life : NULL;
	char why[TANDEM_SENTENCE_SIZE], seconds[24], reason[96];

	if (!l || !l->attached)
		return;
	l->attached = false; /* the plugin has let go of it */
	l->delay_100us = 0;
	if (now_ns - l->since_ns >= STREAMED_WELL_NS)
		l->attempts = 0;
	snprintf(seconds, sizeof(seconds), "%lld",
			(long long)((now_ns - l->since_ns) / TANDEM_NS_PER_S));
	snprintf(reason, sizeof(reason), "%.*s",
			tandem_text_fit(e->detail, sizeof(reason) - 1), e->detail);
	tandem_say(why, TANDEM_SAY_BROKEN_LINK, seconds, reason);
	tandem_life_fail(r, now_ns, l, why);
	if (l->borrowed) {
		tandem_life_drop(r,
				e->slot); /* a Release could meet an owner that has left */
	} else {
		tandem_life_release(r, e->slot);
	}
}

void tandem_life_suspended(struct tandem_roster *r, int64_t now_ns, uint32_t generation)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		struct tandem_life *l = &r->slots[i].life;

		if (l->transport != generation || l->state != TANDEM_SPEAKER_STREAMING)
			continue;
		tandem_life_drop(r, i);
		/* Somebody pressed pause: no hurry. */
		if (now_ns - l->since_ns >= STREAMED_WELL_NS ||
				l->attempts < TANDEM_QUICK_ATTEMPTS)
			l->attempts = TANDEM_QUICK_ATTEMPTS;
		tandem_life_fail(r, now_ns, l, PLAIN(TANDEM_SAY_SUSPENDED));
	}
}

/* BlueZ gives us five seconds to take it: no waiting now. */
void tandem_life_started(struct tandem_roster *r, uint32_t generation)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		struct tandem_life *l = &r->slots[i].life;

		if (l->transport == generation && !l->call)
			l->retry_ns = 0;
	}
}

void tandem_life_lender_gone(struct tandem_roster *r, int64_t now_ns)
{
	uint32_t slots = 0;

	for (size_t i = 0; i < TANDEM_MAX_ADAPTERS; i++)
		r->book.adapters[i].late = false; /* when it is back, it is behind us */
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		struct tandem_life *l = &r->slots[i].life;

		if (!l->borrowed || !l->call)
			continue;
		tandem_life_forget(r, i);
		tandem_book_cleared(&r->book, l->path); /* not to be touched again */
		slots |= 1u << i;
	}
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		struct tandem_life *l = &r->slots[i].life;

		if (!(slots >> i & 1))
			continue;
		l->cured = false;
		tandem_life_back_off(r, now_ns, i, PLAIN(TANDEM_SAY_LENDER_GONE));
		l->retry_ns = now_ns + LENDER_GONE_NS;
	}
}

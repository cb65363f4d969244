/* SPDX-License-Identifier: MIT
 *
 * Connecting again, when a setting has changed what is to be agreed with a speaker, or a
 * device of no group needs the place of what is borrowed:
 *
 *     due --let go--> --Disconnect--> leaving --gone--> back --ConnectProfile--> as usual
 *
 * A device is asked to leave once per change; what it brings when it is back is played.
 */
#include <stdio.h>
#include <string.h>

#include "roster-internal.h"

/* Disconnect ends the streams (AVDTP's request timeout is 6 s) and then the link (2 s). */
#define LEAVING_NS (10 * TANDEM_NS_PER_S)

/* A stream that BlueZ shows without its device is left alone. */
static bool is_on_its_adapter(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t)
{
	const struct tandem_device *d = tandem_book_device(&r->book, t->device);

	return !d || tandem_roster_suits(r, slot, d);
}

/* It would come up better than it is. */
static bool is_worth_it(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *const l = &r->slots[slot].life;
	const struct tandem_codec_wish *const w = &r->config.wishes[slot].codec;
	uint8_t best[TANDEM_CONFIG_SIZE];
	const struct tandem_codec *const codec =
			tandem_roster_choose(r, slot, t->device, best);
	char text[TANDEM_CODEC_TEXT_SIZE];

	if (!t->ours || !codec)
		return false;
	if (codec == tandem_codec_find(t->codec, t->config, t->config_bytes) &&
			codec->serves(t->config, best, w))
		return false;
	codec->describe(best, w, text);
	tandem_say(l->again, TANDEM_SAY_AGAIN_WITH, text);
	return true;
}

void tandem_life_review(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_wish *w = &r->config.wishes[slot];
	const struct tandem_transport *t = tandem_book_transport(&r->book, l->transport);

	if (l->renewal > TANDEM_RENEWAL_DUE)
		return; /* on its way already: it comes back with the new ones */
	if (w->away) {
		tandem_life_send_away(r, slot);
		return;
	}
	l->renewal = TANDEM_RENEWAL_NONE;
	l->without = 0;
	l->mtu_bytes = 0;
	if (!t) {
		l->attempts = 0;
		l->retry_ns = l->state == TANDEM_SPEAKER_CONNECTING ? l->retry_ns : 0;
	} else if (!is_on_its_adapter(r, slot, t)) {
		l->renewal = TANDEM_RENEWAL_DUE;
		tandem_say(l->again, TANDEM_SAY_AGAIN_ADAPTER, w->adapter);
	} else if (is_worth_it(r, slot, t)) {
		l->renewal = TANDEM_RENEWAL_DUE;
	}
}

int tandem_life_borrowed_on(struct tandem_roster *r, const char *adapter)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_life *l = &r->slots[i].life;
		const struct tandem_device *d = tandem_roster_device(r, i);

		if (l->transport && l->borrowed && !l->renewal && d &&
				strcmp(d->adapter, adapter) == 0)
			return (int)i;
	}
	return -1;
}

void tandem_life_make_room(struct tandem_roster *r, uint32_t slot, const char *guest)
{
	struct tandem_life *l = &r->slots[slot].life;

	l->renewal = TANDEM_RENEWAL_DUE;
	tandem_say(l->again, TANDEM_SAY_MAKES_ROOM, guest);
}

void tandem_life_disconnect(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const char *path)
{
	struct tandem_device *const d = tandem_book_device(&r->book, path);

	if (d)
		d->leave_ns = now_ns + LEAVING_NS;
	snprintf(tandem_roster_act(r, TANDEM_ACTION_DISCONNECT, slot)->path,
			TANDEM_PATH_SIZE, "%s", path);
}

static void disconnect(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *l = &r->slots[slot].life;

	memcpy(l->leaving, t->device, sizeof(l->leaving));
	l->renewal = TANDEM_RENEWAL_LEAVING;
	l->renewal_ns = now_ns + LEAVING_NS;
	tandem_life_disconnect(r, now_ns, slot, l->leaving);
}

static bool has_left(struct tandem_roster *r, const struct tandem_life *l)
{
	const struct tandem_device *d = tandem_book_device(&r->book, l->leaving);

	return !l->transport && !(d && d->connected);
}

/* It would not go: its stream is used as it is, unless it is on a wrong adapter. */
static void give_up(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_transport *t = tandem_book_transport(&r->book, l->transport);

	if (t && !is_on_its_adapter(r, slot, t))
		tandem_life_forget(r, slot);
	l->renewal = TANDEM_RENEWAL_NONE;
}

bool tandem_life_renew(struct tandem_roster *r, int64_t now_ns, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_transport *t = tandem_book_transport(&r->book, l->transport);

	if (l->renewal == TANDEM_RENEWAL_DUE) {
		if (!t) {
			l->renewal = TANDEM_RENEWAL_NONE; /* gone by itself */
			return false;
		}
		if (l->attached)
			tandem_life_let_go(r, slot);
		if (l->call) {
			memcpy(l->message, l->again, sizeof(l->message));
			return true; /* an Acquire or a Release is under way */
		}
		if (!t->device[0]) {
			l->renewal = TANDEM_RENEWAL_NONE; /* nobody to be asked */
			return false;
		}
		disconnect(r, now_ns, slot, t);
	}
	if (l->renewal != TANDEM_RENEWAL_LEAVING)
		return false;
	if (has_left(r, l)) {
		l->renewal = TANDEM_RENEWAL_BACK;
		l->attempts = 0;
		l->retry_ns = 0;
		return false;
	}
	if (now_ns >= l->renewal_ns) {
		give_up(r, slot);
		return false;
	}
	tandem_life_wake_at(l, l->renewal_ns);
	tandem_life_enter(l,
			!l->transport ? TANDEM_SPEAKER_KNOWN
			: l->borrowed ? TANDEM_SPEAKER_BORROWED
				      : TANDEM_SPEAKER_CONFIGURED,
			l->again);
	return true;
}

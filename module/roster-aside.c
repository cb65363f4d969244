/* SPDX-License-Identifier: MIT
 *
 * Borrowing from the session manager: not before its own device of the speaker is off, or
 * it fights for the stream, and whoever plays there waits in silence. And when it has set
 * the stream up with a codec that we cannot encode, it is asked for SBC, once:
 *
 *     other codec --ask--> its transport goes --> comes with SBC --off--> as usual
 *               +--------- 8 s ---------> told; waits for another transport
 */
#include <stdio.h>
#include <string.h>

#include "roster-internal.h"

/* The device is off 0.11 s after it is told so (measured). Whose owner has no device of
 * PipeWire's, as BlueALSA, is borrowed from afterwards. Chosen: nobody misses 3 s. */
#define ASIDE_NS (3 * TANDEM_NS_PER_S)
/* 3 s that the device is left on, and as much for speaker and session manager to agree. */
#define SBC_NS (8 * TANDEM_NS_PER_S)

static bool is_aside(const struct tandem_roster *r, const char *address)
{
	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (address[0] && strcasecmp(r->aside[i], address) == 0)
			return true;
	}
	return false;
}

void tandem_life_aside(struct tandem_roster *r, const struct tandem_event *e)
{
	char(*room)[18] = NULL;

	for (uint32_t i = 0; i < TANDEM_MAX_SPEAKERS; i++) {
		if (strcasecmp(r->aside[i], e->address) == 0)
			r->aside[i][0] = '\0';
		if (!room && !r->aside[i][0])
			room = &r->aside[i];
	}
	if (room && e->on)
		memcpy(room, e->address, sizeof(*room));
}

static bool asks_for_sbc(const struct tandem_life *l, int64_t now_ns)
{
	return l->sbc_ns && now_ns < l->sbc_ns + SBC_NS;
}

const char *tandem_life_waits_aside(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *l = &r->slots[slot].life;
	const int64_t until_ns = asks_for_sbc(l, now_ns) ? l->sbc_ns + SBC_NS
							 : t->seen_ns + ASIDE_NS;

	if (!l->borrowed || now_ns >= until_ns || is_aside(r, l->address))
		return NULL;
	tandem_life_wake_at(l, until_ns);
	return PLAIN(TANDEM_SAY_WAITS_ASIDE);
}

/* BlueZ 5.83 to 5.87 keeps an endpoint whose program has left until a stream on it is let
 * go, and then ends the other ones on it, whose holder's going it takes for another end of
 * the same endpoint: a SIGSEGV, whatever the holder does (seen on 5.87, and in its source).
 * One stream alone comes away well, by the closing of its connection. */
bool tandem_life_is_lent_already(struct tandem_roster *r, uint32_t slot,
		const struct tandem_transport *t)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_life *o = &r->slots[i].life;
		const struct tandem_transport *other =
				tandem_book_transport(&r->book, o->transport);

		if (i != slot && o->borrowed && o->call && other &&
				tandem_book_share_endpoint(&r->book, t, other))
			return true;
	}
	return tandem_book_endpoint_in_use(&r->book, t);
}

static void ask(struct tandem_roster *r, int64_t now_ns, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_ASK_SBC, slot);

	memcpy(a->address, l->address, sizeof(a->address));
	l->sbc_ns = now_ns;
}

bool tandem_life_waits_sbc(struct tandem_roster *r, int64_t now_ns, uint32_t slot,
		const struct tandem_transport *t)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);

	if (!d || !d->connected)
		l->sbc_ns = 0;
	if (t && (!l->borrowed || tandem_roster_can_play(l, t)))
		return false;
	if (t && !l->sbc_ns && d && d->connected)
		ask(r, now_ns, slot);
	if (!asks_for_sbc(l, now_ns))
		return false;
	tandem_life_wake_at(l, l->sbc_ns + SBC_NS);
	tandem_life_enter(l, t ? TANDEM_SPEAKER_BORROWED : TANDEM_SPEAKER_KNOWN,
			PLAIN(TANDEM_SAY_ASKS_SBC));
	return true;
}

bool tandem_life_changes_codec_on(struct tandem_roster *r, int64_t now_ns,
		const char *adapter)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_life *l = &r->slots[i].life;
		const struct tandem_device *d = tandem_roster_device(r, i);
		const struct tandem_transport *t =
				d ? tandem_book_transport_of(&r->book, d->path) : NULL;

		if (!d || !d->connected || strcmp(d->adapter, adapter) != 0 ||
				(t && (t->ours || tandem_roster_can_play(l, t))))
			continue;
		if (asks_for_sbc(l, now_ns) || (t && !l->sbc_ns))
			return true;
	}
	return false;
}

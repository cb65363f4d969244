/* SPDX-License-Identifier: MIT
 *
 * A speaker that is left to the desktop, by the setting release:
 *
 *     ours --let go, Disconnect--> gone --> handed over as a guest is: roster-guest.c
 *
 * It keeps its slot, where nothing is due until the setting is false again. Then its stream
 * is borrowed, or, where there is none, connected as usual.
 */
#include <string.h>

#include "roster-internal.h"

bool tandem_roster_is_away(const struct tandem_roster *r, const struct tandem_device *d)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		if (r->config.wishes[i].away &&
				strcasecmp(r->slots[i].life.address, d->address) == 0)
			return true;
	}
	return false;
}

void tandem_life_send_away(struct tandem_roster *r, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);

	tandem_say(l->again, TANDEM_SAY_LEFT_TO_DESKTOP);
	if (tandem_book_transport(&r->book, l->transport)) {
		l->renewal = TANDEM_RENEWAL_DUE;
	} else {
		/* Who is off is not called. */
		l->renewal = d && d->connected ? TANDEM_RENEWAL_BACK : TANDEM_RENEWAL_NONE;
	}
}

bool tandem_life_stays_away(struct tandem_roster *r, int64_t now_ns, uint32_t slot)
{
	struct tandem_life *l = &r->slots[slot].life;
	const struct tandem_device *d = tandem_roster_device(r, slot);

	if (!r->config.wishes[slot].away)
		return false;
	if (l->renewal == TANDEM_RENEWAL_DUE &&
			!tandem_book_transport(&r->book, l->transport))
		tandem_life_send_away(r, slot); /* its stream has gone by itself */
	if (tandem_life_renew(r, now_ns, slot))
		return true;
	if (l->renewal == TANDEM_RENEWAL_BACK && d)
		tandem_guest_refused(r, now_ns, d);
	l->renewal = TANDEM_RENEWAL_NONE;
	if (l->transport)
		tandem_life_forget(r, slot); /* it would not leave */
	tandem_life_enter(l, TANDEM_SPEAKER_KNOWN, PLAIN(TANDEM_SAY_LEFT_TO_DESKTOP));
	return true;
}

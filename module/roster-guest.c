/* SPDX-License-Identifier: MIT
 *
 * BlueZ asks our endpoints first then, too; they refuse by SelectConfiguration, and the
 * offer goes on. Measured on three stacks: the first try meets BlueZ still busy with the
 * refused connection, the next but one succeeds.
 *
 * Who chose an endpoint that a stream is on already is refused by BlueZ < 5.83 itself, and
 * no program hears of it. When the device hangs up for that, BlueZ takes its endpoints
 * away; when it does not, BlueZ sets a stream up a second later, as if it had called it.
 */
#include "roster-guest.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "roster-internal.h"

#define TRY_NS (1 * TANDEM_NS_PER_S)
#define ROUND_NS (10 * TANDEM_NS_PER_S)
#define ROUND_TRIES 8 /* chosen: 2.2 s were enough wherever it was measured */
/* A device that left is not to be paged: it has gone where somebody carries it. */
#define GONE_NS (10 * TANDEM_NS_PER_S)
/* A device that comes back to our endpoint for ever is let down, not called for ever. */
#define MINUTE_NS (60 * TANDEM_NS_PER_S)
#define ROUNDS 2

static const char *heir(const struct tandem_roster *r, const struct tandem_device *d)
{
	return tandem_roster_is_taken(r, d) ? "another group" : "the session manager";
}

static void give_up(struct tandem_roster *r, struct tandem_guest *g,
		const struct tandem_device *d)
{
	struct tandem_action *a = tandem_roster_act(r, TANDEM_ACTION_SAY, 0);

	g->active = false;
	a->on = true;
	tandem_say(a->text, TANDEM_SAY_GUEST_STRANDED, d->name, heir(r, d), g->reason);
}

static void handed_over(struct tandem_roster *r, struct tandem_guest *g,
		const struct tandem_device *d)
{
	g->active = false;
	tandem_say(tandem_roster_act(r, TANDEM_ACTION_SAY, 0)->text, TANDEM_SAY_GUEST,
			d->name, heir(r, d));
}

static struct tandem_guest *find(struct tandem_roster *r, const char *device)
{
	for (size_t i = 0; i < TANDEM_MAX_GUESTS; i++) {
		if (strcmp(r->guests[i].device, device) == 0)
			return &r->guests[i];
	}
	return NULL;
}

/* For a device that is new: the place of nobody, else of whom it is longest ago. */
static struct tandem_guest *find_place(struct tandem_roster *r)
{
	struct tandem_guest *oldest = NULL;

	for (size_t i = 0; i < TANDEM_MAX_GUESTS; i++) {
		struct tandem_guest *g = &r->guests[i];

		if (!g->device[0])
			return g;
		if (!g->active && (!oldest || g->seen_ns < oldest->seen_ns))
			oldest = g;
	}
	return oldest;
}

/* A speaker of ours after all, which comes by way of an adapter that does not count. */
static bool is_on_wrong_adapter(const struct tandem_roster *r,
		const struct tandem_device *d)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const char *const address = r->slots[i].life.address;
		const char *const name = r->config.wishes[i].name;

		if (address[0] ? strcasecmp(address, d->address) == 0
			       : name[0] && strcmp(name, d->name) == 0)
			return true;
	}
	return false;
}

void tandem_guest_refused(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_device *d)
{
	struct tandem_guest *g = find(r, d->path);
	const bool stays_here = is_on_wrong_adapter(r, d) && !tandem_roster_is_away(r, d);

	if (stays_here || (!g && !(g = find_place(r))))
		return;
	if (strcmp(g->device, d->path) != 0 ||
			(!g->active && now_ns >= g->minute_ns + MINUTE_NS)) {
		*g = (struct tandem_guest){ .minute_ns = now_ns };
		memcpy(g->device, d->path, sizeof(g->device));
	}
	g->seen_ns = now_ns;
	if (g->active || g->rounds > ROUNDS)
		return;
	g->rounds++;
	g->active = true;
	g->tries = 0;
	g->first_ns = 0;
	g->retry_ns = now_ns;
	g->reason[0] = '\0';
	if (g->rounds > ROUNDS) {
		snprintf(g->reason, sizeof(g->reason), "it comes back each time");
		give_up(r, g, d);
	}
}

void tandem_guest_has_no_place(struct tandem_roster *r, int64_t now_ns,
		const struct tandem_device *d)
{
	const struct tandem_adapter *a = tandem_book_adapter(&r->book, d->adapter);
	const int slot = a && a->late && !a->sharing && !tandem_roster_is_taken(r, d)
					 ? tandem_life_borrowed_on(r, d->adapter)
					 : -1;
	struct tandem_guest *g;

	if (slot < 0)
		return;
	tandem_guest_refused(r, now_ns, d);
	g = find(r, d->path);
	if (!g || !g->active || g->room)
		return;
	g->room = true;
	tandem_life_make_room(r, (uint32_t)slot, d->name);
}

bool tandem_guest_goes_first(struct tandem_roster *r, const char *adapter)
{
	for (size_t i = 0; i < TANDEM_MAX_GUESTS; i++) {
		const struct tandem_guest *g = &r->guests[i];
		const struct tandem_device *d = tandem_book_device(&r->book, g->device);

		if (g->active && g->room && d && strcmp(d->adapter, adapter) == 0)
			return true;
	}
	return false;
}

void tandem_guest_connected(struct tandem_roster *r, const struct tandem_event *e)
{
	struct tandem_guest *g = find(r, e->path);
	const char *said = e->detail[0] ? e->detail : e->error;

	if (!g || !g->active)
		return;
	if (!e->error[0])
		said = "no stream came of it";
	snprintf(g->reason, sizeof(g->reason), "%.*s",
			tandem_text_fit(said, sizeof(g->reason) - 1), said);
}

static bool may_try(struct tandem_roster *r, const struct tandem_device *d)
{
	const struct tandem_adapter *a = tandem_book_adapter(&r->book, d->adapter);

	return r->up && a && a->powered && a->registered &&
	       !tandem_roster_radio_is_busy(r, d);
}

static void try_to_connect(struct tandem_roster *r, int64_t now_ns, struct tandem_guest *g,
		struct tandem_device *d)
{
	if (g->tries++ == 0)
		g->first_ns = now_ns;
	g->retry_ns = now_ns + TRY_NS;
	d->connecting = true;
	snprintf(tandem_roster_act(r, TANDEM_ACTION_CONNECT, 0)->path, TANDEM_PATH_SIZE,
			"%s", d->path);
}

/* It shows a stream. The one that was refused is seen, too, until BlueZ takes it away. */
static void look_at_stream(struct tandem_roster *r, int64_t now_ns, struct tandem_guest *g,
		const struct tandem_device *d, const struct tandem_transport *t)
{
	if (t->ours) {
		g->active = false; /* from a time when it was a speaker */
	} else if (now_ns < t->seen_ns + TANDEM_FOREIGN_NS) {
		g->due_ns = t->seen_ns + TANDEM_FOREIGN_NS;
	} else {
		handed_over(r, g, d);
	}
}

static bool has_left(const struct tandem_guest *g, const struct tandem_device *d,
		int64_t now_ns)
{
	return !d->connected && now_ns >= g->seen_ns + GONE_NS;
}

static void settle(struct tandem_roster *r, int64_t now_ns, struct tandem_guest *g,
		struct tandem_device *d)
{
	const struct tandem_transport *t = tandem_book_transport_of(&r->book, d->path);

	if (d->connected || g->there)
		g->seen_ns = now_ns;
	g->there = d->connected;
	if (!g->active || d->connecting)
		return;
	if (tandem_roster_slot_for(r, d) >= 0 || (!t && has_left(g, d, now_ns))) {
		g->active = false;
	} else if (t) {
		look_at_stream(r, now_ns, g, d, t);
	} else if (g->tries == ROUND_TRIES ||
			(g->tries > 0 && now_ns >= g->first_ns + ROUND_NS)) {
		give_up(r, g, d);
	} else if (now_ns < g->retry_ns) {
		g->due_ns = g->retry_ns;
	} else if (may_try(r, d)) {
		try_to_connect(r, now_ns, g, d);
	} else if (!d->connected) {
		g->due_ns = g->seen_ns + GONE_NS; /* the radio is not free */
	}
}

/* Whether a speaker of ours may be what kept a device of this adapter from a stream. */
static bool sits_on(struct tandem_roster *r, const char *adapter)
{
	for (uint32_t i = 0; i < r->config.n_speakers; i++) {
		const struct tandem_device *d = tandem_roster_device(r, i);

		if (r->slots[i].life.transport && d && strcmp(d->adapter, adapter) == 0)
			return true;
	}
	return false;
}

/* Its endpoints come and go, SBC among them, without a stream: it is refused unheard. */
static void look_at_call(struct tandem_roster *r, int64_t now_ns, struct tandem_device *d)
{
	const bool was_shown = d->shown;

	d->shown = tandem_book_offer(&r->book, d->path, tandem_codecs[0]);
	if (d->shown && !was_shown)
		d->served = false;
	if (d->connecting || tandem_book_transport_of(&r->book, d->path))
		d->served = true;
	if (was_shown && !d->shown && !d->served && tandem_roster_slot_for(r, d) < 0 &&
			sits_on(r, d->adapter))
		tandem_guest_refused(r, now_ns, d);
}

void tandem_guests_settle(struct tandem_roster *r, int64_t now_ns)
{
	for (size_t i = 0; i < TANDEM_MAX_DEVICES; i++)
		look_at_call(r, now_ns, &r->book.devices[i]);
	for (size_t i = 0; i < TANDEM_MAX_GUESTS; i++) {
		struct tandem_guest *g = &r->guests[i];
		struct tandem_device *d = tandem_book_device(&r->book, g->device);

		g->due_ns = INT64_MAX;
		if (d) {
			settle(r, now_ns, g, d);
		} else {
			*g = (struct tandem_guest){ .due_ns = INT64_MAX };
		}
	}
}
